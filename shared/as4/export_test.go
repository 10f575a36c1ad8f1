package as4

import (
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// What the attack tests need to build messages that no Sender would send.
var (
	SignEnvelope     = signEnvelope
	EncryptionHeader = encryptionHeader
	PartReference    = partReference
	DigestSetOf      = digestSet
)

// SOAP writes the envelope with what stands above the signature.
func (s *signedEnvelope) SOAP(encryption []byte) []byte { return s.soap(encryption) }

// SetEnvelope puts signed octets into a message.
func (m *SignedMessage) SetEnvelope(s *signedEnvelope) { m.signedEnvelope = *s }

// ReferencesOfReceipt reads what a receipt acknowledges, unverified.
func ReferencesOfReceipt(soap []byte) (string, []dsig.Reference) {
	e, err := openEnvelope(soap, MaxEnvelopeBytes)
	if err != nil {
		return "", nil
	}
	return e.content.Signal.RefToMessageID, e.content.Signal.Receipt.References
}

// HeaderOf reads eb:UserMessage and the tokens' octets, unverified.
func HeaderOf(soap []byte) *ebms.UserMessage {
	e, _ := openEnvelope(soap, MaxEnvelopeBytes)
	if e == nil || e.content == nil {
		return nil
	}
	return e.content.User
}

// RootOf is the SOAP part of a capture.
func RootOf(c *Capture) ([]byte, error) { return rootOf(c) }
