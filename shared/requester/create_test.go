package requester

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/store"
)

func TestAnOrderWithASubjectStartsAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	v := f.create(t, "", order())
	if v.State != exchange.Created || v.Final || v.PersonURL != "" || v.Reason == "" || !v.Deadline.Equal(f.now.Add(6*time.Minute)) {
		t.Errorf("%+v", v)
	}
	list, err := f.store.Queues.Receive(t.Context(), conduct.Requests, 10, time.Minute)
	if err != nil || len(list) != 1 {
		t.Errorf("the queue has %v, %v", list, err)
	}
	row, err := f.store.State.Load(t.Context(), OrderKind, v.ID)
	if err != nil || bytes.Contains(row.Body, []byte("Peeters")) {
		t.Errorf("the order's record holds the person: %v", err)
	}
}

func TestAnOrderWithoutASubjectWaitsForThePerson(t *testing.T) {
	t.Parallel()
	f := open(t)
	v := f.create(t, "", hosted())
	if v.State != AwaitingPerson || v.PersonURL == "" || !v.Deadline.Equal(f.now.Add(Waits)) {
		t.Errorf("%+v", v)
	}
	if err := f.Ask(t.Context(), f.journey(t, v), named("Peeters"), nil, nil, ""); err != nil {
		t.Fatal(err)
	}
	if r := f.record(t, v.ID); r.State != exchange.Created || r.ReturnURL != v.PersonURL+"/return" {
		t.Errorf("%+v", r)
	}
}

func TestAnIdempotencyKeyIsForOneOrderOfOnePortal(t *testing.T) {
	t.Parallel()
	f := open(t)
	first := f.create(t, "key", order())
	if again := f.create(t, "key", order()); again.ID != first.ID {
		t.Error("the same order is another one")
	}
	for name, change := range map[string]func(*Order){
		"another country": func(o *Order) { o.Country = "EE" }, "another person": func(o *Order) { o.Subject = named("Janssens") },
		"nobody": func(o *Order) { o.Subject = nil }, "other words": func(o *Order) { o.ExplicitRequest.Text = "Yes." },
	} {
		o := order()
		change(&o)
		_, err := f.Create(t.Context(), portal("p"), "key", o)
		if r := refusalOf(t, err); r.Rule != "order.idempotencyKey" || r.Kind != WrongTime {
			t.Errorf("%s: %v", name, r)
		}
	}
	other, err := f.Create(t.Context(), portal("q"), "key", order())
	if err != nil || other.ID == first.ID {
		t.Errorf("the key of another portal: %+v, %v", other, err)
	}
	if third := f.create(t, "", order()); third.ID == first.ID {
		t.Error("orders without a key are one")
	}
}

func TestOfTwoEqualOrdersAtOnceThereIsOne(t *testing.T) {
	t.Parallel()
	f := open(t)
	var winner *View
	f.before = func() { winner = f.create(t, "key", order()) }
	if v := f.create(t, "key", order()); v.ID != winner.ID {
		t.Errorf("%s and %s", v.ID, winner.ID)
	}
}

// What is kept of an order's person is no digest that names and birthdays can be tried on.
func TestTheDigestOfAnOrderDependsOnItsKey(t *testing.T) {
	t.Parallel()
	o, same := order(), order()
	if o.digest("a") == o.digest("b") || o.digest("a") != same.digest("a") {
		t.Error("it does not")
	}
}

