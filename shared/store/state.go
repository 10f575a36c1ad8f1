package store

import (
	"context"
	"time"
)

// Limits of state. They are what one DynamoDB transaction can carry, so that
// what is accepted on one machine is accepted everywhere.
const (
	MaxCommit      = 100       // changes and commands of one commit
	MaxCommitBytes = 3 << 20   // octets of all bodies of one commit
	MaxBody        = 350 << 10 // octets of a record's body
	MaxKey         = 512       // octets of a record's key or a command's id
	MaxName        = 64        // octets of a kind, a queue or a bucket
)

// Version tells one content of a record from every other that it has had or will
// have, also across deletion and creation. It has no order. 0: no record.
type Version int64

// Record is one row of state.
type Record struct {
	Kind    string // a noun of [a-z0-9-]
	Key     string
	Version Version
	Body    []byte    // the user's JSON
	Due     time.Time // when [State.DueBefore] shall name it; zero: never
	Expires time.Time // from then on it is as if deleted; zero: never
}

// Change is one write of a commit.
type Change struct {
	Record         // what to write; its Version is not looked at
	Expect Version // the version it must have now; 0: it must not exist
	Delete bool    // remove the record; Expect is not 0 then
}

// Command is work that a commit orders: an item for a queue.
type Command struct {
	// ID derives from (what moved, transition): a repetition of the commit's
	// cause makes the same ID and is one command.
	ID    string
	Queue string
	Body  []byte // ids only, at most [MaxItem] octets; with ID if the handler asks for it
	// NotBefore is when it may be received; zero: at once, and read back as the time
	// of the commit. At most [MaxDelay] away, what is later is a record's Due.
	NotBefore time.Time
}

// Due names a record whose time has come.
type Due struct {
	Key string
	At  time.Time
}

// State is records and the outbox of commands beside them.
//
// Consistency: commits are serialisable and durable when Commit returns. Load
// and a following Commit see every commit that returned before. Uncleared and
// DueBefore may lag behind by seconds: what they name is loaded and judged
// before it is acted upon.
type State interface {
	// Load returns the record, or [ErrNotFound]. An expired one is not found.
	Load(ctx context.Context, kind, key string) (Record, error)

	// Commit writes all changes and commands, or nothing. It returns the version
	// that every written record has from now on. [ErrConflict] if any record has
	// not the expected version, or an uncleared command with the same ID has
	// another queue or body; the same command twice is one. A commit whose answer
	// was lost may have happened: repeating it gives [ErrConflict], and Load tells.
	// No two changes name the same record, no two commands the same ID.
	Commit(ctx context.Context, changes []Change, commands []Command) (Version, error)

	// Clear forgets commands that were carried out. An unknown id is no error.
	Clear(ctx context.Context, ids ...string) error

	// Uncleared returns at most limit commands that were not cleared in time, the
	// longest overdue first. The time of a command is [Patience] after it may be
	// received, unless it was put off: those whose time is at or before the instant
	// are returned.
	Uncleared(ctx context.Context, until time.Time, limit int) ([]Command, error)

	// PutOff sets the time of a command, to a later or an earlier one. An unknown id
	// is no error.
	PutOff(ctx context.Context, id string, until time.Time) error

	// DueBefore names at most limit records of a kind that are due at or before
	// the instant, earliest first. A record stays due until a commit says otherwise.
	DueBefore(ctx context.Context, kind string, at time.Time, limit int) ([]Due, error)
}
