package requester

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// placed is the record of an order.
type placed struct {
	ID        string
	Portal    string
	Order     Order
	Token     string // of the journey; empty when the portal authenticates people itself
	Created   time.Time
	Begun     bool // there is an exchange
	Cancelled bool // before there was one
	Questions []Question
	Choices   []Choice
	Trace     string `json:",omitempty"` // of the call that ordered, and of the exchange
	version   store.Version
}

// Create takes an order of a portal. With an idempotency key that the portal
// used before, it goes on with the order of then, which must be the same. An order with a
// subject starts at once; any other waits for the person.
func (d *Desk) Create(ctx context.Context, portal access.Portal, key string, o Order) (*View, error) {
	p, err := d.placedBefore(ctx, portal.ID, key, o)
	if err == nil && p == nil {
		p, err = d.placeNew(ctx, portal.ID, key, o)
	}
	if err != nil {
		return nil, err
	}
	if o.Subject != nil && !p.Begun && !p.Cancelled {
		if err := d.begin(ctx, p, o.Subject, o.ExplicitRequest); err != nil {
			return nil, err
		}
	}
	return d.View(ctx, portal.ID, p.ID)
}

// placeNew places an order; whoever loses a race with its own repetition goes on
// with the winner's.
func (d *Desk) placeNew(ctx context.Context, portal, key string, o Order) (*placed, error) {
	p := &placed{ID: d.NewID(), Portal: portal, Order: o, Created: d.Now(), Trace: observe.TraceOf(ctx)}
	if o.Subject == nil {
		p.Token = d.NewToken()
	}
	err := d.place(ctx, p, key)
	if errors.Is(err, store.ErrConflict) && key != "" {
		return d.placedBefore(ctx, portal, key, o)
	}
	return p, err
}

// placedBefore finds the order of an idempotency key; nil when there is none.
func (d *Desk) placedBefore(ctx context.Context, portal, key string, o Order) (*placed, error) {
	if key == "" {
		return nil, nil
	}
	row, err := d.State.Load(ctx, KeyKind, hash(portal, key))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, was, _ := strings.Cut(string(row.Body), " ")
	if was != o.digest(key) {
		return nil, &Refusal{Rule: "order.idempotencyKey", Detail: "this Idempotency-Key was used for another order", Do: "use a new key for every order", Kind: WrongTime}
	}
	return d.order(ctx, id)
}

// digest tells one order from another. The key, which is kept nowhere, hides the
// person in it from whoever would guess.
func (o *Order) digest(key string) string {
	order, _ := json.Marshal(o)
	subject, _ := json.Marshal(o.Subject)
	return hash(key, string(order), string(subject))
}

// place commits the order, its idempotency key and its journey link together.
func (d *Desk) place(ctx context.Context, p *placed, key string) error {
	change, err := d.orderChange(p)
	if err != nil {
		return err
	}
	changes := []store.Change{change}
	if key != "" {
		changes = append(changes, d.pointer(KeyKind, hash(p.Portal, key), p.ID+" "+p.Order.digest(key)))
	}
	if p.Token != "" {
		changes = append(changes, d.pointer(JourneyKind, hash(p.Token), p.ID))
	}
	if p.version, err = d.State.Commit(ctx, changes, nil); err != nil {
		return fmt.Errorf("place order: %w", err)
	}
	return nil
}

// pointer is a record that leads to an order, or to an exchange.
func (d *Desk) pointer(kind, key, id string) store.Change {
	return store.Change{Record: store.Record{Kind: kind, Key: key, Body: []byte(id), Expires: d.Now().Add(Keep)}}
}

func (d *Desk) orderChange(p *placed) (store.Change, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return store.Change{}, fmt.Errorf("write order: %w", err)
	}
	return store.Change{Record: store.Record{Kind: OrderKind, Key: p.ID, Body: body, Expires: p.Created.Add(Keep)}, Expect: p.version}, nil
}

func (d *Desk) order(ctx context.Context, id string) (*placed, error) {
	row, err := d.State.Load(ctx, OrderKind, id)
	if err != nil {
		return nil, fmt.Errorf("load order: %w", err)
	}
	p := new(placed)
	if err := json.Unmarshal(row.Body, p); err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	p.version = row.Version
	observe.Follow(ctx, p.Trace, conduct.Key(exchange.Requester, p.ID))
	return p, nil
}

// hash names what must not stand in a key as it is.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// begin starts the exchange of an order: the explicit request is in the journal
// before anything else happens.
func (d *Desk) begin(ctx context.Context, p *placed, s *Subject, explicit *ExplicitRequest) error {
	set, err := d.Settings.Requester(ctx)
	if err != nil {
		return err
	}
	r := &conduct.Record{Key: conduct.Key(exchange.Requester, p.ID), Procedure: p.Order.Procedure, Language: p.Order.Language, ReturnURL: d.returnURL(p, set), Trace: p.Trace}
	if err := d.putSubject(ctx, r, s); err != nil {
		return err
	}
	p.Begun = true
	change, err := d.orderChange(p)
	if err != nil {
		return err
	}
	var commands []exchange.Command
	r.Exchange, commands = exchange.NewRequest(p.ID, d.NewID(), d.Now(), set.Timers)
	err = d.Keeper.Start(ctx, r, commands, conduct.Step{Entries: []journal.Entry{clicked(p, s, explicit, d.Now())}, Effect: conduct.Effect{Changes: []store.Change{change}}})
	if errors.Is(err, store.ErrConflict) || errors.Is(err, journal.ErrTaken) {
		return d.begun(ctx, r.Key, err)
	}
	return err
}

// begun makes of a second click on the same order the first one. What the second
// stored goes with the exchange's folder.
func (d *Desk) begun(ctx context.Context, key string, err error) error {
	if _, loadErr := d.Keeper.Load(ctx, key); loadErr == nil {
		return nil
	}
	return err
}

// clicked is the entry of the explicit request (TDD 4.8; Reg. art. 13(1)(j)).
func clicked(p *placed, s *Subject, explicit *ExplicitRequest, now time.Time) journal.Entry {
	e := journal.Entry{Kind: journal.ExplicitRequestGiven, At: now}
	add := func(name, value string) {
		if value != "" {
			e.Fields = append(e.Fields, journal.Field{Name: name, Value: value})
		}
	}
	add("portal", p.Portal)
	add("procedure", p.Order.Procedure)
	add("requirement", p.Order.Requirement)
	add("country", p.Order.Country)
	add("assertion", s.Assertion)
	if explicit != nil {
		add("at", explicit.At.UTC().Format(time.RFC3339))
		add("language", explicit.Language)
		add("text", explicit.Text)
	}
	return e
}

// returnURL is where the person comes back to after the preview: our own
// journey, or the portal that knows its person itself.
func (d *Desk) returnURL(p *placed, s *Settings) string {
	if p.Token == "" {
		return p.Order.ReturnURL
	}
	return s.People + "/journey/" + p.Token + "/return"
}
