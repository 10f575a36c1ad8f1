package as4

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/related"
)

// partners finds what has been agreed with a party; (nil, nil) for a stranger.
type partners interface {
	Partner(ctx context.Context, id ebms.PartyID) (*Partner, error)
}

// Receiver judges what arrives. Its fields are set before the first message and
// not changed; one Receiver serves many messages at once.
type Receiver struct {
	Identity Identity
	Partners partners
	Inbox    Inbox
	Limits   Limits
	Now      func() time.Time
	Rand     io.Reader     // for signatures and substitute keys
	NewID    func() string // MessageId of a signal
}

// Answer is what goes back in the same HTTP exchange.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
	Message     *Message          // the message, when it was accepted
	Header      *ebms.UserMessage // what eb:Messaging said, verified or not; nil when unreadable
	Refusal     *ebms.Error       // why not, otherwise
	Duplicate   bool              // the message was there before; Body is the first receipt
	cause       error
}

// Cause is the whole reason of a refusal, for our own logs: it may name what
// the other side must not learn.
func (a *Answer) Cause() error { return a.cause }

// Receive judges one message and answers it: a signed receipt, or a signed
// error. The error of ctx is the only way to get no answer; then nothing was kept.
func (r *Receiver) Receive(ctx context.Context, contentType string, body io.Reader) *Answer {
	limits := r.Limits.orDefault()
	rc := &reception{Receiver: r, limits: limits, body: &meter{r: body, limit: limits.Message}}
	message, receipt, err := rc.run(ctx, contentType)
	if err != nil {
		return rc.refuse(err)
	}
	return &Answer{Status: 200, ContentType: soapType, Body: receipt, Message: message, Header: message.UserMessage, Duplicate: rc.duplicate}
}

// reception is one message on its way in.
type reception struct {
	*Receiver
	limits  Limits
	body    *meter
	header  *ebms.UserMessage
	signal  *ebms.SignalMessage
	partner *Partner

	duplicate bool // the inbox answered with another receipt than ours
}

func (rc *reception) run(ctx context.Context, contentType string) (*Message, []byte, error) {
	parts, root, err := rc.openMIME(contentType)
	if err != nil {
		return nil, nil, err
	}
	v, err := rc.judge(ctx, root)
	if err != nil {
		return nil, nil, err
	}
	plan, err := rc.planParts(v)
	if err != nil {
		return nil, nil, err
	}
	message := rc.message(v)
	attempt, err := rc.Inbox.Begin(ctx, message.Key)
	if err != nil {
		return nil, nil, notDelivered("begin", err)
	}
	receipt, err := rc.deliver(ctx, parts, plan, message, attempt, v)
	if err != nil {
		if discard := attempt.Discard(); discard != nil {
			err = errors.Join(err, discard)
		}
		return nil, nil, err
	}
	return message, receipt, nil
}

func (rc *reception) message(v *verified) *Message {
	return &Message{
		UserMessage: rc.header,
		Key:         MessageKey{Party: rc.header.From.ID, MessageID: rc.header.MessageID},
		Partner:     rc.partner,
		Signer:      v.signer,
		SignedInfo:  v.signedInfo,
		References:  v.header.Signature.References,
		DigestSet:   digestSet(v.header.Signature.References),
		Parts:       make([]Part, len(rc.header.Parts)),
	}
}

// deliver takes the parts, makes the receipt and commits both.
func (rc *reception) deliver(ctx context.Context, parts *related.Reader, plan *partPlan, m *Message, attempt Attempt, v *verified) ([]byte, error) {
	if err := rc.takeParts(ctx, parts, plan, m, attempt); err != nil {
		return nil, err
	}
	receipt, err := rc.receipt(v)
	if err != nil {
		return nil, notDelivered("sign the receipt", err)
	}
	answer, err := attempt.Commit(ctx, m, receipt)
	var refusal *ebms.Error
	if err != nil && !errors.As(err, &refusal) {
		return nil, notDelivered("commit", err)
	}
	rc.duplicate = !bytes.Equal(answer, receipt)
	return answer, err
}

// openMIME returns the SOAP part whole, and the reader of the other parts (nil
// for plain SOAP).
func (rc *reception) openMIME(contentType string) (*related.Reader, []byte, error) {
	if isSOAP(contentType) {
		octets, err := rc.readRoot(rc.body)
		return nil, octets, err
	}
	ct, err := related.ParseContentType(contentType)
	if err != nil {
		return nil, nil, mimeError(err)
	}
	if ct.Type != "" && ct.Type != soapMediaType {
		return nil, nil, ebms.MimeInconsistency.Refuse("mime.type", fmt.Sprintf("the type parameter is %q", clip(ct.Type)), "write type=\""+soapMediaType+"\"")
	}
	parts := related.NewReader(rc.body, ct, related.Limits{Parts: rc.limits.Parts})
	root, err := parts.Root()
	if err != nil {
		return nil, nil, rc.mimeError(err)
	}
	if !isSOAP(root.Header.Get("Content-Type")) {
		return nil, nil, ebms.MimeInconsistency.Refuse("mime.root.type", fmt.Sprintf("the root part is %q", clip(root.Header.Get("Content-Type"))), "send the SOAP part as "+soapType)
	}
	octets, err := rc.readRoot(root)
	return parts, octets, err
}

