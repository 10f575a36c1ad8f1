package world_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	"github.com/vienreiz/vienreiz/functions/assembly"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// mortal puts a side's node together anew, over the same store, in a life that
// can be ended.
func mortal(s *side, life *storetest.Life) *side {
	p := s.Assembly.Ports
	p.State, p.Queue, p.Objects = life.State(s.state), life.Queue(s.queues), life.Objects(s.objects)
	tenant, opened := *s.Tenant, *s.Opened
	opened.Assembly = assembly.New(p)
	tenant.Opened = &opened
	again := newSide(&tenant, s.line)
	again.state, again.queues, again.objects, again.hidden = s.state, s.queues, s.objects, s.hidden
	return again
}

// round is one exchange with a preview, of which one side dies once.
type round struct {
	t    testing.TB
	w    *world.World
	time *handTime
	life map[string]*storetest.Life
	side map[string]*side
	id   string
	died bool
	// pause is how long queues need in truth to give an item again; they have a clock of their own on AWS.
	pause time.Duration
}

// tries repeats what a person or a portal would try again.
func (r *round) tries(what string, do func() error) {
	r.t.Helper()
	var err error
	for range 6 {
		if err = do(); err == nil {
			return
		}
		r.recover()
	}
	r.t.Fatalf("%s: %v", what, err)
}

// recover starts whoever died again, and lets time pass until everything that
// was left has been done.
func (r *round) recover() {
	for range 4 {
		for _, l := range r.life {
			if _, dead := l.Calls(); dead {
				r.died = true
				l.Start(0, false)
			}
		}
		r.time.pass(31 * time.Second)
		time.Sleep(r.pause)
		for _, s := range r.side {
			_ = clock.New(s.Assembly)(context.Background(), events.CloudWatchEvent{})
		}
		settle(r.side["LT"], r.side["LV"])
	}
}

func (r *round) until(state exchange.State) {
	r.t.Helper()
	r.tries("wait for "+string(state), func() error {
		settle(r.side["LT"], r.side["LV"])
		v, err := r.side["LT"].Assembly.Requester.View(context.Background(), world.DirectID, r.id)
		if err != nil {
			return err
		}
		if v.State != state {
			return fmt.Errorf("it is %s (%s)", v.State, v.Code)
		}
		return nil
	})
}

// whole runs the exchange to its end, whoever dies on the way.
func (r *round) whole() {
	ctx := context.Background()
	desk, space := r.side["LT"].Assembly.Requester, r.side["LV"].Assembly.Preview
	portal, err := r.w.Tenants["LT"].Assembly.Tenant.Portal(ctx, world.DirectID)
	if err != nil {
		r.t.Fatal(err)
	}
	o := requester.Order{
		Procedure: "T3", Requirement: r.w.Published().RequirementURL("tertiary-qualification"), Country: "LV", Language: "EN", ReturnURL: "https://127.0.0.1/return",
		Subject:         &requester.Subject{Person: r.w.Residents.Persons["anna"].Person("LT", "Substantial")},
		ExplicitRequest: &requester.ExplicitRequest{At: r.time.Now(), Language: "EN", Text: "I ask for it."},
	}
	key := fmt.Sprint("order ", r.time.Now().UnixNano())
	r.tries("order", func() error {
		v, err := desk.Create(ctx, *portal, key, o)
		if err == nil {
			r.id = v.ID
		}
		return err
	})
	r.until(exchange.PreviewRequired)
	r.tries("continue", func() error { _, err := desk.Continue(ctx, world.DirectID, r.id); return err })
	r.tries("decide", func() error {
		x, err := r.side["LT"].Assembly.Keeper.Load(ctx, conduct.Key(exchange.Requester, r.id))
		if err != nil {
			return err
		}
		p, err := space.Find(ctx, x.PreviewLink)
		if err != nil {
			return err
		}
		if !preview.Open(p) {
			return nil // decided, although the answer was not heard
		}
		if _, err := space.Admit(ctx, p, preview.Present{Person: r.w.Residents.Persons["anna"].Person("LV", "Substantial")}); err != nil {
			return err
		}
		if p, err = space.Evidence(ctx, p); err != nil {
			return err
		}
		_, err = space.Decide(ctx, p, []int{1})
		return err
	})
	r.until(exchange.Delivered)
	r.tries("confirm", func() error {
		v, err := desk.Confirm(ctx, world.DirectID, r.id)
		if err == nil && v.State != exchange.Confirmed {
			err = fmt.Errorf("it is %s", v.State)
		}
		return err
	})
	r.recover()
}

