package store

import (
	"context"
	"time"
)

// Limits of queues: those of SQS, where they are not narrower on purpose.
const (
	MaxItem       = 4 << 10          // octets of an item: ids, never content
	MaxReceive    = 10               // messages of one Receive
	MaxDelay      = 15 * time.Minute // from Send to the first Receive
	MaxVisibility = 12 * time.Hour
)

// Message attributes of SQS in which an item names its queue and the command that ordered it.
const (
	QueueAttribute   = "queue"
	CommandAttribute = "command"
)

// Item is what is sent.
type Item struct {
	Body []byte // text, at most [MaxItem] octets
	// Command is the id of the command that ordered it, which whoever has handled the
	// item clears ([Settle]); empty: none did.
	Command string
}

// Message is one reception of an item.
type Message struct {
	Handle string // names this reception to Extend and Delete; opaque
	Item
	Receives int       // how often it was received, this time included
	Sent     time.Time // when the item was sent first
	// Queue is the one that the item names as its own, where a store lets items
	// travel in another's; empty: the one that it was received from.
	Queue string
}

// Backlog is the state of a queue. Numbers may be approximate.
type Backlog struct {
	Waiting       int       // could be received now
	Hidden        int       // delayed or held by a receiver
	Dead          int       // in its dead-letter queue
	OldestWaiting time.Time // when the oldest of Waiting was sent; zero if none, or (SQS) not known
	OldestDead    time.Time // when the oldest of Dead was sent; zero if none
}

// Queue is named queues with the promises of SQS standard queues: each item at
// least once, in no certain order. Queues and how often an item may be received
// are configured; any other name is refused. Implementations may drop an item
// after 14 days: what must not be forgotten is a record with a Due.
type Queue interface {
	// Send is durable when it returns. The item can be received after the delay.
	Send(ctx context.Context, queue string, item Item, delay time.Duration) error

	// Receive takes at most max messages, without waiting for any, and hides them
	// for the visibility time, after which they come again unless deleted. An item
	// that was received as often as its queue allows goes to the dead letters
	// instead of coming once more.
	Receive(ctx context.Context, queue string, max int, visibility time.Duration) ([]Message, error)

	// Extend hides the message until visibility from now; 0 gives it back at once.
	// [ErrGone] when it was deleted and, where the implementation can tell, when
	// another has received it.
	Extend(ctx context.Context, queue, handle string, visibility time.Duration) error

	// Delete ends the item. One that is gone is no error. With a handle whose
	// time ran out the item may or may not be deleted.
	Delete(ctx context.Context, queue, handle string) error
}

// DeadLetters is the operator's view of the queues.
type DeadLetters interface {
	Backlog(ctx context.Context, queue string) (Backlog, error)

	// Redrive gives at most limit dead letters back to their queue, oldest first,
	// as if never received, and returns how many.
	Redrive(ctx context.Context, queue string, limit int) (int, error)
}
