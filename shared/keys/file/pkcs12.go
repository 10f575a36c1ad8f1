package file

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	"software.sslmate.com/src/go-pkcs12"
)

// PKCS12 returns key and chain, end entity first, of a PKCS#12 file.
func PKCS12(octets []byte, password string) (crypto.PrivateKey, []*x509.Certificate, error) {
	if _, err := openPFX(octets); err != nil {
		return nil, nil, fmt.Errorf("open PKCS#12: %w", err)
	}
	key, cert, ca, err := pkcs12.DecodeChain(octets, password)
	if err != nil {
		return nil, nil, fmt.Errorf("open PKCS#12: %w", explain(err))
	}
	return key, endEntityFirst(key, append([]*x509.Certificate{cert}, ca...)), nil
}

// endEntityFirst puts the certificate of the key first; files may begin with the issuer.
func endEntityFirst(key crypto.PrivateKey, chain []*x509.Certificate) []*x509.Certificate {
	for i, c := range chain {
		if Fits(key, c) == nil {
			chain[0], chain[i] = chain[i], chain[0]
			break
		}
	}
	return chain
}

// pkcs12Trusted reads a trust store, or the chain of a key store without its key.
// Aliases are read beside the library, which leaves them out: both list the
// certificates in the file's order.
func pkcs12Trusted(octets []byte, password string) ([]Trusted, error) {
	pfx, err := openPFX(octets)
	if err != nil {
		return nil, fmt.Errorf("open PKCS#12: %w", err)
	}
	certs, err := pkcs12.DecodeTrustStore(octets, password)
	if err != nil {
		if _, cert, ca, chainErr := pkcs12.DecodeChain(octets, password); chainErr == nil {
			certs, err = append([]*x509.Certificate{cert}, ca...), nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open PKCS#12: %w", explain(err))
	}
	aliases, err := pfx.aliases(password)
	if err != nil {
		return nil, fmt.Errorf("read the aliases of PKCS#12: %w", err)
	}
	if len(aliases) != len(certs) {
		return nil, fmt.Errorf("PKCS#12 has %d certificates and %d aliases; convert it with keytool -importkeystore", len(certs), len(aliases))
	}
	list := make([]Trusted, len(certs))
	for i, c := range certs {
		list[i] = Trusted{Alias: aliases[i], Certificate: c}
	}
	return list, nil
}

func explain(err error) error {
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return errors.New("the password is wrong, or the file was changed")
	}
	return fmt.Errorf("%w; a store made by keytool -importkeystore -deststoretype PKCS12 can be read", err)
}
