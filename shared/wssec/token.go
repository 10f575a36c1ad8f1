package wssec

import (
	"bytes"
	"crypto/sha1" // the token profile fixes SHA-1 for thumbprints, which name a certificate and secure nothing
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"

	"github.com/beevik/etree"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// Signer returns the certificate, out of the pinned ones, that the signature's
// KeyInfo names: by BinarySecurityToken (X509v3 or X509PKIPathv1),
// KeyIdentifier (SKI, SHA-1 thumbprint) or IssuerSerial. A token whose
// certificate is not one of the pinned is (nil, nil): the shape is right, the
// signer is a stranger.
func (h *Header) Signer(pinned []*x509.Certificate) (*x509.Certificate, error) {
	str, err := children(h.Signature.KeyInfo, Namespace, "SecurityTokenReference")
	if err != nil {
		return nil, err
	}
	return h.Match(str[0], pinned)
}

// Match returns the certificate, out of those given, that a
// wsse:SecurityTokenReference names, and nil when it names another.
func (h *Header) Match(str *etree.Element, certs []*x509.Certificate) (*x509.Certificate, error) {
	if err := elementsOnly(str); err != nil {
		return nil, err
	}
	kids := str.ChildElements()
	if len(kids) != 1 {
		return nil, refuse("tokenreference", "a SecurityTokenReference with %d children; exactly one is taken", len(kids))
	}
	el := kids[0]
	switch {
	case el.Tag == "Reference" && el.NamespaceURI() == Namespace:
		return h.matchToken(el, certs)
	case el.Tag == "KeyIdentifier" && el.NamespaceURI() == Namespace:
		return matchIdentifier(el, certs)
	case el.Tag == "X509Data" && el.NamespaceURI() == dsig.Namespace:
		return matchIssuerSerial(el, certs)
	}
	return nil, refuse("tokenreference", "%s in a SecurityTokenReference; use Reference, KeyIdentifier or X509Data", el.Tag)
}

func (h *Header) matchToken(ref *etree.Element, certs []*x509.Certificate) (*x509.Certificate, error) {
	uri := xmlsafe.PlainAttribute(ref, "URI")
	token := h.tokens[strings.TrimPrefix(uri, "#")]
	if !strings.HasPrefix(uri, "#") || token == nil {
		return nil, refuse("tokenreference", "Reference %q leads to no BinarySecurityToken of the header", uri)
	}
	der, err := tokenCertificate(token)
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		if bytes.Equal(c.Raw, der) {
			return c, nil
		}
	}
	return nil, nil
}

// tokenCertificate returns the DER of the certificate that a token stands for;
// of a path that is the last one (X.509 Token Profile §3.1: end entity last).
func tokenCertificate(token *etree.Element) ([]byte, error) {
	if t := xmlsafe.PlainAttribute(token, "EncodingType"); t != "" && t != Base64Binary {
		return nil, refuse("token.encoding", "EncodingType %q; only Base64Binary is taken", t)
	}
	if len(token.ChildElements()) > 0 {
		return nil, refuse("token.content", "elements in a BinarySecurityToken")
	}
	octets, err := dsig.DecodeBase64(token.Text())
	if err != nil {
		return nil, refuse("token.content", "a BinarySecurityToken is no base64 text")
	}
	switch vt := xmlsafe.PlainAttribute(token, "ValueType"); vt {
	case X509v3:
		return octets, nil
	case X509PKIPathv1:
		return lastOfPath(octets)
	default:
		return nil, refuse("token.valuetype", "ValueType %q; use X509v3 or X509PKIPathv1", vt)
	}
}

func lastOfPath(octets []byte) ([]byte, error) {
	input := cryptobyte.String(octets)
	var path, last cryptobyte.String
	if !input.ReadASN1(&path, cbasn1.SEQUENCE) || !input.Empty() {
		return nil, refuse("token.path", "an X509PKIPathv1 token is no SEQUENCE OF Certificate")
	}
	for n := 0; !path.Empty(); n++ {
		if n == MaxPathLength {
			return nil, refuse("token.path", "more than %d certificates in a path", MaxPathLength)
		}
		if !path.ReadASN1Element(&last, cbasn1.SEQUENCE) {
			return nil, refuse("token.path", "an X509PKIPathv1 token is no SEQUENCE OF Certificate")
		}
	}
	if last == nil {
		return nil, refuse("token.path", "an X509PKIPathv1 token holds no certificate")
	}
	return last, nil
}

func matchIdentifier(el *etree.Element, certs []*x509.Certificate) (*x509.Certificate, error) {
	want, err := dsig.DecodeBase64(el.Text())
	if err != nil || len(want) == 0 || len(el.ChildElements()) > 0 {
		return nil, refuse("keyidentifier", "a KeyIdentifier is no base64 text")
	}
	var of func(*x509.Certificate) []byte
	switch vt := xmlsafe.PlainAttribute(el, "ValueType"); vt {
	case SubjectKeyIdentifier:
		of = func(c *x509.Certificate) []byte { return c.SubjectKeyId }
	case ThumbprintSHA1:
		of = func(c *x509.Certificate) []byte { d := sha1.Sum(c.Raw); return d[:] }
	case X509v3:
		of = func(c *x509.Certificate) []byte { return c.Raw }
	default:
		return nil, refuse("keyidentifier", "ValueType %q; use X509SubjectKeyIdentifier, ThumbprintSHA1 or X509v3", vt)
	}
	for _, c := range certs {
		if bytes.Equal(of(c), want) {
			return c, nil
		}
	}
	return nil, nil
}

func matchIssuerSerial(el *etree.Element, certs []*x509.Certificate) (*x509.Certificate, error) {
	is, err := children(el, dsig.Namespace, "X509IssuerSerial")
	if err != nil {
		return nil, err
	}
	kids, err := children(is[0], dsig.Namespace, "X509IssuerName", dsig.Namespace, "X509SerialNumber")
	if err != nil {
		return nil, err
	}
	serial, ok := new(big.Int).SetString(strings.TrimSpace(kids[1].Text()), 10)
	if !ok || len(kids[1].Text()) > 64 {
		return nil, refuse("issuerserial", "X509SerialNumber is no decimal number of at most 64 digits")
	}
	name, err := parseName(kids[0].Text())
	if err != nil {
		return nil, err
	}
	for _, c := range certs {
		if c.SerialNumber.Cmp(serial) == 0 && name.equal(c.RawIssuer) {
			return c, nil
		}
	}
	return nil, nil
}

// equal compares with a DER name, attribute by attribute: spelling, order of
// RDNs and white space vary between products.
func (n distinguishedName) equal(der []byte) bool {
	var seq pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &seq); err != nil || len(rest) > 0 {
		return false
	}
	return n.sameAttributes(attributesOf(seq))
}
