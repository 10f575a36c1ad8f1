package file

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// forAgreement certifies a key that cannot sign, by an issuer that is forgotten.
// crypto/x509 writes no such certificate (RFC 8410 §10.2): it certifies another key,
// whose place the key then takes.
func forAgreement(public crypto.PublicKey, template *x509.Certificate) (*x509.Certificate, error) {
	issuer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template.KeyUsage = x509.KeyUsageKeyAgreement
	der, err := x509.CreateCertificate(rand.Reader, template, template, issuer.Public(), issuer)
	if err != nil {
		return nil, fmt.Errorf("make a throw-away certificate: %w", err)
	}
	var signed struct {
		TBS struct {
			Version                   int `asn1:"optional,explicit,default:0,tag:0"`
			Serial                    *big.Int
			Algorithm                 pkix.AlgorithmIdentifier
			Issuer, Validity, Subject asn1.RawValue
			Key                       asn1.RawValue
			Extensions                []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Value     asn1.BitString
	}
	if err := whole(der, &signed); err != nil {
		return nil, fmt.Errorf("make a throw-away certificate: %w", err)
	}
	if signed.TBS.Key.FullBytes, err = x509.MarshalPKIXPublicKey(public); err != nil {
		return nil, err
	}
	octets, err := asn1.Marshal(signed.TBS)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(octets)
	value, err := issuer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	signed.Value = asn1.BitString{Bytes: value, BitLength: 8 * len(value)}
	if der, err = asn1.Marshal(signed); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
