package as4

import (
	"errors"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/related"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// ReadSent reads, from a capture of a message of ours, what a receipt is judged
// against: MessageId, receiver, references. It trusts the capture, and checks
// nothing but its form.
func ReadSent(c *Capture) (*SignedMessage, error) {
	octets, err := rootOf(c)
	if err != nil {
		return nil, err
	}
	e, err := openEnvelope(octets, MaxEnvelopeBytes)
	if err != nil {
		return nil, fmt.Errorf("read the message that was sent: %w", err)
	}
	if e.content.User == nil || e.security == nil {
		return nil, errors.New("read the message that was sent: it is no signed user message")
	}
	h, err := wssec.Parse(e.security, e.ids, ^enc.Allow(0))
	if err != nil {
		return nil, fmt.Errorf("read the message that was sent: %w", err)
	}
	m := &SignedMessage{To: e.content.User.To.ID, MessageID: e.content.User.MessageID}
	m.References = h.Signature.References
	return m, nil
}

func rootOf(c *Capture) ([]byte, error) {
	var root io.Reader = c.Body
	if !isSOAP(c.ContentType) {
		ct, err := related.ParseContentType(c.ContentType)
		if err != nil {
			return nil, err
		}
		if root, err = related.NewReader(c.Body, ct, related.Limits{}).Root(); err != nil {
			return nil, err
		}
	}
	octets, err := io.ReadAll(io.LimitReader(root, MaxEnvelopeBytes+1))
	if len(octets) > MaxEnvelopeBytes {
		return nil, ebms.InvalidHeader.Refuse("limit.envelope", fmt.Sprintf("the SOAP part has more than %d octets", MaxEnvelopeBytes), "")
	}
	return octets, err
}
