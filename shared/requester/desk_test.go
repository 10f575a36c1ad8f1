package requester

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// fixture is a desk over a store of its own, whose commits can be interfered with.
type fixture struct {
	*Desk
	store   *embedded.Store
	now     time.Time
	outcome *directory.Outcome // of the directory
	down    error              // or why it cannot be asked
	before  func()             // once, before the next commit
	ids     int
}

// raced is a state in which somebody else moves first.
type raced struct {
	store.State
	f *fixture
}

func (r raced) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	if other := r.f.before; other != nil {
		r.f.before = nil
		other()
	}
	return r.State.Commit(ctx, changes, commands)
}

// Requester is what the tenant's configuration says.
func (f *fixture) Requester(context.Context) (*Settings, error) {
	return &Settings{Country: "BE", People: "https://people.example.be", Timers: exchange.DefaultTimers(exchange.Requester), Portals: []access.Portal{portal("p"), portal("q")}}, nil
}

// Resolve is what the directory says.
func (f *fixture) Resolve(context.Context, directory.Case) (*directory.Outcome, error) {
	return f.outcome, f.down
}

func portal(id string) access.Portal { return access.Portal{ID: id} }

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2026, 9, 1, 9, 30, 0, 0, time.UTC)}
	clock := func() time.Time { return f.now }
	newID := func() string { f.ids++; return fmt.Sprintf("66666666-aaaa-4bbb-8ccc-%012d", f.ids) }
	config := embedded.Config{Now: clock, Buckets: []embedded.Bucket{{Name: conduct.Bucket}, {Name: journal.Bucket, Lock: time.Hour}}}
	for _, q := range []string{conduct.Inbound, conduct.Requests, "outbound"} {
		config.Queues = append(config.Queues, embedded.Queue{Name: q, MaxReceives: 3})
	}
	s, err := embedded.Open(t.Context(), t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	f.store = s
	state, log := raced{s.State, f}, &journal.Journal{Objects: s.Objects}
	keeper := &conduct.Keeper{State: state, Objects: s.Objects, Queue: s.Queues, Journal: log, Now: clock, NewID: newID}
	f.Desk = &Desk{Keeper: keeper, State: state, Objects: s.Objects, Journal: log, Settings: f, Directory: f, Now: clock, NewID: newID, NewToken: func() string { return "token-" + newID() }}
	keeper.Carriers = map[exchange.Role]conduct.Carrier{exchange.Requester: f.Carry}
	return f
}

// order is one about a person whom the portal knows itself.
func order() Order {
	return Order{
		Procedure: "T3", Requirement: "https://sr.example/requirements/1", Country: "LV", Language: "EN", ReturnURL: "https://portal.example.be/back",
		Subject: named("Peeters"), ExplicitRequest: &ExplicitRequest{At: time.Date(2026, 9, 1, 9, 29, 0, 0, time.UTC), Language: "EN", Text: "I ask for it."},
	}
}

func named(family string) *Subject {
	return &Subject{Person: &edm.Person{LevelOfAssurance: "High", FamilyName: edm.Text{Value: family}, GivenName: edm.Text{Value: "An"}, DateOfBirth: "1990-05-17"}}
}

// hosted is one whose person signs in on our own pages.
func hosted() Order {
	o := order()
	o.Subject, o.ExplicitRequest = nil, nil
	return o
}

func (f *fixture) create(t *testing.T, key string, o Order) *View {
	t.Helper()
	v, err := f.Create(t.Context(), portal("p"), key, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// journey is the person's side of a hosted order.
func (f *fixture) journey(t *testing.T, v *View) *Journey {
	t.Helper()
	p, err := f.order(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	j, err := f.Journey(t.Context(), p.Token)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func (f *fixture) record(t *testing.T, id string) *conduct.Record {
	t.Helper()
	r, err := f.Keeper.Load(t.Context(), conduct.Key(exchange.Requester, id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refusalOf is the refusal that an error is.
func refusalOf(t *testing.T, err error) *Refusal {
	t.Helper()
	r := (*Refusal)(nil)
	if !errors.As(err, &r) || r.Rule == "" || r.Detail == "" || r.Do == "" {
		t.Fatalf("%v is no refusal with rule, reason and way out", err)
	}
	return r
}