// isSOAP tells application/soap+xml in UTF-8 from anything else.
func isSOAP(contentType string) bool {
	t, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && t == soapMediaType && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// usualEnvelope holds the SOAP part of a message with a few parts.
const usualEnvelope = 16 << 10

func (rc *reception) readRoot(r io.Reader) ([]byte, error) {
	buf := bytes.NewBuffer(make([]byte, 0, usualEnvelope))
	if _, err := buf.ReadFrom(io.LimitReader(r, rc.limits.Envelope+1)); err != nil {
		return nil, rc.mimeError(err)
	}
	octets := buf.Bytes()
	if int64(len(octets)) > rc.limits.Envelope {
		return nil, ebms.InvalidHeader.Refuse("limit.envelope", fmt.Sprintf("the SOAP part has more than %d octets", rc.limits.Envelope), "send less in the header")
	}
	return octets, nil
}

// judge is everything that is decided before a byte of a part is read.
func (rc *reception) judge(ctx context.Context, octets []byte) (*verified, error) {
	e, err := openEnvelope(octets, rc.limits.Envelope)
	if e != nil && e.content != nil {
		rc.header, rc.signal = e.content.User, e.content.Signal
	}
	if err != nil {
		return nil, err
	}
	if rc.header == nil {
		return nil, ebms.ProcessingModeMismatch.Refuse("as4.push", "a signal arrived as a request; the profile has One-Way/Push with the answer in the same HTTP exchange", "send user messages only")
	}
	if err := e.emptyBody(); err != nil {
		return nil, err
	}
	if err := rc.agreed(ctx); err != nil {
		return nil, err
	}
	return e.verify(rc.partner, len(rc.header.Parts), rc.Now())
}

// agreed finds the P-Mode: the message is for us, its sender is a partner, its
// service and action are a leg, the roles are those of the leg.
func (rc *reception) agreed(ctx context.Context) error {
	m := rc.header
	if m.To.ID != rc.Identity.Party {
		return mismatch("pmode.to", fmt.Sprintf("the message is for party %q of type %q, which is not us", m.To.ID.Value, m.To.ID.Type), "send to the party that this endpoint is registered for; id and type are case-sensitive")
	}
	p, err := rc.Partners.Partner(ctx, m.From.ID)
	if err != nil {
		return notDelivered("look up the partner", err)
	}
	if p == nil {
		return mismatch("pmode.from", fmt.Sprintf("party %q of type %q is no partner of ours", m.From.ID.Value, m.From.ID.Type), "register first; id and type are case-sensitive")
	}
	rc.partner = p
	leg, ok := p.leg(m)
	if !ok {
		return mismatch("pmode.leg", fmt.Sprintf("service %q of type %q with action %q is not agreed", m.Service.Value, m.Service.Type, m.Action), "use a service and action of the agreement")
	}
	if from, to := leg.roles(); from != "" && (m.From.Role != from || m.To.Role != to) {
		return mismatch("pmode.role", fmt.Sprintf("the roles are %q and %q", m.From.Role, m.To.Role), "use "+from+" for eb:From and "+to+" for eb:To")
	}
	if m.MPC != "" && m.MPC != ebms.DefaultMPC {
		return mismatch("pmode.mpc", fmt.Sprintf("message partition channel %q", m.MPC), "use the default MPC or leave it out")
	}
	return nil
}

func mismatch(rule, what, fix string) *ebms.Error {
	return ebms.ProcessingModeMismatch.Refuse(rule, what, fix)
}

// notDelivered hides our own trouble behind EBMS:0202: the sender shall try again.
func notDelivered(step string, err error) error {
	return &internalError{refusal: ebms.DeliveryFailure.Refuse("as4.delivery", "the message could not be processed here", "send the same message again later"), cause: fmt.Errorf("%s: %w", step, err)}
}

// internalError is a refusal whose cause is ours and stays in the house.
type internalError struct {
	refusal *ebms.Error
	cause   error
}

func (e *internalError) Error() string   { return e.cause.Error() }
func (e *internalError) Unwrap() []error { return []error{e.refusal, e.cause} }
