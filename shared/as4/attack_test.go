package as4_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

func TestTheUnforgedMessageIsAccepted(t *testing.T) {
	t.Parallel()
	for _, suite := range as4test.Suites {
		o := newOriginal(suite)
		contentType, body := o.build(t, forgery{})
		if a := o.b.Receiver(&as4test.Inbox{}, o.a).Receive(context.Background(), contentType, bytes.NewReader(body)); a.Message == nil {
			t.Errorf("%s: %v", suite, a.Cause())
		}
	}
}

// attack is one must-refuse case of the specification page's §11.1.
type attack struct {
	name   string
	want   string
	limits as4.Limits
	forgery
}

func runAttacks(t *testing.T, attacks []attack) {
	t.Helper()
	o := newOriginal(as4test.ECDSA)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			refuses(t, o, a.forgery, a.want, a.limits)
		})
	}
}

// wrapped moves the signed eb:Messaging away and puts another in its place.
func wrapped(t *testing.T, place func(evil, signed, rest string) string) func(string) string {
	return func(s string) string {
		signed := between(t, s, "<eb:Messaging ", "</eb:Messaging>")
		evil := strings.Replace(signed, ebms.ExecuteQueryRequest, ebms.ExecuteQueryResponse, 1)
		evil = strings.Replace(evil, ` wsu:Id="_1`, ` wsu:Id="_evil`, 1)
		return place(evil, signed, strings.Replace(s, signed, "\x00", 1))
	}
}

