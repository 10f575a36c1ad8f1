package exchange

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// step is an event some minutes after the start.
type step struct {
	at int
	Event
}

func run(t *testing.T, x Exchange, steps []step) (Exchange, []string) {
	t.Helper()
	var done []string
	for _, s := range steps {
		next, commands, err := x.Apply(s.Event, start.Add(time.Duration(s.at)*time.Minute))
		var ignored *Ignored
		if err != nil && !errors.As(err, &ignored) {
			t.Fatalf("%s: %v", s.Kind, err)
		}
		if ignored != nil {
			done = append(done, ignored.Rule)
		}
		for _, c := range commands {
			done = append(done, string(c.Do))
		}
		x = next
	}
	return x, done
}

func at(minute int, kind Kind, edit ...func(*Event)) step {
	s := step{minute, Event{Kind: kind, ID: fmt.Sprintf("%s at %d", kind, minute)}}
	for _, e := range edit {
		e(&s.Event)
	}
	return s
}

func request(id string) func(*Event) { return func(e *Event) { e.RequestID = id } }
func code(c string) func(*Event)     { return func(e *Event) { e.Code = c } }
func link(l string) func(*Event)     { return func(e *Event) { e.PreviewLocation = l } }
func accepts(n int) func(*Event)     { return func(e *Event) { e.Accepted = n } }
func named(id string) func(*Event)   { return func(e *Event) { e.ID = id } }
func sent(minute int) func(*Event) {
	return func(e *Event) { e.Message = start.Add(time.Duration(minute) * time.Minute) }
}
func available(days int) func(*Event) {
	return func(e *Event) { e.Available = start.AddDate(0, 0, days) }
}

