package kms

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	kwp "github.com/tink-crypto/tink-go/v2/kwp/subtle"
)

// TestWrappedMaterialIsWhatKMSUnwraps: RSA-OAEP, then AES key wrap with padding.
func TestWrappedMaterialIsWhatKMSUnwraps(t *testing.T) {
	t.Parallel()
	to, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(to.Public())
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := wrapMaterial(rand.Reader, rsaKey(), spki)
	if err != nil {
		t.Fatal(err)
	}
	once, err := rsa.DecryptOAEP(sha256.New(), nil, to, wrapped[:to.Size()], nil)
	if err != nil || len(once) != 32 {
		t.Fatalf("%d octets, %v", len(once), err)
	}
	cipher, err := kwp.NewKWP(once)
	if err != nil {
		t.Fatal(err)
	}
	der, err := cipher.Unwrap(wrapped[to.Size():])
	if err != nil {
		t.Fatal(err)
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err != nil || !rsaKey().Equal(key) {
		t.Errorf("another key, %v", err)
	}
	if _, err := wrapMaterial(rand.Reader, rsaKey(), []byte("no key")); err == nil {
		t.Error("no wrapping key is one")
	}
}
