package as4_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// wirePart is one MIME part as it goes over the wire.
type wirePart struct {
	header string
	body   []byte
}

// forgery is a message with one thing wrong. Each hook edits one stage; a nil
// hook leaves it right. Those before signing are an insider's (the signature is
// good), those after it anybody's.
type forgery struct {
	message    func(*ebms.UserMessage)                 // insider: header values
	payload    func(gzipped []byte) []byte             // insider: octets that are signed
	messaging  func(string) string                     // insider: eb:Messaging before signing
	references func([]dsig.Reference) []dsig.Reference // insider: what is signed
	signer     func(a *as4test.Party) as4.SigningKey   // another key
	encryption func(string) string                     // outsider: tokens, EncryptedKey, EncryptedData
	envelope   func(string) string                     // outsider: the SOAP document
	parts      func([]wirePart) []wirePart             // outsider: the MIME package, root first
	http       func(contentType string, body []byte) (string, []byte)
}

// original is what every forgery starts from: two parts, one compressed.
type original struct {
	a, b    *as4test.Party
	cids    [2]string
	payload [2][]byte
}

func newOriginal(suite as4test.Suite) original {
	return original{
		a: as4test.NewParty(suite, "AP_XA_01"), b: as4test.NewParty(suite, "AP_XB_01"),
		cids:    [2]string{"first@ap-xa-01", "second@ap-xa-01"},
		payload: [2][]byte{[]byte(regrep), bytes.Repeat([]byte("%PDF-1.7 "), 300)},
	}
}

