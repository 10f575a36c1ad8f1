// Package sending takes ordered messages to partners: it signs once, stores what
// it signed, pushes it, judges the answer, and pushes the same signed content
// again on schedule until a receipt or the last try (architecture rules 3 and 4;
// eDelivery AS4 §3.2.1: same MessageId, same digests).
//
// A message is a record that moves by compare-and-swap; its command may come
// any number of times, from the queue or the clock, and finds its work done.
package sending

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Where things are kept.
const (
	Kind     = "outgoing" // of the records
	Contents = "evidence" // bucket of what is to be sent
	Signed   = "outbox"   // bucket of what was signed; an object that outlived every try was left by a crash and may expire
	Queue    = "outbound" // of the commands: record keys
	Told     = "inbound"  // queue of the outcome: Kind, slash, record key
)

// The official P-Mode tries again four times in twelve minutes, at even
// intervals (retry="12;4;CONSTANT").
const (
	Tries    = 5
	Interval = 3 * time.Minute
)

// Keep is how long a message that has ended is remembered.
const Keep = 366 * 24 * time.Hour

// State is where a message is.
type State string

// The states; all but Ordered and Pushing are final.
const (
	Ordered           State = "ordered" // nothing is signed
	Pushing           State = "pushing" // signed; on its way, or waiting for the next try
	Acknowledged      State = "acknowledged"
	Refused           State = "refused"            // by a signed error
	Undelivered       State = "undelivered"        // EBMS:0301 after the last try
	ProbablyDelivered State = "probably-delivered" // the partner has it, the receipt was lost: for an operator
)

// Final reports whether nothing more is sent.
func (s State) Final() bool { return s != Ordered && s != Pushing }

// Message is the record of a message that goes out.
type Message struct {
	Partner  ebms.PartyID
	Header   ebms.UserMessage // with MessageId and Timestamp, without parts
	Contents []Content
	Note     Note
	State    State
	Signed   *as4.SignedMessage
	Kept     []string // keys of the signed octets, in [Signed]
	Attempts []Attempt
	Signal   []byte // receipt or signed error, octet for octet
}

// Note is what the journal says of the message beside its header.
type Note struct {
	Exchange                    string // subject of the exchange; empty outside any
	RequestID, ResponseID, Code string
	Trace                       string `json:",omitempty"` // of the log lines; empty: of a release that made none
}

// Content is one payload that lies in [Contents].
type Content struct {
	Key          string
	CID          string
	MimeType     string
	CharacterSet string
	Compression  as4.Compression
}

// Attempt is one push and what came of it.
type Attempt struct {
	At      time.Time
	Outcome as4.Outcome
	Reason  string
}

type loader interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
}

type states interface {
	loader
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
	PutOff(ctx context.Context, id string, until time.Time) error
}

type objects interface {
	Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (store.Object, error)
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
	Delete(ctx context.Context, bucket, key string) error
}

type queue interface {
	Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error
}

type partners interface {
	Partner(ctx context.Context, id ebms.PartyID) (*as4.Partner, error)
}

type writer interface {
	Write(ctx context.Context, e journal.Entry) error
}

// Worker carries commands out. Its fields are set before the first and not changed.
type Worker struct {
	State    states
	Objects  objects
	Queue    queue
	Journal  writer
	Partners partners
	Sender   *as4.Sender
	Now      func() time.Time
	NewID    func() string // unique; in the keys of what was signed
}

// Order is what the transaction that decides to send a message adds to itself.
// The header needs its MessageId and Timestamp: every try has the same.
func Order(key string, m Message) (store.Change, store.Command, error) {
	if m.Header.MessageID == "" || m.Header.Timestamp.IsZero() {
		return store.Change{}, store.Command{}, fmt.Errorf("order outgoing message %s: MessageId and Timestamp are needed", key)
	}
	m.State = Ordered
	change, err := m.change(key, 0, time.Time{})
	return change, store.Command{ID: Kind + "/" + key, Queue: Queue, Body: []byte(key)}, err
}
