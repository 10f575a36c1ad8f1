package world_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// round is one exchange with a preview after the other, between two nodes that
// die by plan.
type round struct {
	t         testing.TB
	w         *world.World
	time      *handTime
	lt, lv    *mortal
	untouched *account // what an exchange in which nobody dies leaves behind
	seen      map[string]bool
	id        string
	provider  string         // key of the provider's exchange
	shown     []string       // SHA-256 of the documents that the person accepted
	fetched   map[int]string // SHA-256 of what the portal fetched
}

// day is longer than whatever an exchange waits for here: its own timers must
// not end it while its messages are pushed again.
var day = tenant.TimerSet{Link: tenant.MaxMinutes, Launch: tenant.MaxMinutes, Preview: tenant.MaxMinutes, Overall: tenant.MaxMinutes, Keep: tenant.MaxMinutes}

// newRound opens a world whose nodes are each moved onto a store in which calls
// can be died of.
func newRound(t testing.TB, move func(*mortal)) *round {
	t.Helper()
	r := &round{t: t, time: &handTime{now: time.Now()}, seen: map[string]bool{}}
	wires := map[string]world.Wire{"LT": &courier{to: &r.lv}, "LV": &courier{to: &r.lt}}
	r.w = open(t, world.Options{Still: true, Now: r.time.Now, Timers: tenant.Timers{Requester: day, Provider: day}, Wire: func(c string) world.Wire { return wires[c] }})
	for c, m := range map[string]**mortal{"LT": &r.lt, "LV": &r.lv} {
		*m = &mortal{side: newSide(r.w.Tenants[c], nil), plan: &deaths{most: -1}, time: r.time, calls: r.w.Tenants[c].Assembly.Ports}
		move(*m)
		(*m).start()
	}
	return r
}

// settle lets both nodes handle everything that can be handled now, and reports
// whether there was anything.
func (r *round) settle() bool {
	any := false
	for moved := true; moved; any = any || moved {
		moved = false
		for _, m := range []*mortal{r.lt, r.lv} {
			for _, q := range queues {
				moved = m.carry(q) || moved
			}
		}
	}
	return any
}

// minute passes; the clocks tick.
func (r *round) minute() {
	r.time.pass(time.Minute)
	r.lt.tick()
	r.lv.tick()
}

// patience bounds, in minutes, what one step of an exchange waits for.
const patience = 90

func (r *round) until(state exchange.State) {
	r.t.Helper()
	var v *requester.View
	for range patience {
		r.settle()
		var err error
		if v, err = r.lt.Assembly.Requester.View(context.Background(), world.DirectID, r.id); err != nil {
			r.t.Fatalf("%v; %s", err, r.trail())
		}
		if v.State == state {
			return
		}
		r.minute()
	}
	r.t.Fatalf("the exchange is %s (%s), not %s; %s", v.State, v.Code, state, r.trail())
}

// asks is what a portal or a person asks a node for, until it is answered.
func (r *round) asks(m *mortal, what string, do func(context.Context) error) {
	r.t.Helper()
	for range patience {
		if m.live(what, "", 0, do) {
			return
		}
	}
	r.t.Fatalf("%s never came through; %s", what, r.trail())
}

// whole runs an exchange to its end, whoever dies on the way.
func (r *round) whole() {
	for _, m := range []*mortal{r.lt, r.lv} {
		m.plan.restart()
		m.done = map[string]bool{}
	}
	key, portal, o := fmt.Sprint("order-", r.time.Now().UnixNano()), r.counter(), r.order()
	r.asks(r.lt, "order", func(ctx context.Context) error {
		v, err := portal.Create(ctx, key, o)
		if err == nil {
			r.id = v.Id
		}
		return err
	})
	r.until(exchange.PreviewRequired)
	r.asks(r.lt, "continue", func(ctx context.Context) error {
		_, err := r.lt.Assembly.Requester.Continue(ctx, world.DirectID, r.id)
		return err
	})
	r.person()
	r.until(exchange.Delivered)
	r.asks(r.lt, "fetch", func(ctx context.Context) error { return r.fetch(ctx, portal) })
	r.asks(r.lt, "confirm", func(ctx context.Context) error {
		_, err := r.lt.Assembly.Requester.Confirm(ctx, world.DirectID, r.id)
		return err
	})
	r.rest()
}