func TestTheRequesterGoesItsWays(t *testing.T) {
	t.Parallel()
	first := at(0, Resolved, request("q1"))
	preview := []step{first, at(1, PreviewDemanded, request("q1"), link("https://p/1"))}
	launched := append(slices.Clone(preview), at(3, PersonContinues, request("q2")))
	cases := []struct {
		name  string
		steps []step
		want  State
		done  []string
	}{
		{"evidence without preview", []step{first, at(2, EvidenceArrived, request("q1"), accepts(2)), at(5, PortalConfirms)}, Confirmed, []string{"send-request-1", "tell-portal", "delete-evidence"}},
		{"evidence after preview", append(slices.Clone(launched), at(20, EvidenceArrived, request("q2"), accepts(1)), at(21, PortalConfirms)), Confirmed, []string{"send-request-1", "tell-portal", "send-request-2", "tell-portal", "delete-evidence"}},
		{"declined in the preview", append(slices.Clone(launched), at(9, NothingArrived, request("q2"))), Declined, []string{"send-request-1", "tell-portal", "send-request-2", "tell-portal"}},
		{"nothing found", []step{first, at(1, NothingArrived, request("q1"))}, Unmatched, []string{"send-request-1", "tell-portal"}},
		{"nobody to ask", []step{at(0, Unresolvable, code("DSD:ERR:0001"))}, Refused, []string{"tell-portal"}},
		{"evidence later", []step{first, at(1, Postponed, request("q1"), available(3))}, Deferred, []string{"send-request-1", "tell-portal"}},
		{"refused by an error", []step{first, at(1, ErrorArrived, request("q1"), code("EDM:ERR:0001"))}, Refused, []string{"send-request-1", "tell-portal"}},
		{"the partner is down", []step{first, at(4, MessageFailed, request("q1"), code("EBMS:0301"))}, Undelivered, []string{"send-request-1", "tell-portal"}},
		{"T1: no answer in six minutes", []step{first, at(6, DeadlinePassed)}, Expired, []string{"send-request-1", "tell-portal"}},
		{"an answer after T1 comes too late", []step{first, at(6, EvidenceArrived, request("q1"))}, Expired, []string{"send-request-1", "exchange.final", "tell-portal"}},
		{"a wake-up before T1 changes nothing", []step{first, at(5, DeadlinePassed)}, Request1Sent, []string{"send-request-1", "exchange.unexpected"}},
		{"T2: the person does not go on", append(slices.Clone(preview), at(16, DeadlinePassed)), Expired, []string{"send-request-1", "tell-portal", "tell-portal"}},
		{"T3: the preview takes too long", append(slices.Clone(launched), at(44, DeadlinePassed)), Expired, []string{"send-request-1", "tell-portal", "send-request-2", "tell-portal"}},
		{"the whole must not take longer than 62 minutes", []step{first, at(5, PreviewDemanded, request("q1"), link("l")), at(19, PersonContinues, request("q2"), sent(23)), at(62, EvidenceArrived, request("q2"))}, Expired, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.final", "tell-portal"}},
		{"a double click goes on once", append(slices.Clone(launched), at(3, PersonContinues, request("q3"), named("click"))), Request2Sent, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.unexpected"}},
		{"the same event twice", append(slices.Clone(launched), at(3, PersonContinues, request("q2"))), Request2Sent, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.repeated"}},
		{"an answer to another request", []step{first, at(1, EvidenceArrived, request("other"))}, Request1Sent, []string{"send-request-1", "exchange.correlation"}},
		{"an answer to request 1 when request 2 is out", append(slices.Clone(launched), at(5, EvidenceArrived, request("q1"))), Request2Sent, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.correlation"}},
		{"a late failure of request 1 does not touch request 2", append(slices.Clone(launched), at(5, MessageFailed, request("q1"))), Request2Sent, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.correlation"}},
		{"a second preview link", append(slices.Clone(launched), at(5, PreviewDemanded, request("q2"), link("again"))), Request2Sent, []string{"send-request-1", "tell-portal", "send-request-2", "exchange.unexpected"}},
		{"the person gives up before the preview", append(slices.Clone(preview), at(4, PersonCancels)), Cancelled, []string{"send-request-1", "tell-portal", "tell-portal"}},
		{"evidence after giving up is dropped", append(slices.Clone(launched), at(4, PersonCancels), at(5, EvidenceArrived, request("q2"))), Cancelled, []string{"send-request-1", "tell-portal", "send-request-2", "tell-portal", "exchange.final"}},
		{"evidence that nobody fetches is deleted after a day", []step{first, at(2, EvidenceArrived, request("q1")), at(2+24*60, DeadlinePassed)}, Expired, []string{"send-request-1", "tell-portal", "delete-evidence", "tell-portal"}},
		{"evidence waits longer than the exchange may take", []step{first, at(2, EvidenceArrived, request("q1")), at(63, PortalConfirms)}, Confirmed, []string{"send-request-1", "tell-portal", "delete-evidence"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x, commands := NewRequest("x", "c", start, DefaultTimers(Requester))
			if len(commands) != 1 || commands[0].Do != Resolve {
				t.Fatalf("it starts with %v", commands)
			}
			got, done := run(t, x, c.steps)
			if diff := cmp.Diff(c.done, done); got.State != c.want || diff != "" {
				t.Errorf("ends %s, want %s; done (-want +got):\n%s", got.State, c.want, diff)
			}
		})
	}
}

func TestTheProviderGoesItsWays(t *testing.T) {
	t.Parallel()
	offered := at(1, Matched, link("https://p/1"))
	second := at(4, SecondRequest, request("q2"), link("https://p/1"))
	cases := []struct {
		name  string
		steps []step
		want  State
		code  string
		done  []string
	}{
		{"answered directly", []step{at(1, MatchedDirectly), at(2, AnswerReady)}, Answered, "", []string{"fetch", "send-response"}},
		{"request 2, then the decision", []step{offered, second, at(9, PersonDecides, accepts(2)), at(10, AnswerReady)}, Answered, "", []string{"offer-preview", "build-response", "send-response"}},
		{"the decision, then request 2", []step{offered, at(3, PersonDecides, accepts(2)), second, at(10, AnswerReady)}, Answered, "", []string{"offer-preview", "build-response", "send-response"}},
		{"request 2, then nothing accepted", []step{offered, second, at(9, PersonDecides)}, Declined, "", []string{"offer-preview", "answer-empty"}},
		{"nothing accepted, then request 2", []step{offered, at(3, PersonDecides), second}, Declined, "", []string{"offer-preview", "answer-empty"}},
		{"a decision is final", []step{offered, at(3, PersonDecides), at(4, PersonDecides, accepts(2))}, Decided, "", []string{"offer-preview", "exchange.unexpected"}},
		{"a broken rule", []step{at(1, RequestInvalid, code("EDM:ERR:0003"))}, Refused, "EDM:ERR:0003", []string{"answer-error"}},
		{"nobody matches", []step{at(1, NotMatched)}, Answered, "", []string{"answer-empty"}},
		{"two match", []step{at(1, AmbiguouslyMatched)}, Refused, "EDM:ERR:0004", []string{"answer-error"}},
		{"the registry will have it later", []step{at(1, EvidencePostponed, available(2))}, Answered, "", []string{"answer-later"}},
		{"the registry is down", []step{at(1, RegistryFailed, code("EDM:ERR:0008"))}, Refused, "EDM:ERR:0008", []string{"answer-error"}},
		{"the registry is down when the response is built", []step{at(1, MatchedDirectly), at(2, RegistryFailed, code("EDM:ERR:0008"))}, Refused, "EDM:ERR:0008", []string{"fetch", "answer-error"}},
		{"T1: no answer in five minutes", []step{at(5, DeadlinePassed)}, Expired, "EDM:ERR:0005", []string{"answer-error"}},
		{"T2: neither the person nor request 2 comes: nothing is open, nothing is answered", []step{offered, at(17, DeadlinePassed)}, Expired, "", []string{"offer-preview"}},
		{"request 2 after T2", []step{offered, at(18, SecondRequest, request("q2"), link("https://p/1"))}, Expired, "", []string{"offer-preview", "exchange.final"}},
		{"T3: the person leaves", []step{offered, second, at(44, DeadlinePassed)}, Expired, "EDM:ERR:0005", []string{"offer-preview", "answer-error"}},
		{"a decision after T3 is no decision", []step{offered, second, at(44, PersonDecides, accepts(1))}, Expired, "EDM:ERR:0005", []string{"offer-preview", "exchange.final", "answer-error"}},
		{"request 2 with a foreign link", []step{offered, at(4, SecondRequest, request("q2"), link("https://p/other"))}, Offered, "", []string{"offer-preview", "exchange.unexpected"}},
		{"request 2 without an offer", []step{at(4, SecondRequest, request("q2"))}, Received, "", []string{"exchange.unexpected"}},
		{"request 2 twice", []step{offered, second, at(5, SecondRequest, request("q3"), link("https://p/1"))}, Bound, "", []string{"offer-preview", "exchange.unexpected"}},
		{"another person comes, request 2 is in", []step{offered, second, at(5, PersonIsAnother)}, Refused, "EDM:ERR:0004", []string{"offer-preview", "answer-error"}},
		{"a timestamp that is far off counts as the arrival", []step{offered, at(4, SecondRequest, request("q2"), link("https://p/1"), sent(-600)), at(43, PersonDecides, accepts(1)), at(44, AnswerReady)}, Answered, "", []string{"offer-preview", "build-response", "send-response"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x, commands := NewProvision("x", "c", "q1", start, start, DefaultTimers(Provider))
			if len(commands) != 1 || commands[0].Do != Match {
				t.Fatalf("it starts with %v", commands)
			}
			got, done := run(t, x, c.steps)
			if diff := cmp.Diff(c.done, done); got.State != c.want || got.Code != c.code || diff != "" {
				t.Errorf("ends %s %q, want %s %q; done (-want +got):\n%s", got.State, got.Code, c.want, c.code, diff)
			}
		})
	}
}

func TestTheTablesAreWhole(t *testing.T) {
	t.Parallel()
	for role, table := range map[Role][]transition{Requester: requesterTable, Provider: providerTable} {
		reached, left := map[State]bool{Created: true, Received: true}, map[State]bool{}
		for _, row := range table {
			reached[row.to], left[row.from] = true, true
			if row.from.Final() {
				t.Errorf("%s: a row leaves the final state %s", role, row.from)
			}
		}
		for state := range reached {
			if !state.Final() && !left[state] && state != Created && state != Received {
				t.Errorf("%s: nothing leads out of %s", role, state)
			}
		}
		for state := range left {
			if !reached[state] {
				t.Errorf("%s: nothing leads to %s", role, state)
			}
		}
	}
}

// answers are the commands that answer a request on the wire.
var answers = map[Do]bool{OfferPreview: true, AnswerError: true, AnswerEmpty: true, AnswerLater: true, SendResponse: true}

// Whatever happens in whatever order: a final state stays, no request is
// answered twice, evidence leaves only for what the person accepted, every
// state that is not final has a deadline, and command ids are never used twice.
func TestNoOrderOfEventsBreaksTheProvider(t *testing.T) {
	t.Parallel()
	kinds := []Kind{RequestInvalid, Matched, MatchedDirectly, NotMatched, AmbiguouslyMatched, EvidencePostponed, RegistryFailed, SecondRequest, PersonDecides, PersonIsAnother, AnswerReady, DeadlinePassed}
	rapid.Check(t, func(t *rapid.T) {
		x, commands := NewProvision("x", "c", "q1", start, start, DefaultTimers(Provider))
		w := &watch{t: t, ids: map[string]bool{}}
		w.see(x, x, commands)
		for i, now := range times(t) {
			e := Event{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), ID: fmt.Sprint("e", rapid.IntRange(0, i).Draw(t, "id")), RequestID: fmt.Sprint("q", i+2), PreviewLocation: rapid.SampledFrom([]string{"", "ours", "other"}).Draw(t, "link"), Accepted: rapid.IntRange(0, 2).Draw(t, "accepted"), Code: "EDM:ERR:0003"}
			next, commands, _ := x.Apply(e, now)
			w.see(x, next, commands)
			x = next
		}
		if w.answered > len(x.Requests) {
			t.Fatalf("%d answers to %d requests", w.answered, len(x.Requests))
		}
		if w.sent && x.Accepted == 0 && len(x.Requests) > 1 {
			t.Fatal("evidence was sent that nobody accepted")
		}
	})
}

func TestNoOrderOfEventsBreaksTheRequester(t *testing.T) {
	t.Parallel()
	kinds := []Kind{Resolved, Unresolvable, MessageFailed, PreviewDemanded, EvidenceArrived, NothingArrived, Postponed, ErrorArrived, PersonContinues, PersonCancels, PortalConfirms, DeadlinePassed}
	rapid.Check(t, func(t *rapid.T) {
		x, commands := NewRequest("x", "c", start, DefaultTimers(Requester))
		w := &watch{t: t, ids: map[string]bool{}}
		w.see(x, x, commands)
		for i, now := range times(t) {
			e := Event{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), ID: fmt.Sprint("e", rapid.IntRange(0, i).Draw(t, "id")), RequestID: rapid.SampledFrom([]string{"q1", "q2", "q3"}).Draw(t, "request"), PreviewLocation: "p"}
			next, commands, _ := x.Apply(e, now)
			w.see(x, next, commands)
			x = next
		}
		if w.deleted != (w.delivered && x.State.Final()) {
			t.Fatalf("delivered %v, final %v, deleted %v", w.delivered, x.State.Final(), w.deleted)
		}
	})
}

// times are some instants in order, mostly close together.
func times(t *rapid.T) []time.Time {
	now := start
	var list []time.Time
	for range rapid.IntRange(1, 12).Draw(t, "events") {
		now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 2, 10, 30}).Draw(t, "minutes")) * time.Minute)
		list = append(list, now)
	}
	return list
}