func TestSignatureWrappingIsRefused(t *testing.T) {
	t.Parallel()
	at := func(anchor string) func(string) string {
		return wrapped(t, func(evil, signed, rest string) string {
			rest = strings.Replace(rest, "\x00", evil, 1)
			return strings.Replace(rest, anchor, anchor+signed, 1)
		})
	}
	runAttacks(t, []attack{
		{name: "signed Messaging in a foreign header block", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string {
			return strings.Replace(rest, "\x00", evil+`<x:wrap xmlns:x="urn:x">`+signed+`</x:wrap>`, 1)
		})}},
		{name: "two Messaging, the unsigned first", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string { return strings.Replace(rest, "\x00", evil+signed, 1) })}},
		{name: "two Messaging, the unsigned last", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string { return strings.Replace(rest, "\x00", signed+evil, 1) })}},
		{name: "signed Messaging inside the Security header", want: "EBMS:0009", forgery: forgery{envelope: at(`env:mustUnderstand="true">` + "<wsse:BinarySecurityToken")}},
		{name: "signed Messaging in a ds:Object", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string {
			rest = strings.Replace(rest, "\x00", evil, 1)
			return strings.Replace(rest, `</ds:KeyInfo></ds:Signature>`, `</ds:KeyInfo><ds:Object>`+signed+`</ds:Object></ds:Signature>`, 1)
		})}},
		{name: "signed Messaging in the Body", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string {
			rest = strings.Replace(rest, "\x00", evil, 1)
			return strings.Replace(rest, `"></env:Body>`, `">`+signed+`</env:Body>`, 1)
		})}},
		{name: "signed Messaging inside the unsigned one", want: "EBMS:0009", forgery: forgery{envelope: wrapped(t, func(evil, signed, rest string) string {
			return strings.Replace(rest, "\x00", strings.Replace(evil, "</eb:Messaging>", signed+"</eb:Messaging>", 1), 1)
		})}},
		{name: "signed Body moved into a header block, another in its place", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string {
			body := between(t, s, "<env:Body ", "</env:Body>")
			s = strings.Replace(s, body, `<env:Body wsu:Id="other" xmlns:wsu="`+wsuNS+`"><evil/></env:Body>`, 1)
			return strings.Replace(s, "</env:Header>", body+"</env:Header>", 1)
		}}},
		{name: "signed Body moved, an empty one in its place", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			body := between(t, s, "<env:Body ", "</env:Body>")
			s = strings.Replace(s, body, `<env:Body/>`, 1)
			return strings.Replace(s, "</env:Header>", body+"</env:Header>", 1)
		}}},
		{name: "one Id at two elements", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string {
			id := between(t, s, `<eb:Messaging `, `>`)
			id = id[strings.Index(id, `wsu:Id="`):]
			id = strings.TrimSuffix(strings.Split(id, `" `)[0], `"`) + `"`
			return strings.Replace(s, "</env:Header>", `<x:x xmlns:x="urn:x" xmlns:wsu="`+wsuNS+`" `+id+`/></env:Header>`, 1)
		}}},
		{name: "one Id as wsu:Id and as Id", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string {
			id := between(t, s, `<eb:Messaging `, `>`)
			id = strings.Split(id[strings.Index(id, `wsu:Id="`)+8:], `"`)[0]
			return strings.Replace(s, "</env:Header>", `<x:x xmlns:x="urn:x" Id="`+id+`"/></env:Header>`, 1)
		}}},
		{name: "a second Security header with the signature", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			security := between(t, s, "<wsse:Security ", "</wsse:Security>")
			return strings.Replace(s, security, security+strings.ReplaceAll(strings.ReplaceAll(security, `Id="`, `Id="x`), `URI="#`, `URI="#x`), 1)
		}}},
		{name: "the Security header moved into the Body", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			security := between(t, s, "<wsse:Security ", "</wsse:Security>")
			s = strings.Replace(s, security, "", 1)
			return strings.Replace(s, `"></env:Body>`, `">`+security+`</env:Body>`, 1)
		}}},
		{name: "the Security header for another SOAP role", want: "EBMS:0103", forgery: forgery{envelope: replace(t, `<wsse:Security `, `<wsse:Security env:role="urn:other" `)}},
		{name: "a header block that must be understood", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "</env:Header>", `<x:x xmlns:x="urn:x" env:mustUnderstand="1"/></env:Header>`)}},
		{name: "a header block that must be understood, with blanks", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "</env:Header>", `<x:x xmlns:x="urn:x" env:mustUnderstand=" true&#10;"/></env:Header>`)}},
		{name: "an encrypted header block", want: "EBMS:0103", forgery: forgery{envelope: replace(t, "</env:Header>", `<w:EncryptedHeader xmlns:w="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"/></env:Header>`)}},
		{name: "encrypted octets in place of a header block", want: "EBMS:0103", forgery: forgery{envelope: replace(t, "</env:Header>", `<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"/></env:Header>`)}},
		{name: "a signature beside the Security header", want: "EBMS:0103", forgery: forgery{envelope: replace(t, "</env:Header>", `<x:Signature xmlns:x="http://www.w3.org/2000/09/xmldsig#"/></env:Header>`)}},
		{name: "text in the Envelope", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "</env:Header>", "</env:Header>text")}},
		{name: "text in the Header", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "</env:Header>", "text</env:Header>")}},
		{name: "text in the Security header", want: "EBMS:0103", forgery: forgery{envelope: replace(t, "</wsse:Security>", "text</wsse:Security>")}},
		{name: "two Bodies", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "</env:Envelope>", "<env:Body/></env:Envelope>")}},
		{name: "a Body with content", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "></env:Body>", "><x/></env:Body>")}},
	})
}

const wsuNS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

