package saml_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

type pair struct {
	sp  *saml.ServiceProvider
	idp *samltest.Provider
}

var setup = sync.OnceValue(func() pair {
	idp, err := samltest.NewProvider("https://eidas.example/metadata", clock)
	if err != nil {
		panic(err)
	}
	key, cert, err := samltest.NewKey("sp", now)
	if err != nil {
		panic(err)
	}
	return pair{&saml.ServiceProvider{
		EntityID: "https://people.example/saml", ACS: "https://people.example/sign-in/saml", Name: "Vienreiz", Key: key, Decrypter: key, Certificate: cert,
		Provider: saml.IdentityProvider{EntityID: idp.EntityID, SSO: "https://eidas.example/sso", Certificates: []*x509.Certificate{idp.Certificate}},
		Now:      clock, Rand: rand.Reader,
	}, idp}
})

const natural = "http://eidas.europa.eu/attributes/naturalperson/"

// value is one attribute, with its writing in another script, if any.
func value(name, v, original string) samltest.Attribute {
	return samltest.Attribute{Name: name, Value: v, Original: original}
}

func person() []samltest.Attribute {
	address := `<eidas:Thoroughfare>Odos &amp; 1</eidas:Thoroughfare><PostCode>11741</PostCode><eidas-natural:PostName>Athina</eidas-natural:PostName><AdminUnitFirstLine>EL</AdminUnitFirstLine>`
	return []samltest.Attribute{
		value(natural+"PersonIdentifier", "EL/LV/abcdef123", ""), value(natural+"CurrentFamilyName", "Papadopoulos", "Παπαδόπουλος"), value(natural+"CurrentGivenName", "Giorgos", "Γιώργος"), value(natural+"DateOfBirth", "1975-05-05", ""),
		value(natural+"CurrentAddress", base64.StdEncoding.EncodeToString([]byte(address)), ""),
	}
}

func answer(login saml.Login) samltest.Answer {
	p := setup()
	return samltest.Answer{InResponseTo: login.ID, ACS: p.sp.ACS, Audience: p.sp.EntityID, Level: saml.High.URI(), Attributes: person(), EncryptFor: p.sp.Certificate}
}

func finish(t *testing.T, edit func(*samltest.Answer, *saml.Login)) (*saml.Subject, error) {
	t.Helper()
	p := setup()
	login, _, err := p.sp.Begin(saml.Substantial, false)
	if err != nil {
		t.Fatal(err)
	}
	a := answer(login)
	if edit != nil {
		edit(&a, &login)
	}
	response, err := p.idp.Respond(a)
	if err != nil {
		t.Fatal(err)
	}
	return p.sp.Finish(response, login)
}

