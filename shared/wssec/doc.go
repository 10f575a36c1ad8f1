// Package wssec reads and writes the wsse:Security header of AS4: X.509 tokens
// (Token Profile 1.1.1), one signature, encrypted attachments (SwA Profile 1.1).
//
// Reading is structural and strict: what is not needed for AS4 is refused, Ids
// are unique over the whole document, and every reference is followed to
// exactly one place. Keys and trust are the caller's.
package wssec

import "fmt"

// Namespaces.
const (
	Namespace   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	Namespace11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
	Utility     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
)

// Value types of tokens and key identifiers (X.509 Token Profile 1.1.1 §3.1, §3.2).
const (
	X509v3               = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	X509PKIPathv1        = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"
	SubjectKeyIdentifier = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier"
	ThumbprintSHA1       = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
	Base64Binary         = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
	EncryptedKeyToken    = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"
)

// SwA profile identifiers (SwA Profile 1.1 §5.5).
const (
	AttachmentContentOnly = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Only"
	AttachmentCiphertext  = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Ciphertext-Transform"
)

// Limits of a foreign header.
const (
	MaxTokens        = 66 // BinarySecurityTokens in one header: one per EncryptedKey, the signer's, and one that nothing names
	MaxEncryptedKeys = 64 // one per part at the most
	MaxEncryptedData = 64 // one per part
	MaxPathLength    = 8  // certificates in one X509PKIPathv1
	MaxIDBytes       = 256
)

// Error is a header that is refused for its shape.
type Error struct {
	Rule   string // stable, as "wssec.id.duplicate"
	Detail string
}

// Error says which rule is broken, and by what.
func (e *Error) Error() string { return e.Rule + ": " + e.Detail }

func refuse(rule, format string, args ...any) error {
	return &Error{Rule: "wssec." + rule, Detail: fmt.Sprintf(format, args...)}
}
