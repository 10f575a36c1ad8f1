package embedded_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

const lockTime = time.Hour

// clock is moved by hand.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func config(now func() time.Time) embedded.Config {
	return embedded.Config{
		Now:    now,
		Queues: []embedded.Queue{{Name: storetest.WorkQueue, MaxReceives: storetest.MaxReceives}},
		Buckets: []embedded.Bucket{
			{Name: storetest.PlainBucket},
			{Name: storetest.LockedBucket, Lock: lockTime},
		},
	}
}

func open(t testing.TB, dir string, c embedded.Config) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(context.Background(), dir, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func world(t testing.TB) storetest.World {
	c := newClock()
	s := open(t, t.TempDir(), config(c.now))
	return storetest.World{
		State: s.State, Queue: s.Queues, DeadLetters: s.Queues, Objects: s.Objects, Lock: lockTime,
		Now: c.now, Advance: func(_ testing.TB, d time.Duration) { c.advance(d) },
		Close: func() { s.Close() },
	}
}

func TestObjects(t *testing.T) { storetest.Objects(t, world) }
func TestState(t *testing.T)   { storetest.State(t, world) }
func TestOutbox(t *testing.T)  { storetest.Outbox(t, world) }
func TestQueue(t *testing.T)   { storetest.Queue(t, world) }

func TestStateModel(t *testing.T) {
	t.Parallel()
	storetest.StateModel(t, world)
}

func TestQueueModel(t *testing.T) {
	t.Parallel()
	storetest.QueueModel(t, world)
}

func TestObjectsModel(t *testing.T) {
	t.Parallel()
	storetest.ObjectsModel(t, world)
}
