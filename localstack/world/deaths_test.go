package world_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// deaths is the plan by which a node dies. Each piece of work (an item of a
// queue, a request at a gateway, a round of the clock) dies at the first of its
// calls at which it never died before, comes again, dies at the next, and so on
// until it gets through. What a call did may spare the next attempt the calls
// behind it; those are died at in a later exchange: there are exchanges until one
// has no death.
//
// A place of death is a piece of work with the calls up to there, so that also
// what puts an earlier death right is died in.
type deaths struct {
	after bool   // the call takes effect, and its answer is not heard
	most  int    // deaths of one exchange; 0: as many as there are places; -1: none
	only  string // with which the names of the pieces of work begin that die; empty: all
	// skip, where set, is how many places an attempt passes by at which it could die.
	skip func() int

	mu     sync.Mutex
	places map[string]bool
	// of this exchange
	nth    map[string]int    // pieces of work of each kind
	names  map[string]string // of pieces of work
	spent  map[string]int    // deaths of each piece of work
	calls  int
	trail  []string // the deaths, for whoever reads a failure
	failed []string // what failed although nobody died
}

// life is one attempt at a piece of work.
type life struct {
	plan  *deaths
	name  string
	most  int // deaths of this piece of work in this exchange; 0: any number
	skip  int // places to pass by
	calls []string
	over  bool
	died  bool
}

type lifeKey struct{}

// lifeOf is whose call a context comes with; nil for the test's own.
func lifeOf(ctx context.Context) *life {
	l, _ := ctx.Value(lifeKey{}).(*life)
	return l
}

// restart begins an exchange.
func (d *deaths) restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nth, d.names, d.spent, d.calls, d.trail, d.failed = map[string]int{}, map[string]string{}, map[string]int{}, 0, nil, nil
	if d.places == nil {
		d.places = map[string]bool{}
	}
}

// begin starts an attempt at the piece of work of a kind that the id identifies.
// It dies of at most that many calls in this exchange.
func (d *deaths) begin(ctx context.Context, kind, id string, most int) (context.Context, *life) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name, known := d.names[kind+"\x00"+id]
	if !known {
		d.nth[kind]++
		name = fmt.Sprintf("%s %d", kind, d.nth[kind])
		d.names[kind+"\x00"+id] = name
	}
	l := &life{plan: d, name: name, most: most}
	if d.skip != nil && strings.HasPrefix(name, d.only) {
		l.skip = d.skip()
	}
	return context.WithValue(ctx, lifeKey{}, l), l
}

// end ends an attempt, and reports whether it died. What it left running makes
// no calls any more.
func (l *life) end(err error) bool {
	l.plan.mu.Lock()
	defer l.plan.mu.Unlock()
	l.over = true
	if err != nil && !l.died {
		l.plan.failed = append(l.plan.failed, fmt.Sprintf("%s: %v", l.name, err))
	}
	return l.died
}

// gone reports whether whoever asks with this context is dead.
func gone(ctx context.Context) bool {
	l := lifeOf(ctx)
	if l == nil {
		return false
	}
	l.plan.mu.Lock()
	defer l.plan.mu.Unlock()
	return l.over
}

// call is a [storetest.Life].
func call(ctx context.Context, what string) (made, heard bool) {
	l := lifeOf(ctx)
	if l == nil {
		return true, true
	}
	l.plan.mu.Lock()
	defer l.plan.mu.Unlock()
	if l.over {
		return false, false
	}
	l.plan.calls++
	l.calls = append(l.calls, what)
	if !l.plan.here(l) {
		return true, true
	}
	l.over, l.died = true, true
	return l.plan.after, false
}

// here decides whether a life ends at the call that it is about to make.
func (d *deaths) here(l *life) bool {
	place := l.name + ": " + strings.Join(l.calls, ", ")
	if !strings.HasPrefix(l.name, d.only) || d.places[place] || l.most > 0 && d.spent[l.name] >= l.most || d.most != 0 && len(d.trail) >= d.most {
		return false
	}
	if l.skip > 0 {
		l.skip--
		return false
	}
	d.places[place] = true
	d.spent[l.name]++
	when := "before"
	if d.after {
		when = "after"
	}
	d.trail = append(d.trail, fmt.Sprintf("%s: %s call %d, %s", l.name, when, len(l.calls), l.calls[len(l.calls)-1]))
	return true
}