func TestTamperingIsRefused(t *testing.T) {
	t.Parallel()
	runAttacks(t, []attack{
		{name: "a header value is changed", want: "EBMS:0101", forgery: forgery{envelope: replace(t, ">C1<", ">C9<")}},
		{name: "a blank is added in the header", want: "EBMS:0101", forgery: forgery{envelope: replace(t, "<eb:MessageInfo>", " <eb:MessageInfo>")}},
		{name: "the Body gains a blank", want: "EBMS:0101", forgery: forgery{envelope: replace(t, "></env:Body>", "> </env:Body>")}},
		{name: "a digest is changed", want: "EBMS:0101", forgery: forgery{envelope: func(s string) string {
			d := between(t, s, "<ds:DigestValue>", "</ds:DigestValue>")
			other := sha256.Sum256([]byte("other"))
			return strings.Replace(s, d, "<ds:DigestValue>"+base64.StdEncoding.EncodeToString(other[:])+"</ds:DigestValue>", 1)
		}}},
		{name: "the signature value is changed", want: "EBMS:0101", forgery: forgery{envelope: func(s string) string {
			v := between(t, s, "<ds:SignatureValue>", "</ds:SignatureValue>")
			return strings.Replace(s, v, "<ds:SignatureValue>"+base64.StdEncoding.EncodeToString(make([]byte, 64))+"</ds:SignatureValue>", 1)
		}}},
		{name: "a comment splits a value", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "@ap-xa-01</eb:MessageId>", "<!-- -->@ap-xa-01</eb:MessageId>")}},
		{name: "a comment in the Security header", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "<ds:SignatureValue>", "<ds:SignatureValue><!-- -->")}},
		{name: "a processing instruction in the header", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "<eb:MessageInfo>", "<?x y?><eb:MessageInfo>")}},
		{name: "a ciphertext octet is changed", want: "EBMS:0102", forgery: forgery{parts: func(p []wirePart) []wirePart { p[2].body[20] ^= 1; return p }}},
		{name: "a tag octet is changed", want: "EBMS:0102", forgery: forgery{parts: func(p []wirePart) []wirePart { p[1].body[len(p[1].body)-1] ^= 1; return p }}},
		{name: "a part is cut", want: "EBMS:0102", forgery: forgery{parts: func(p []wirePart) []wirePart { p[2].body = p[2].body[:100]; return p }}},
		{name: "a part has fewer octets than IV and tag", want: "EBMS:0102", forgery: forgery{parts: func(p []wirePart) []wirePart { p[2].body = p[2].body[:27]; return p }}},
		{name: "two parts are swapped", want: "EBMS:0101", forgery: forgery{parts: func(p []wirePart) []wirePart { p[1].body, p[2].body = p[2].body, p[1].body; return p }}},
		{name: "the content key is another", want: "EBMS:0102", forgery: forgery{encryption: func(s string) string {
			v := between(t, s, "<xenc:CipherValue>", "</xenc:CipherValue>")
			octets, _ := base64.StdEncoding.DecodeString(v[len("<xenc:CipherValue>") : len(v)-len("</xenc:CipherValue>")])
			octets[3] ^= 1
			return strings.Replace(s, v, "<xenc:CipherValue>"+base64.StdEncoding.EncodeToString(octets)+"</xenc:CipherValue>", 1)
		}}},
	})
}

func TestRule07OnlyVerifiedBytesAreUsedPartialCoverageIsRefused(t *testing.T) {
	t.Parallel()
	first := "cid:first@ap-xa-01"
	runAttacks(t, []attack{
		{name: "a part is not signed", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference { return r[:1] }}},
		{name: "no part is signed", want: "EBMS:0103", forgery: forgery{references: func([]dsig.Reference) []dsig.Reference { return nil }}},
		{name: "one part is signed twice, the other not", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference { return []dsig.Reference{r[0], r[0]} }}},
		{name: "a reference more than Messaging, Body and parts", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			return append(r, as4.PartReference("third@ap-xa-01", r[0].DigestValue))
		}}},
		{name: "a part is signed in the place of the Body", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[1].URI = "#" + r[1].URI
			return r
		}}},
		{name: "a part that is not encrypted", want: "EBMS:0103", forgery: forgery{encryption: func(s string) string {
			d := between(t, s, "<xenc:EncryptedData ", "</xenc:EncryptedData>")
			ref := between(t, s, "<xenc:DataReference ", "/>")
			return strings.Replace(strings.Replace(s, d, "", 1), ref, "", 1)
		}}},
		{name: "no security header", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			return strings.Replace(s, between(t, s, "<wsse:Security ", "</wsse:Security>"), "", 1)
		}}},
		{name: "an empty security header", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			return strings.Replace(s, between(t, s, "<wsse:Security ", "</wsse:Security>"), `<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>`, 1)
		}}},
		{name: "Messaging is not signed", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			return strings.Replace(s, between(t, s, `<ds:Reference URI="#_1`, "</ds:Reference>"), "", 1)
		}}},
		{name: "the Body is not signed", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			return strings.Replace(s, between(t, s, `<ds:Reference URI="#_2`, "</ds:Reference>"), "", 1)
		}}},
		{name: "a signature without references to elements", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			for range 2 {
				s = strings.Replace(s, between(t, s, `<ds:Reference URI="#`, "</ds:Reference>"), "", 1)
			}
			return s
		}}},
		{name: "the attachment-complete transform", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].Transforms = []dsig.Transform{{Algorithm: strings.Replace(dsig.AttachmentContent, "Content", "Complete", 1)}}
			return r
		}}},
		{name: "a part signed with the C14N transform", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].Transforms = []dsig.Transform{{Algorithm: "http://www.w3.org/2001/10/xml-exc-c14n#"}}
			return r
		}}},
		{name: "no transform", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference { r[0].Transforms = nil; return r }}},
		{name: "two transforms", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].Transforms = append(r[0].Transforms, r[0].Transforms[0])
			return r
		}}},
		{name: "an XPath transform", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].Transforms[0].Algorithm = "http://www.w3.org/TR/1999/REC-xpath-19991116"
			return r
		}}},
		{name: "an http reference", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference { r[0].URI = "http://127.0.0.1/x"; return r }}},
		{name: "an empty reference", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference { r[0].URI = ""; return r }}},
		{name: "one PartInfo, two signed parts", want: "EBMS:0103", forgery: forgery{message: func(m *ebms.UserMessage) { m.Parts = m.Parts[:1] }}},
		{name: "a digest of another algorithm", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].DigestMethod, r[0].DigestValue = dsig.SHA512, make([]byte, 64)
			return r
		}}},
		{name: "SHA-1", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			r[0].DigestMethod, r[0].DigestValue = "http://www.w3.org/2000/09/xmldsig#sha1", make([]byte, 20)
			return r
		}}},
		{name: "the reference by another spelling of the same Content-ID is the same part", want: "EBMS:0103", forgery: forgery{references: func(r []dsig.Reference) []dsig.Reference {
			return []dsig.Reference{r[0], {URI: strings.Replace(first, "@", "%40", 1), Transforms: r[0].Transforms, DigestMethod: r[0].DigestMethod, DigestValue: r[0].DigestValue}}
		}}},
	})
}

