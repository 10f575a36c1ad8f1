package provider

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// office is a provider's desk over a store of its own, with one registry.
type office struct {
	*Desk
	t       *testing.T
	store   *embedded.Store
	now     time.Time
	found   *registry.Found
	err     error                // of the registry
	commits func(n int) error    // what the n-th commit fails with
	n       int                  // commits
	request *edm.EvidenceRequest // that the registry is for
}

func (o *office) Provider(context.Context) (*Settings, error) {
	s := registered(o.request)
	s.Timers = exchange.DefaultTimers(exchange.Provider)
	return s, nil
}

func (o *office) Search(context.Context, registry.Registry, registry.Query) (*registry.Found, error) {
	return o.found, o.err
}

func (o *office) Fetch(context.Context, registry.Registry, registry.Query, string, []string, []string) (*registry.Evidence, error) {
	return nil, o.err
}

// failing is a state whose commits can fail, although they may have happened.
type failing struct {
	store.State
	o *office
}

func (f failing) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	f.o.n++
	v, err := f.State.Commit(ctx, changes, commands)
	if f.o.commits != nil && err == nil {
		err = f.o.commits(f.o.n)
	}
	return v, err
}

func openOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: edmtest.Issued, request: first()}
	clock := func() time.Time { return o.now }
	config := embedded.Config{Now: clock, Buckets: []embedded.Bucket{{Name: conduct.Bucket}, {Name: journal.Bucket, Lock: time.Hour}}}
	for _, q := range []string{conduct.Inbound, conduct.Provide, sending.Queue} {
		config.Queues = append(config.Queues, embedded.Queue{Name: q, MaxReceives: 3})
	}
	s, err := embedded.Open(t.Context(), t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o.store = s
	state, newID := failing{s.State, o}, numbering()
	keeper := &conduct.Keeper{State: state, Objects: s.Objects, Queue: s.Queues, Journal: &journal.Journal{Objects: s.Objects}, Now: clock, NewID: newID}
	o.Desk = &Desk{Keeper: keeper, State: state, Queue: s.Queues, Settings: o, Registries: o, Now: clock, NewID: newID, NewToken: newID}
	keeper.Carriers = map[exchange.Role]conduct.Carrier{exchange.Provider: o.Carry}
	return o
}

// first is request 1.
func first() *edm.EvidenceRequest {
	q := edmtest.Request(edm.V20)
	q.PreviewLocation, q.ReturnLocation = "", ""
	return q
}

// letter brings a request, as a message of that key.
func (o *office) letter(key string, q *edm.EvidenceRequest) *intake.Letter {
	o.t.Helper()
	octets, err := edm.Encode(q)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := edm.Parse(octets)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.Keeper.PutAt(o.t.Context(), "in/"+key, octets); err != nil {
		o.t.Fatal(err)
	}
	h := &ebms.UserMessage{
		MessageInfo: ebms.MessageInfo{MessageID: key, Timestamp: o.now}, From: ebms.Party{ID: ebms.PartyID{Type: "t", Value: "BE-AP"}},
		ConversationID: "conversation", Properties: []ebms.Property{{Name: ebms.ExchangeID, Value: edmtest.ExchangeID}},
	}
	return &intake.Letter{Key: key, Header: h, Received: o.now, Document: d, Parts: []reception.Part{{Key: "in/" + key, Size: int64(len(octets))}}}
}

func (o *office) take(l *intake.Letter) {
	o.t.Helper()
	if err := o.Take(o.t.Context(), l); err != nil {
		o.t.Fatal(err)
	}
}

// replied is what a letter was answered outside its exchange: code and detail, empty when it was not.
func (o *office) replied(key string) (code, detail string) {
	o.t.Helper()
	m, err := sending.Load(o.t.Context(), o.store.State, "reply-"+key)
	if errors.Is(err, store.ErrNotFound) {
		return "", ""
	}
	if err != nil {
		o.t.Fatal(err)
	}
	d, _, err := o.Keeper.ReadDocument(o.t.Context(), m.Contents[0].Key)
	if err != nil {
		o.t.Fatal(err)
	}
	e, err := d.ErrorResponse()
	if err != nil {
		o.t.Fatal(err)
	}
	return e.Exceptions[0].Code, e.Exceptions[0].Detail
}

func (o *office) replies() (keys []string) {
	o.t.Helper()
	list, err := o.store.Objects.List(o.t.Context(), conduct.Bucket, "reply/", "", store.MaxList)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, x := range list {
		keys = append(keys, x.Key)
	}
	return keys
}

// offered takes request 1 and lets it match, and gives the exchange with its link.
func (o *office) offered() *conduct.Record {
	o.t.Helper()
	l := o.letter("first", first())
	o.take(l)
	o.found = &registry.Found{Entries: []registry.Entry{{Handle: "h", Identifier: "AB1234567", FamilyNames: []string{"Peeters"}, GivenName: "An", DateOfBirth: "1990-05-17"}}}
	key := o.record(l, first()).Key
	if err := o.Handle(o.t.Context(), exchange.Match, key, false); err != nil {
		o.t.Fatal(err)
	}
	r, err := o.Keeper.Load(o.t.Context(), key)
	if err != nil || r.State != exchange.Offered {
		o.t.Fatalf("%+v, %v", r, err)
	}
	return r
}

// second is request 2 to a link.
func second(link string) *edm.EvidenceRequest {
	q := edmtest.Request(edm.V20)
	q.ID, q.PreviewLocation = "77777777-aaaa-4bbb-8ccc-000000000002", link
	return q
}
