package demo

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/journal"
)

// Result is what a walk, or many, came to.
type Result struct {
	Count
	PerSecond float64        `json:"exchanges_per_second"`
	Seconds   float64        `json:"seconds"`
	Steps     []StepTimes    `json:"steps"`
	Errors    map[string]int `json:"errors,omitempty"`
	Walk      *Walk          `json:"walk,omitempty"` // when there was one only
}

// StepTimes are the percentiles of one step over all exchanges, in seconds.
type StepTimes struct {
	Number int     `json:"number"`
	Name   string  `json:"name"`
	P50    float64 `json:"p50"`
	P95    float64 `json:"p95"`
	P99    float64 `json:"p99"`
}

// Run walks as often as was asked, and then counts from the journals of both
// countries. The error is of the journals; what went wrong in a walk is counted.
func (d *Demo) Run(ctx context.Context) (*Result, error) {
	began := time.Now()
	walks, failed := d.walks(ctx)
	took := time.Since(began)
	if err := d.settled(ctx, began, walks); err != nil {
		return nil, err
	}
	counted, err := d.Count(ctx, began)
	if err != nil {
		return nil, err
	}
	r := &Result{Count: *counted, Seconds: took.Seconds(), PerSecond: float64(len(walks)) / took.Seconds(), Steps: times(walks), Errors: failed}
	if d.o.Count == 1 && len(walks) == 1 {
		r.Walk = walks[0]
	}
	return r, nil
}

// walks walks in parallel. Walks that failed are not among those returned.
func (d *Demo) walks(ctx context.Context) ([]*Walk, map[string]int) {
	var mu sync.Mutex
	var done []*Walk
	failed := map[string]int{}
	var group sync.WaitGroup
	next := make(chan int)
	for range max(d.o.Parallel, 1) {
		group.Go(func() {
			for n := range next {
				w, err := d.Walk(ctx, fmt.Sprintf("demo-%d-%d", time.Now().UnixNano(), n))
				mu.Lock()
				if err != nil {
					failed[err.Error()]++
				} else {
					done = append(done, w)
				}
				if d.o.Progress != nil {
					d.o.Progress(len(done) + len(failed))
				}
				mu.Unlock()
			}
		})
	}
	for n := range max(d.o.Count, 1) {
		select {
		case next <- n:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return done, failed
}

// Count counts from both journals what all exchanges since a time came to, also those
// that somebody else walks at the same time.
func (d *Demo) Count(ctx context.Context, since time.Time) (*Count, error) {
	from, err := d.journal(ctx, d.world.From, since)
	if err != nil {
		return nil, err
	}
	to, err := d.journal(ctx, d.world.To, since)
	if err != nil {
		return nil, err
	}
	return count(from, to), nil
}

func (d *Demo) journal(ctx context.Context, country string, since time.Time) (map[string][]journal.Entry, error) {
	if read := d.o.Journals[country]; read != nil {
		return read(ctx, since)
	}
	return readJournal(d.world.Journal(country), since)
}

// CountJournals counts the exchanges of a world since a time, from the journals
// of both countries.
func CountJournals(r *world.Running, since time.Time) (*Count, error) {
	from, err := readJournal(r.Journal(r.From), since)
	if err != nil {
		return nil, err
	}
	to, err := readJournal(r.Journal(r.To), since)
	if err != nil {
		return nil, err
	}
	return count(from, to), nil
}

// settled waits until the outcomes of the walks are in the journal: they follow
// what the portal sees.
func (d *Demo) settled(ctx context.Context, since time.Time, walks []*Walk) error {
	for range 50 {
		c, err := d.Count(ctx, since)
		if err != nil || c.Lost == 0 && c.Exchanges >= len(walks) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

func times(walks []*Walk) []StepTimes {
	by := map[int][]time.Duration{}
	for _, w := range walks {
		for _, s := range w.Steps {
			by[s.Number] = append(by[s.Number], s.Took)
		}
	}
	var list []StepTimes
	for n, name := range stepNames {
		if all := by[n+1]; len(all) > 0 {
			slices.Sort(all)
			list = append(list, StepTimes{n + 1, name, percentile(all, 0.50), percentile(all, 0.95), percentile(all, 0.99)})
		}
	}
	return list
}

// percentile is the nearest-rank percentile of sorted durations, in seconds.
func percentile(sorted []time.Duration, p float64) float64 {
	rank := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)].Seconds()
}
