package saml_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
)

func TestOurMetadataIsSignedAndSaysWhatTheNationalNodeNeeds(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	key, cert, err := samltest.NewKey("people", at)
	if err != nil {
		t.Fatal(err)
	}
	sp := &saml.ServiceProvider{EntityID: "https://people.example/m?a=1&b=2", ACS: "https://people.example/acs", Key: key, Decrypter: key, Certificate: cert, Now: func() time.Time { return at }, Rand: rand.Reader}
	octets, err := sp.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(octets); err != nil {
		t.Fatal(err)
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.IdAttribute, ctx.Clock = "ID", dsig.NewFakeClockAt(at)
	root, err := ctx.Validate(doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	if root.SelectAttrValue("entityID", "") != sp.EntityID || root.NamespaceURI() != "urn:oasis:names:tc:SAML:2.0:metadata" {
		t.Errorf("%s", octets)
	}
	role := root.FindElement("./SPSSODescriptor")
	var kids []string
	for _, kid := range role.ChildElements() {
		kids = append(kids, kid.Tag+" "+kid.SelectAttrValue("use", ""))
	}
	if len(kids) != 4 || kids[0] != "KeyDescriptor signing" || kids[1] != "KeyDescriptor encryption" || kids[3] != "AssertionConsumerService " {
		t.Errorf("children in the order of the schema: %q", kids)
	}
	for _, a := range []string{"AuthnRequestsSigned", "WantAssertionsSigned"} {
		if role.SelectAttrValue(a, "") != "true" {
			t.Errorf("%s is not true", a)
		}
	}
	for _, el := range role.FindElements(".//X509Certificate") {
		if el.Text() != base64.StdEncoding.EncodeToString(cert.Raw) {
			t.Error("another certificate")
		}
	}
	acs := role.FindElement("./AssertionConsumerService")
	if acs.SelectAttrValue("Location", "") != sp.ACS || acs.SelectAttrValue("Binding", "") != "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" {
		t.Errorf("%v", acs.Attr)
	}
}
