package world_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// walk is a world whose nodes stand on AWS, and in which a test takes exchanges on
// step by step.
type walk struct {
	*world.World
	time  *handTime
	sides map[string]*side
	soils map[string]*soil
	few   bool // few queues are polled, as in a pilot
}

// countries are those of a walk: who asks, and who answers.
var countries = []string{"LT", "LV"}

// newWalk opens one. On each node change may have its say.
func newWalk(t *testing.T, now time.Time, few bool, change func(country string, p *assembly.Ports)) *walk {
	t.Helper()
	w := &walk{time: &handTime{now: now}, soils: map[string]*soil{}, few: few}
	opened := map[string]*aws.Store{}
	w.World, w.sides = stillFor(t, tenant.Timers{Requester: day, Provider: day}, w.time, func(c string, p *assembly.Ports) {
		made := ground(t, c, w.time.Now)
		if few {
			fold(made.Queues)
		}
		s := newSoil(t, made)
		on, err := aws.Open(t.Context(), s.Config, provision.Credentials)
		if err != nil {
			t.Fatal(err)
		}
		opened[c], w.soils[c] = on, s
		p.State, p.Queue, p.Objects = on.State, blocked{prompt{on.Queues}, s}, on.Objects
		if few {
			p.Queue, p.Folded = promptly{on.Queues}, w.hands(c)
		}
		change(c, p)
		now, err := p.Tenant.Configuration(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.cert = now.Identity.Signing[0].Chain[0]
	})
	for c, s := range opened {
		w.sides[c].state, w.sides[c].queues, w.sides[c].objects, w.sides[c].hidden = s.State, s.Queues, s.Objects, 5*time.Second
	}
	return w
}

// step handles one item or, where there is none, does what the person or the portal
// does next. It reports whether there was anything left to do.
func (w *walk) step(t *testing.T, order string) bool {
	t.Helper()
	return w.move() || w.act(t, order)
}

// move handles one item of a queue that is polled, and reports whether there was one.
func (w *walk) move() bool {
	for _, c := range countries {
		for _, q := range queues {
			if w.few && functions.All().Queues[q].Fold != "" {
				continue
			}
			if w.sides[c].move(q, false) {
				return true
			}
		}
	}
	return false
}

// waits is for an item that an emulator's queue has hidden although its answer was
// lost: it comes again by the machine's time, which no clock of ours moves.
func (w *walk) waits(t *testing.T) bool {
	t.Helper()
	for _, c := range countries {
		for _, q := range queues {
			if b, err := w.sides[c].queues.Backlog(t.Context(), q); w.soils != nil && err == nil && b.Hidden > 0 {
				time.Sleep(w.sides[c].hidden)
				return true
			}
		}
	}
	return false
}

// act is what the person or the portal does next about an exchange.
func (w *walk) act(t *testing.T, order string) bool {
	t.Helper()
	desk := w.sides["LT"].Assembly.Requester
	x, err := w.sides["LT"].Assembly.Keeper.Load(t.Context(), conduct.Key(exchange.Requester, order))
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case x.State == exchange.PreviewRequired && !x.Visited:
		_, err = desk.Continue(t.Context(), world.DirectID, order)
	case x.State == exchange.Delivered:
		_, err = desk.Confirm(t.Context(), world.DirectID, order)
	case x.PreviewLink == "" || x.State.Final():
		return false
	default:
		return w.person(t, x.PreviewLink)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

// person signs in and looks, and at the next step accepts.
func (w *walk) person(t *testing.T, link string) bool {
	t.Helper()
	space := w.sides["LV"].Assembly.Preview
	p, err := space.Find(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case !preview.Open(p):
		return false
	case len(p.Documents) > 0:
		_, err = space.Decide(t.Context(), p, []int{1})
	default:
		ok := false
		if ok, err = space.Admit(t.Context(), p, preview.Present{Person: w.Residents.Persons["anna"].Person("LV", "Substantial")}); err != nil || !ok {
			t.Fatal(ok, err)
		}
		_, err = space.Evidence(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

// moment is where an exchange is left.
type moment struct {
	steps   int
	country string // whose queue takes nothing, or whose line fails at the last step
	blocks  string
	fault   string
}

// leave begins an exchange, and takes it to a moment. It tells what then lies in the
// queues, and whether the exchange came to its end before.
func (w *walk) leave(t *testing.T, m moment, into map[string]*cloudLeft) (leftExchange, bool) {
	t.Helper()
	portal, err := w.sides["LT"].Assembly.Tenant.Portal(t.Context(), world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	if m.blocks != "" {
		w.soils[m.country].blocks = m.blocks
		defer func() { w.soils[m.country].blocks = "" }()
	}
	v, err := w.sides["LT"].Assembly.Requester.Create(t.Context(), *portal, "", order(t, w.World, "tertiary-qualification"))
	if err != nil {
		t.Fatal(err)
	}
	more := true
	for n := 0; more && n < m.steps; n++ {
		if m.fault != "" && n == m.steps-1 {
			w.sides[m.country].line.fault = m.fault
		}
		more = w.step(t, v.ID)
	}
	x := leftExchange{Order: v.ID, Items: m.blocks == "" && m.fault == ""}
	lies := []string{m.fault}
	if m.blocks != "" {
		lies = []string{"outbox of", m.country, "for", m.blocks + ";"}
	}
	for _, c := range countries {
		for _, item := range w.soils[c].take(t) {
			lies = append(lies, c+" "+kindOf(item.Queue, item.Body)+";")
			into[c].Items = append(into[c].Items, item)
		}
	}
	x.Lies = strings.TrimSpace(strings.Join(lies, " "))
	return x, !more
}

// longest bounds the steps of an exchange.
const longest = 100

// moments are those at which something waits that waits at no moment before: one
// step further each, the same with a message that is lost or whose answer is, and
// with a queue that takes nothing.
func (w *walk) moments(t *testing.T) []moment {
	t.Helper()
	var list []moment
	seen, into := map[string]bool{"": true}, map[string]*cloudLeft{"LT": {}, "LV": {}}
	for n, ended := 0, false; !ended; n++ {
		var x leftExchange
		if x, ended = w.leave(t, moment{steps: n}, into); seen[x.Lies] {
			continue
		}
		if seen[x.Lies] = true; n == longest {
			t.Fatal("an exchange never ends")
		}
		list = append(list, moment{steps: n})
		for _, c := range countries {
			if strings.HasPrefix(x.Lies, c+" outbound;") && !seen[c] {
				seen[c] = true
				list = append(list, moment{steps: n + 1, country: c, fault: "lost"}, moment{steps: n + 1, country: c, fault: "deaf"})
			}
		}
	}
	for _, c := range countries {
		for _, q := range queues {
			m := moment{steps: longest, country: c, blocks: q}
			if _, ended := w.leave(t, m, into); ended && w.uncleared(t, c) {
				list = append(list, m)
			}
		}
	}
	return list
}

// uncleared reports whether there are commands in a country's outbox, and forgets them.
func (w *walk) uncleared(t *testing.T, country string) bool {
	t.Helper()
	state := w.sides[country].state
	list, err := state.Uncleared(t.Context(), w.time.Now().Add(2*store.Buried), 10)
	for _, c := range list {
		if err == nil {
			err = state.Clear(t.Context(), c.ID)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return len(list) > 0
}

// recordLeft writes down what the code of today leaves on AWS.
func recordLeft(t *testing.T, file string) {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	same := func(string, *assembly.Ports) {}
	list := newWalk(t, now, false, same).moments(t)
	l, w := onAWSLeft{Now: now, Nodes: map[string]*cloudLeft{"LT": {}, "LV": {}}}, newWalk(t, now, false, same)
	for _, m := range list {
		x, _ := w.leave(t, m, l.Nodes)
		l.Left = append(l.Left, x)
	}
	for c, s := range w.soils {
		s.record(t, l.Nodes[c])
	}
	var packed strings.Builder
	z := gzip.NewWriter(&packed)
	err := json.NewEncoder(z).Encode(l)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, file, packed.String())
}
