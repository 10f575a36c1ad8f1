package world_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"pgregory.net/rapid"

	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	send "github.com/vienreiz/vienreiz/functions/as4-send/handler"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	handle "github.com/vienreiz/vienreiz/functions/exchange/handler"
	provide "github.com/vienreiz/vienreiz/functions/provide/handler"
	resolve "github.com/vienreiz/vienreiz/functions/resolve/handler"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
)

// handTime is a clock that the test moves.
type handTime struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handTime) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handTime) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// line is the wire between the two: it carries what one sends to the other's
// handler, and fails when it is told to.
type line struct {
	other func() http.Handler
	fault string // of the next message: "", "lost" before it arrives, "deaf" after it, "twice"
	// instead, where set, is what answers in place of the other.
	instead http.Handler
}

var errLine = errors.New("the line broke")

func (l *line) Client(http.RoundTripper) http.RoundTripper { return l }
func (l *line) Server(h http.Handler) http.Handler         { return h }

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	fault := l.fault
	l.fault = ""
	body, err := io.ReadAll(r.Body)
	if err != nil || fault == "lost" {
		return nil, errors.Join(err, errLine)
	}
	if l.instead != nil {
		w := httptest.NewRecorder()
		l.instead.ServeHTTP(w, r)
		return w.Result(), nil
	}
	answer := l.carry(r, body)
	if fault == "twice" {
		answer = l.carry(r, body)
	}
	if fault == "deaf" {
		return nil, errLine
	}
	return answer.Result(), nil
}

func (l *line) carry(r *http.Request, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	in := httptest.NewRequest(r.Method, r.URL.String(), bytes.NewReader(body))
	in.Header = r.Header
	l.other().ServeHTTP(w, in)
	return w
}

var queues = []string{"outbound", "inbound", "requests", "provide"}

type consumer func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// side is one node that the test moves by hand.
type side struct {
	*world.Tenant
	handlers map[string]consumer
	line     *line
	state    store.State
	queues   operated
	objects  store.Objects
	hidden   time.Duration // for which a received item is hidden
}

// operated is a store's queues with the operator's view.
type operated interface {
	store.Queue
	store.DeadLetters
}

func newSide(t *world.Tenant, l *line) *side {
	a := t.Assembly
	return &side{Tenant: t, line: l, state: t.Store.State, queues: t.Store.Queues, objects: t.Store.Objects, hidden: 30 * time.Second, handlers: map[string]consumer{"outbound": send.New(a), "inbound": handle.New(a), "requests": resolve.New(a), "provide": provide.New(a)}}
}

// move handles one item of a queue, and forgets to delete it when keep is set:
// then it comes again. It reports whether there was one.
func (s *side) move(queue string, keep bool) bool {
	ctx := context.Background()
	list, err := s.queues.Receive(ctx, queue, 1, s.hidden)
	if err != nil || len(list) == 0 {
		return false
	}
	m := list[0]
	e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(m.Body), MessageAttributes: gate.Naming(m.Queue, m.Command), Attributes: map[string]string{"ApproximateReceiveCount": fmt.Sprint(m.Receives)}, ReceiptHandle: m.Handle}}}
	answer, err := s.handlers[queue](ctx, e)
	if err == nil && len(answer.BatchItemFailures) == 0 && !keep {
		_ = s.queues.Delete(ctx, queue, m.Handle)
	}
	return true
}

// settle handles everything that can be handled now.
func settle(sides ...*side) {
	for moved := true; moved; {
		moved = false
		for _, s := range sides {
			for _, q := range queues {
				moved = s.move(q, false) || moved
			}
		}
	}
}

// model is one exchange between two nodes.
type model struct {
	w        *world.World
	time     *handTime
	lt, lv   *side
	id       string
	accepted int // pieces that the person accepted; -1: no decision counted
	ends     map[exchange.State]int
}

func (m *model) desk() *requester.Desk { return m.lt.Assembly.Requester }

