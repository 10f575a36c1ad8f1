package file

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"
)

// Suites of keys.
const (
	RSA     = "rsa"
	P256    = "p-256"
	Ed25519 = "ed25519"
	X25519  = "x25519"
)

// Lengths of RSA keys, in bits: the least of eDelivery AS4, what a new key has
// unless something else is asked for, and the longest that KMS takes.
const (
	MinRSABits     = 2048
	DefaultRSABits = 3072
	MaxRSABits     = 4096
)

// Purpose is what a key of a tenant is for, with the suites that can do it, the
// usual one first.
type Purpose struct {
	Name   string
	Suites []string
}

// Purposes are those of a tenant document, and the servers' TLS.
var Purposes = []Purpose{
	{"sign", []string{RSA, P256, Ed25519}},
	{"decrypt", []string{RSA, P256, X25519}},
	{"tls", []string{P256, RSA}},
	{"tokens", []string{Ed25519, P256}},
	{"sign-in", []string{RSA}},
}

// SuiteFor judges a suite for a purpose; an empty one is the usual one.
func SuiteFor(purpose, suite string) (string, error) {
	var names []string
	for _, p := range Purposes {
		switch {
		case p.Name != purpose:
			names = append(names, p.Name)
		case suite == "":
			return p.Suites[0], nil
		case !slices.Contains(p.Suites, suite):
			return "", fmt.Errorf("a key of %q is not for %s; write one of %s", suite, purpose, strings.Join(p.Suites, ", "))
		default:
			return suite, nil
		}
	}
	return "", fmt.Errorf("%q is no purpose; write one of %s", purpose, strings.Join(names, ", "))
}

// New makes a private key. Bits are those of RSA; 0: [DefaultRSABits].
func New(suite string, bits int) (crypto.PrivateKey, error) {
	if bits == 0 {
		bits = DefaultRSABits
	}
	switch suite {
	case RSA:
		if bits != MinRSABits && bits != DefaultRSABits && bits != MaxRSABits {
			return nil, fmt.Errorf("an RSA key of %d bits; write %d, %d or %d", bits, MinRSABits, DefaultRSABits, MaxRSABits)
		}
		return rsa.GenerateKey(rand.Reader, bits)
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case X25519:
		return ecdh.X25519().GenerateKey(rand.Reader)
	}
	return nil, fmt.Errorf("%q is no suite; write %s, %s, %s or %s", suite, RSA, P256, Ed25519, X25519)
}

// Public is the public half of a private key.
func Public(key crypto.PrivateKey) (crypto.PublicKey, error) {
	if k, ok := key.(interface{ Public() crypto.PublicKey }); ok {
		return k.Public(), nil
	}
	return nil, fmt.Errorf("a %T has no public half", key)
}

// WritePrivate writes a new file of a private key, PKCS #8 in PEM, that only its
// owner reads. A file that is there is not replaced.
func WritePrivate(path string, key crypto.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return errors.New("the private key cannot be written as PKCS #8")
	}
	return writeNew(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// WriteCertificate writes a new file of a certificate in PEM. A file that is there
// is not replaced.
func WriteCertificate(path string, cert *x509.Certificate) error {
	return writeNew(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), 0o644)
}

func writeNew(path string, octets []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and a key is never replaced; write to another name", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(octets)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
	}
	return nil
}

// ThrowAway is a certificate for tests, of 90 days: no partner trusts it. A key that
// cannot sign (X25519) gets one by an issuer that is forgotten at once.
func ThrowAway(key crypto.PrivateKey, name string, hosts []string, now time.Time) (*x509.Certificate, error) {
	public, err := Public(key)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name, Organization: []string{"throw-away"}}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 90),
		DNSNames: hosts, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return forAgreement(public, template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, signer)
	if err != nil {
		return nil, fmt.Errorf("make a throw-away certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}