func TestRule05DenyByDefaultSignersThatAreNotTheSenderAreRefused(t *testing.T) {
	t.Parallel()
	stranger := as4test.NewParty(as4test.ECDSA, "AP_XC_01")
	expired := as4test.IssueUntil("AP_XA_01", as4test.KeysOf(as4test.ECDSA, "AP_XA_01").Sign.Public(), time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0))
	runAttacks(t, []attack{
		{name: "another party of the same CA", want: "EBMS:0101", forgery: forgery{signer: func(*as4test.Party) as4.SigningKey { return stranger.Identity().Signing[0] }}},
		{name: "another certificate with the sender's key", want: "EBMS:0101", forgery: forgery{signer: func(a *as4test.Party) as4.SigningKey {
			return as4.SigningKey{Chain: []*x509.Certificate{as4test.Issue("AP_XA_01", a.Keys.Sign.Public())}, Key: a.Keys.Sign}
		}}},
		{name: "the sender's certificate, another key", want: "EBMS:0101", forgery: forgery{signer: func(a *as4test.Party) as4.SigningKey {
			return as4.SigningKey{Chain: []*x509.Certificate{a.Keys.SignCert}, Key: stranger.Keys.Sign}
		}}},
		{name: "a path that begins with the sender and ends with a stranger", want: "EBMS:0101", forgery: forgery{signer: func(a *as4test.Party) as4.SigningKey {
			return as4.SigningKey{Chain: []*x509.Certificate{stranger.Keys.SignCert, a.Keys.SignCert}, Key: stranger.Keys.Sign}
		}}},
		{name: "an expired certificate", want: "EBMS:0101", forgery: forgery{signer: func(a *as4test.Party) as4.SigningKey {
			return as4.SigningKey{Chain: []*x509.Certificate{expired}, Key: a.Keys.Sign}
		}}},
		{name: "From is a stranger", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.From.ID.Value = "AP_XC_01" }}},
		{name: "From is in another case", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.From.ID.Value = "ap_xa_01" }}},
		{name: "From has another type", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.From.ID.Type += "x" }}},
		{name: "To is somebody else", want: "EBMS:0010", forgery: forgery{message: func(m *ebms.UserMessage) { m.To.ID.Value = "AP_XC_01" }}},
		{name: "the KeyInfo names the recipient's token", want: "EBMS:0101", forgery: forgery{envelope: func(s string) string {
			recipient := strings.Split(between(t, s, `wsu:Id="G`, `"`+">")[len(`wsu:Id="`):], `"`)[0]
			reference := between(t, s, `<wsse:Reference URI="#X509-`, `"`+` `)
			return strings.Replace(s, reference, `<wsse:Reference URI="#`+recipient+`" `, 1)
		}}},
		{name: "the KeyInfo names no token", want: "EBMS:0103", forgery: forgery{envelope: replace(t, `<wsse:Reference URI="#X509-`, `<wsse:Reference URI="#none-`)}},
		{name: "the KeyInfo holds a bare key", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			info := between(t, s[strings.Index(s, "</ds:SignatureValue>"):], "<ds:KeyInfo>", "</ds:KeyInfo>")
			return strings.Replace(s, info, "<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>", 1)
		}}},
		{name: "the KeyInfo points elsewhere", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			info := between(t, s[strings.Index(s, "</ds:SignatureValue>"):], "<ds:KeyInfo>", "</ds:KeyInfo>")
			return strings.Replace(s, info, `<ds:KeyInfo><ds:RetrievalMethod URI="file:///etc/passwd"/></ds:KeyInfo>`, 1)
		}}},
	})
}