func gzipped(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

func (o original) userMessage() *ebms.UserMessage {
	m := as4test.Request().UserMessage
	m.MessageID, m.Timestamp = as4.NewUUID(rand.Reader)+"@ap-xa-01", time.Now()
	m.From, m.To = ebms.Party{ID: o.a.ID, Role: ebms.OOTSRole}, ebms.Party{ID: o.b.ID, Role: ebms.OOTSRole}
	m.Parts = []ebms.PartInfo{
		{Href: "cid:" + o.cids[0], Properties: []ebms.Property{{Name: ebms.MimeType, Value: "application/x-ebrs+xml"}, {Name: ebms.CharacterSet, Value: "utf-8"}, {Name: ebms.CompressionType, Value: ebms.GZIP}}},
		{Href: "cid:" + o.cids[1], Properties: []ebms.Property{{Name: ebms.MimeType, Value: "application/pdf"}}},
	}
	return &m
}

// build makes the HTTP request of a forgery.
func (o original) build(t *testing.T, f forgery) (contentType string, body []byte) {
	t.Helper()
	m := o.userMessage()
	if f.message != nil {
		f.message(m)
	}
	octets := [][]byte{gzipped(o.payload[0]), o.payload[1]}
	if f.payload != nil {
		octets[0] = f.payload(octets[0])
	}
	signed := o.sign(t, f, m, octets)
	key := make([]byte, 16)
	_, _ = rand.Read(key)
	header, err := as4.EncryptionHeader(rand.Reader, signed, o.b.Agreement(), key)
	if err != nil {
		t.Fatal(err)
	}
	if f.encryption != nil {
		header = []byte(f.encryption(string(header)))
	}
	soap := string(signed.SOAP(header))
	if f.envelope != nil {
		soap = f.envelope(soap)
	}
	parts := []wirePart{{"Content-Type: application/soap+xml; charset=UTF-8\r\nContent-ID: <root@ap-xa-01>\r\n", []byte(soap)}}
	for i, cid := range o.cids {
		parts = append(parts, wirePart{"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + cid + ">\r\n", seal(t, key, octets[i])})
	}
	if f.parts != nil {
		parts = f.parts(parts)
	}
	contentType, body = pack(parts)
	if f.http != nil {
		contentType, body = f.http(contentType, body)
	}
	return contentType, body
}

func (o original) sign(t *testing.T, f forgery, m *ebms.UserMessage, octets [][]byte) *as4.SignedMessage {
	t.Helper()
	signed := &as4.SignedMessage{MessageID: m.MessageID, Parts: []as4.SignedPart{
		{CID: o.cids[0], WireType: ebms.GZIP}, {CID: o.cids[1], WireType: "application/pdf"},
	}}
	var refs []dsig.Reference
	for i, cid := range o.cids {
		d := sha256.Sum256(octets[i])
		refs = append(refs, as4.PartReference(cid, d[:]))
	}
	if f.references != nil {
		refs = f.references(refs)
	}
	key := as4.SigningKey{Chain: []*x509.Certificate{o.a.Keys.SignCert}, Key: o.a.Keys.Sign}
	if f.signer != nil {
		key = f.signer(o.a)
	}
	env, err := as4.SignEnvelope(rand.Reader, key, m.MessageID, func(id string) []byte {
		messaging := string(ebms.AppendUserMessage(nil, id, m))
		if f.messaging != nil {
			messaging = f.messaging(messaging)
		}
		return []byte(messaging)
	}, refs)
	if err != nil {
		t.Fatal(err)
	}
	signed.SetEnvelope(env)
	return signed
}

func seal(t *testing.T, key, plain []byte) []byte {
	t.Helper()
	iv := make([]byte, 12)
	_, _ = rand.Read(iv)
	var sealed bytes.Buffer
	w, err := enc.NewGCMWriter(&sealed, key, iv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return sealed.Bytes()
}

const testBoundary = "=_forged"

func pack(parts []wirePart) (string, []byte) {
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\n%s\r\n", testBoundary, p.header)
		b.Write(p.body)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", testBoundary)
	return `multipart/related; type="application/soap+xml"; boundary="` + testBoundary + `"; start="<root@ap-xa-01>"`, b.Bytes()
}

// replace edits text and fails the test when there is nothing to edit.
func replace(t *testing.T, old, new string) func(string) string {
	return func(s string) string {
		t.Helper()
		if !strings.Contains(s, old) {
			t.Errorf("nothing to replace: %q", old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

// between cuts the first text from start to end, both included.
func between(t *testing.T, s, start, end string) string {
	t.Helper()
	i := strings.Index(s, start)
	if i < 0 {
		t.Fatalf("no %q", start)
	}
	j := strings.Index(s[i:], end)
	if j < 0 {
		t.Fatalf("no %q", end)
	}
	return s[i : i+j+len(end)]
}

// refuses sends a forgery and checks the code, that nothing was kept or left
// behind, that the error is signed, and that the next message is served.
func refuses(t *testing.T, o original, f forgery, want string, limits as4.Limits) {
	t.Helper()
	contentType, body := o.build(t, f)
	inbox := &as4test.Inbox{}
	receiver := o.b.Receiver(inbox, o.a)
	receiver.Limits = limits
	answer := receiver.Receive(context.Background(), contentType, bytes.NewReader(body))
	if got := code(answer); got != want {
		t.Errorf("answered %q (%v), want %s", got, answer.Cause(), want)
	}
	if inbox.Len() != 0 || inbox.Left != 0 {
		t.Errorf("%d messages kept, %d attempts left open", inbox.Len(), inbox.Left)
	}
	if answer.Refusal == nil {
		return
	}
	if answer.Refusal.Detail == "" || !strings.HasPrefix(answer.Refusal.Detail, "rule ") {
		t.Errorf("the refusal names no rule: %q", answer.Refusal.Detail)
	}
	if !bytes.Contains(answer.Body, []byte("<ds:SignatureValue>")) || !bytes.Contains(answer.Body, []byte(want)) {
		t.Error("the answer is no signed error with the code")
	}
	contentType, body = o.build(t, forgery{})
	receiver.Limits = as4.Limits{}
	if next := receiver.Receive(context.Background(), contentType, bytes.NewReader(body)); next.Message == nil {
		t.Errorf("the next message was refused: %v", next.Cause())
	}
}
