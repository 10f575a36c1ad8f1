// Package assembly puts the functions together: from a store, a configuration and
// ways to call out it makes what each handler works with. It is the same over
// either store.
package assembly

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/provider"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Ports are what a node stands on.
type Ports struct {
	State   store.State
	Queue   store.Queue
	Objects store.Objects
	Tenant  *tenant.Live
	Now     func() time.Time
	// Secret gives a secret by name: the bearer tokens of registries.
	Secret func(ctx context.Context, name string) (string, error)
	// Failed is told of what went wrong although the caller got its answer.
	Failed func(context.Context, error)
	// Observe is told of calls and what they measure; nil: nobody is.
	Observe *observe.Node
	// Folded are the functions of queues whose items travel in another's: who gets one
	// there hands it on. Nil: each queue is polled.
	Folded map[string]gate.Queued
	// Wrap, where set, goes around the client of the partners: a recorder of the wire.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Assembly is one node's functions.
type Assembly struct {
	Ports
	Journal *journal.Journal
	Keeper  *conduct.Keeper

	Requester *requester.Desk
	Provider  *provider.Desk
	Preview   *preview.Space
	Intake    *intake.Intake

	callers   callers
	sightings sightings
}

// New puts them together. Nothing is called yet.
func New(p Ports) *Assembly {
	a := &Assembly{Ports: p, Journal: &journal.Journal{Objects: p.Objects}}
	a.callers.tenant = p.Tenant
	if p.State != nil && p.Tenant.AtFirstUse { // who has no state keeps no notes
		p.Tenant.Tried = a.sawKey
	}
	a.Keeper = &conduct.Keeper{State: p.State, Objects: p.Objects, Queue: p.Queue, Journal: a.Journal, Now: p.Now, NewID: newID}
	a.Requester = &requester.Desk{
		Keeper: a.Keeper, State: p.State, Objects: p.Objects, Journal: a.Journal, Settings: p.Tenant, Directory: watchedDirectory{a}, Now: p.Now, NewID: newID, NewToken: newToken,
	}
	a.Provider = &provider.Desk{
		Keeper: a.Keeper, State: p.State, Queue: p.Queue, Settings: p.Tenant, Registries: registries{a}, Now: p.Now, NewID: newID, NewToken: newToken,
	}
	a.Keeper.Carriers = map[exchange.Role]conduct.Carrier{exchange.Requester: a.Requester.Carry, exchange.Provider: a.Provider.Carry}
	a.Preview = &preview.Space{Keeper: a.Keeper, State: p.State, Objects: p.Objects, Provider: a.Provider, Now: p.Now}
	a.Intake = &intake.Intake{State: p.State, Objects: p.Objects, Journal: a.Journal, Keeper: a.Keeper, Requester: a.Requester, Provider: a.Provider}
	return a
}

// newID is a random UUID.
func newID() string { return as4.NewUUID(rand.Reader) }

// NewID is a random UUID.
func (a *Assembly) NewID() string { return newID() }

// NewToken is 256 random bits for a URL.
func (a *Assembly) NewToken() string { return newToken() }

// newToken is 256 random bits for a URL.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// ClosedError is of a tenant whose document says that no message is taken, and why.
type ClosedError struct{ Why string }

// Error names the line of the document.
func (e *ClosedError) Error() string { return "the tenant document says closed: " + e.Why }

// Receiver is the access point that takes messages, with the keys of now. The error
// is a [*ClosedError] where it takes none.
func (a *Assembly) Receiver(ctx context.Context) (*as4.Receiver, error) {
	c, err := a.Tenant.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	if c.Closed != "" {
		return nil, &ClosedError{c.Closed}
	}
	inbox := &reception.Inbox{State: a.State, Objects: a.Objects, Queue: a.Queue, Now: a.Now, NewID: newID, Failed: a.Failed}
	return &as4.Receiver{Identity: c.Identity, Partners: a.Tenant, Inbox: inbox, Now: a.Now, Rand: rand.Reader, NewID: a.messageID(c)}, nil
}

// messageID makes MessageIds and Content-IDs at the access point's name.
func (a *Assembly) messageID(c *tenant.Configuration) func() string {
	return as4.NewIDs(rand.Reader, c.Party.ID+".vienreiz")
}

// Worker is the access point that sends, with the keys of now.
func (a *Assembly) Worker(ctx context.Context) (*sending.Worker, error) {
	c, err := a.Tenant.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	client, err := a.callers.partners(c, a.Wrap)
	if err != nil {
		return nil, err
	}
	sender := &as4.Sender{Identity: c.Identity, Client: client, Now: a.Now, Rand: rand.Reader, NewID: a.messageID(c)}
	return &sending.Worker{State: a.State, Objects: a.Objects, Queue: a.Queue, Journal: a.Journal, Partners: a.Tenant, Sender: sender, Now: a.Now, NewID: newID}, nil
}

// registries calls registries with the roots and places of now.
type registries struct{ a *Assembly }

func (r registries) client(ctx context.Context) (*registry.Client, error) {
	c, err := r.a.Tenant.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	client, err := r.a.callers.registries(c)
	if err != nil {
		return nil, err
	}
	return &registry.Client{HTTP: client, Secret: r.a.Secret, Now: r.a.Now}, nil
}

// Search asks whom a registry might mean.
func (r registries) Search(ctx context.Context, reg registry.Registry, q registry.Query) (*registry.Found, error) {
	c, err := r.client(ctx)
	if err != nil {
		return nil, err
	}
	began := r.a.Now()
	found, err := c.Search(ctx, reg, q)
	r.measure(ctx, reg.ID, began, err)
	return found, err
}

// Fetch asks a registry for one entry's documents.
func (r registries) Fetch(ctx context.Context, reg registry.Registry, q registry.Query, handle string, languages, formats []string) (*registry.Evidence, error) {
	c, err := r.client(ctx)
	if err != nil {
		return nil, err
	}
	began := r.a.Now()
	evidence, err := c.Fetch(ctx, reg, q, handle, languages, formats)
	r.measure(ctx, reg.ID, began, err)
	return evidence, err
}
