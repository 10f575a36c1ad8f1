package saml

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// Subject is who signed in, with the level of assurance that the scheme gave.
type Subject struct {
	Level          Level
	Person         *edm.Person      // a natural person, or nil
	LegalPerson    *edm.LegalPerson // or a legal person
	Representative *edm.Person      // who acts for the subject, or nil
	Assertion      [32]byte         // SHA-256 of the decrypted assertion, for the journal
}

// Finish judges the SAMLResponse that the browser posted for a sign-in.
func (sp *ServiceProvider) Finish(encoded string, login Login) (*Subject, error) {
	if now := sp.Now(); now.Sub(login.Issued) > LoginTTL {
		return nil, refuse("expired", "the sign-in began more than %s ago", LoginTTL)
	}
	response, err := sp.open(encoded)
	if err != nil {
		return nil, err
	}
	if err := sp.checkResponse(response, login); err != nil {
		return nil, err
	}
	octets, err := sp.decrypt(response)
	if err != nil {
		return nil, err
	}
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: MaxResponseBytes})
	if err != nil {
		return nil, refuse("assertion.xml", "%v", err)
	}
	subject, err := sp.read(doc.Root(), login)
	if err != nil {
		return nil, err
	}
	subject.Assertion = sha256.Sum256(octets)
	return subject, nil
}

// open parses and verifies; what it returns is what the signature covers.
func (sp *ServiceProvider) open(encoded string) (*etree.Element, error) {
	if len(encoded) > MaxResponseBytes {
		return nil, refuse("limit", "the response has more than %d octets", MaxResponseBytes)
	}
	octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, refuse("base64", "the response is no base64")
	}
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: MaxResponseBytes})
	if err != nil {
		return nil, refuse("xml", "%v", err)
	}
	root := doc.Root()
	if root.Tag != "Response" || root.NamespaceURI() != Protocol {
		return nil, refuse("response", "the root is %s in %q", root.Tag, root.NamespaceURI())
	}
	if err := checkSignature(root); err != nil {
		return nil, err
	}
	return sp.verified(root)
}

// checkSignature holds what goxmldsig leaves open: exactly one signature in the
// document, child of the Response, one reference to its ID, the two transforms
// of SAML, listed algorithms; and every ID once.
func checkSignature(root *etree.Element) error {
	ids := map[string]bool{}
	signatures := 0
	for _, el := range append(root.FindElements(".//*"), root) {
		if el.Tag == "Signature" && el.NamespaceURI() == xmldsig {
			signatures++
		}
		id := xmlsafe.PlainAttribute(el, "ID")
		if id != "" && ids[id] {
			return refuse("id", "an ID stands twice")
		}
		ids[id] = true
	}
	direct := children(root, xmldsig, "Signature")
	if signatures != 1 || len(direct) != 1 {
		return refuse("signature.one", "%d signatures, %d of them of the Response; exactly one is taken", signatures, len(direct))
	}
	return checkSignedInfo(direct[0], xmlsafe.PlainAttribute(root, "ID"))
}

var signatureMethods = map[string]bool{dsig.RSASHA256SignatureMethod: true, dsig.RSASHA384SignatureMethod: true, dsig.RSASHA512SignatureMethod: true}

var digestMethods = map[string]bool{"http://www.w3.org/2001/04/xmlenc#sha256": true, "http://www.w3.org/2001/04/xmldsig-more#sha384": true, "http://www.w3.org/2001/04/xmlenc#sha512": true}

const (
	enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

func checkSignedInfo(signature *etree.Element, id string) error {
	info := children(signature, xmldsig, "SignedInfo")
	if len(info) != 1 {
		return refuse("signature", "%d SignedInfo", len(info))
	}
	if alg := algorithmOf(info[0], "CanonicalizationMethod"); alg != exclusive {
		return refuse("signature.c14n", "canonicalisation %q", alg)
	}
	if alg := algorithmOf(info[0], "SignatureMethod"); !signatureMethods[alg] {
		return refuse("signature.method", "signature method %q; RSASSA-PKCS1-v1_5 with SHA-256 or more is taken", alg)
	}
	refs := children(info[0], xmldsig, "Reference")
	if len(refs) != 1 || id == "" || xmlsafe.PlainAttribute(refs[0], "URI") != "#"+id {
		return refuse("signature.reference", "%d references; exactly one, to the Response, is taken", len(refs))
	}
	if alg := algorithmOf(refs[0], "DigestMethod"); !digestMethods[alg] {
		return refuse("signature.digest", "digest method %q", alg)
	}
	transforms := refs[0].FindElements("./Transforms/Transform")
	if len(transforms) != 2 || xmlsafe.PlainAttribute(transforms[0], "Algorithm") != enveloped || xmlsafe.PlainAttribute(transforms[1], "Algorithm") != exclusive {
		return refuse("signature.transforms", "other transforms than enveloped signature and exclusive canonicalisation")
	}
	return nil
}

func algorithmOf(el *etree.Element, local string) string {
	kids := children(el, xmldsig, local)
	if len(kids) != 1 {
		return ""
	}
	return xmlsafe.PlainAttribute(kids[0], "Algorithm")
}

func (sp *ServiceProvider) verified(root *etree.Element) (*etree.Element, error) {
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: sp.Provider.Certificates})
	ctx.IdAttribute = "ID"
	ctx.Clock = dsig.NewFakeClockAt(sp.Now())
	el, err := ctx.Validate(root)
	if err != nil {
		return nil, refuse("signature.value", "the response is not signed by the pinned certificate of %s", sp.Provider.EntityID)
	}
	return el, nil
}

