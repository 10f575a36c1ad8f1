package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

func TestAUsedIDIsRefusedAndARepeatedItemIsNot(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.take(o.letter("a", first()))
	o.take(o.letter("a", first()))
	if code, _ := o.replied("a"); code != "" {
		t.Errorf("the item that came again is answered %s", code)
	}
	o.take(o.letter("b", first()))
	if code, detail := o.replied("b"); code != codeInvalid || !strings.Contains(detail, "R-EDM-REQ-S004") {
		t.Errorf("the same request: %s, %s", code, detail)
	}
	q := first()
	q.ID = "77777777-aaaa-4bbb-8ccc-000000000003"
	o.take(o.letter("c", q))
	if code, detail := o.replied("c"); code != codeInvalid || !strings.Contains(detail, "ExchangeId was used before") {
		t.Errorf("the same exchange: %s, %s", code, detail)
	}
}

func TestTheSecondRequestIsBoundByItsLinkOnce(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	r := o.offered()
	for range 2 {
		o.take(o.letter("second", second(r.PreviewLink)))
	}
	if code, _ := o.replied("second"); code != "" {
		t.Errorf("answered %s", code)
	}
	if r, err := o.Keeper.Load(t.Context(), r.Key); err != nil || r.State != exchange.Bound || r.ReturnURL == "" {
		t.Errorf("%+v, %v", r, err)
	}
	again := second(r.PreviewLink)
	again.ID = "77777777-aaaa-4bbb-8ccc-000000000004"
	o.take(o.letter("third", again))
	if code, detail := o.replied("third"); code != codeUnresolved || !strings.Contains(detail, "used before") {
		t.Errorf("the link again: %s, %s", code, detail)
	}
}

func TestASecondRequestThatDoesNotBelongIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*office, *intake.Letter, *edm.EvidenceRequest) *intake.Letter
		code  string
		says  string
	}{
		"an unknown link": {func(o *office, _ *intake.Letter, q *edm.EvidenceRequest) *intake.Letter {
			q.PreviewLocation += "x"
			return o.letter("second", q)
		}, codeUnresolved, "was not given out here"},
		"another access point": {func(_ *office, l *intake.Letter, _ *edm.EvidenceRequest) *intake.Letter {
			l.Header.From.ID.Value = "NL-AP"
			return l
		}, codeUnresolved, "another access point"},
		"another exchange": {func(_ *office, l *intake.Letter, _ *edm.EvidenceRequest) *intake.Letter {
			l.Header.Properties = nil
			return l
		}, codeUnresolved, "ExchangeId"},
		"another evidence type": {func(o *office, _ *intake.Letter, q *edm.EvidenceRequest) *intake.Letter {
			q.EvidenceType.EvidenceTypeClassification += "x"
			return o.letter("second", q)
		}, codeUnresolved, "another evidence type"},
		"the time is over": {func(o *office, l *intake.Letter, _ *edm.EvidenceRequest) *intake.Letter {
			o.now = o.now.Add(time.Hour)
			return l
		}, codeTimeout, "time for the preview is over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openOffice(t)
			q := second(o.offered().PreviewLink)
			o.take(c.spoil(o, o.letter("second", q), q))
			if code, detail := o.replied("second"); code != c.code || !strings.Contains(detail, c.says) {
				t.Errorf("%s, %s", code, detail)
			}
		})
	}
}

// Somebody who moves the exchange at every try is no proof that its id was used.
func TestASecondRequestThatLosesEveryRaceComesAgain(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	l := o.letter("second", second(o.offered().PreviewLink))
	o.Keeper.State = always{o.store.State}
	if err := o.Take(t.Context(), l); !errors.Is(err, store.ErrConflict) {
		t.Errorf("%v", err)
	}
	if code, detail := o.replied("second"); code != "" {
		t.Errorf("answered %s, %s", code, detail)
	}
}

// always is a state in which somebody else was first.
type always struct{ store.State }

func (always) Commit(context.Context, []store.Change, []store.Command) (store.Version, error) {
	return 0, store.ErrConflict
}

func TestAReplyWhoseCommitGaveNoAnswerKeepsItsDocument(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	l := o.letter("x", second("https://people.example.lv/preview/unknown"))
	o.commits = func(n int) error { return map[int]error{1: errors.New("no answer")}[n] }
	if err := o.Take(t.Context(), l); err == nil {
		t.Fatal("the error is gone")
	}
	o.take(l) // the item comes again
	m, err := sending.Load(t.Context(), o.store.State, "reply-x")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{m.Contents[0].Key}, o.replies()); diff != "" {
		t.Errorf("documents of the reply: %s", diff)
	}
}

