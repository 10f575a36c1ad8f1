package dsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha256" // registers the hashes that the table names
	_ "crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Signature methods of eDelivery AS4 (1.15 §3.2.6.2.1; 2.0 §3.2.6 and §4.7; RFC 9231 §2.3).
const (
	RSASHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA384   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
	RSASHA512   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
	ECDSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
	Ed25519     = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
)

// Digest methods (xmlenc-core §5.8; RFC 9231 §2.1).
const (
	SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
	SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
)

// MinRSABits is the smallest RSA modulus that is signed with or verified
// against (eDelivery AS4 1.15 §3.2.6.2.1 follows ENISA: 2048 bits).
const MinRSABits = 2048

// ErrSignature says that a signature value does not fit key and octets. It
// carries no more, on purpose.
var ErrSignature = errors.New("signature value does not verify")

type method struct {
	hash   crypto.Hash // 0 for Ed25519, which signs the octets themselves
	sign   func(rand io.Reader, key crypto.Signer, h crypto.Hash, octets []byte) ([]byte, error)
	verify func(key crypto.PublicKey, h crypto.Hash, octets, value []byte) error
}

var methods = map[string]method{
	RSASHA256:   {crypto.SHA256, signRSA, verifyRSA},
	RSASHA384:   {crypto.SHA384, signRSA, verifyRSA},
	RSASHA512:   {crypto.SHA512, signRSA, verifyRSA},
	ECDSASHA256: {crypto.SHA256, signECDSA, verifyECDSA},
	Ed25519:     {0, signEd25519, verifyEd25519},
}

var digests = map[string]crypto.Hash{
	SHA256: crypto.SHA256,
	SHA384: crypto.SHA384,
	SHA512: crypto.SHA512,
}

// Digest returns the hash of a digest method, and false for one that is not in the table.
func Digest(uri string) (crypto.Hash, bool) {
	h, ok := digests[uri]
	return h, ok
}

// MethodFor returns the signature method that eDelivery AS4 uses with a key of
// this kind: RSA (1.15), Ed25519 (2.0), ECDSA on a NIST curve (2.0 §4.7).
func MethodFor(key crypto.PublicKey) (string, error) {
	switch key.(type) {
	case *rsa.PublicKey:
		return RSASHA256, nil
	case ed25519.PublicKey:
		return Ed25519, nil
	case *ecdsa.PublicKey:
		return ECDSASHA256, nil
	}
	return "", fmt.Errorf("choose signature method: no eDelivery method for a key of type %T; use RSA, Ed25519 or ECDSA", key)
}

// Sign returns the SignatureValue over the canonical SignedInfo. Errors: a
// method outside the table, a key of another kind, whatever the signer reports.
func Sign(rand io.Reader, key crypto.Signer, uri string, signedInfo []byte) ([]byte, error) {
	m, ok := methods[uri]
	if !ok {
		return nil, fmt.Errorf("sign: method %q is not in the table", uri)
	}
	value, err := m.sign(rand, key, m.hash, signedInfo)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", uri, err)
	}
	return value, nil
}

// Verify checks a SignatureValue over the canonical SignedInfo. Every failure
// of the arithmetic is [ErrSignature].
func Verify(key crypto.PublicKey, uri string, signedInfo, value []byte) error {
	m, ok := methods[uri]
	if !ok {
		return fmt.Errorf("verify: method %q is not in the table", uri)
	}
	return m.verify(key, m.hash, signedInfo, value)
}

func sum(h crypto.Hash, octets []byte) []byte {
	d := h.New()
	d.Write(octets)
	return d.Sum(nil)
}

func signRSA(rand io.Reader, key crypto.Signer, h crypto.Hash, octets []byte) ([]byte, error) {
	pub, ok := key.Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("key is %T, not RSA", key.Public())
	}
	if pub.N.BitLen() < MinRSABits {
		return nil, fmt.Errorf("RSA key has %d bits, fewer than %d", pub.N.BitLen(), MinRSABits)
	}
	return key.Sign(rand, sum(h, octets), h)
}

func verifyRSA(key crypto.PublicKey, h crypto.Hash, octets, value []byte) error {
	pub, ok := key.(*rsa.PublicKey)
	if !ok || pub.N.BitLen() < MinRSABits {
		return ErrSignature
	}
	if rsa.VerifyPKCS1v15(pub, h, sum(h, octets), value) != nil {
		return ErrSignature
	}
	return nil
}

func signEd25519(rand io.Reader, key crypto.Signer, _ crypto.Hash, octets []byte) ([]byte, error) {
	if _, ok := key.Public().(ed25519.PublicKey); !ok {
		return nil, fmt.Errorf("key is %T, not Ed25519", key.Public())
	}
	return key.Sign(rand, octets, crypto.Hash(0))
}

func verifyEd25519(key crypto.PublicKey, _ crypto.Hash, octets, value []byte) error {
	pub, ok := key.(ed25519.PublicKey)
	if !ok || len(value) != ed25519.SignatureSize || !ed25519.Verify(pub, octets, value) {
		return ErrSignature
	}
	return nil
}

// signECDSA turns the ASN.1 value that a crypto.Signer gives into the raw r‖s
// of XML Signature, both padded to the size of the curve's order (RFC 4050 §3.3).
func signECDSA(rand io.Reader, key crypto.Signer, h crypto.Hash, octets []byte) ([]byte, error) {
	pub, ok := key.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("key is %T, not ECDSA", key.Public())
	}
	der, err := key.Sign(rand, sum(h, octets), h)
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &rs); err != nil || len(rest) > 0 {
		return nil, errors.New("signer returned no ASN.1 signature")
	}
	size := orderSize(pub)
	if rs.R.Sign() < 0 || rs.S.Sign() < 0 || len(rs.R.Bytes()) > size || len(rs.S.Bytes()) > size {
		return nil, errors.New("signer returned a value larger than the curve")
	}
	raw := make([]byte, 2*size)
	rs.R.FillBytes(raw[:size])
	rs.S.FillBytes(raw[size:])
	return raw, nil
}

func verifyECDSA(key crypto.PublicKey, h crypto.Hash, octets, value []byte) error {
	pub, ok := key.(*ecdsa.PublicKey)
	if !ok || len(value) != 2*orderSize(pub) {
		return ErrSignature
	}
	r := new(big.Int).SetBytes(value[:len(value)/2])
	s := new(big.Int).SetBytes(value[len(value)/2:])
	if !ecdsa.Verify(pub, sum(h, octets), r, s) {
		return ErrSignature
	}
	return nil
}

func orderSize(pub *ecdsa.PublicKey) int {
	return (pub.Curve.Params().N.BitLen() + 7) / 8
}
