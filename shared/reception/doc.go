// Package reception is the inbox of the AS4 receiver over a store: it keeps
// architecture rules 1 and 2. Parts go to objects under keys of this attempt
// alone; then one conditional commit writes the message, its receipt and the
// command that takes it further; only then the receipt leaves.
//
// Whoever loses a race, or brings a repetition, removes its own parts and
// answers the first receipt, byte for byte. A process that dies before the
// commit leaves parts that nothing names, which the bucket's lifecycle removes.
package reception

import (
	"context"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Where things are kept.
const (
	Kind   = "message"  // of the records
	Bucket = "evidence" // of the parts
	Queue  = "inbound"  // of the command that takes a message further: Kind, slash, record key
)

// Retention is how long a MessageId is remembered with its receipt: as long as
// the journal, so that no repetition finds it forgotten (eDelivery AS4 leaves
// the window open; Reg. 2022/1463 art. 17(4) keeps logs 12 months).
const Retention = 366 * 24 * time.Hour

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
	PutOff(ctx context.Context, id string, until time.Time) error
}

type objects interface {
	Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (store.Object, error)
	Delete(ctx context.Context, bucket, key string) error
}

type queue interface {
	Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error
}

// Inbox is an [as4.Inbox] over a store.
type Inbox struct {
	State   states
	Objects objects
	Queue   queue
	Now     func() time.Time
	NewID   func() string // unique; in the keys of an attempt's parts
	// Failed is told of what went wrong after the commit, when the message is
	// safe and the sender must have its receipt: a command that was not sent (the
	// clock resends it), a part that was not removed (the lifecycle does).
	Failed func(context.Context, error)
}

// Message is the record of a message that was received.
type Message struct {
	Header     *ebms.UserMessage
	Digests    [32]byte // of what was signed; equal for a repetition
	Receipt    []byte   // as it was answered
	SignedInfo []byte   // canonical, for the journal
	Parts      []Part   // in order of PartInfo; empty for the test service
	Received   time.Time
	Trace      string `json:",omitempty"` // of the log lines; empty: of a release that made none
}

// Part is where a delivered part lies.
type Part struct {
	Key  string // in [Bucket]
	Size int64
}
