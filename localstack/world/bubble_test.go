package world_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// bubbleTime is when the time of a bubble of testing/synctest begins.
var bubbleTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// severed is a wire on which nothing arrives.
type severed struct{}

func (severed) RoundTrip(*http.Request) (*http.Response, error) { return nil, errLine }

// Each timer of the exchange ends it by itself, on both sides, without anybody
// asking: whole nodes with their consumers and clocks run over the embedded store
// in a bubble whose time passes by itself. What calls registries and the
// directory, which are sockets, has happened before.
func TestEveryTimerEndsAnExchangeByItself(t *testing.T) {
	quiet(t)
	short := tenant.Timers{Requester: tenant.TimerSet{Overall: 9}, Provider: tenant.TimerSet{Overall: 8}}
	for _, c := range []struct {
		name   string
		timers tenant.Timers
		before func(*waiting, *testing.T)
		lt, lv int // minutes after which each side is over; 0: it knows of no exchange
	}{
		{"T1: the request never arrives", tenant.Timers{}, (*waiting).asked, 6, 0},
		{"T1: the registry is never asked", tenant.Timers{}, (*waiting).arrived, 6, 5},
		{"T2: the person never comes", tenant.Timers{}, (*waiting).offered, 15, 16},
		{"T3: the person never decides", tenant.Timers{}, (*waiting).bound, 41, 40},
		{"overall: the person never comes", short, (*waiting).offered, 9, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWaiting(t, c.timers)
			c.before(w, t)
			if err := w.w.Close(); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) { w.wait(t, map[string]int{"LT": c.lt, "LV": c.lv}) })
		})
	}
}

// waiting is an exchange that is brought to where somebody has to come.
type waiting struct {
	w      *world.World
	lt, lv *side
	id     string
	keys   map[string]string // of the exchange, by country
}

func newWaiting(t *testing.T, timers tenant.Timers) *waiting {
	t.Helper()
	lines := map[string]*line{"LT": {}, "LV": {}}
	w, err := world.Open(t.Context(), world.Options{
		Data: t.TempDir(), Names: []string{"LT", "LV"}, Still: true, Timers: timers, Now: func() time.Time { return bubbleTime }, Wire: func(c string) world.Wire { return lines[c] },
	})
	if err != nil {
		t.Fatal(err)
	}
	sides := stand(w, lines, func(string, *assembly.Ports) {})
	x := &waiting{w: w, lt: sides["LT"], lv: sides["LV"], keys: map[string]string{}}
	portal, err := x.lt.Assembly.Tenant.Portal(t.Context(), world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	o := order(t, w, "tertiary-qualification")
	o.ExplicitRequest.At = bubbleTime
	var v *requester.View
	if v, err = x.lt.Assembly.Requester.Create(t.Context(), *portal, "", o); err != nil {
		t.Fatal(err)
	}
	x.id, x.keys["LT"] = v.ID, conduct.Key(exchange.Requester, v.ID)
	return x
}

// asked: the directory was asked, and request 1 is to be sent.
func (x *waiting) asked(t *testing.T) { x.moved(t, x.lt, "requests") }

// arrived: the provider has the request, and has to ask its registry.
func (x *waiting) arrived(t *testing.T) {
	x.asked(t)
	x.moved(t, x.lt, "outbound")
	x.moved(t, x.lv, "inbound")
	due, err := x.lv.state.DueBefore(t.Context(), conduct.Kind, bubbleTime.Add(time.Hour), 2)
	if err != nil || len(due) != 1 {
		t.Fatalf("%v, %v", due, err)
	}
	x.keys["LV"] = due[0].Key
}

// offered: the person has the preview link.
func (x *waiting) offered(t *testing.T) {
	x.arrived(t)
	settle(x.lt, x.lv)
}

// bound: request 2 has arrived too.
func (x *waiting) bound(t *testing.T) {
	x.offered(t)
	if _, err := x.lt.Assembly.Requester.Continue(t.Context(), world.DirectID, x.id); err != nil {
		t.Fatal(err)
	}
	settle(x.lt, x.lv)
}

func (x *waiting) moved(t *testing.T, s *side, queue string) {
	t.Helper()
	if !s.move(queue, false) {
		t.Fatalf("nothing is in queue %s", queue)
	}
}

// wait runs both nodes in the bubble until long after everything is over.
func (x *waiting) wait(t *testing.T, minutes map[string]int) {
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	nodes := map[string]*local.Opened{"LT": x.run(ctx, t, "lt", &group), "LV": x.run(ctx, t, "lv", &group)}
	over := map[string]int{}
	for minute := range 62 {
		time.Sleep(time.Minute)
		synctest.Wait()
		for c, n := range nodes {
			if over[c] == 0 && x.state(t, n, c).Final() {
				over[c] = minute + 1
			}
		}
	}
	stop()
	group.Wait()
	for c, n := range nodes {
		if over[c] < minutes[c] || over[c] > minutes[c]+1 {
			t.Errorf("%s is over after %d minutes, not after %d", c, over[c], minutes[c])
		}
		if s := x.state(t, n, c); minutes[c] > 0 && s != exchange.Expired {
			t.Errorf("%s is %s", c, s)
		}
		if list, err := n.Store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList); err != nil || len(list) > 0 {
			t.Errorf("%s still has %v, %v", c, list, err)
		}
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}
}

// run opens a country's node anew, and runs what calls nobody but the partner.
func (x *waiting) run(ctx context.Context, t *testing.T, country string, group *sync.WaitGroup) *local.Opened {
	t.Helper()
	dir := filepath.Join(x.w.Running().Data, country)
	opened, err := local.Node{
		Tenant: filepath.Join(dir, "config", "tenant.yaml"), Data: filepath.Join(dir, "store"), Now: time.Now,
		Wrap: func(http.RoundTripper) http.RoundTripper { return severed{} },
	}.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := &node.Node{Assembly: opened.Assembly, Queues: opened.Store.Queues, Only: []string{"as4-send", "exchange", "clock"}}
	group.Go(func() {
		if err := n.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// state is the one that was committed; none when there is no exchange.
func (x *waiting) state(t *testing.T, n *local.Opened, country string) exchange.State {
	t.Helper()
	if x.keys[country] == "" {
		return exchange.Created
	}
	row, err := n.Store.State.Load(t.Context(), conduct.Kind, x.keys[country])
	if err != nil {
		t.Fatal(err)
	}
	var r conduct.Record
	if err := json.Unmarshal(row.Body, &r); err != nil {
		t.Fatal(err)
	}
	return r.State
}