func TestWhatOnePortalOrderedDoesNotExistForAnother(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx := t.Context()
	id := f.create(t, "", order()).ID
	_, viewed := f.View(ctx, "q", id)
	_, cancelled := f.Cancel(ctx, "q", id)
	_, confirmed := f.Confirm(ctx, "q", id)
	_, continued := f.Continue(ctx, "q", id)
	_, opened := f.Open(ctx, "q", id, 1)
	_, never := f.View(ctx, "p", "no-such-order")
	_, walked := f.Journey(ctx, "no-such-token")
	for name, err := range map[string]error{"view": viewed, "cancel": cancelled, "confirm": confirmed, "continue": continued, "open": opened, "no order": never, "no journey": walked} {
		if r := refusalOf(t, err); r.Kind != Unknown || r.Rule != "order.unknown" {
			t.Errorf("%s: %v", name, r)
		}
	}
	if v, err := f.View(ctx, "p", id); err != nil || v.State != exchange.Created {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestAnOrderThatIsOverCannotBegin(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*fixture, *Journey) error{
		"its hour has passed": func(f *fixture, _ *Journey) error { f.now = f.now.Add(Waits); return nil },
		"it was cancelled":    func(f *fixture, j *Journey) error { return f.Leave(t.Context(), j) },
		"it is cancelled at the same time": func(f *fixture, j *Journey) error {
			f.before = func() { _ = f.Leave(t.Context(), j) }
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			v := f.create(t, "", hosted())
			j := f.journey(t, v)
			if err := end(f, j); err != nil {
				t.Fatal(err)
			}
			if r := refusalOf(t, f.Ask(t.Context(), j, named("Peeters"), nil, nil, "")); r.Rule != "order.state" || r.Kind != WrongTime {
				t.Errorf("%v", r)
			}
			if _, err := f.Keeper.Load(t.Context(), conduct.Key(exchange.Requester, v.ID)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("there is an exchange: %v", err)
			}
		})
	}
}

// Two people with one link: whoever's click holds is whose evidence is asked for.
func TestTheSubjectIsThatOfTheClickThatHolds(t *testing.T) {
	t.Parallel()
	f := open(t)
	v := f.create(t, "", hosted())
	j := f.journey(t, v)
	f.before = func() {
		if err := f.Ask(t.Context(), j, named("Peeters"), nil, nil, ""); err != nil {
			t.Error(err)
		}
	}
	if err := f.Ask(t.Context(), j, named("Janssens"), nil, nil, ""); err != nil {
		t.Fatal(err)
	}
	s, err := f.subject(t.Context(), f.record(t, v.ID))
	if err != nil || s.Person.FamilyName.Value != "Peeters" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestTheSubjectOfTheFirstReleaseIsFound(t *testing.T) {
	t.Parallel()
	f := open(t)
	r := &conduct.Record{Key: "requester-old"}
	if err := f.Keeper.PutAt(t.Context(), "case/requester-old/subject", []byte(`{"Person":{"DateOfBirth":"1990-05-17"}}`)); err != nil {
		t.Fatal(err)
	}
	if s, err := f.subject(t.Context(), r); err != nil || s.Person.DateOfBirth != "1990-05-17" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestASubjectWithoutAPersonHasNoAssurance(t *testing.T) {
	t.Parallel()
	if level := (&Subject{}).Assurance(); level != "" {
		t.Error(level)
	}
}

func TestACancelledOrderStaysAndSoDoesAnExpiredOne(t *testing.T) {
	t.Parallel()
	f := open(t)
	cancelled, expired, begun := f.create(t, "", hosted()).ID, f.create(t, "", hosted()).ID, f.create(t, "", order()).ID
	for range 2 {
		if v, err := f.Cancel(t.Context(), "p", cancelled); err != nil || v.State != exchange.Cancelled || !v.Deadline.IsZero() {
			t.Errorf("%+v, %v", v, err)
		}
	}
	if v, err := f.Cancel(t.Context(), "p", begun); err != nil || v.State != exchange.Cancelled {
		t.Errorf("%+v, %v", v, err)
	}
	f.now = f.now.Add(Waits)
	if v, err := f.Cancel(t.Context(), "p", expired); err != nil || v.State != exchange.Expired || !v.Deadline.IsZero() {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestACancellationThatLosesAgainstTheFirstClickCancelsTheExchange(t *testing.T) {
	t.Parallel()
	f := open(t)
	v := f.create(t, "", hosted())
	j := f.journey(t, v)
	f.before = func() {
		if err := f.Ask(t.Context(), j, named("Peeters"), nil, nil, ""); err != nil {
			t.Error(err)
		}
	}
	after, err := f.Cancel(t.Context(), "p", v.ID)
	if err != nil || after.State != exchange.Cancelled || f.record(t, v.ID).State != exchange.Cancelled {
		t.Errorf("%+v, %v", after, err)
	}
}