func TestAMatchingEndsAsTheRegistrySays(t *testing.T) {
	t.Parallel()
	anna := registry.Entry{Handle: "h", Identifier: "AB1234567", FamilyNames: []string{"Peeters"}, GivenName: "An", DateOfBirth: "1990-05-17"}
	later := anna
	later.AvailableFrom = edmtest.Issued.AddDate(0, 0, 1)
	slow := &registry.Error{Kind: registry.Slow, Rule: "registry.slow", Detail: "no answer", Do: "wait"}
	bad := &registry.Error{Kind: registry.BadAnswer, Rule: "registry.documents", Detail: "no documents", Do: "tell"}
	for name, c := range map[string]struct {
		found []registry.Entry
		err   error
		last  bool
		state exchange.State
		code  string
		again bool // the item comes again
	}{
		"one person":                    {found: []registry.Entry{anna}, state: exchange.Offered},
		"nobody":                        {state: exchange.Answered},
		"evidence later":                {found: []registry.Entry{later}, state: exchange.Answered},
		"a registry that is slow":       {err: slow, state: exchange.Received, again: true},
		"one that stays slow":           {err: slow, last: true, state: exchange.Refused, code: codeFailed},
		"one that answers wrong":        {err: bad, state: exchange.Refused, code: codeFailed},
		"something else":                {err: errors.New("disk"), state: exchange.Received, again: true},
		"something else, the last time": {err: errors.New("disk"), last: true, state: exchange.Refused, code: codeFailed, again: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := openOffice(t)
			l := o.letter("first", first())
			o.take(l)
			o.found, o.err = &registry.Found{Entries: c.found}, c.err
			key := o.record(l, first()).Key
			if err := o.Handle(t.Context(), exchange.Match, key, c.last); (err != nil) != c.again {
				t.Errorf("%v", err)
			}
			r, err := o.Keeper.Load(t.Context(), key)
			if err != nil || r.State != c.state || r.Code != c.code || strings.Contains(r.Detail, "Peeters") {
				t.Errorf("%s %s %s, %v", r.State, r.Code, r.Detail, err)
			}
		})
	}
	if err := openOffice(t).Handle(t.Context(), exchange.Match, "provider-none", false); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// An item may come a day late, when nobody waits for the answer any more.
func TestTheTimersOfARequestRunSinceItWasReceived(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]bool{"a request": false, "one that breaks a rule": true} {
		o := openOffice(t)
		q := first()
		l := o.letter("first", q)
		if wrong {
			l.Findings = []rules.Finding{{Rule: "R-EDM-REQ-S004", Level: rules.Fatal, Text: "it is right", Fix: "mend it"}}
		}
		o.now = o.now.AddDate(0, 0, 1)
		o.take(l)
		o.err = errors.New("nobody asks the registry")
		key := o.record(l, q).Key
		if err := o.Handle(t.Context(), exchange.Match, key, false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := o.Keeper.Wake(t.Context(), key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r, err := o.Keeper.Load(t.Context(), key)
		if want := map[bool]exchange.State{false: exchange.Expired, true: exchange.Refused}[wrong]; err != nil || r.State != want {
			t.Errorf("%s is %s (%s), %v", name, r.State, r.Code, err)
		}
	}
}

// A copy of an item that was slower than the end leaves nothing personal behind.
func TestAnItemOfAnEndedExchangeTakesAwayWhatAnotherLeft(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	l := o.letter("first", first())
	o.take(l)
	key := o.record(l, first()).Key
	o.now = o.now.Add(6 * time.Minute)
	if err := errors.Join(o.Keeper.Wake(t.Context(), key), o.sentAll(), o.Keeper.End(t.Context(), key)); err != nil {
		t.Fatal(err)
	}
	r, err := o.Keeper.Load(t.Context(), key)
	if err != nil || r.State != exchange.Expired {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := o.Keeper.PutAt(t.Context(), matchObject(r), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := o.Handle(t.Context(), exchange.Match, key, false); err != nil {
		t.Fatal(err)
	}
	if list, err := o.store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList); err != nil || len(list) > 0 {
		t.Errorf("left are %v, %v", list, err)
	}
}

// sentAll lets every ordered message be acknowledged.
func (o *office) sentAll() error {
	items, err := o.store.Queues.Receive(o.t.Context(), sending.Queue, 10, time.Minute)
	for _, i := range items {
		m, loadErr := sending.Load(o.t.Context(), o.store.State, string(i.Body))
		row, rowErr := o.store.State.Load(o.t.Context(), sending.Kind, string(i.Body))
		if err = errors.Join(err, loadErr, rowErr); err != nil {
			return err
		}
		m.State = sending.Acknowledged
		body, marshalErr := json.Marshal(m)
		row.Body = body
		_, commitErr := o.store.State.Commit(o.t.Context(), []store.Change{{Record: row, Expect: row.Version}}, nil)
		err = errors.Join(err, marshalErr, commitErr)
	}
	return err
}

func TestAnItemOfNoKnownKindIsAnError(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	l := o.letter("first", first())
	o.take(l)
	err := o.Handle(t.Context(), "dance", o.record(l, first()).Key, false)
	if err == nil || !strings.Contains(fmt.Sprint(err), `"dance"`) {
		t.Errorf("%v", err)
	}
}
