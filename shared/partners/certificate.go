package partners

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Certificate is one certificate in a document. PEM counts; the other fields
// are for the reader's eye, may be left out, and must be true when they are there.
type Certificate struct {
	Subject  string `json:"subject,omitempty"`
	NotAfter string `json:"notAfter,omitempty"` // RFC 3339
	SHA256   string `json:"sha256,omitempty"`   // of the DER, in hex
	PEM      string `json:"pem"`

	parsed *x509.Certificate
}

// NewCertificate describes a certificate.
func NewCertificate(c *x509.Certificate) Certificate {
	return Certificate{
		Subject:  subject(c),
		NotAfter: c.NotAfter.UTC().Format(time.RFC3339),
		SHA256:   Fingerprint(c),
		PEM:      string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})),
		parsed:   c,
	}
}

func newCertificates(certs ...*x509.Certificate) []Certificate {
	list := make([]Certificate, len(certs))
	for i, c := range certs {
		list[i] = NewCertificate(c)
	}
	return list
}

// X509 is the certificate that PEM holds; nil when it holds none.
func (c *Certificate) X509() *x509.Certificate {
	if c.parsed == nil {
		c.parsed, _ = parsePEM(c.PEM)
	}
	return c.parsed
}

// Fingerprint is the SHA-256 of a certificate in lower-case hex.
func Fingerprint(c *x509.Certificate) string {
	digest := sha256.Sum256(c.Raw)
	return hex.EncodeToString(digest[:])
}

func parsePEM(text string) (*x509.Certificate, error) {
	if len(text) > MaxPEM {
		return nil, fmt.Errorf("has %d octets, more than %d (limit.pem)", len(text), MaxPEM)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("holds no -----BEGIN CERTIFICATE-----")
	}
	if strings.TrimSpace(string(rest)) != "" {
		return nil, errors.New("holds more than one certificate")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("holds no certificate that can be read (%w)", err)
	}
	return c, nil
}

// publicKey returns the key of a certificate; crypto/x509 leaves X25519 keys unparsed.
func publicKey(c *x509.Certificate) crypto.PublicKey {
	if c.PublicKey != nil {
		return c.PublicKey
	}
	key, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil
	}
	return key
}

// subject is the distinguished name, without what could disturb a terminal.
func subject(c *x509.Certificate) string { return printable(c.Subject.String()) }

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// same reports whether two lists hold the same certificates in the same order.
func same(a, b []Certificate) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i].X509(), b[i].X509()
		if x == nil || y == nil || !x.Equal(y) {
			return false
		}
	}
	return true
}