// watch checks what must hold after every event.
type watch struct {
	t                        *rapid.T
	ids                      map[string]bool
	answered                 int
	sent, delivered, deleted bool
}

func (w *watch) see(before, after Exchange, commands []Command) {
	if before.State.Final() && after.State != before.State {
		w.t.Fatalf("the final state %s became %s", before.State, after.State)
	}
	if !after.State.Final() && after.Due().IsZero() {
		w.t.Fatalf("state %s has no deadline", after.State)
	}
	if after.State.Final() && !after.Due().IsZero() {
		w.t.Fatalf("the final state %s is due", after.State)
	}
	w.delivered = w.delivered || after.State == Delivered
	for _, c := range commands {
		if w.ids[c.ID] {
			w.t.Fatalf("the command id %s was used before", c.ID)
		}
		w.ids[c.ID] = true
		w.sent = w.sent || c.Do == SendResponse
		w.deleted = w.deleted || c.Do == DeleteEvidence
		if answers[c.Do] {
			w.answered++
		}
	}
}

func TestAnEventLeavesTheGivenExchangeAsItWas(t *testing.T) {
	t.Parallel()
	x, _ := NewRequest("x", "c", start, DefaultTimers(Requester))
	x, _, _ = x.Apply(Event{Kind: Resolved, ID: "1", RequestID: "q1"}, start)
	before := fmt.Sprintf("%+v", x)
	_, _, _ = x.Apply(Event{Kind: PreviewDemanded, ID: "2", RequestID: "q1", PreviewLocation: "p"}, start)
	_, _, _ = x.Apply(Event{Kind: EvidenceArrived, ID: "3", RequestID: "q1"}, start)
	if after := fmt.Sprintf("%+v", x); after != before {
		t.Errorf("it became %s", after)
	}
}

func TestALookAtAnOverdueExchangeFindsItExpired(t *testing.T) {
	t.Parallel()
	x, _ := NewRequest("x", "c", start, DefaultTimers(Requester))
	if got, commands := x.At(start.Add(5 * time.Minute)); got.State != Created || commands != nil {
		t.Errorf("after 5 minutes: %s, %v", got.State, commands)
	}
	if got, commands := x.At(start.Add(6 * time.Minute)); got.State != Expired || len(commands) != 1 {
		t.Errorf("after 6 minutes: %s, %v", got.State, commands)
	}
}
