package cloud_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/store"
)

// TestALinkGivesNoMoreThanItsRoleMay: whoever may read evidence can give a link to
// it, and needs nothing else for that; what another role signs is refused by S3.
func TestALinkGivesNoMoreThanItsRoleMay(t *testing.T) {
	needEmulator(t)
	made := os.Getenv(stackOfTerraform)
	if made == "" || !enforced() {
		t.Skip("SKIPPED: no emulator enforces roles here; `make e2e-ministack` starts one where Terraform is")
	}
	a, err := cloud.Open(t.Context(), "emulated", made)
	if err != nil {
		t.Fatal(err)
	}
	key := "case/link/evidence"
	if _, err := a.Store.Objects.Put(t.Context(), conduct.Bucket, key, strings.NewReader("evidence"), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Store.Objects.Delete(t.Context(), conduct.Bucket, key); err != nil {
			t.Error(err)
		}
	}()
	client := browserOf(t)
	for function, want := range map[string]int{"as4-send": http.StatusOK, "portal": http.StatusOK, "people": http.StatusOK, "health": http.StatusForbidden} {
		r := assume(t, a, function)
		signed, err := s3.NewPresignClient(r.s3).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: r.bucket(conduct.Bucket), Key: &key, ResponseContentType: awssdk.String("application/pdf")}, s3.WithPresignExpires(conduct.LinkLife))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Get(signed.URL)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("a link of %s: %d, want %d", function, answer.StatusCode, want)
		}
	}
}

// browserOf trusts the emulator as whoever follows a link trusts S3.
func browserOf(t *testing.T) *http.Client {
	t.Helper()
	octets, err := os.ReadFile(os.Getenv("AWS_CA_BUNDLE"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(octets)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
}
