package file

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Subject is the distinguished name of an access point in the eDelivery PKI:
// cn=OOTS_AP_ACC_FR_001, o=…, ou=OOTS, c=BE in the Commission's example.
type Subject struct {
	Name         string // CN, as OOTS registered it: 1 to 64 characters
	Organisation string // O
	Unit         string // OU
	Country      string // C, two capital letters
}

// PKIX is the name, checked.
func (s Subject) PKIX() (pkix.Name, error) {
	for _, f := range []struct{ is, text string }{{"CN", s.Name}, {"O", s.Organisation}, {"OU", s.Unit}} {
		if f.text == "" || len(f.text) > 64 || strings.TrimSpace(f.text) != f.text {
			return pkix.Name{}, fmt.Errorf("%s %q of the distinguished name: write 1 to 64 octets (RFC 5280 §A.1) without blanks around them", f.is, f.text)
		}
	}
	if len(s.Country) != 2 || strings.ToUpper(s.Country) != s.Country {
		return pkix.Name{}, fmt.Errorf("country %q of the distinguished name: write two capital letters", s.Country)
	}
	return pkix.Name{CommonName: s.Name, Organization: []string{s.Organisation}, OrganizationalUnit: []string{s.Unit}, Country: []string{s.Country}}, nil
}

// Request is a PKCS #10 request (RFC 2986) for a certificate, in PEM, signed by the
// key itself: RSA with SHA-256, as the eDelivery PKI asks, ECDSA with SHA-256, or Ed25519.
func Request(key crypto.PrivateKey, s Subject) ([]byte, error) {
	name, err := s.PKIX()
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key cannot sign its own request: X25519 agrees, and a kms-decrypt: key decrypts. For RSA give the kms-sign: key of the same material; for X25519 send the public half (openssl pkey -pubout) with the request of the Ed25519 key that signs for it, and let the authority issue a certificate for each")
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: name}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign the certificate request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}
