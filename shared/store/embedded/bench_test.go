package embedded_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

const full = 100_000

// compare runs the same over an empty store and one of 100 000 records, as many
// uncleared commands and 10 000 hidden messages, in turn. It reports the medians,
// and as "full/empty" the ratio that must not grow.
func compare(b *testing.B, work func(*testing.B, *embedded.Store)) {
	empty, stuffed := open(b, b.TempDir(), config(time.Now)), open(b, b.TempDir(), config(time.Now))
	fill(b, stuffed, full)
	for _, s := range []*embedded.Store{empty, stuffed} {
		if _, err := s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: "due", Due: time.Now()}}}, nil); err != nil {
			b.Fatal(err)
		}
	}
	var small, large []time.Duration
	for b.Loop() {
		small, large = append(small, took(b, empty, work)), append(large, took(b, stuffed, work))
	}
	slices.Sort(small)
	slices.Sort(large)
	few, many := small[len(small)/2], large[len(large)/2]
	b.ReportMetric(float64(few.Microseconds()), "µs-empty")
	b.ReportMetric(float64(many.Microseconds()), "µs-full")
	b.ReportMetric(float64(many)/float64(few), "full/empty")
}

func took(b *testing.B, s *embedded.Store, work func(*testing.B, *embedded.Store)) time.Duration {
	start := time.Now()
	work(b, s)
	return time.Since(start)
}

// fill puts records, half of them due in an hour, and hidden messages.
func fill(b *testing.B, s *embedded.Store, n int) {
	b.Helper()
	body := []byte(strings.Repeat("x", 1000))
	const lot = 50
	for i := 0; i < n; i += lot {
		var changes []store.Change
		var commands []store.Command
		for k := i; k < i+lot; k++ {
			r := store.Record{Kind: "exchange", Key: fmt.Sprint("stored-", k), Body: body}
			if k%2 == 0 {
				r.Due = time.Now().Add(time.Hour)
			}
			changes = append(changes, store.Change{Record: r})
			commands = append(commands, store.Command{ID: r.Key, Queue: storetest.WorkQueue, Body: []byte(r.Key)})
		}
		if _, err := s.State.Commit(ctx, changes, commands); err != nil {
			b.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range n / 500 {
				if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("hidden")}, store.MaxDelay); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

var benchKey atomic.Int64

func commitOne(b *testing.B, s *embedded.Store) {
	key := fmt.Sprint("bench-", benchKey.Add(1))
	create(b, s, key, `{"state":"new"}`, store.Command{ID: key, Queue: storetest.WorkQueue, Body: []byte(key)})
}

func BenchmarkCommit(b *testing.B) { compare(b, commitOne) }

func BenchmarkDueBefore(b *testing.B) {
	compare(b, func(b *testing.B, s *embedded.Store) {
		if list, err := s.State.DueBefore(ctx, "exchange", time.Now(), 100); err != nil || len(list) != 1 {
			b.Fatal(len(list), err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	compare(b, func(b *testing.B, s *embedded.Store) {
		if _, err := s.State.Load(ctx, "exchange", "due"); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkUncleared(b *testing.B) {
	compare(b, func(b *testing.B, s *embedded.Store) {
		if _, err := s.State.Uncleared(ctx, time.Now().Add(-time.Hour), 100); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkSendReceiveDelete(b *testing.B) {
	compare(b, func(b *testing.B, s *embedded.Store) {
		if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("item")}, 0); err != nil {
			b.Fatal(err)
		}
		for _, m := range receive(b, s, 1) {
			if err := s.Queues.Delete(ctx, storetest.WorkQueue, m.Handle); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// How many commits a second share the disk, when 32 are wanted at once.
func BenchmarkCommitBesideOthers(b *testing.B) {
	s := open(b, b.TempDir(), config(time.Now))
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			commitOne(b, s)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

func BenchmarkPut4KiB(b *testing.B) {
	s := open(b, b.TempDir(), config(time.Now))
	body := strings.Repeat("x", 4<<10)
	b.SetBytes(int64(len(body)))
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			put(b, s, storetest.LockedBucket, fmt.Sprintf("%d/1.json", benchKey.Add(1)), body)
		}
	})
}
