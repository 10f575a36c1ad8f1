package storetest

import (
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// fail receives what is there and deletes nothing, until it is dead.
func (w *World) fail(t testing.TB) {
	t.Helper()
	for n := range MaxReceives {
		if m := w.only(t); m.Receives != n+1 {
			t.Errorf("reception %d is called the %dth", n+1, m.Receives)
		}
		w.Advance(t, hold+time.Second)
	}
	if list := w.receive(t, 10); len(list) > 0 {
		t.Errorf("received once more: %+v", list)
	}
}

func (w *World) backlog(t testing.TB, waiting, hidden, dead int) store.Backlog {
	t.Helper()
	var b store.Backlog
	w.settled(t, func() (err error) {
		b, err = w.DeadLetters.Backlog(ctx, WorkQueue)
		return differs("waiting, hidden, dead", [3]int{waiting, hidden, dead}, [3]int{b.Waiting, b.Hidden, b.Dead}, err)
	})
	return b
}

func deadLetters(t *testing.T, w World) {
	sent := w.Now().Truncate(time.Second)
	w.send(t, "bad", 0)
	w.fail(t)
	b := w.backlog(t, 0, 0, 1)
	if b.OldestDead.Before(sent) || b.OldestDead.After(w.Now()) || !b.OldestWaiting.IsZero() {
		t.Errorf("backlog is %+v", b)
	}
	w.send(t, "good", 0)
	if b := w.backlog(t, 1, 0, 1); b.OldestWaiting.IsZero() {
		t.Errorf("backlog is %+v", b)
	}
	w.received(t, "good")
}

func redriven(t *testing.T, w World) {
	for _, body := range []string{"one", "two"} {
		w.send(t, body, 0)
		w.fail(t)
	}
	for range 2 {
		if n, err := w.DeadLetters.Redrive(ctx, WorkQueue, 1); n != 1 || err != nil {
			t.Errorf("redrove %d, %v", n, err)
		}
	}
	if n, err := w.DeadLetters.Redrive(ctx, WorkQueue, 1); n != 0 || err != nil {
		t.Errorf("redrove %d of none, %v", n, err)
	}
	w.backlog(t, 2, 0, 0)
	seen := map[string]bool{}
	for len(seen) < 2 {
		list := w.receive(t, 10)
		if len(list) == 0 {
			t.Fatalf("received only %v", seen)
		}
		for _, m := range list {
			seen[string(m.Body)] = true
			if m.Receives != 1 {
				t.Errorf("%s was received %d times", m.Body, m.Receives)
			}
		}
	}
}

func emptyBacklog(t *testing.T, w World) {
	if b := w.backlog(t, 0, 0, 0); b != (store.Backlog{}) {
		t.Errorf("backlog is %+v", b)
	}
}
