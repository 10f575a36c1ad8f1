package as4

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
