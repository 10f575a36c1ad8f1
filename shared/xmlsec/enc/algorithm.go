package enc

import (
	"crypto"
	"crypto/ecdh"
	_ "crypto/sha1" // rsa-oaep-mgf1p, when allowed, is made of it
	_ "crypto/sha256"
	"errors"
	"slices"
)

// Namespaces of what an EncryptedKey is made of.
const (
	Namespace       = "http://www.w3.org/2001/04/xmlenc#"
	Namespace11     = "http://www.w3.org/2009/xmlenc11#"
	namespaceDS     = "http://www.w3.org/2000/09/xmldsig#"
	namespaceDS11   = "http://www.w3.org/2009/xmldsig11#"
	namespaceDSMore = "http://www.w3.org/2021/04/xmldsig-more#"
	namespaceWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
)

// Algorithms of eDelivery AS4 1.15 §3.2.6.2.2 and 2.0 §3.2.6, §4.7, and those
// that an [Allow] can add.
const (
	AES128GCM = "http://www.w3.org/2009/xmlenc11#aes128-gcm"
	AES256GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"

	KWAES128 = "http://www.w3.org/2001/04/xmlenc#kw-aes128"

	RSAOAEP      = "http://www.w3.org/2009/xmlenc11#rsa-oaep"
	RSAOAEPMGF1P = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
	MGF1SHA1     = "http://www.w3.org/2009/xmlenc11#mgf1sha1"
	MGF1SHA256   = "http://www.w3.org/2009/xmlenc11#mgf1sha256"
	SHA1         = "http://www.w3.org/2000/09/xmldsig#sha1"
	SHA256       = "http://www.w3.org/2001/04/xmlenc#sha256"

	AgreementX25519 = "http://www.w3.org/2021/04/xmldsig-more#x25519"
	AgreementECDH   = "http://www.w3.org/2009/xmlenc11#ECDH-ES"
	HKDF            = "http://www.w3.org/2021/04/xmldsig-more#hkdf"
	ConcatKDF       = "http://www.w3.org/2009/xmlenc11#ConcatKDF"
	HMACSHA256      = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"

	CurveP256 = "urn:oid:1.2.840.10045.3.1.7"
	CurveP384 = "urn:oid:1.3.132.0.34"
	CurveP521 = "urn:oid:1.3.132.0.35"
)

// Allow is the set of algorithm families that are accepted from a peer.
type Allow uint8

// Families. [EDelivery] has the first three.
const (
	AllowRSA       Allow = 1 << iota // rsa-oaep with SHA-256 and MGF1-SHA256 (1.15 MUST)
	AllowX25519                      // x25519, HKDF, kw-aes128 (2.0 default)
	AllowECDH                        // ECDH-ES on NIST curves, HKDF, kw-aes128 (2.0 §4.7)
	AllowMGF1P                       // rsa-oaep-mgf1p with SHA-1 or SHA-256 (1.15 MAY, inbound only)
	AllowConcatKDF                   // ConcatKDF in place of HKDF (BDEW profile)
	AllowSAML                        // aes256-gcm content, and ds:X509Data or no KeyInfo to name the key (eIDAS assertions)
)

// EDelivery is what eDelivery AS4 1.15 and 2.0 ask for, and no more.
const EDelivery = AllowRSA | AllowX25519 | AllowECDH

// ErrDecrypt is every failure of decryption: a key that does not unwrap, an
// agreement that fails, a tag that does not verify. It carries no more, on purpose.
var ErrDecrypt = errors.New("decryption failed")

// use is what an algorithm may stand for; a digest is no key wrap.
type use uint8

const (
	useContent use = iota
	useWrap
	useTransport
	useAgreement
	useDerivation
	useDigest
	usePRF
	useMGF
	useCurve
)

type algorithm struct {
	use   use
	allow Allow       // any of these families enables it
	size  int         // octets of the key: content, wrap
	hash  crypto.Hash // digest, PRF, MGF
	curve ecdh.Curve  // named curve, agreement on one curve
}

const anyFamily = ^Allow(0)

var algorithms = map[string]algorithm{
	AES128GCM:       {use: useContent, allow: anyFamily, size: 16},
	AES256GCM:       {use: useContent, allow: AllowSAML, size: 32},
	KWAES128:        {use: useWrap, allow: AllowX25519 | AllowECDH, size: 16},
	RSAOAEP:         {use: useTransport, allow: AllowRSA},
	RSAOAEPMGF1P:    {use: useTransport, allow: AllowMGF1P},
	MGF1SHA1:        {use: useMGF, allow: AllowMGF1P, hash: crypto.SHA1},
	MGF1SHA256:      {use: useMGF, allow: AllowRSA, hash: crypto.SHA256},
	SHA1:            {use: useDigest, allow: AllowMGF1P, hash: crypto.SHA1},
	SHA256:          {use: useDigest, allow: anyFamily, hash: crypto.SHA256},
	AgreementX25519: {use: useAgreement, allow: AllowX25519, curve: ecdh.X25519()},
	AgreementECDH:   {use: useAgreement, allow: AllowECDH},
	HKDF:            {use: useDerivation, allow: AllowX25519 | AllowECDH},
	ConcatKDF:       {use: useDerivation, allow: AllowConcatKDF},
	HMACSHA256:      {use: usePRF, allow: AllowX25519 | AllowECDH, hash: crypto.SHA256},
	CurveP256:       {use: useCurve, allow: AllowECDH, curve: ecdh.P256()},
	CurveP384:       {use: useCurve, allow: AllowECDH, curve: ecdh.P384()},
	CurveP521:       {use: useCurve, allow: AllowECDH, curve: ecdh.P521()},
}

// combination is a permitted row of RSA key transport: the parts of a row are
// each in the table of algorithms, but not every mixture of them is allowed.
type combination struct {
	algorithm, digest, mgf string
	allow                  Allow
}

var combinations = []combination{
	{RSAOAEP, SHA256, MGF1SHA256, AllowRSA},
	{RSAOAEPMGF1P, SHA1, MGF1SHA1, AllowMGF1P},
	{RSAOAEPMGF1P, SHA256, MGF1SHA1, AllowMGF1P},
}

// profile is the tables together with what of them is enabled.
type profile struct {
	algorithms   map[string]algorithm
	combinations []combination
	allow        Allow
}

func profileOf(a Allow) *profile {
	return &profile{algorithms: algorithms, combinations: combinations, allow: a}
}

// ContentKeySize returns the octets of a key for a content algorithm, and an
// [*Error] for an algorithm that is not allowed.
func (a Allow) ContentKeySize(uri string) (int, error) {
	alg, err := profileOf(a).find(useContent, "EncryptionMethod", uri)
	return alg.size, err
}

func (p *profile) find(u use, element, uri string) (algorithm, error) {
	alg, ok := p.algorithms[uri]
	if !ok || alg.use != u || alg.allow&p.allow == 0 {
		return algorithm{}, refuse(RuleAlgorithm, element, "%q is not allowed here; use one of the eDelivery AS4 profile", uri)
	}
	return alg, nil
}

func (p *profile) permits(t *Transport) bool {
	return slices.ContainsFunc(p.combinations, func(c combination) bool {
		return c.algorithm == t.Algorithm && c.digest == t.Digest && c.mgf == t.MGF && c.allow&p.allow != 0
	})
}