// A certificate that is pinned and runs out is refused from that moment on.
func TestAnExpiredCertificateIsRefused(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	contentType, body := o.build(t, forgery{})
	for name, now := range map[string]time.Time{"not yet valid": o.a.Keys.SignCert.NotBefore.Add(-time.Second), "expired": o.a.Keys.SignCert.NotAfter.Add(time.Second)} {
		r := o.b.Receiver(&as4test.Inbox{}, o.a)
		r.Now = func() time.Time { return now }
		if a := r.Receive(context.Background(), contentType, bytes.NewReader(body)); code(a) != "EBMS:0101" {
			t.Errorf("%s: answered %q (%v)", name, code(a), a.Cause())
		}
	}
}

// While a partner's certificate is rolled over, old and new are pinned.
func TestTwoCertificatesArePinnedDuringRollOver(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	next := as4test.KeysOf(as4test.ECDSA, "AP_XA_01 next")
	agreement := o.a.Agreement()
	agreement.Signing = append(agreement.Signing, next.SignCert)
	r := o.b.Receiver(&as4test.Inbox{}, o.a)
	r.Partners = as4test.Partners{agreement}
	for name, f := range map[string]forgery{"old": {}, "new": {signer: func(*as4test.Party) as4.SigningKey {
		return as4.SigningKey{Chain: []*x509.Certificate{next.SignCert}, Key: next.Sign}
	}}} {
		contentType, body := o.build(t, f)
		if a := r.Receive(context.Background(), contentType, bytes.NewReader(body)); a.Message == nil {
			t.Errorf("%s: %v", name, a.Cause())
		}
	}
}

// A partner keeps to the profile that was agreed with it, with whatever key.
func TestOtherProfilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, suite := range as4test.Suites {
		o := newOriginal(suite)
		contentType, body, _ := o.a.Wire(o.b, as4test.Request())
		for _, profile := range as4.Profiles {
			agreement := o.a.Agreement()
			if profile == agreement.Profile || suite == as4test.RSA && profile == as4.EDeliveryOld {
				continue
			}
			agreement.Profile = profile
			r := o.b.Receiver(&as4test.Inbox{}, o.a)
			r.Partners = as4test.Partners{agreement}
			if a := r.Receive(context.Background(), contentType, bytes.NewReader(body)); code(a) != "EBMS:0103" {
				t.Errorf("a %s message under %s: answered %q (%v)", suite, profile.Name, code(a), a.Cause())
			}
		}
	}
}

