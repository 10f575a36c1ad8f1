package as4_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// places where FuzzMessage edits a message.
const (
	inMessaging  = iota // before signing: a partner's own nonsense
	inEncryption        // tokens, EncryptedKey, EncryptedData
	inEnvelope          // the SOAP document after signing
	inBody              // the HTTP body
	inPart              // the octets of a part
	inPayload           // before signing: what is said to be gzip
	places
)

// splice replaces cut octets at an offset by others.
func splice(s []byte, offset uint32, cut uint16, insert []byte) []byte {
	if len(s) == 0 {
		return bytes.Clone(insert)
	}
	from := int(offset) % len(s)
	to := min(from+int(cut)%64, len(s))
	return append(append(bytes.Clone(s[:from]), insert...), s[to:]...)
}

// FuzzMessage edits a right message in one place. Whatever comes of it: no
// panic, nothing left behind, a signed answer; and when it is accepted, what is
// delivered is what was signed.
func FuzzMessage(f *testing.F) {
	for place := range uint8(places) {
		f.Add(place, uint32(100), uint16(0), []byte("x"))
		f.Add(place, uint32(700), uint16(9), []byte("<!-- -->"))
		f.Add(place, uint32(2000), uint16(1), []byte(`" Id="x`))
		f.Add(place, uint32(0), uint16(60), []byte("--=_forged--\r\n"))
	}
	o := newOriginal(as4test.ECDSA)
	f.Fuzz(func(t *testing.T, place uint8, offset uint32, cut uint16, insert []byte) {
		if len(insert) > 4096 {
			return
		}
		edit := func(s []byte) []byte { return splice(s, offset, cut, insert) }
		text := func(s string) string { return string(edit([]byte(s))) }
		var fg forgery
		var header *ebms.UserMessage
		fg.message = func(m *ebms.UserMessage) { c := *m; header = &c }
		switch place % places {
		case inMessaging:
			fg.messaging = text
		case inEncryption:
			fg.encryption = text
		case inEnvelope:
			fg.envelope = text
		case inBody:
			fg.http = func(ct string, b []byte) (string, []byte) { return ct, edit(b) }
		case inPart:
			fg.parts = func(p []wirePart) []wirePart { p[2].body = edit(p[2].body); return p }
		case inPayload:
			fg.payload = edit
		}
		contentType, body := o.build(t, fg)
		inbox := &as4test.Inbox{}
		a := o.b.Receiver(inbox, o.a).Receive(context.Background(), contentType, bytes.NewReader(body))
		if inbox.Left != 0 {
			t.Fatal("an attempt was left open")
		}
		if a.Message == nil {
			if a.Refusal == nil || inbox.Len() != 0 || !bytes.Contains(a.Body, []byte("SignatureValue")) {
				t.Fatalf("refused without a signed error, or kept: %v", a.Refusal)
			}
			return
		}
		delivered(t, o, inbox.Get(a.Message.Key), header, place%places)
	})
}

func delivered(t *testing.T, o original, d *as4test.Delivered, header *ebms.UserMessage, place uint8) {
	t.Helper()
	if place != inPayload && !bytes.Equal(d.Parts[0], o.payload[0]) || !bytes.Equal(d.Parts[1], o.payload[1]) {
		t.Fatal("other parts were delivered than signed")
	}
	if place == inMessaging {
		return
	}
	got := *d.Message.UserMessage
	got.Timestamp = header.Timestamp
	if diff := cmp.Diff(header, &got); diff != "" {
		t.Fatalf("another header was delivered than signed:\n%s", diff)
	}
}

// FuzzCapture: whatever the file, opening ends in a message or an error.
func FuzzCapture(f *testing.F) {
	f.Add([]byte("POST /as4 HTTP/1.1\r\nContent-Type: application/soap+xml\r\n\r\n<x/>"))
	f.Add([]byte("--b\r\nContent-Type: application/soap+xml\r\n\r\n<x/>\r\n--b--"))
	f.Add([]byte("HTTP/1.1 200\nTransfer-Encoding: chunked\nContent-Encoding: gzip\n\n5\nhello\n0\n\n"))
	f.Add([]byte("\xef\xbb\xbf <x/>"))
	o := newOriginal(as4test.ECDSA)
	f.Fuzz(func(t *testing.T, octets []byte) {
		c, err := as4.OpenCapture(bytes.NewReader(octets))
		if err != nil {
			return
		}
		if a := o.b.Receiver(&as4test.Inbox{}, o.a).Receive(context.Background(), c.ContentType, c.Body); a.Message != nil {
			t.Fatal("fuzzed octets were accepted")
		}
	})
}
