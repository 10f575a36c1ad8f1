package signin

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// request is an AuthnRequest that is believed.
type request struct {
	encoded    string // as it came
	id         string
	sp         ServiceProvider
	level      saml.Level // at least
	legal      bool       // a legal person is asked for
	attributes map[string]bool

	relayState string
	relayed    bool
}

// Limits of a request.
const (
	maxRequest    = 64 << 10
	maxAttributes = 64
)

// read parses, verifies and judges a request. Only what the signature covers is read.
func (n *Node) read(encoded string) (*request, error) {
	octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil || len(octets) == 0 {
		return nil, fmt.Errorf("the SAMLRequest is missing or no base64")
	}
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: maxRequest, Depth: 16, Elements: 512})
	if err != nil {
		return nil, fmt.Errorf("the request is no XML that is taken: %w", err)
	}
	root := doc.Root()
	if root.Tag != "AuthnRequest" || root.NamespaceURI() != saml.Protocol {
		return nil, fmt.Errorf("the request is no AuthnRequest")
	}
	sp, ok := n.serviceProvider(text(root, saml.Assertions, "Issuer"))
	if !ok {
		return nil, fmt.Errorf("the service that asks is not registered here")
	}
	verified, err := n.verify(root, sp)
	if err != nil {
		return nil, err
	}
	q := &request{encoded: encoded, id: xmlsafe.PlainAttribute(verified, "ID"), sp: sp, attributes: map[string]bool{}}
	if err := n.judge(verified, q); err != nil {
		return nil, err
	}
	return q, q.want(verified)
}

const xmldsig = "http://www.w3.org/2000/09/xmldsig#"

// verify wants one signature, of the root, by the registered certificate.
func (n *Node) verify(root *etree.Element, sp ServiceProvider) (*etree.Element, error) {
	signatures := 0
	for _, el := range root.FindElements(".//*") {
		if el.Tag == "Signature" && el.NamespaceURI() == xmldsig {
			signatures++
		}
	}
	methods := root.FindElements("./Signature/SignedInfo/SignatureMethod")
	if signatures != 1 || len(methods) != 1 {
		return nil, fmt.Errorf("the request has %d signatures; exactly one, of the whole, is taken", signatures)
	}
	switch xmlsafe.PlainAttribute(methods[0], "Algorithm") {
	case dsig.RSASHA256SignatureMethod, dsig.RSASHA384SignatureMethod, dsig.RSASHA512SignatureMethod:
	default:
		return nil, fmt.Errorf("the request is not signed by RSA with SHA-256 or more")
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{sp.Certificate}})
	ctx.IdAttribute = "ID"
	ctx.Clock = dsig.NewFakeClockAt(n.o.Now())
	verified, err := ctx.Validate(root)
	if err != nil {
		return nil, fmt.Errorf("the request is not signed by the registered certificate of %s", sp.EntityID)
	}
	return verified, nil
}

// judge wants a request for here and now, that answers to the registered place.
func (n *Node) judge(r *etree.Element, q *request) error {
	attr := func(name string) string { return xmlsafe.PlainAttribute(r, name) }
	issued, err := time.Parse(time.RFC3339, attr("IssueInstant"))
	switch {
	case attr("Version") != "2.0" || q.id == "":
		return fmt.Errorf("the request is of another version, or has no ID")
	case attr("Destination") != n.SSO():
		return fmt.Errorf("the request is for %q; this is %s", attr("Destination"), n.SSO())
	case attr("AssertionConsumerServiceURL") != "" && attr("AssertionConsumerServiceURL") != q.sp.ACS:
		return fmt.Errorf("the answer would go to %q; registered is %s", attr("AssertionConsumerServiceURL"), q.sp.ACS)
	case err != nil || n.o.Now().Sub(issued).Abs() > saml.LoginTTL:
		return fmt.Errorf("the request is more than %s old: begin again", saml.LoginTTL)
	case attr("ForceAuthn") != "true":
		return fmt.Errorf("the request does not force an authentication, as eIDAS demands")
	case text(r, saml.Assertions, "Issuer") != q.sp.EntityID:
		return fmt.Errorf("the signed part is of another issuer")
	}
	return nil
}

// want reads the level and the attributes that are asked for.
func (q *request) want(r *etree.Element) error {
	uri := ""
	for _, context := range r.FindElements("./RequestedAuthnContext") {
		uri = text(context, saml.Assertions, "AuthnContextClassRef")
	}
	for _, l := range levels {
		if l.URI() == uri {
			q.level = l
		}
	}
	if q.level == "" {
		return fmt.Errorf("the request asks for the level of assurance %q, which is none", uri)
	}
	list := r.FindElements("./Extensions/RequestedAttributes/RequestedAttribute")
	if len(list) == 0 || len(list) > maxAttributes {
		return fmt.Errorf("the request asks for %d attributes", len(list))
	}
	for _, el := range list {
		q.attributes[xmlsafe.PlainAttribute(el, "Name")] = true
	}
	isNatural := q.attributes[natural+"PersonIdentifier"]
	q.legal = q.attributes[legal+"LegalPersonIdentifier"]
	if isNatural == q.legal {
		return fmt.Errorf("the request asks for the mandatory attributes of neither or of both kinds of persons")
	}
	return nil
}

// levels are those of eIDAS, lowest first.
var levels = []saml.Level{saml.Low, saml.Substantial, saml.High}

// text is that of the one child of a name, else "".
func text(el *etree.Element, namespace, local string) string {
	found, n := "", 0
	for _, kid := range el.ChildElements() {
		if kid.Tag == local && kid.NamespaceURI() == namespace {
			found, n = strings.TrimSpace(kid.Text()), n+1
		}
	}
	if n != 1 {
		return ""
	}
	return found
}