// rest lets time pass until nothing was done for longer than a message waits for
// its next try.
func (r *round) rest() {
	r.t.Helper()
	for quiet, n := 0, 0; quiet < int(sending.Interval/time.Minute)+2; n++ {
		if n == patience {
			r.t.Fatalf("it never becomes quiet; %s", r.trail())
		}
		quiet++
		if died := r.died(); r.settle() || r.died() != died || r.hidden() {
			quiet = 0
		}
		r.minute()
	}
}

// hidden reports whether an item is hidden: a queue of an emulator may lose the
// answer to a reception. Only those of outbound may also wait for their time.
func (r *round) hidden() bool {
	for _, m := range []*mortal{r.lt, r.lv} {
		for _, q := range queues {
			if b, err := m.queues.Backlog(context.Background(), q); err != nil || q != sending.Queue && b.Hidden > 0 {
				time.Sleep(100 * time.Millisecond)
				return true
			}
		}
	}
	return false
}

// person goes through the pages of the preview space: a request each, but for the
// sign-in, which a person whose browser got no answer begins anew.
func (r *round) person() {
	r.t.Helper()
	x, err := r.lt.Assembly.Keeper.Load(context.Background(), conduct.Key(exchange.Requester, r.id))
	if err != nil {
		r.t.Fatal(err)
	}
	v := r.visitor(x.PreviewLink)
	r.asks(r.lv, "visit", v.visit)
	r.asks(r.lv, "sign in", v.signIn)
	r.asks(r.lv, "look", v.look)
	p, err := r.lv.Assembly.Preview.Find(context.Background(), x.PreviewLink)
	if err != nil {
		r.t.Fatal(err)
	}
	r.provider, r.shown = p.Key, nil
	for _, d := range p.Documents {
		if !d.ShownOnly {
			r.shown = append(r.shown, d.SHA256)
		}
	}
	r.asks(r.lv, "decide", v.decide)
}

// died is how often somebody died in this exchange.
func (r *round) died() int { return len(r.lt.plan.trail) + len(r.lv.plan.trail) }

// trail names every call of this exchange that somebody died of.
func (r *round) trail() string {
	return fmt.Sprintf("LT died %s. LV died %s. Failed without a death: %v, %v", strings.Join(r.lt.plan.trail, "; "), strings.Join(r.lv.plan.trail, "; "), r.lt.plan.failed, r.lv.plan.failed)
}

// kill lets exchanges go on until nobody has anything left to die of: first
// before each call, then after it. VIENREIZ_SLOW lets each exchange have one death.
func (r *round) kill() {
	r.whole()
	r.judge() // what nobody disturbed is the measure of all others
	most := 0
	if os.Getenv("VIENREIZ_SLOW") != "" {
		most = 1
	}
	for _, after := range []bool{false, true} {
		r.lt.plan, r.lv.plan = &deaths{after: after, most: most}, &deaths{after: after, most: most}
		exchanges := 0
		for died := 1; died > 0 && !r.t.Failed(); exchanges++ {
			if exchanges == 1000 {
				r.t.Fatal("there is always something left to die of")
			}
			r.whole()
			r.judge()
			died = r.died()
		}
		r.t.Logf("killed after the call: %v; LT at %d places, LV at %d, in %d exchanges; at each of the last one's %d and %d calls",
			after, len(r.lt.plan.places), len(r.lv.plan.places), exchanges, r.lt.plan.calls, r.lv.plan.calls)
	}
}

// A queue that is destroyed takes with it what lies in it: here each item of both
// nodes is lost once. Whoever ordered it has it still, and it is sent again.
func TestWhateverAQueueLosesTheExchangeComesToItsEnd(t *testing.T) {
	quiet(t)
	r := newRound(t, func(*mortal) {})
	r.whole()
	r.judge()
	for _, m := range []*mortal{r.lt, r.lv} {
		m.lost = map[string]bool{}
	}
	r.whole()
	r.judge()
	for _, m := range []*mortal{r.lt, r.lv} {
		t.Logf("%s lost %d items", m.Country, len(m.lost))
		if len(m.lost) < 5 {
			t.Errorf("%s lost %v", m.Country, m.lost)
		}
	}
}

// Rules 1 to 4: a node that is killed at any of its store's calls, before or
// after the call took effect, loses nothing and doubles nothing once it runs
// again; and nothing personal is left.
func TestWhereverANodeIsKilledTheExchangeComesToItsEnd(t *testing.T) {
	quiet(t)
	newRound(t, func(m *mortal) {
		life := storetest.Life(call)
		m.calls = assembly.Ports{State: life.State(m.state), Queue: life.Queue(m.queues), Objects: life.Objects(m.objects)}
	}).kill()
}
