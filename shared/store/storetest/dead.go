package storetest

import (
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// fail receives what is there and deletes nothing, until one more is dead.
func (w *World) fail(t testing.TB, dead int) {
	t.Helper()
	last := 0
	for w.dead(t) < dead {
		for _, m := range w.receive(t, 10) {
			if m.Receives > MaxReceives || !w.AtLeastOnce && m.Receives != last+1 {
				t.Fatalf("reception after the %dth is called the %dth", last, m.Receives)
			}
			last = m.Receives
		}
		w.Advance(t, hold+time.Second)
	}
	if last < MaxReceives && !w.AtLeastOnce {
		t.Errorf("dead after %d receptions", last)
	}
}

func (w *World) dead(t testing.TB) int {
	t.Helper()
	b, err := w.DeadLetters.Backlog(ctx, WorkQueue)
	if err != nil {
		t.Fatal(err)
	}
	return b.Dead
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
	w.fail(t, 1)
	b := w.backlog(t, 0, 0, 1)
	if b.OldestDead.Before(sent) || b.OldestDead.After(w.Now()) || !b.OldestWaiting.IsZero() {
		t.Errorf("backlog is %+v", b)
	}
	w.send(t, "good", 0)
	if b := w.backlog(t, 1, 0, 1); b.OldestWaiting.IsZero() != w.NoAges {
		t.Errorf("backlog is %+v", b)
	}
	w.received(t, "good")
}

func redriven(t *testing.T, w World) {
	for i, body := range []string{"one", "two"} {
		w.send(t, body, 0)
		w.fail(t, i+1)
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
		for _, m := range w.some(t, 10) {
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