func TestAPersonSignsIn(t *testing.T) {
	t.Parallel()
	got, err := finish(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &edm.Person{
		LevelOfAssurance: "High", Identifier: &edm.Identifier{SchemeID: "eidas", Value: "EL/LV/abcdef123"},
		FamilyName: edm.Text{Value: "Papadopoulos", NonLatin: "Παπαδόπουλος"}, GivenName: edm.Text{Value: "Giorgos", NonLatin: "Γιώργος"}, DateOfBirth: "1975-05-05",
		CurrentAddress: &edm.Address{Thoroughfare: "Odos & 1", PostCode: "11741", PostCityName: "Athina", AdminUnitLevel1: "EL"},
	}
	if diff := cmp.Diff(want, got.Person); diff != "" || got.Level != saml.High || got.LegalPerson != nil || got.Representative != nil {
		t.Errorf("level %s, person (-want +got):\n%s", got.Level, diff)
	}
	if got.Assertion == [32]byte{} {
		t.Error("the assertion has no digest")
	}
}

func TestALegalPersonIsRepresented(t *testing.T) {
	t.Parallel()
	const legal = "http://eidas.europa.eu/attributes/legalperson/"
	got, err := finish(t, func(a *samltest.Answer, _ *saml.Login) {
		a.Attributes = []samltest.Attribute{value(legal+"LegalPersonIdentifier", "EE/LV/123", ""), value(legal+"LegalName", "OÜ Näide", "")}
		for _, at := range person()[:4] {
			at.Name = strings.Replace(at.Name, natural, natural+"representative/", 1)
			a.Attributes = append(a.Attributes, at)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Person != nil || got.LegalPerson.LegalName.Value != "OÜ Näide" || got.LegalPerson.LegalPersonIdentifier.Value != "EE/LV/123" || got.Representative.FamilyName.Value != "Papadopoulos" {
		t.Errorf("got %+v", got)
	}
}

func replace(t *testing.T, old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			t.Errorf("nothing to replace: %q", old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

// between is the first text from start to end, both included.
func between(t *testing.T, s, start, end string) string {
	t.Helper()
	i := strings.Index(s, start)
	j := strings.Index(s[max(i, 0):], end)
	if i < 0 || j < 0 {
		t.Fatalf("no %q … %q", start, end)
	}
	return s[i : i+j+len(end)]
}

func TestWhatIsNoSignInIsRefused(t *testing.T) {
	t.Parallel()
	other := setup()
	stranger, err := samltest.NewProvider(other.idp.EntityID, clock)
	if err != nil {
		t.Fatal(err)
	}
	type edit = func(a *samltest.Answer, login *saml.Login)
	assertion := func(f func(string) string) edit { return func(a *samltest.Answer, _ *saml.Login) { a.Assertion = f } }
	response := func(f func(string) string) edit { return func(a *samltest.Answer, _ *saml.Login) { a.Response = f } }
	signed := func(f func(string) string) edit { return func(a *samltest.Answer, _ *saml.Login) { a.Signed = f } }
	cases := []struct {
		name string
		edit edit
		rule string
	}{
		{"another sign-in", func(a *samltest.Answer, l *saml.Login) { l.ID = "_other" }, "saml.inresponseto"},
		{"a sign-in of yesterday", func(a *samltest.Answer, l *saml.Login) { l.Issued = now.Add(-24 * time.Hour) }, "saml.expired"},
		{"a lower level", func(a *samltest.Answer, _ *saml.Login) { a.Level = saml.Low.URI() }, "saml.level"},
		{"an unknown level", func(a *samltest.Answer, _ *saml.Login) { a.Level = "urn:level" }, "saml.level"},
		{"another address", response(replace(t, `Destination="https://people.example`, `Destination="https://evil.example`)), "saml.destination"},
		{"another recipient", assertion(replace(t, `Recipient="https://people.example`, `Recipient="https://evil.example`)), "saml.confirmation"},
		{"another request in the assertion", assertion(replace(t, `InResponseTo="_`, `InResponseTo="x`)), "saml.confirmation"},
		{"no bearer", assertion(replace(t, "cm:bearer", "cm:sender-vouches")), "saml.confirmation"},
		{"another audience", func(a *samltest.Answer, _ *saml.Login) { a.Audience = "https://evil.example" }, "saml.audience"},
		{"no audience", assertion(func(s string) string {
			return strings.Replace(s, between(t, s, "<saml2:AudienceRestriction>", "</saml2:AudienceRestriction>"), "", 1)
		}), "saml.audience"},
		{"another issuer of the response", response(replace(t, "<saml2:Issuer>https://eidas", "<saml2:Issuer>https://evil")), "saml.issuer"},
		{"another issuer of the assertion", assertion(replace(t, "<saml2:Issuer>https://eidas", "<saml2:Issuer>https://evil")), "saml.assertion.issuer"},
		{"an assertion that is over", assertion(replace(t, `NotOnOrAfter="2026-11-24T12:05:00Z"><saml2:Audience`, `NotOnOrAfter="2026-11-24T11:55:00Z"><saml2:Audience`)), "saml.conditions.time"},
		{"an assertion that is not yet", assertion(replace(t, `NotBefore="2026-11-24T11:59:00Z"`, `NotBefore="2026-11-24T12:30:00Z"`)), "saml.conditions.time"},
		{"a response of yesterday", response(replace(t, `IssueInstant="2026-11-24`, `IssueInstant="2026-11-23`)), "saml.time"},
		{"a refusal of the provider", func(a *samltest.Answer, _ *saml.Login) { a.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" }, "saml.status"},
		{"a plain assertion", func(a *samltest.Answer, _ *saml.Login) { a.Plain = true }, "saml.assertion.one"},
		{"a second assertion", response(func(s string) string {
			e := between(t, s, "<saml2:EncryptedAssertion>", "</saml2:EncryptedAssertion>")
			return strings.Replace(s, e, e+e, 1)
		}), "saml.assertion.one"},
		{"no assertion", response(func(s string) string {
			return strings.Replace(s, between(t, s, "<saml2:EncryptedAssertion>", "</saml2:EncryptedAssertion>"), "", 1)
		}), "saml.assertion.one"},
		{"a changed response", signed(replace(t, "status:Success", "status:success")), "saml.signature.value"},
		{"no signature", signed(func(s string) string {
			return strings.Replace(s, between(t, s, "<ds:Signature", "</ds:Signature>"), "", 1)
		}), "saml.signature.one"},
		{"two signatures", signed(func(s string) string {
			sig := between(t, s, "<ds:Signature", "</ds:Signature>")
			return strings.Replace(s, sig, sig+sig, 1)
		}), "saml.signature.one"},
		{"a wrapped response", signed(func(s string) string {
			evil := strings.Replace(s, between(t, s, "<ds:Signature", "</ds:Signature>"), "", 1)
			evil = strings.Replace(evil, ` ID="_`, ` ID="_e`, 1)
			return strings.Replace(evil, "<saml2p:Status>", "<saml2p:Extensions>"+s+"</saml2p:Extensions><saml2p:Status>", 1)
		}), "saml.signature.one"},
		{"XML that is none", signed(replace(t, "<saml2p:Status>", "")), "saml.xml"},
		{"one ID twice", signed(func(s string) string {
			id := between(t, s, ` ID="`, `" `)
			return strings.Replace(s, "<saml2p:Status>", "<saml2p:Status"+id+">", 1)
		}), "saml.id"},
		{"SHA-1", signed(replace(t, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")), "saml.signature.method"},
		{"HMAC", signed(replace(t, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")), "saml.signature.method"},
		{"another digest", signed(replace(t, "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1")), "saml.signature.digest"},
		{"a reference to something else", signed(replace(t, `URI="#_`, `URI="#x`)), "saml.signature.reference"},
		{"an XPath transform", signed(replace(t, "http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116")), "saml.signature.transforms"},
		{"a comment in a value", signed(replace(t, "https://eidas.example/metadata", "https://eidas.example/<!-- -->metadata")), "saml.xml"},
		{"a comment in the assertion", assertion(replace(t, ">Papadopoulos<", ">Papa<!-- -->dopoulos<")), "saml.assertion.xml"},
		{"a DOCTYPE", signed(func(s string) string { return "<!DOCTYPE x>" + s }), "saml.xml"},
		{"CBC", response(replace(t, "http://www.w3.org/2009/xmlenc11#aes128-gcm", "http://www.w3.org/2001/04/xmlenc#aes128-cbc")), "saml.encryption.key"},
		{"RSA 1.5", response(replace(t, "http://www.w3.org/2009/xmlenc11#rsa-oaep", "http://www.w3.org/2001/04/xmlenc#rsa-1_5")), "saml.encryption.key"},
		{"a changed ciphertext", response(func(s string) string {
			v := s[strings.LastIndex(s, "<xenc:CipherValue>"):]
			return strings.Replace(s, v, strings.Replace(v, v[30:34], "AAAA", 1), 1)
		}), "saml.encryption"},
		{"no date of birth", func(a *samltest.Answer, _ *saml.Login) { a.Attributes = a.Attributes[:3] }, "saml.attributes.mandatory"},
		{"an attribute twice", func(a *samltest.Answer, _ *saml.Login) { a.Attributes = append(a.Attributes, a.Attributes[1]) }, "saml.attributes"},
		{"an address with an entity", func(a *samltest.Answer, _ *saml.Login) {
			a.Attributes[4].Value = base64.StdEncoding.EncodeToString([]byte(`</a><!DOCTYPE a>`))
		}, "saml.address"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := finish(t, c.edit)
			var refusal *saml.Refusal
			if !errors.As(err, &refusal) || refusal.Rule != c.rule || got != nil {
				t.Errorf("got %+v, %v; want %s", got, err, c.rule)
			}
			if err != nil && strings.Contains(err.Error(), "Papadopoulos") {
				t.Errorf("the refusal tells who it was: %v", err)
			}
		})
	}
	t.Run("a provider that is not pinned", func(t *testing.T) {
		login, _, _ := other.sp.Begin(saml.Low, false)
		response, err := stranger.Respond(answer(login))
		if err != nil {
			t.Fatal(err)
		}
		var refusal *saml.Refusal
		if _, err := other.sp.Finish(response, login); !errors.As(err, &refusal) || refusal.Rule != "saml.signature.value" {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheRequestIsSignedAndAsksForTheMandatorySet(t *testing.T) {
	t.Parallel()
	p := setup()
	for _, legal := range []bool{false, true} {
		login, form, err := p.sp.Begin(saml.Substantial, legal)
		if err != nil {
			t.Fatal(err)
		}
		octets, err := base64.StdEncoding.DecodeString(form.SAMLRequest)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{p.sp.Certificate}})
		ctx.Clock = dsig.NewFakeClockAt(now)
		verified, err := ctx.Validate(doc.Root())
		if err != nil {
			t.Fatalf("the request does not verify: %v", err)
		}
		if form.Action != p.sp.Provider.SSO || xmlsafe.PlainAttribute(verified, "ID") != login.ID {
			t.Errorf("form %q, id %q", form.Action, xmlsafe.PlainAttribute(verified, "ID"))
		}
		want := map[bool]int{false: 8, true: 2}[legal]
		if got := len(verified.FindElements(".//RequestedAttribute")); got != want {
			t.Errorf("legal %v: %d attributes, want %d", legal, got, want)
		}
		if kids := doc.Root().ChildElements(); kids[0].Tag != "Issuer" || kids[1].Tag != "Signature" {
			t.Errorf("the signature stands behind %s", kids[0].Tag)
		}
	}
}

func FuzzFinish(f *testing.F) {
	p := setup()
	login, _, _ := p.sp.Begin(saml.Low, false)
	response, err := p.idp.Respond(answer(login))
	if err != nil {
		f.Fatal(err)
	}
	octets, _ := base64.StdEncoding.DecodeString(response)
	f.Add(octets)
	f.Add([]byte("<x/>"))
	f.Fuzz(func(t *testing.T, octets []byte) {
		got, err := p.sp.Finish(base64.StdEncoding.EncodeToString(octets), login)
		var refusal *saml.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		if err == nil && (got.Person == nil || got.Person.FamilyName.Value != "Papadopoulos") && !bytes.Contains(octets, []byte("EncryptedAssertion")) {
			t.Fatalf("somebody else signed in: %+v", got)
		}
	})
}
