// Package conduct carries exchanges: it loads the record of one, lets the state
// machine judge an event, journals what is about to happen, and commits the new
// state together with what is to be done (architecture §3 "commit, then send",
// rules 4 and 10).
//
// A record holds ids and times. What is personal (the request, the documents of
// a preview) are objects under the exchange's own prefix, which are deleted
// when it has ended and its last message has gone.
package conduct

import (
	"context"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Where things are kept.
const (
	Kind     = "exchange" // of the records
	Bucket   = "evidence" // of what is personal
	Requests = "requests" // queue of resolve
	Provide  = "provide"  // queue of provide
	Inbound  = "inbound"  // queue of exchange
	Ended    = "ended"    // an item of Inbound: Ended, slash, key
)

// Keep is how long the record of an exchange outlives its end. Its journal
// lives longer.
const Keep = 30 * 24 * time.Hour

// Key names an exchange in state, journal and queues. A node can be on both
// sides of an exchange, so the role is part of it. id is of [a-z0-9-].
func Key(role exchange.Role, id string) string { return string(role) + "-" + id }

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
	PutOff(ctx context.Context, id string, until time.Time) error
}

type objects interface {
	Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (store.Object, error)
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
	Delete(ctx context.Context, bucket, key string) error
	List(ctx context.Context, bucket, prefix, after string, limit int) ([]store.Object, error)
}

type queue interface {
	Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error
}

type log interface {
	Write(ctx context.Context, e journal.Entry) error
	Last(ctx context.Context, subject string, after int) (int, error)
}

// Carrier turns a command of the machine into what is committed with it: the
// order of a message, or an item of a queue. The record is as the machine left
// it; a carrier changes nothing but the record's Outgoing.
type Carrier func(ctx context.Context, r *Record, do exchange.Do) (Effect, error)

// Effect is what goes into the commit beside the record.
type Effect struct {
	Changes  []store.Change
	Commands []store.Command
}

// Keeper carries exchanges. Its fields are set before the first and not changed.
type Keeper struct {
	State   states
	Objects objects
	Queue   queue
	Journal log
	Now     func() time.Time
	NewID   func() string // unique, of [a-z0-9-]; a UUID
	// Carriers send what a role sends.
	Carriers map[exchange.Role]Carrier
}
