package as4

import (
	"context"
	"crypto/x509"
	"io"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// MessageKey names a message once and for all (architecture rule 2): who sent
// it and its MessageId.
type MessageKey struct {
	Party     ebms.PartyID
	MessageID string
}

// Message is a user message of which everything was verified: signer,
// signature, coverage, digests, tags, decompression.
type Message struct {
	*ebms.UserMessage
	Key        MessageKey
	Partner    *Partner
	Signer     *x509.Certificate
	SignedInfo []byte // canonical octets, for the journal
	References []dsig.Reference
	DigestSet  [32]byte // equal for a repetition of the same content
	Parts      []Part   // in order of PartInfo
}

// Part is one delivered part.
type Part struct {
	Info ebms.PartInfo
	Size int64 // octets as delivered, decompressed
}

// Inbox is where messages go. It is asked for an [Attempt] once the SOAP part
// of a message has been judged right.
type Inbox interface {
	Begin(ctx context.Context, key MessageKey) (Attempt, error)
}

// Attempt is the quarantine of one reception. Exactly one of Commit and Discard
// ends it, except that Discard also follows a failed Commit.
type Attempt interface {
	// Part opens the place for the nth part (in order of PartInfo). What is
	// written is not verified yet. It is closed before Commit.
	Part(n int, info ebms.PartInfo) (io.WriteCloser, error)
	// Commit makes the message durable together with the receipt and returns
	// the octets to answer: the receipt given, or for a repetition the first
	// one. Same key with another DigestSet: [ErrConflict].
	Commit(ctx context.Context, m *Message, receipt []byte) ([]byte, error)
	// Discard removes whatever the attempt has written.
	Discard() error
}

// ErrConflict is what Commit answers for a MessageId that was used before with
// other content.
var ErrConflict error = ebms.ValueInconsistent.Refuse("as4.messageid.conflict", "this MessageId was used before with other content", "give every message its own MessageId; a retry must carry the same signed content")
