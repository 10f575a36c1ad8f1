// Package storetest is the one contract test suite of the ports in package store.
// Every implementation calls it: [State], [Outbox], [Queue] and [Objects] hold it
// to each sentence of the contracts, [Links] does where there are links to objects, [StateModel], [QueueModel] and [ObjectsModel]
// compare long random histories with a model of a few lines, [Hammer] and
// [Survivors] are the two halves of a test that kills the process in between, and
// [Broken] fails what uses a store.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// What the world of a test is configured with.
const (
	WorkQueue    = "work"     // the queue
	MaxReceives  = 3          // of WorkQueue
	PlainBucket  = "evidence" // neither locks nor drops
	LockedBucket = "journal"  // locks for World.Lock
)

// World is a fresh and empty implementation. The ports that a suite does not use
// may be nil.
type World struct {
	State       store.State
	Queue       store.Queue
	DeadLetters store.DeadLetters
	Objects     store.Objects
	Lock        time.Duration // of LockedBucket, at least ten seconds

	Now func() time.Time
	// Advance moves the clock, or waits. It skips the test if it cannot.
	Advance func(testing.TB, time.Duration)
	// Lag is how far Uncleared, DueBefore and Backlog may lag behind.
	Lag time.Duration
	// NoAges: Backlog does not tell when the oldest waiting item was sent.
	NoAges bool
	// AtLeastOnce: items come twice now and then, as SQS standard queues and a
	// client that repeats a lost call make it.
	AtLeastOnce bool
	// Lacks names tests that cannot hold, and why. They are skipped.
	Lacks map[string]string
	Close func()
}

// Open makes a world for one test.
type Open func(testing.TB) World

// each runs every test of a suite in a world of its own.
func each(t *testing.T, open Open, tests map[string]func(*testing.T, World)) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			t.Cleanup(w.Close)
			if why := w.Lacks[name]; why != "" {
				t.Skip("SKIPPED: " + why)
			}
			test(t, w)
		})
	}
}

var ctx = context.Background()

func (w *World) put(kind, key, body string, expect store.Version) store.Change {
	return store.Change{Record: store.Record{Kind: kind, Key: key, Body: []byte(body)}, Expect: expect}
}

func (w *World) commit(t testing.TB, changes []store.Change, commands ...store.Command) store.Version {
	t.Helper()
	v, err := w.State.Commit(ctx, changes, commands)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *World) body(kind, key string) string {
	r, err := w.State.Load(ctx, kind, key)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(r.Body)
}

func (w *World) absent(t testing.TB, kind, key string) {
	t.Helper()
	if r, err := w.State.Load(ctx, kind, key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s %s: %+v, %v; want not found", kind, key, r, err)
	}
}

// settled repeats a look until it is as wanted or may lag no longer.
func (w *World) settled(t testing.TB, look func() error) {
	t.Helper()
	err := look()
	for waited := time.Duration(0); err != nil && waited < w.Lag; waited += time.Second {
		w.Advance(t, time.Second)
		err = look()
	}
	if err != nil {
		t.Error(err)
	}
}

// differs is what a look reports when it failed or saw something else.
func differs(what string, want, got any, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("%s: %s", what, diff)
	}
	return nil
}

func refused(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("answered %v, want %v", err, want)
	}
}

func command(id string) store.Command {
	return store.Command{ID: id, Queue: WorkQueue, Body: fmt.Appendf(nil, `{"id":%q}`, id)}
}

// item is one that no command ordered.
func item(body string) store.Item { return store.Item{Body: []byte(body)} }