func (sp *ServiceProvider) checkResponse(r *etree.Element, login Login) error {
	attr := func(name string) string { return xmlsafe.PlainAttribute(r, name) }
	switch {
	case attr("Version") != "2.0":
		return refuse("version", "version %q", attr("Version"))
	case attr("Destination") != sp.ACS:
		return refuse("destination", "the response is for another address")
	case attr("InResponseTo") != login.ID:
		return refuse("inresponseto", "the response answers another sign-in")
	case !sp.near(attr("IssueInstant")):
		return refuse("time", "the response is of another time")
	case !sp.isProvider(r):
		return refuse("issuer", "the response is of another issuer")
	}
	status := children(r, Protocol, "Status")
	if len(status) != 1 {
		return refuse("status", "%d Status elements", len(status))
	}
	codes := children(status[0], Protocol, "StatusCode")
	if len(codes) != 1 || xmlsafe.PlainAttribute(codes[0], "Value") != success {
		return refuse("status", "the identity provider did not sign the person in: %s", statusOf(codes))
	}
	return nil
}

func statusOf(codes []*etree.Element) string {
	if len(codes) == 0 {
		return "no status"
	}
	reason := xmlsafe.PlainAttribute(codes[0], "Value")
	for _, inner := range children(codes[0], Protocol, "StatusCode") {
		reason += " " + xmlsafe.PlainAttribute(inner, "Value")
	}
	return reason
}

func (sp *ServiceProvider) isProvider(el *etree.Element) bool {
	issuers := children(el, Assertions, "Issuer")
	return len(issuers) == 1 && strings.TrimSpace(issuers[0].Text()) == sp.Provider.EntityID
}

// decrypt opens the one EncryptedAssertion. Every failure is one refusal.
func (sp *ServiceProvider) decrypt(response *etree.Element) ([]byte, error) {
	encrypted := children(response, Assertions, "EncryptedAssertion")
	if len(encrypted) != 1 || len(children(response, Assertions, "Assertion")) > 0 {
		return nil, refuse("assertion.one", "%d encrypted assertions and %d plain ones; exactly one encrypted is taken", len(encrypted), len(children(response, Assertions, "Assertion")))
	}
	data := children(encrypted[0], enc.Namespace, "EncryptedData")
	keys := encrypted[0].FindElements(".//EncryptedKey")
	if len(data) != 1 || len(keys) != 1 {
		return nil, refuse("encryption", "%d EncryptedData and %d EncryptedKey; one each is taken", len(data), len(keys))
	}
	methods := children(data[0], enc.Namespace, "EncryptionMethod")
	values := data[0].FindElements("./CipherData/CipherValue")
	if len(methods) != 1 || len(values) != 1 {
		return nil, refuse("encryption", "EncryptionMethod or CipherValue is missing")
	}
	key, err := enc.ParseEncryptedKey(keys[0], enc.AllowRSA|enc.AllowMGF1P|enc.AllowSAML)
	if err != nil {
		return nil, refuse("encryption.key", "%v", err)
	}
	cek, err := key.Unwrap(sp.Rand, sp.Decrypter, xmlsafe.PlainAttribute(methods[0], "Algorithm"))
	if err != nil {
		return nil, refuse("encryption.key", "%v", err)
	}
	return open(cek, values[0].Text())
}

func open(cek []byte, value string) ([]byte, error) {
	octets, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
	if err != nil {
		return nil, refuse("encryption", "CipherValue is no base64")
	}
	r, err := enc.NewGCMReader(bytes.NewReader(octets), cek)
	if err != nil {
		return nil, refuse("encryption", "the assertion cannot be decrypted")
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, refuse("encryption", "the assertion cannot be decrypted")
	}
	return plain, nil
}

// near reports whether an instant is now, give or take the skew of clocks and
// the time of a sign-in.
func (sp *ServiceProvider) near(text string) bool {
	t, err := time.Parse(time.RFC3339, text)
	return err == nil && sp.Now().Sub(t).Abs() <= LoginTTL
}
