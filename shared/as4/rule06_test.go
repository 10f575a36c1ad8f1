package as4_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Whoever is not who they say gets no quarantine opened, no key used and no
// part read: the SOAP part is judged alone.
func TestRule06SpendOnlyOnTheAuthenticated(t *testing.T) {
	t.Parallel()
	stranger := as4test.NewParty(as4test.ECDSA, "AP_XC_01")
	for name, f := range map[string]forgery{
		"a stranger signs":         {signer: func(*as4test.Party) as4.SigningKey { return stranger.Identity().Signing[0] }},
		"From is a stranger":       {message: func(m *ebms.UserMessage) { m.From.ID.Value = "AP_XC_01" }},
		"the action is not agreed": {message: func(m *ebms.UserMessage) { m.Action = "Anything" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOriginal(as4test.ECDSA)
			contentType, body := o.build(t, f)
			inbox := &as4test.Inbox{}
			// What follows the SOAP part never comes: whoever waits for it would wait for ever.
			root := body[:bytes.Index(body, []byte("</env:Envelope>"))+len("</env:Envelope>")]
			boundary := body[:bytes.Index(body, []byte("\r\n"))]
			r := io.MultiReader(bytes.NewReader(root), bytes.NewReader([]byte("\r\n")), bytes.NewReader(boundary), bytes.NewReader([]byte("\r\n")))
			answer := o.b.Receiver(inbox, o.a).Receive(context.Background(), contentType, r)
			if answer.Refusal == nil || answer.Refusal.Code.Category == "Unpackaging" {
				t.Errorf("answered %v", answer.Cause())
			}
			if inbox.Attempts != 0 {
				t.Errorf("%d quarantines were opened", inbox.Attempts)
			}
		})
	}
}
