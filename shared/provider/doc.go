// Package provider is the provider's side of an exchange (TDD 4.4, 4.9;
// architecture §4): it takes evidence requests, judges whether they may be
// answered, matches the person with a registry's, offers a preview, and answers
// with what the person accepted, with nothing, or with the error that says why not.
//
// Exactly one person or none: everything else is refused, and nobody is told
// more than that (Reg. 2022/1463 art. 16).
package provider

import (
	"context"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Kinds of records beside the exchange's.
const (
	RequestKind = "request" // ids of requests that were used; the body is the message's key
	LinkKind    = "link"    // preview links by digest; the body is the exchange's key
)

// Used is how long the id of a request is remembered (TDD 4.4: a used id is refused).
const Used = 366 * 24 * time.Hour

// MaxRequestBytes bounds what state keeps of a request: ids, names and titles.
const MaxRequestBytes = 64 << 10

// Settings are what the tenant's configuration says.
type Settings struct {
	Country    string    // of this node
	Platform   edm.Agent // identifier, name and address of who runs it
	Registries []registry.Registry
	People     string // base URL of the preview space, https, without the last slash
	Timers     exchange.Timers
}

type settings interface {
	Provider(ctx context.Context) (*Settings, error)
}

type registries interface {
	Search(ctx context.Context, r registry.Registry, q registry.Query) (*registry.Found, error)
	Fetch(ctx context.Context, r registry.Registry, q registry.Query, handle string, languages, formats []string) (*registry.Evidence, error)
}

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
	PutOff(ctx context.Context, id string, until time.Time) error
}

type queue interface {
	Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error
}

// Desk is the provider's work. Its fields are set before the first call.
type Desk struct {
	Keeper     *conduct.Keeper
	State      states
	Queue      queue
	Settings   settings
	Registries registries
	Now        func() time.Time
	NewID      func() string // a UUID
	NewToken   func() string // of a preview link: at least 128 random bits in [A-Za-z0-9_-]
}