// Rules 1 to 4: a node that is killed at any of its store's calls, before or
// after the call took effect, loses nothing and doubles nothing once it runs
// again; and nothing personal is left.
func TestWhereverANodeIsKilledTheExchangeComesToItsEnd(t *testing.T) {
	quiet(t)
	r := &round{t: t, time: &handTime{now: time.Now()}, life: map[string]*storetest.Life{"LT": {}, "LV": {}}, side: map[string]*side{}}
	lines := map[string]*line{"LT": {}, "LV": {}}
	r.w = open(t, world.Options{Still: true, Now: r.time.Now, Wire: func(c string) world.Wire { return lines[c] }})
	for c, tenant := range r.w.Tenants {
		r.side[c] = mortal(newSide(tenant, lines[c]), r.life[c])
	}
	lines["LT"].other = func() http.Handler { return receive.New(r.side["LV"].Assembly) }
	lines["LV"].other = func() http.Handler { return receive.New(r.side["LT"].Assembly) }
	stride := 7 // VIENREIZ_SLOW takes every call
	if os.Getenv("VIENREIZ_SLOW") != "" {
		stride = 1
	}
	r.killEverywhere(stride)
}

// killEverywhere runs an exchange for each place in which a node can be killed.
func (r *round) killEverywhere(stride int) {
	for _, c := range []string{"LT", "LV"} {
		for at := 1; ; at += stride {
			died := false
			for _, after := range []bool{false, true} {
				r.died = false
				r.life[c].Start(at, after)
				r.whole()
				r.judge(c, at, after)
				died = died || r.died
			}
			if !died || at > 400 {
				r.t.Logf("%s was killed at every %d. of its %d calls", c, stride, at)
				break
			}
		}
	}
}

// orphan fails unless an object is what a killed attempt may leave for the
// bucket's lifecycle: parts that nothing names.
func (r *round) orphan(where, name, bucket, key string) {
	r.t.Helper()
	if !r.died || !strings.HasPrefix(key, "in/") && !strings.HasPrefix(key, "out/") {
		r.t.Fatalf("%s: %s still has %s in %s", where, name, key, bucket)
	}
}

// judge sees that the round left what it must.
func (r *round) judge(c string, at int, after bool) {
	r.t.Helper()
	ctx := context.Background()
	where := fmt.Sprintf("%s killed at call %d, after it: %v", c, at, after)
	for name, s := range r.side {
		for _, bucket := range []string{"evidence", "outbox"} {
			list, err := s.objects.List(ctx, bucket, "", "", 10)
			if err != nil {
				r.t.Fatal(err)
			}
			for _, o := range list {
				r.orphan(where, name, bucket, o.Key)
				_ = s.objects.Delete(ctx, bucket, o.Key)
			}
		}
	}
	entries, err := (&journal.Journal{Objects: r.side["LT"].objects}).Read(ctx, conduct.Key(exchange.Requester, r.id))
	if err != nil {
		r.t.Fatalf("%s: %v", where, err)
	}
	ended := 0
	for _, e := range entries {
		if e.Kind == journal.ExchangeEnded {
			ended++
		}
	}
	if ended != 1 {
		r.t.Fatalf("%s: %d outcomes in the journal", where, ended)
	}
}
