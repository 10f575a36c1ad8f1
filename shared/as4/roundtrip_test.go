package as4_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

const regrep = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- a comment -->\n<query:QueryRequest xmlns:query=\"urn:q\" xmlns:unused=\"urn:u\" b=\"2\" a=\"1\"><![CDATA[<x>]]>\r\n<e/></query:QueryRequest>"

// received sends a message of a to b over memory and returns the answer and inbox.
func received(t *testing.T, a, b *as4test.Party, out as4.Outgoing) (*as4.Answer, *as4test.Inbox, *as4.SignedMessage) {
	t.Helper()
	contentType, body, signed := a.Wire(b, out)
	inbox := &as4test.Inbox{}
	return b.Receiver(inbox, a).Receive(context.Background(), contentType, bytes.NewReader(body)), inbox, signed
}

func TestMessagesArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	random := make([]byte, 300<<10)
	_, _ = rand.Read(random)
	contents := map[string][]as4.Content{
		"a compressed request": {as4test.Octets("application/x-ebrs+xml", as4.CompressWhenUseful, []byte(regrep))},
		"an uncompressed response with XML and PDF": {
			as4test.Octets("application/x-ebrs+xml", as4.CompressNever, []byte(regrep)),
			as4test.Octets("application/pdf", as4.CompressNever, random)},
		"text with every kind of line end": {as4test.Octets("text/plain", as4.CompressNever, []byte("a\nb\r\nc\rd\r\r\n\n"))},
		"an empty part":                    {as4test.Octets("application/octet-stream", as4.CompressNever, nil)},
		"an empty compressed part":         {as4test.Octets("application/xml", as4.CompressAlways, nil)},
		"a part that is gzip by nature":    {as4test.Octets("application/gzip", as4.CompressAlways, random[:1000])},
		"no part at all":                   nil,
		"an uncompressed drawing with an embedded picture, deeply nested": {as4test.Octets("image/svg+xml", as4.CompressNever, []byte(
			`<svg xmlns="http://www.w3.org/2000/svg">`+strings.Repeat("<g>", 200)+`<image href="data:image/png;base64,`+strings.Repeat("iVBORw0K", 90_000)+`"/>`+strings.Repeat("</g>", 200)+`</svg>`))},
		"UTF-16, compressed": {as4test.Octets("application/xml", as4.CompressAlways, []byte("\xff\xfe<\x00a\x00/\x00>\x00"))},
	}
	for _, suite := range []as4test.Suite{as4test.RSA, as4test.EdDSA, as4test.ECDSA, as4test.P384, as4test.P521} {
		a, b := as4test.NewParty(suite, "AP_XA_01"), as4test.NewParty(suite, "AP_XB_01")
		for name, list := range contents {
			t.Run(fmt.Sprintf("%s, %s", suite, name), func(t *testing.T) {
				t.Parallel()
				answer, inbox, signed := received(t, a, b, as4test.Request(list...))
				if answer.Message == nil {
					t.Fatalf("refused: %v", answer.Cause())
				}
				judgement := as4.Judge(signed, b.Agreement(), time.Now(), answer.Status, answer.ContentType, answer.Body)
				if judgement.Outcome != as4.Acknowledged {
					t.Errorf("receipt: %s: %s", judgement.Outcome, judgement.Reason)
				}
				delivered := inbox.Get(answer.Message.Key)
				for i, c := range list {
					if want := read(t, c); !bytes.Equal(delivered.Parts[i], want) {
						t.Errorf("part %d: got %d octets, want %d", i+1, len(delivered.Parts[i]), len(want))
					}
				}
				if inbox.Left != 0 {
					t.Errorf("%d attempts were left open", inbox.Left)
				}
			})
		}
	}
}

func read(t *testing.T, c as4.Content) []byte {
	t.Helper()
	r, err := c.Open()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHeaderValuesArriveWhole(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.EdDSA, "AP_XA_01"), as4test.NewParty(as4test.EdDSA, "AP_XB_01")
	out := as4test.Request()
	out.ConversationID = "sarunā-1"
	out.RefToMessageID = "earlier@example"
	out.AgreementRef = &ebms.AgreementRef{Type: "urn:t", PMode: "p&m", Value: "urn:agreement"}
	out.Properties = []ebms.Property{
		{Name: "originalSender", Value: "Rīgas pilsēta & <ģ> \"quoted\""},
		{Name: "nosaukums\"\t", Type: "urn:x-š", Value: " 東京 € \U0001D11E \t\r\n tail "},
		{Name: "empty", Value: ""},
	}
	answer, _, _ := received(t, a, b, out)
	if answer.Message == nil {
		t.Fatalf("refused: %v", answer.Cause())
	}
	got := *answer.Message.UserMessage
	want := out.UserMessage
	want.MessageID, want.Timestamp, want.From, want.To = got.MessageID, got.Timestamp, got.From, got.To
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("header (-sent +received):\n%s", diff)
	}
	if got.From.ID != a.ID || got.To.ID != b.ID || got.From.Role != ebms.OOTSRole {
		t.Errorf("parties are %+v and %+v", got.From, got.To)
	}
}

func TestRule02DeliveredOnceARepetitionGetsTheFirstReceiptByteForByte(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	inbox := &as4test.Inbox{}
	receiver := b.Receiver(inbox, a)
	box := &as4.MemoryOutbox{}
	signed, err := a.Sender().Sign(context.Background(), b.Agreement(), as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("x"))), box)
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for attempt := range 3 {
		pkg, err := as4.Pack(rand.Reader, signed, b.Agreement())
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if err := pkg.Write(&body, box); err != nil {
			t.Fatal(err)
		}
		answer := receiver.Receive(context.Background(), pkg.ContentType, &body)
		if answer.Message == nil || answer.Duplicate != (attempt > 0) {
			t.Fatalf("attempt %d: duplicate=%v, refusal %v", attempt+1, answer.Duplicate, answer.Refusal)
		}
		if attempt == 0 {
			first = answer.Body
		}
		if !bytes.Equal(answer.Body, first) {
			t.Errorf("attempt %d was answered with another receipt", attempt+1)
		}
	}
	if inbox.Len() != 1 || inbox.Left != 0 {
		t.Errorf("%d messages, %d open attempts; want 1 and 0", inbox.Len(), inbox.Left)
	}
}

func TestTheSameMessageIdWithOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	receiver := b.Receiver(&as4test.Inbox{}, a)
	for i, want := range []string{"", "EBMS:0003"} {
		out := as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, fmt.Appendf(nil, "content %d", i)))
		out.MessageID = "one@example"
		contentType, body, _ := a.Wire(b, out)
		answer := receiver.Receive(context.Background(), contentType, bytes.NewReader(body))
		if got := code(answer); got != want {
			t.Errorf("message %d: got %q, want %q", i+1, got, want)
		}
	}
}

func code(a *as4.Answer) string {
	if a.Refusal == nil {
		return ""
	}
	return a.Refusal.Code.Code
}
