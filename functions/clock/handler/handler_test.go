package handler_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/functions/clock/handler"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// node is one that stands still, with a clock that is set by hand.
type node struct {
	*assembly.Assembly
	now     time.Time
	round   func() error
	log     bytes.Buffer
	metrics bytes.Buffer
}

func open(t *testing.T) *node {
	t.Helper()
	n := &node{now: time.Now().UTC().Truncate(time.Second)}
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&n.log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })
	w, err := world.Open(t.Context(), world.Options{Data: t.TempDir(), Names: []string{"LT", "LV"}, Still: true, Metrics: &n.metrics, Now: func() time.Time { return n.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	n.Assembly = w.Tenants["LT"].Assembly
	handle := handler.New(n.Assembly)
	n.round = func() error {
		return n.Observe.Call(context.Background(), "clock", func(ctx context.Context) error { return handle(ctx, events.CloudWatchEvent{}) })
	}
	return n
}

func (n *node) commit(t *testing.T, r store.Record, commands ...store.Command) {
	t.Helper()
	if _, err := n.State.Commit(t.Context(), []store.Change{{Record: r}}, commands); err != nil {
		t.Fatal(err)
	}
}

// begin starts an exchange that is due in six minutes.
func (n *node) begin(t *testing.T, id string) string {
	t.Helper()
	r := &conduct.Record{Key: conduct.Key(exchange.Requester, id)}
	r.Exchange, _ = exchange.NewRequest(id, "conversation", n.now, exchange.DefaultTimers(exchange.Requester))
	if err := n.Keeper.Start(t.Context(), r, nil, conduct.Step{}); err != nil {
		t.Fatal(err)
	}
	return r.Key
}

// queued are the items that a queue has now. They are settled.
func (n *node) queued(t *testing.T, queue string) []string {
	t.Helper()
	list, err := n.Queue.Receive(t.Context(), queue, 10, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var items []string
	for _, m := range list {
		items = append(items, string(m.Body))
		store.Settle(t.Context(), n.State, n.now, m.Command, nil, false)
	}
	return items
}

func (n *node) must(t *testing.T) {
	t.Helper()
	if err := n.round(); err != nil {
		t.Fatal(err)
	}
}

// The rounds share one log and one world, which is dear to open.
func TestARoundOfTheClock(t *testing.T) {
	n := open(t)
	t.Run("wakes the exchange whose time has come, and no other", n.wakes)
	t.Run("wakes the others although one cannot be read", n.wakesOthers)
	t.Run("sends a command that stayed in the outbox, once it is old enough", n.resends)
	t.Run("gives a message whose next try is overdue to as4-send", n.pushes)
	t.Run("warns of certificates that end, once a day", n.warns)
}

func (n *node) wakes(t *testing.T) {
	due := n.begin(t, "due")
	n.now = n.now.Add(5 * time.Minute)
	n.begin(t, "later")
	n.must(t)
	if items := n.queued(t, conduct.Inbound); items != nil {
		t.Errorf("too early: %v", items)
	}
	n.now = n.now.Add(time.Minute)
	n.must(t)
	n.must(t)
	if items := n.queued(t, conduct.Inbound); len(items) != 1 || items[0] != "ended/"+due {
		t.Errorf("ended are %v", items)
	}
}

func (n *node) wakesOthers(t *testing.T) {
	n.commit(t, store.Record{Kind: conduct.Kind, Key: "requester-broken", Body: []byte("no JSON"), Due: n.now})
	n.now = n.now.Add(6 * time.Minute)
	if err := n.round(); err == nil || !strings.Contains(err.Error(), "requester-broken") {
		t.Errorf("the error is %v", err)
	}
	if items := n.queued(t, conduct.Inbound); len(items) != 1 || items[0] != "ended/requester-later" {
		t.Errorf("ended are %v", items)
	}
	row, err := n.State.Load(t.Context(), conduct.Kind, "requester-broken")
	if err == nil {
		_, err = n.State.Commit(t.Context(), []store.Change{{Record: row, Expect: row.Version, Delete: true}}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (n *node) resends(t *testing.T) {
	n.commit(t, store.Record{Kind: "test", Key: "1", Body: []byte("{}")}, store.Command{ID: "lost", Queue: conduct.Requests, Body: []byte("resolve/lost")})
	n.metrics.Reset()
	n.now = n.now.Add(store.Patience - time.Second)
	n.must(t)
	if items := n.queued(t, conduct.Requests); items != nil || n.measured("OutboxAge") {
		t.Errorf("too early: %v\n%s", items, n.metrics.String())
	}
	n.now = n.now.Add(31 * time.Second)
	n.must(t)
	n.must(t)
	if items := n.queued(t, conduct.Requests); len(items) != 1 || items[0] != "resolve/lost" {
		t.Errorf("sent are %v", items)
	}
	if n.measured("OutboxAge") || !n.measured(`"OutboxUncleared":1`) {
		t.Errorf("measured was %s", n.metrics.String())
	}
	n.commit(t, store.Record{Kind: "test", Key: "2", Body: []byte("{}")}, store.Command{ID: "stuck", Queue: "nowhere", Body: []byte("resolve/lost")})
	n.now = n.now.Add(5 * time.Minute)
	if err := n.round(); err == nil || !n.measured(`"OutboxAge":300`) {
		t.Errorf("%v, measured was %s", err, n.metrics.String())
	}
	if err := n.State.Clear(t.Context(), "stuck"); err != nil {
		t.Fatal(err)
	}
}

func (n *node) pushes(t *testing.T) {
	n.commit(t, store.Record{Kind: sending.Kind, Key: "overdue", Body: []byte("{}"), Due: n.now})
	n.commit(t, store.Record{Kind: sending.Kind, Key: "waiting", Body: []byte("{}"), Due: n.now.Add(time.Hour)})
	n.now = n.now.Add(handler.Overdue)
	n.must(t)
	if items := n.queued(t, sending.Queue); len(items) != 1 || items[0] != "overdue" {
		t.Errorf("given are %v", items)
	}
}

// measured reports whether the metrics hold a text.
func (n *node) measured(text string) bool { return strings.Contains(n.metrics.String(), text) }

// told is how often the log has told of a certificate of an owner.
func (n *node) told(owner string) int { return strings.Count(n.log.String(), "owner="+owner) }

func (n *node) warns(t *testing.T) {
	c, err := n.Tenant.Configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, partner := c.Identity.Signing[0].Chain[0], c.Book.Expiries(n.now)[0]
	n.now = own.NotAfter.AddDate(0, 0, -partners.SoonDays).Add(-time.Hour)
	n.metrics.Reset()
	n.must(t)
	n.must(t)
	if got := strings.Count(n.metrics.String(), `"CertificateDaysLeft":30,`); got != 5 || !n.measured(`"certificate":"own signing `) { // once: three of ours, the eIDAS node's and the partner's
		t.Errorf("%d certificates were measured: %s", got, n.metrics.String())
	}
	if n.told("own") != 0 {
		t.Errorf("too early: %s", n.log.String())
	}
	n.now = n.now.Add(2 * time.Hour)
	for range 3 {
		n.now = n.now.Add(time.Minute)
		n.must(t)
	}
	if n.told("own") != 3 || n.told(partner.Party.Value) != 1 { // signing, decryption and sign-in
		t.Errorf("%d times of ours, %d of the partner's:\n%s", n.told("own"), n.told(partner.Party.Value), n.log.String())
	}
	if strings.Contains(n.log.String(), own.Subject.CommonName+" ") || !strings.Contains(n.log.String(), "use=signing+encryption") {
		t.Errorf("the log says %s", n.log.String())
	}
	n.now = n.now.Add(handler.Quiet)
	n.must(t)
	if n.told("own") != 6 {
		t.Errorf("the next day it told %d times", n.told("own"))
	}
}