func (m *model) view(t *rapid.T) *requester.View {
	v, err := m.desk().View(context.Background(), world.DirectID, m.id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// person is in the preview space: signs in, looks and decides.
func (m *model) person(t *rapid.T, accept []int) {
	ctx := context.Background()
	r, err := m.lt.Assembly.Keeper.Load(ctx, conduct.Key(exchange.Requester, m.id))
	if err != nil || r.PreviewLink == "" {
		return
	}
	space := m.lv.Assembly.Preview
	p, err := space.Find(ctx, r.PreviewLink)
	if err != nil {
		t.Fatalf("the link that was given out: %v", err)
	}
	if !preview.Open(p) {
		return
	}
	if ok, err := space.Admit(ctx, p, preview.Present{Person: m.w.Residents.Persons["anna"].Person("LV", "Substantial")}); err != nil || !ok {
		t.Fatalf("the person is not admitted: %v", err)
	}
	if p, err = space.Evidence(ctx, p); err != nil {
		return
	}
	if _, err := space.Decide(ctx, p, accept); err == nil && m.accepted < 0 {
		m.accepted = len(accept)
	}
}

// Whatever comes in whatever order, lost, late or twice: both nodes come to an
// end in which nothing is lost, nothing doubled, and nothing personal is left.
// The handlers and the store are the real ones.
func TestEveryInterleavingEndsWithNothingLostOrDoubled(t *testing.T) {
	m := &model{time: &handTime{now: time.Now()}}
	lines := map[string]*line{"LT": {}, "LV": {}}
	m.w = open(t, world.Options{Still: true, Now: m.time.Now, Wire: func(c string) world.Wire { return lines[c] }})
	m.lt, m.lv = newSide(m.w.Tenants["LT"], lines["LT"]), newSide(m.w.Tenants["LV"], lines["LV"])
	lines["LT"].other = func() http.Handler { return receive.New(m.lv.Assembly) }
	lines["LV"].other = func() http.Handler { return receive.New(m.lt.Assembly) }
	quiet(t)
	m.ends = map[exchange.State]int{}
	rapid.Check(t, func(t *rapid.T) { m.run(t) })
	t.Logf("exchanges ended as %v", m.ends)
}

func (m *model) run(t *rapid.T) {
	ctx := context.Background()
	portal, err := m.lt.Assembly.Tenant.Portal(ctx, world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	o := requester.Order{
		Procedure: "T3", Requirement: m.w.Published().RequirementURL("tertiary-qualification"), Country: "LV", Language: "EN", ReturnURL: "https://127.0.0.1/return",
		Subject:         &requester.Subject{Person: m.w.Residents.Persons["anna"].Person("LT", "Substantial")},
		ExplicitRequest: &requester.ExplicitRequest{At: m.time.Now(), Language: "EN", Text: "I ask for it."},
	}
	v, err := m.desk().Create(ctx, *portal, "", o)
	if err != nil {
		t.Fatal(err)
	}
	m.id, m.accepted = v.ID, -1
	sides := []*side{m.lt, m.lv}
	t.Repeat(map[string]func(*rapid.T){
		"an item is handled": func(t *rapid.T) {
			s := rapid.SampledFrom(sides).Draw(t, "side")
			s.move(rapid.SampledFrom(queues).Draw(t, "queue"), rapid.Bool().Draw(t, "again"))
		},
		"much is handled": func(t *rapid.T) { settle(sides...) },
		"the line fails": func(t *rapid.T) {
			rapid.SampledFrom(sides).Draw(t, "side").line.fault = rapid.SampledFrom([]string{"lost", "deaf", "twice"}).Draw(t, "fault")
		},
		"time passes": func(t *rapid.T) {
			m.time.pass(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 3 * time.Minute, 6 * time.Minute, 16 * time.Minute}).Draw(t, "for"))
		},
		"the clock comes":     func(t *rapid.T) { m.tick(t) },
		"the person goes on":  func(t *rapid.T) { _, _ = m.desk().Continue(ctx, world.DirectID, m.id) },
		"the person accepts":  func(t *rapid.T) { m.person(t, []int{1}) },
		"the person declines": func(t *rapid.T) { m.person(t, nil) },
		"the portal cancels":  func(t *rapid.T) { m.sometimes(t, func() { _, _ = m.desk().Cancel(ctx, world.DirectID, m.id) }) },
		"the portal confirms": func(t *rapid.T) { _, _ = m.desk().Confirm(ctx, world.DirectID, m.id) },
		"":                    func(t *rapid.T) { m.always(t) },
	})
	m.end(t)
}

// sometimes keeps what ends everything from doing so in most runs.
func (m *model) sometimes(t *rapid.T, do func()) {
	if rapid.IntRange(0, 4).Draw(t, "chance") == 0 {
		do()
	}
}

func (m *model) tick(t *rapid.T) {
	for _, s := range []*side{m.lt, m.lv} {
		if err := clock.New(s.Assembly)(context.Background(), events.CloudWatchEvent{}); err != nil {
			t.Fatalf("the clock: %v", err)
		}
	}
}

// always holds after every step.
func (m *model) always(t *rapid.T) {
	v := m.view(t)
	if (v.State == exchange.Delivered || v.State == exchange.Confirmed) && m.accepted <= 0 {
		t.Fatalf("%s although the person accepted nothing", v.State)
	}
	if v.State == exchange.Delivered && len(v.Documents) == 0 {
		t.Fatal("delivered without a document")
	}
}

// end lets everything run out, and judges what is left.
func (m *model) end(t *rapid.T) {
	for range 30 {
		m.tick(t)
		settle(m.lt, m.lv)
		m.time.pass(4 * time.Minute)
	}
	if m.view(t).State == exchange.Delivered {
		m.time.pass(25 * time.Hour)
	}
	for range 3 {
		m.tick(t)
		settle(m.lt, m.lv)
		m.time.pass(2 * time.Minute)
	}
	if v := m.view(t); !v.Final {
		t.Fatalf("the exchange never ended: %s", v.State)
	}
	m.ends[m.view(t).State]++
	for _, s := range []*side{m.lt, m.lv} {
		m.empty(t, s)
	}
	m.once(t, m.lt)
}

// empty sees that nothing personal, no item and no command is left.
func (m *model) empty(t *rapid.T, s *side) {
	ctx := context.Background()
	for _, bucket := range []string{"evidence", "outbox"} {
		if list, err := s.objects.List(ctx, bucket, "", "", 10); err != nil || len(list) > 0 {
			t.Fatalf("%s: bucket %s still holds %d objects such as %v, %v", s.Country, bucket, len(list), list, err)
		}
	}
	for _, q := range queues {
		if b, err := s.queues.Backlog(ctx, q); err != nil || b.Waiting+b.Hidden > 0 || b.Dead > 0 {
			t.Fatalf("%s: queue %s holds %+v, %v", s.Country, q, b, err)
		}
	}
	if list, err := s.state.Uncleared(ctx, m.time.Now().Add(2*store.Buried), 10); err != nil || len(list) > 0 {
		t.Fatalf("%s: commands are left: %v, %v", s.Country, list, err)
	}
}

// once sees that the journal has one outcome, and that each effect has its intent.
func (m *model) once(t *rapid.T, s *side) {
	entries, err := s.Assembly.Journal.Read(context.Background(), conduct.Key(exchange.Requester, m.id))
	if err != nil {
		t.Fatal(err)
	}
	count := map[journal.Kind]int{}
	for _, e := range entries {
		count[e.Kind]++
	}
	if count[journal.ExplicitRequestGiven] != 1 || count[journal.ExchangeEnded] != 1 || count[journal.EvidenceDelivered] > 1 {
		t.Fatalf("the journal says %v", count)
	}
	if state := m.view(t).State; (state == exchange.Confirmed) != (count[journal.EvidenceDelivered] == 1) {
		t.Fatalf("state %s, and the journal says %v", state, count)
	}
}
