package as4

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/related"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
)

const (
	soapMediaType = "application/soap+xml"
	soapType      = soapMediaType + "; charset=UTF-8"
)

// receipt builds and signs the receipt: full copies of the message's
// references, in order (AS4 §5.1.8).
func (rc *reception) receipt(v *verified) ([]byte, error) {
	var copies [][]byte
	for _, el := range v.header.Signature.Element.ChildElements()[2:] {
		octets, err := c14n.AppendElement(nil, el, nil)
		if err != nil {
			return nil, fmt.Errorf("copy reference: %w", err)
		}
		copies = append(copies, octets)
	}
	info := ebms.MessageInfo{Timestamp: rc.Now(), MessageID: rc.NewID(), RefToMessageID: rc.header.MessageID}
	return rc.signSignal(info.MessageID, func(id string) []byte {
		return ebms.AppendReceipt(nil, id, info, copies)
	})
}

// refuse answers with a signed error. When we cannot sign, the error goes unsigned.
func (rc *reception) refuse(err error) *Answer {
	var refusal *ebms.Error
	if !errors.As(err, &refusal) {
		refusal = ebms.Other.Refuse("as4.internal", "the message could not be processed here", "send the same message again later")
	}
	answered := *refusal
	answered.RefToMessageInError = rc.refToMessage()
	info := ebms.MessageInfo{Timestamp: rc.Now(), MessageID: rc.NewID(), RefToMessageID: answered.RefToMessageInError}
	body, serr := rc.signSignal(info.MessageID, func(id string) []byte {
		return ebms.AppendErrors(nil, id, info, []*ebms.Error{&answered})
	})
	if serr != nil {
		body = unsignedSignal(ebms.AppendErrors(nil, wsuID("_1", info.MessageID), info, []*ebms.Error{&answered}))
	}
	return &Answer{Status: 200, ContentType: soapType, Body: body, Header: rc.header, Refusal: &answered, cause: err}
}

// refToMessage is the id that the error is about; one that is no msg-id would
// make the signal itself invalid.
func (rc *reception) refToMessage() string {
	id := ""
	switch {
	case rc.header != nil:
		id = rc.header.MessageID
	case rc.signal != nil:
		id = rc.signal.MessageID
	}
	if ebms.CheckMessageID(id) != nil {
		return ""
	}
	return id
}

// signSignal makes a signed SOAP message out of a canonical eb:Messaging.
func (rc *reception) signSignal(messageID string, messaging func(id string) []byte) ([]byte, error) {
	key, ok := rc.Identity.signerFor(rc.partner)
	if !ok {
		return nil, errors.New("no signing key of ours fits the partner's profile")
	}
	signed, err := signEnvelope(rc.Rand, key, messageID, messaging, nil)
	if err != nil {
		return nil, err
	}
	return signed.soap(nil), nil
}

func unsignedSignal(messaging []byte) []byte {
	return append(append([]byte(openEnvelopeTag), messaging...), `</env:Header><env:Body/></env:Envelope>`...)
}

// wsuID derives an Id from a MessageId, as Domibus does: unique, and the same again.
func wsuID(prefix, messageID string) string {
	return fmt.Sprintf("%s%x", prefix, sha256.Sum256([]byte(messageID)))
}

func fingerprint(c *x509.Certificate) []byte {
	d := sha256.Sum256(c.Raw)
	return d[:]
}

// mimeError turns what the MIME reader reports into an answer.
func (rc *reception) mimeError(err error) error {
	switch {
	case errors.Is(err, errTooLong):
		return ebms.Other.Refuse("limit.message", fmt.Sprintf("the message is larger than %d octets", rc.limits.Message), "send smaller messages")
	case isMIME(err):
		return mimeError(err)
	}
	return notDelivered("read the message", err)
}

func mimeError(err error) error {
	var m *related.Error
	if errors.As(err, &m) {
		return ebms.MimeInconsistency.Refuse(m.Rule, m.Detail, "send multipart/related as eDelivery AS4 lays it out")
	}
	return ebms.MimeInconsistency.Refuse("mime", err.Error(), "send multipart/related as eDelivery AS4 lays it out")
}

func isMIME(err error) bool {
	var m *related.Error
	return errors.As(err, &m)
}

func clip(s string) string {
	if len(s) > 256 {
		return s[:256] + "…"
	}
	return s
}
