package conduct_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// desk is a keeper over a store of its own, whose commits can be interfered with.
type desk struct {
	*conduct.Keeper
	store   *embedded.Store
	journal *journal.Journal
	now     time.Time
	before  func() // once, before the next commit
	ids     int
}

// raced is a state in which somebody else moves first.
type raced struct {
	store.State
	d *desk
}

func (r raced) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	if other := r.d.before; other != nil {
		r.d.before = nil
		other()
	}
	return r.State.Commit(ctx, changes, commands)
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 9, 1, 9, 30, 0, 0, time.UTC)}
	clock := func() time.Time { return d.now }
	config := embedded.Config{Now: clock, Buckets: []embedded.Bucket{{Name: conduct.Bucket}, {Name: journal.Bucket, Lock: time.Hour}}}
	for _, q := range []string{conduct.Inbound, conduct.Requests, conduct.Provide, "outbound"} {
		config.Queues = append(config.Queues, embedded.Queue{Name: q, MaxReceives: 3})
	}
	s, err := embedded.Open(t.Context(), t.TempDir(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d.store, d.journal = s, &journal.Journal{Objects: s.Objects}
	newID := func() string { d.ids++; return fmt.Sprintf("id-%d", d.ids) }
	d.Keeper = &conduct.Keeper{State: raced{s.State, d}, Objects: s.Objects, Queue: s.Queues, Journal: d.journal, Now: clock, NewID: newID}
	carry := func(_ context.Context, r *conduct.Record, _ exchange.Do) (conduct.Effect, error) {
		return d.OrderFor(r, ebms.ExecuteQueryRequest, edm.Identifier{SchemeID: "s", Value: "us"}, edm.Identifier{SchemeID: "s", Value: "them"})
	}
	d.Carriers = map[exchange.Role]conduct.Carrier{exchange.Requester: carry, exchange.Provider: carry}
	return d
}

const key = "requester-1"

// begin starts a requester's exchange.
func (d *desk) begin(t *testing.T) {
	t.Helper()
	r := &conduct.Record{Key: key, Partner: ebms.PartyID{Type: "t", Value: "partner"}, Version: edm.V20}
	var commands []exchange.Command
	r.Exchange, commands = exchange.NewRequest("1", "conversation", d.now, exchange.DefaultTimers(exchange.Requester))
	if err := d.Start(t.Context(), r, commands, conduct.Step{Entries: []journal.Entry{entry(d.now, "asked")}}); err != nil {
		t.Fatal(err)
	}
}

func entry(at time.Time, detail string) journal.Entry {
	return journal.Entry{Kind: journal.ExplicitRequestGiven, At: at, Detail: detail}
}

func (d *desk) apply(t *testing.T, e exchange.Event, entries ...journal.Entry) *conduct.Record {
	t.Helper()
	r, err := d.Apply(t.Context(), key, conduct.Step{Event: e, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (d *desk) put(t *testing.T, key string) {
	t.Helper()
	if err := d.PutAt(t.Context(), key, []byte("personal")); err != nil {
		t.Fatal(err)
	}
}

// left are the keys in the bucket of what is personal.
func (d *desk) left(t *testing.T) []string {
	t.Helper()
	list, err := d.store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range list {
		keys = append(keys, o.Key)
	}
	return keys
}

func (d *desk) details(t *testing.T) []string {
	t.Helper()
	list, err := d.journal.Read(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	var details []string
	for _, e := range list {
		details = append(details, string(e.Kind)+" "+e.Detail)
	}
	return details
}

var cancel = exchange.Event{Kind: exchange.PersonCancels, ID: "cancel"}

func TestAStartIsJournalledAndSentAndCannotBeRepeated(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	list, err := d.store.Queues.Receive(t.Context(), conduct.Requests, 10, time.Minute)
	if err != nil || len(list) != 1 || string(list[0].Body) != "resolve/"+key {
		t.Errorf("the queue has %v, %v", list, err)
	}
	r, err := d.Load(t.Context(), key)
	if err != nil || !cmp.Equal(r.Effective, []int{1}) {
		t.Errorf("%+v, %v", r, err)
	}
	again := &conduct.Record{Key: key, Exchange: r.Exchange}
	if err := d.Start(t.Context(), again, nil, conduct.Step{Entries: []journal.Entry{entry(d.now, "again")}}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("started twice: %v", err)
	}
}

// died journals under the next numbers as processes do that die before the commit.
func (d *desk) died(t *testing.T, first, times int) {
	t.Helper()
	for n := first; n < first+times; n++ {
		lost := entry(d.now, fmt.Sprint("lost ", n))
		lost.Subject, lost.Sequence = key, n
		if err := d.journal.Write(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
	}
}

// However many processes died after the entry and before the commit, whoever
// comes next goes on, with few calls, under the next free number.
func TestEntriesOfWhoeverDiedBeforeTheCommitSpendTheirNumbers(t *testing.T) {
	t.Parallel()
	d := open(t)
	counted := &counting{Journal: d.journal}
	d.Keeper.Journal = counted
	d.died(t, 1, 50)
	d.begin(t)
	d.died(t, 52, 50)
	note := func(r *conduct.Record) bool { r.Visited = true; return true }
	if r, err := d.Note(t.Context(), key, note, entry(d.now, "visited"), entry(d.now, "looked")); err != nil || !cmp.Equal(r.Effective, []int{51, 102, 103}) {
		t.Fatalf("%+v, %v", r, err)
	}
	d.died(t, 104, 50)
	if r := d.apply(t, cancel, entry(d.now, "cancelled")); !cmp.Equal(r.Effective, []int{51, 102, 103, 154}) {
		t.Errorf("effective are %v", r.Effective)
	}
	d.died(t, 155, 50)
	if err := d.End(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	all := d.details(t)
	if len(all) != 205 || all[50] != "explicit_request_given asked" || all[153] != "explicit_request_given cancelled" || all[204] != "exchange_ended " {
		t.Errorf("%d entries, the last is %s", len(all), all[len(all)-1])
	}
	if counted.calls > 20 {
		t.Errorf("%d calls of the journal for four steps", counted.calls)
	}
}

// counting counts what is asked of a journal.
type counting struct {
	*journal.Journal
	calls int
}

func (c *counting) Write(ctx context.Context, e journal.Entry) error {
	c.calls++
	return c.Journal.Write(ctx, e)
}

func (c *counting) Last(ctx context.Context, subject string, after int) (int, error) {
	c.calls++
	return c.Journal.Last(ctx, subject, after)
}

// Who journalled first may be overtaken by who came later and committed first.
func TestAStepThatLosesARaceIsJudgedOnWhatTheWinnerLeft(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	d.before = func() { d.apply(t, cancel, entry(d.now, "cancelled")) }
	r, err := d.Apply(t.Context(), key, conduct.Step{
		Event: exchange.Event{Kind: exchange.Unresolvable, ID: "resolve", Code: "x"}, Entries: []journal.Entry{entry(d.now.Add(time.Second), "searched")},
	})
	ignored := (*exchange.Ignored)(nil)
	if !errors.As(err, &ignored) || ignored.Rule != "exchange.final" || r.State != exchange.Cancelled || !cmp.Equal(r.Effective, []int{1, 3}) {
		t.Errorf("%+v, %v", r, err)
	}
	want := []string{"explicit_request_given asked", "explicit_request_given searched", "explicit_request_given cancelled"}
	if diff := cmp.Diff(want, d.details(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAnExchangeWhoseTimeIsOverIsExpiredForWhoeverLooks(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	d.now = d.now.Add(6 * time.Minute)
	if r, err := d.Load(t.Context(), key); err != nil || r.State != exchange.Expired {
		t.Errorf("%+v, %v", r, err)
	}
	for range 2 { // committed by the first, ignored by the second
		if err := d.Wake(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if err := d.Wake(t.Context(), "requester-none"); err != nil {
		t.Error(err)
	}
	due, err := d.store.State.DueBefore(t.Context(), conduct.Kind, d.now.Add(time.Hour), 10)
	if err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", due, err)
	}
}

func TestANoteIsWrittenOnTheNewestRecordOrNotAtAll(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	d.before = func() { d.apply(t, cancel) }
	r, err := d.Note(t.Context(), key, func(r *conduct.Record) bool {
		r.Visited = true
		return !r.State.Final()
	}, entry(d.now, "visited"))
	if err != nil || r.State != exchange.Cancelled {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err = d.Load(t.Context(), key); err != nil || r.Visited {
		t.Errorf("the note is on the record: %+v, %v", r, err)
	}
}

// The entry that a loser of the race against the end has journalled stands under
// the number that the end kept for itself.
func TestTheOutcomeIsJournalledAlthoughItsNumberIsSpent(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	d.put(t, "case/"+key+"/request")
	d.before = func() { d.apply(t, cancel) }
	if _, err := d.Apply(t.Context(), key, conduct.Step{Event: exchange.Event{Kind: exchange.Unresolvable, ID: "resolve"}, Entries: []journal.Entry{entry(d.now, "searched")}}); err == nil {
		t.Fatal("the loser won")
	}
	for range 2 {
		if err := d.End(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"explicit_request_given asked", "explicit_request_given searched", "exchange_ended "}
	if diff := cmp.Diff(want, d.details(t)); diff != "" {
		t.Error(diff)
	}
	if left := d.left(t); left != nil {
		t.Errorf("left are %v", left)
	}
}

func TestTheEndWaitsForTheLastMessageBeforeItForgets(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	d.put(t, "case/"+key+"/request")
	d.put(t, "in/part-01")
	d.put(t, "case/requester-2/request")
	if err := d.End(t.Context(), key); err != nil || len(d.left(t)) != 3 {
		t.Errorf("the end of an exchange that goes on: %v, %v", d.left(t), err)
	}
	r, err := d.Apply(t.Context(), key, conduct.Step{Event: exchange.Event{Kind: exchange.Resolved, ID: "resolve", RequestID: "q"}, Edit: func(r *conduct.Record) { r.Parts = []string{"in/part-01"} }})
	if err != nil {
		t.Fatal(err)
	}
	d.apply(t, cancel)
	if err := d.End(t.Context(), key); err != nil || len(d.left(t)) != 3 {
		t.Errorf("a message that is not sent needs what is deleted: %v, %v", d.left(t), err)
	}
	d.sent(t, r.Outgoing[0])
	if err := d.End(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"case/requester-2/request"}, d.left(t)); diff != "" {
		t.Error(diff)
	}
	if got := d.details(t); got[len(got)-1] != "exchange_ended " {
		t.Errorf("journalled are %v", got)
	}
}

// sent makes a message one that was delivered.
func (d *desk) sent(t *testing.T, key string) {
	t.Helper()
	row, err := d.store.State.Load(t.Context(), "outgoing", key)
	if err != nil {
		t.Fatal(err)
	}
	row.Body = []byte(strings.Replace(string(row.Body), `"State":"ordered"`, `"State":"acknowledged"`, 1))
	if _, err := d.store.State.Commit(t.Context(), []store.Change{{Record: row, Expect: row.Version}}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWhyAnExchangeEndedIsKeptWithinItsLimit(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.begin(t)
	long := strings.Repeat("ā", conduct.MaxDetail+1)
	if _, err := d.Apply(t.Context(), key, conduct.Step{Event: cancel, Edit: func(r *conduct.Record) { r.Detail = long }}); err != nil {
		t.Fatal(err)
	}
	r, err := d.Load(t.Context(), key)
	if err != nil || len([]rune(r.Detail)) != conduct.MaxDetail || !strings.HasSuffix(r.Detail, "ā…") {
		t.Errorf("%d characters, %v", len([]rune(r.Detail)), err)
	}
}

func TestAMessageSaysWhatItsLineHas(t *testing.T) {
	t.Parallel()
	for version, want := range map[edm.Version][]string{edm.V12: {ebms.OriginalSender, ebms.FinalRecipient}, edm.V20: {ebms.OriginalSender, ebms.FinalRecipient, ebms.ExchangeID, ebms.SpecificationID}} {
		e, err := open(t).Order(conduct.Envelope{Key: "k", Action: ebms.ExecuteQueryRequest, Version: version, Contents: []conduct.Content{{Key: "a", CID: "a", MimeType: conduct.RegRepType}}})
		if err != nil || len(e.Changes) != 1 || len(e.Commands) != 1 {
			t.Fatalf("%+v, %v", e, err)
		}
		for _, name := range []string{ebms.OriginalSender, ebms.FinalRecipient, ebms.ExchangeID, ebms.SpecificationID} {
			listed := strings.Contains(strings.Join(want, " "), name)
			if strings.Contains(string(e.Changes[0].Body), `"Name":"`+name+`"`) != listed {
				t.Errorf("%s: %s is there: %v", version, name, !listed)
			}
		}
	}
}
