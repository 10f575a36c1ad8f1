package file

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// DefaultPassword protects the trust stores that the Commission publishes.
const DefaultPassword = "test123"

// Trusted is one certificate of a trust store.
type Trusted struct {
	Alias       string // lower case in a JKS; empty when the file gives none
	Certificate *x509.Certificate
	Err         error // why the entry's octets are no certificate; Certificate is nil then
}

// TrustStore returns the certificates of a JKS or PKCS#12 file, in the order of
// their aliases. A wrong password is an error; a single entry that cannot be read
// is not.
func TrustStore(octets []byte, password string) ([]Trusted, error) {
	if len(octets) > MaxBytes {
		return nil, fmt.Errorf("trust store has %d octets, at most %d are read", len(octets), MaxBytes)
	}
	var list []Trusted
	var err error
	switch {
	case bytes.HasPrefix(octets, jksMagic):
		list, err = jks(octets, password)
	case bytes.HasPrefix(octets, jceksMagic):
		return nil, errors.New("trust store is JCEKS; convert it with keytool -importkeystore -deststoretype PKCS12")
	case len(octets) > 0 && octets[0] == derSequence:
		list, err = pkcs12Trusted(octets, password)
	default:
		return nil, errors.New("trust store is neither JKS nor PKCS#12; give gateway_truststore.jks as it was published, or convert it with keytool -importkeystore")
	}
	slices.SortStableFunc(list, func(a, b Trusted) int { return strings.Compare(a.Alias, b.Alias) })
	return list, err
}

func trusted(alias string, der []byte) Trusted {
	c, err := x509.ParseCertificate(der)
	return Trusted{Alias: alias, Certificate: c, Err: err}
}
