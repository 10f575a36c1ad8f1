package requester

import (
	"context"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Kinds of records beside the exchange's.
const (
	OrderKind   = "order"        // by order id, which is the exchange's id
	KeyKind     = "order-key"    // idempotency keys of portals; the body is the order's id
	JourneyKind = "journey-link" // digests of journey links; the body is the order's id
	AskedKind   = "asked"        // ids of our requests; the body is the exchange's key
)

// Times.
const (
	// Waits is how long an order waits for the person to sign in and ask.
	Waits = time.Hour
	// Keep is how long an order and the ids of its requests are remembered.
	Keep = conduct.Keep
)

// Settings are what the tenant's configuration says.
type Settings struct {
	Country  string    // of this node
	Platform edm.Agent // identifier and name of who runs it: the IP agent of every request
	People   string    // base URL of the pages for people, without the last slash
	Timers   exchange.Timers
	Portals  []access.Portal
	Versions []edm.Version // lines to speak, preferred first; none means all
}

type settings interface {
	Requester(ctx context.Context) (*Settings, error)
}

type resolver interface {
	Resolve(ctx context.Context, c directory.Case) (*directory.Outcome, error)
}

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
}

type objects interface {
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
}

type writer interface {
	Write(ctx context.Context, e journal.Entry) error
}

// Desk is the requester's work. Its fields are set before the first call.
type Desk struct {
	Keeper    *conduct.Keeper
	State     states
	Objects   objects
	Journal   writer
	Settings  settings
	Directory resolver
	Now       func() time.Time
	NewID     func() string // a UUID
	NewToken  func() string // of a journey link: at least 128 random bits in [A-Za-z0-9_-]
}
