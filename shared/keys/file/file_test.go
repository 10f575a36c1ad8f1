package file_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func certificate(suite as4test.Suite, name string) *x509.Certificate {
	return as4test.KeysOf(suite, name).SignCert
}

func TestKeysOfEveryKindAreReadFromPEM(t *testing.T) {
	t.Parallel()
	ecdsaKey := ok(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	rsaKey := as4test.KeysOf(as4test.RSA, "AP_XA_01").Sign.(*rsa.PrivateKey)
	eddsa := as4test.KeysOf(as4test.EdDSA, "AP_XA_01")
	cases := map[string]struct {
		pem  []byte
		want crypto.PrivateKey
	}{
		"PKCS#8 RSA":                     {block("PRIVATE KEY", ok(x509.MarshalPKCS8PrivateKey(rsaKey))), rsaKey},
		"PKCS#1":                         {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), rsaKey},
		"SEC 1":                          {block("EC PRIVATE KEY", ok(x509.MarshalECPrivateKey(ecdsaKey))), ecdsaKey},
		"PKCS#8 ECDSA":                   {block("PRIVATE KEY", ok(x509.MarshalPKCS8PrivateKey(ecdsaKey))), ecdsaKey},
		"PKCS#8 Ed25519":                 {block("PRIVATE KEY", ok(x509.MarshalPKCS8PrivateKey(eddsa.Sign))), eddsa.Sign},
		"PKCS#8 X25519":                  {block("PRIVATE KEY", ok(x509.MarshalPKCS8PrivateKey(eddsa.Agree))), eddsa.Agree},
		"behind EC parameters":           {append(block("EC PARAMETERS", []byte{6, 1, 0}), block("EC PRIVATE KEY", ok(x509.MarshalECPrivateKey(ecdsaKey)))...), ecdsaKey},
		"behind the certificate":         {append(block("CERTIFICATE", eddsa.SignCert.Raw), block("PRIVATE KEY", ok(x509.MarshalPKCS8PrivateKey(eddsa.Sign)))...), eddsa.Sign},
		"the first of two keys in a row": {append(block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), block("EC PRIVATE KEY", ok(x509.MarshalECPrivateKey(ecdsaKey)))...), rsaKey},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := file.PrivateKey(c.pem)
			if err != nil {
				t.Fatal(err)
			}
			type key interface{ Equal(crypto.PrivateKey) bool }
			if !got.(key).Equal(c.want) {
				t.Errorf("read another key, of type %T", got)
			}
		})
	}
}

func TestFilesWithoutAUsableKeySayWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		octets []byte
		want   string
	}{
		"empty":                    {nil, "no PEM private key"},
		"a certificate alone":      {block("CERTIFICATE", certificate(as4test.ECDSA, "AP_XA_01").Raw), "no PEM private key"},
		"an encrypted key":         {block("ENCRYPTED PRIVATE KEY", []byte{1}), "decrypt it or use PKCS#12"},
		"octets that are no key":   {block("PRIVATE KEY", []byte("secret octets")), "asn1"},
		"DER where PEM is written": {[]byte{0x30, 0x82}, "no PEM private key"},
	} {
		_, err := file.PrivateKey(c.octets)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

func TestCertificatesAreReadFromPEMAndDERInOrder(t *testing.T) {
	t.Parallel()
	a, b := certificate(as4test.ECDSA, "AP_XA_01"), certificate(as4test.EdDSA, "AP_XB_01")
	both := append(block("CERTIFICATE", a.Raw), block("CERTIFICATE", b.Raw)...)
	mixed := append(append([]byte("a line of text\n"), block("PRIVATE KEY", []byte{1})...), both...)
	for name, octets := range map[string][]byte{"PEM": both, "PEM among other things": mixed, "DER": append(bytes.Clone(a.Raw), b.Raw...)} {
		certs, err := file.Certificates(octets)
		if err != nil || len(certs) != 2 || !certs[0].Equal(a) || !certs[1].Equal(b) {
			t.Errorf("%s: got %d certificates, %v", name, len(certs), err)
		}
	}
	for name, octets := range map[string][]byte{"a key alone": block("PRIVATE KEY", []byte{1}), "rubbish in PEM": block("CERTIFICATE", []byte{1}), "rubbish": []byte("rubbish")} {
		if certs, err := file.Certificates(octets); err == nil {
			t.Errorf("%s: got %d certificates and no error", name, len(certs))
		}
	}
}

func TestFilesAreReadUpToTheLimit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, make([]byte, file.MaxBytes), 0o600); err != nil {
		t.Fatal(err)
	}
	if octets, err := file.Read(path); err != nil || len(octets) != file.MaxBytes {
		t.Errorf("at the limit: %d octets, %v", len(octets), err)
	}
	if err := os.WriteFile(path, make([]byte, file.MaxBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(path); err == nil {
		t.Error("one octet more is read")
	}
	if _, err := file.Read(path + ".none"); !os.IsNotExist(err) {
		t.Errorf("a missing file gives %v", err)
	}
}

func TestAKeyFitsItsOwnCertificateOnly(t *testing.T) {
	t.Parallel()
	for _, suite := range []as4test.Suite{as4test.RSA, as4test.EdDSA, as4test.ECDSA, as4test.P384, as4test.P521} {
		a, b := as4test.KeysOf(suite, "AP_XA_01"), as4test.KeysOf(suite, "AP_XB_01")
		for name, k := range map[string]struct {
			key         crypto.PrivateKey
			cert, other *x509.Certificate
		}{"signing": {a.Sign, a.SignCert, b.SignCert}, "decrypting": {a.Agree, a.EncCert, b.EncCert}} {
			if err := file.Fits(k.key, k.cert); err != nil {
				t.Errorf("%s %s: %v", suite, name, err)
			}
			if file.Fits(k.key, k.other) == nil {
				t.Errorf("%s %s: fits another party's certificate", suite, name)
			}
		}
	}
	if file.Fits("no key", certificate(as4test.ECDSA, "AP_XA_01")) == nil {
		t.Error("a text fits a certificate")
	}
	rsaCert := certificate(as4test.RSA, "AP_XA_01")
	if file.Fits(as4test.KeysOf(as4test.EdDSA, "AP_XA_01").Sign, rsaCert) == nil {
		t.Error("an Ed25519 key fits an RSA certificate")
	}
}

func TestKeysThatCanDecryptAreToldFromThoseThatCannot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  crypto.PrivateKey
		want bool
	}{
		"RSA":     {as4test.KeysOf(as4test.RSA, "AP_XA_01").Sign, true},
		"ECDSA":   {as4test.KeysOf(as4test.P384, "AP_XA_01").Sign, true},
		"X25519":  {ok(ecdh.X25519().GenerateKey(rand.Reader)), true},
		"Ed25519": {as4test.KeysOf(as4test.EdDSA, "AP_XA_01").Sign, false},
		"nothing": {nil, false},
	} {
		if got := file.CanDecrypt(c.key); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
