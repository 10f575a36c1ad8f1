// Package samltest is an identity provider for tests and for the simulated
// world: it signs and encrypts like a real eIDAS node, with throw-away keys.
package samltest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"math/big"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// Provider signs people in.
type Provider struct {
	EntityID    string
	Key         *rsa.PrivateKey
	Certificate *x509.Certificate
	Now         func() time.Time
}

// NewProvider makes one with a new key.
func NewProvider(entityID string, now func() time.Time) (*Provider, error) {
	key, cert, err := NewKey(entityID, now())
	return &Provider{EntityID: entityID, Key: key, Certificate: cert, Now: now}, err
}

// NewKey makes an RSA key with a self-signed certificate of a year.
func NewKey(name string, now time.Time) (*rsa.PrivateKey, *x509.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return key, cert, err
}

// Attribute is one value of a person; Original is the value in another script.
type Attribute struct{ Name, Value, Original string }

// Answer is a response before it is signed. The hooks edit a stage, for tests of
// what must be refused; nil leaves it right.
type Answer struct {
	InResponseTo, ACS, Audience string
	Level                       string // AuthnContextClassRef
	Status                      string // of a refusal; empty: signed in
	Attributes                  []Attribute
	EncryptFor                  *x509.Certificate

	Assertion func(string) string // before it is encrypted
	Response  func(string) string // before it is signed
	Signed    func(string) string // after
	Plain     bool                // the assertion goes unencrypted
}

const (
	instant = "2006-01-02T15:04:05Z"
	prefix  = `xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"`
)

// Respond gives the base64 SAMLResponse.
func (p *Provider) Respond(a Answer) (string, error) {
	assertion := edit(a.Assertion, p.assertion(a))
	content := ""
	switch {
	case a.Status != "":
	case a.Plain:
		content = assertion
	default:
		var err error
		if content, err = encrypt(a.EncryptFor, assertion); err != nil {
			return "", err
		}
	}
	signed, err := p.sign(edit(a.Response, p.response(a, content)))
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString([]byte(edit(a.Signed, signed))), nil
}

func edit(hook func(string) string, s string) string {
	if hook == nil {
		return s
	}
	return hook(s)
}

func id() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return "_" + hex.EncodeToString(b)
}

func (p *Provider) assertion(a Answer) string {
	now := p.Now().UTC()
	var list bytes.Buffer
	for _, at := range a.Attributes {
		fmt.Fprintf(&list, `<saml2:Attribute Name="%s" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">`, html.EscapeString(at.Name))
		if at.Original != "" {
			fmt.Fprintf(&list, `<saml2:AttributeValue LatinScript="false">%s</saml2:AttributeValue>`, html.EscapeString(at.Original))
		}
		fmt.Fprintf(&list, `<saml2:AttributeValue>%s</saml2:AttributeValue></saml2:Attribute>`, html.EscapeString(at.Value))
	}
	return fmt.Sprintf(`<saml2:Assertion %s ID="%s" Version="2.0" IssueInstant="%s"><saml2:Issuer>%s</saml2:Issuer>`+
		`<saml2:Subject><saml2:NameID>opaque</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData InResponseTo="%s" Recipient="%s" NotOnOrAfter="%s"/></saml2:SubjectConfirmation></saml2:Subject>`+
		`<saml2:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml2:AudienceRestriction><saml2:Audience>%s</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>`+
		`<saml2:AuthnStatement AuthnInstant="%s"><saml2:AuthnContext><saml2:AuthnContextClassRef>%s</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>`+
		`<saml2:AttributeStatement>%s</saml2:AttributeStatement></saml2:Assertion>`,
		prefix, id(), now.Format(instant), p.EntityID, a.InResponseTo, a.ACS, now.Add(5*time.Minute).Format(instant),
		now.Add(-time.Minute).Format(instant), now.Add(5*time.Minute).Format(instant), a.Audience, now.Format(instant), a.Level, list.String())
}

func (p *Provider) response(a Answer, content string) string {
	status := "urn:oasis:names:tc:SAML:2.0:status:Success"
	if a.Status != "" {
		status = a.Status
	}
	return fmt.Sprintf(`<saml2p:Response %s ID="%s" Version="2.0" IssueInstant="%s" Destination="%s" InResponseTo="%s"><saml2:Issuer>%s</saml2:Issuer><saml2p:Status><saml2p:StatusCode Value="%s"/></saml2p:Status>%s</saml2p:Response>`,
		prefix, id(), p.Now().UTC().Format(instant), a.ACS, a.InResponseTo, p.EntityID, status, content)
}

// sign puts the signature behind the Issuer.
func (p *Provider) sign(response string) (string, error) {
	doc, err := xmlsafe.ParseBytes([]byte(response), xmlsafe.Limits{Comments: true})
	if err != nil {
		return "", err
	}
	ctx, err := dsig.NewSigningContext(p.Key, [][]byte{p.Certificate.Raw})
	if err != nil {
		return "", err
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	signature, err := ctx.ConstructSignature(doc.Root(), true)
	if err != nil {
		return "", err
	}
	doc.Root().InsertChildAt(1, signature)
	out := etree.NewDocument()
	out.SetRoot(doc.Root())
	return out.WriteToString()
}

func encrypt(cert *x509.Certificate, assertion string) (string, error) {
	cek := make([]byte, 16)
	iv := make([]byte, 12)
	_, _ = rand.Read(cek)
	_, _ = rand.Read(iv)
	key, err := enc.Wrap(rand.Reader, cek, cert.PublicKey)
	if err != nil {
		return "", err
	}
	var sealed bytes.Buffer
	w, err := enc.NewGCMWriter(&sealed, cek, iv)
	if err != nil {
		return "", err
	}
	if _, err := w.Write([]byte(assertion)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	names := []byte(`<ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(cert.Raw) + `</ds:X509Certificate></ds:X509Data>`)
	ek, err := key.AppendXML(nil, names)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`<saml2:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="%s" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="%s"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">%s</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml2:EncryptedAssertion>`,
		enc.Namespace, enc.AES128GCM, ek, base64.StdEncoding.EncodeToString(sealed.Bytes())), nil
}
