package as4_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

var errDenied = errors.New("give this role the key lv/sign")

// denied is a key that the access point's role may not use.
type denied struct{ crypto.Signer }

func (denied) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errDenied }

func (denied) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, fmt.Errorf("%w: %w", enc.ErrUnavailable, errDenied)
}

// TestAKeyThatIsDeniedAsksTheSenderToSendAgain: nothing is kept, no receipt leaves,
// the sender learns nothing of our keys, and our log all of it; with the key the
// same message is taken.
func TestAKeyThatIsDeniedAsksTheSenderToSendAgain(t *testing.T) {
	t.Parallel()
	a, b := as4test.NewParty(as4test.RSA, "AP_XA_01"), as4test.NewParty(as4test.RSA, "AP_XB_01")
	contentType, body, _ := a.Wire(b, as4test.Request(as4test.Octets("application/pdf", as4.CompressNever, []byte("%PDF"))))
	for name, deny := range map[string]func(*as4.Identity){
		"signing":    func(id *as4.Identity) { id.Signing[0].Key = denied{id.Signing[0].Key} },
		"decryption": func(id *as4.Identity) { id.Decryption[0].Key = denied{} },
	} {
		inbox := &as4test.Inbox{}
		r := b.Receiver(inbox, a)
		deny(&r.Identity)
		answer := r.Receive(context.Background(), contentType, bytes.NewReader(body))
		if code(answer) != "EBMS:0202" || answer.Message != nil || inbox.Left != 0 || strings.Contains(string(answer.Body), "lv/sign") {
			t.Errorf("%s: answered %s, %d left: %s", name, code(answer), inbox.Left, answer.Body)
		}
		if !errors.Is(answer.Cause(), errDenied) {
			t.Errorf("%s: our log has %v", name, answer.Cause())
		}
		if answer = b.Receiver(inbox, a).Receive(context.Background(), contentType, bytes.NewReader(body)); answer.Message == nil {
			t.Errorf("%s: sent again, it is refused: %v", name, answer.Cause())
		}
	}
}
