//go:build interop

package phase4_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
)

// party is one side: its id and its keys as PEM files.
type party struct{ id, signKey, signCert, encKey, encCert string }

// newParty makes keys that the tests' CA vouches for.
func newParty(t *testing.T, dir string, suite as4test.Suite, id string) party {
	t.Helper()
	k := as4test.KeysOf(suite, id)
	return party{
		id:      id,
		signKey: writeKey(t, dir, id+"-sign.key", k.Sign), signCert: writeCert(t, dir, id+"-sign.pem", k.SignCert.Raw),
		encKey: writeKey(t, dir, id+"-enc.key", k.Agree), encCert: writeCert(t, dir, id+"-enc.pem", k.EncCert.Raw),
	}
}

// newStranger is a party that only vouches for itself.
func newStranger(t *testing.T, dir string, suite as4test.Suite) party {
	t.Helper()
	p := newParty(t, dir, suite, "stranger")
	k := as4test.KeysOf(suite, "stranger")
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "stranger"}, SubjectKeyId: k.SignCert.SubjectKeyId,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Sign.Public(), k.Sign)
	if err != nil {
		t.Fatal(err)
	}
	p.signCert = writeCert(t, dir, "self-signed.pem", der)
	return p
}

// own are the flags for a party's own keys: the same words for both programs.
func (p party) own() []string {
	return []string{"--me", p.id, "--key", p.signKey, "--cert", p.signCert, "--agree-key", p.encKey, "--agree-cert", p.encCert}
}

// certs names a party's certificates as --partner wants them.
func (p party) certs() string { return p.signCert + "," + p.encCert }

func writeKey(t *testing.T, dir, name string, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, filepath.Join(dir, name), "PRIVATE KEY", der)
}

func writeCert(t *testing.T, dir, name string, der []byte) string {
	t.Helper()
	return writePEM(t, filepath.Join(dir, name), "CERTIFICATE", der)
}

func writePEM(t *testing.T, path, kind string, der []byte) string {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