func TestOtherAlgorithmsAreRefused(t *testing.T) {
	t.Parallel()
	var attacks []attack
	for _, uri := range []string{
		"http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
		"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
		"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519", "",
	} {
		attacks = append(attacks, attack{name: "signature " + uri, want: "EBMS:0103", forgery: forgery{envelope: replace(t, dsig.ECDSASHA256, uri)}})
	}
	for _, uri := range []string{
		"http://www.w3.org/2001/04/xmlenc#aes128-cbc", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc", "http://www.w3.org/2009/xmlenc11#aes256-gcm", "",
	} {
		attacks = append(attacks, attack{name: "content " + uri, want: "EBMS:0103", forgery: forgery{encryption: replace(t, "http://www.w3.org/2009/xmlenc11#aes128-gcm", uri)}})
	}
	for _, uri := range []string{
		"http://www.w3.org/2001/04/xmlenc#rsa-1_5", "http://www.w3.org/2009/xmlenc11#rsa-oaep", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2001/04/xmlenc#kw-aes256",
	} {
		attacks = append(attacks, attack{name: "key " + uri, want: "EBMS:0103", forgery: forgery{encryption: replace(t, "http://www.w3.org/2001/04/xmlenc#kw-aes128", uri)}})
	}
	canon := `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">`
	for _, uri := range []string{"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "http://www.w3.org/TR/1999/REC-xslt-19991116"} {
		attacks = append(attacks, attack{name: "canonicalisation " + uri, want: "EBMS:0103", forgery: forgery{envelope: replace(t, canon, `<ds:CanonicalizationMethod Algorithm="`+uri+`">`)}})
	}
	attacks = append(attacks,
		attack{name: "the signature before the encryption", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			sig := between(t, s, "<ds:Signature ", "</ds:Signature>")
			s = strings.Replace(s, sig, "", 1)
			return strings.Replace(s, "<xenc:EncryptedKey ", sig+"<xenc:EncryptedKey ", 1)
		}}},
		attack{name: "a SAML assertion in the Security header", want: "EBMS:0103", forgery: forgery{envelope: replace(t, "</wsse:Security>", `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/></wsse:Security>`)}},
		attack{name: "two signatures", want: "EBMS:0103", forgery: forgery{envelope: func(s string) string {
			sig := between(t, s, "<ds:Signature ", "</ds:Signature>")
			return strings.Replace(s, sig, sig+strings.Replace(sig, `Id="SIG-`, `Id="SIH-`, 1), 1)
		}}},
		attack{name: "an Attachment-Complete encryption", want: "EBMS:0103", forgery: forgery{encryption: replace(t, "#Attachment-Content-Only", "#Attachment-Complete")}},
		attack{name: "an EncryptedData without a key", want: "EBMS:0103", forgery: forgery{encryption: replace(t, `<wsse:Reference URI="#EK-`, `<wsse:Reference URI="#EL-`)}},
		attack{name: "an EncryptedData over http", want: "EBMS:0103", forgery: forgery{encryption: replace(t, `CipherReference URI="cid:`, `CipherReference URI="http://127.0.0.1/`)}},
		attack{name: "an EncryptedKey for somebody else", want: "EBMS:0102", forgery: forgery{encryption: func(s string) string {
			token := between(t, s, "<wsse:BinarySecurityToken ", "</wsse:BinarySecurityToken>")
			other := as4test.NewParty(as4test.ECDSA, "AP_XC_01").Keys.EncCert
			return strings.Replace(s, token, token[:strings.Index(token, ">")+1]+base64.StdEncoding.EncodeToString(other.Raw)+"</wsse:BinarySecurityToken>", 1)
		}}},
		attack{name: "HKDF with another key length", want: "EBMS:0103", forgery: forgery{encryption: func(s string) string {
			l := between(t, s, "KeyLength>", "<")
			return strings.Replace(s, l, "KeyLength>17<", 1)
		}}},
	)
	runAttacks(t, attacks)
}

func TestHostileXMLIsRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<x>", 500) + strings.Repeat("</x>", 500)
	var attributes, namespaces strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&attributes, ` a%d="1"`, i)
		fmt.Fprintf(&namespaces, ` xmlns:n%d="urn:%d"`, i, i)
	}
	extra := func(xml string) func(string) string { return replace(t, "</env:Header>", xml+"</env:Header>") }
	runAttacks(t, []attack{
		{name: "a DOCTYPE", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "<env:Envelope ", "<!DOCTYPE x><env:Envelope ")}},
		{name: "an external entity", want: "EBMS:0009", forgery: forgery{envelope: replace(t, "<env:Envelope ", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><env:Envelope `)}},
		{name: "an undefined entity", want: "EBMS:0009", forgery: forgery{envelope: replace(t, ">C1<", ">&nbsp;<")}},
		{name: "deep nesting", want: "EBMS:0009", forgery: forgery{envelope: extra(deep)}},
		{name: "an attribute flood", want: "EBMS:0009", forgery: forgery{envelope: extra("<x" + attributes.String() + "/>")}},
		{name: "a namespace flood", want: "EBMS:0009", forgery: forgery{envelope: extra("<x" + namespaces.String() + "/>")}},
		{name: "an element flood", want: "EBMS:0009", forgery: forgery{envelope: extra("<x>" + strings.Repeat("<y/>", 30_000) + "</x>")}},
		{name: "a duplicate attribute", want: "EBMS:0009", forgery: forgery{envelope: replace(t, `<eb:PartInfo href=`, `<eb:PartInfo href="cid:x" href=`)}},
		{name: "an attribute twice by two prefixes", want: "EBMS:0009", forgery: forgery{envelope: extra(`<x xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="2"/>`)}},
		{name: "a relative namespace", want: "EBMS:0009", forgery: forgery{envelope: extra(`<x xmlns="relative"/>`)}},
		{name: "an undeclared prefix", want: "EBMS:0009", forgery: forgery{envelope: extra(`<p:x/>`)}},
		{name: "a null character", want: "EBMS:0009", forgery: forgery{envelope: replace(t, ">C1<", ">C\x001<")}},
		{name: "octets that are no UTF-8", want: "EBMS:0009", forgery: forgery{envelope: replace(t, ">C1<", ">C\xff<")}},
		{name: "a surrogate by reference", want: "EBMS:0009", forgery: forgery{envelope: replace(t, ">C1<", ">&#xD800;<")}},
		{name: "another encoding", want: "EBMS:0009", forgery: forgery{envelope: replace(t, `encoding="UTF-8"`, `encoding="ISO-8859-1"`)}},
		{name: "two roots", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string { return s + "<x/>" }}},
		{name: "text behind the root", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string { return s + "x" }}},
		{name: "not XML", want: "EBMS:0009", forgery: forgery{envelope: func(string) string { return "hello" }}},
		{name: "nothing", want: "EBMS:0009", forgery: forgery{envelope: func(string) string { return "" }}},
		{name: "SOAP 1.1", want: "EBMS:0009", forgery: forgery{envelope: func(s string) string {
			return strings.ReplaceAll(s, "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")
		}}},
		{name: "an envelope beyond the limit", want: "EBMS:0009", limits: as4.Limits{Envelope: 4096}},
		{name: "a message beyond the limit", want: "EBMS:0004", limits: as4.Limits{Message: 20_000}, forgery: forgery{payload: func([]byte) []byte { b := make([]byte, 40_000); _, _ = rand.Read(b); return b }}},
		{name: "a part beyond the limit", want: "EBMS:0004", limits: as4.Limits{Part: 1000}},
		{name: "parts beyond the limit together", want: "EBMS:0004", limits: as4.Limits{Part: 2800, Content: 2800}},
	})
}

func TestRule08EveryForeignByteHasALimitHostileCompressionIsRefused(t *testing.T) {
	t.Parallel()
	bomb := gzipped(make([]byte, 64<<20))
	runAttacks(t, []attack{
		{name: "a bomb", want: "EBMS:0303", forgery: forgery{payload: func([]byte) []byte { return bomb }}},
		{name: "not gzip", want: "EBMS:0303", forgery: forgery{payload: func([]byte) []byte { return []byte(regrep) }}},
		{name: "a cut stream", want: "EBMS:0303", forgery: forgery{payload: func(z []byte) []byte { return z[:len(z)-9] }}},
		{name: "a wrong checksum", want: "EBMS:0303", forgery: forgery{payload: func(z []byte) []byte { z[len(z)-8] ^= 1; return z }}},
		{name: "octets behind the stream", want: "EBMS:0303", forgery: forgery{payload: func(z []byte) []byte { return append(z, "trailing"...) }}},
		{name: "zeros behind the stream", want: "EBMS:0303", forgery: forgery{payload: func(z []byte) []byte { return append(z, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }}},
		{name: "no octets at all", want: "EBMS:0303", forgery: forgery{payload: func([]byte) []byte { return nil }}},
	})
}

func TestSeveralGzipMembersAreOnePart(t *testing.T) {
	t.Parallel()
	o := newOriginal(as4test.ECDSA)
	contentType, body := o.build(t, forgery{payload: func([]byte) []byte { return append(gzipped([]byte("one ")), gzipped([]byte("two"))...) }})
	inbox := &as4test.Inbox{}
	a := o.b.Receiver(inbox, o.a).Receive(context.Background(), contentType, bytes.NewReader(body))
	if a.Message == nil {
		t.Fatal(a.Cause())
	}
	if got := string(inbox.Get(a.Message.Key).Parts[0]); got != "one two" {
		t.Errorf("got %q", got)
	}
}
