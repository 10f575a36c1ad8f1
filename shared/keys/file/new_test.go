package file_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

func TestEverySuiteOfEveryPurposeIsMadeWrittenAndReadAgain(t *testing.T) {
	t.Parallel()
	for _, purpose := range file.Purposes {
		for _, suite := range purpose.Suites {
			name := purpose.Name + "-" + suite
			key, err := file.New(suite, file.MinRSABits)
			if err != nil {
				t.Fatal(name, err)
			}
			path := filepath.Join(t.TempDir(), "key.pem")
			if err := file.WritePrivate(path, key); err != nil {
				t.Fatal(name, err)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
			}
			octets, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := file.PrivateKey(octets); err != nil || !got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(key) {
				t.Errorf("%s: read another key, %v", name, err)
			}
			cert, err := file.ThrowAway(key, "AP_XA_01", []string{"localhost"}, time.Now())
			if err != nil || file.Fits(key, cert) != nil || cert.Subject.CommonName != "AP_XA_01" {
				t.Errorf("%s: %v, %v", name, err, file.Fits(key, cert))
			}
		}
	}
}

func TestAKeyIsNeverReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := file.New(file.P256, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.WritePrivate(path, key); err == nil || !strings.Contains(err.Error(), "never replaced") {
		t.Errorf("%v", err)
	}
	if octets, _ := os.ReadFile(path); !bytes.Equal(octets, []byte("precious")) {
		t.Errorf("it is %q now", octets)
	}
}

func TestASuiteThatCannotDoAPurposeIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ purpose, suite, says string }{
		{"sign", file.X25519, "write one of rsa, p-256, ed25519"},
		{"decrypt", file.Ed25519, "write one of rsa, p-256, x25519"},
		{"sign-in", file.P256, "write one of rsa"},
		{"love", "", "write one of sign, decrypt"},
	} {
		if _, err := file.SuiteFor(c.purpose, c.suite); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := file.New(file.RSA, 1024); err == nil || !strings.Contains(err.Error(), "write 2048, 3072 or 4096") {
		t.Errorf("%v", err)
	}
}

func TestARequestHasTheNameOfTheEDeliveryPKI(t *testing.T) {
	t.Parallel()
	name := file.Subject{Name: "OOTS_AP_ACC_LV_001", Organisation: "Ministry", Unit: "OOTS", Country: "BE"}
	for suite, algorithm := range map[string]x509.SignatureAlgorithm{file.RSA: x509.SHA256WithRSA, file.P256: x509.ECDSAWithSHA256, file.Ed25519: x509.PureEd25519} {
		key, err := file.New(suite, file.MinRSABits)
		if err != nil {
			t.Fatal(err)
		}
		octets, err := file.Request(key, name)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(octets)
		r, err := x509.ParseCertificateRequest(block.Bytes)
		if err != nil || r.CheckSignature() != nil || r.SignatureAlgorithm != algorithm || r.Subject.String() != "CN=OOTS_AP_ACC_LV_001,OU=OOTS,O=Ministry,C=BE" {
			t.Errorf("%s: %v, %s", suite, err, r.Subject)
		}
	}
	agree, err := file.New(file.X25519, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Request(agree, name); err == nil || !strings.Contains(err.Error(), "let the authority issue a certificate for each") {
		t.Errorf("X25519: %v", err)
	}
	for says, bad := range map[string]file.Subject{
		"CN":                  {Organisation: "Ministry", Unit: "OOTS", Country: "BE"},
		"O ":                  {Name: "AP", Organisation: strings.Repeat("x", 65), Unit: "OOTS", Country: "BE"},
		"two capital letters": {Name: "AP", Organisation: "Ministry", Unit: "OOTS", Country: "be"},
	} {
		if _, err := file.Request(agree, bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
