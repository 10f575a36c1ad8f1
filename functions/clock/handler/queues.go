package handler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
)

// sweeper is a store's queues, where one may be folded into another.
type sweeper interface {
	Sweep(ctx context.Context, limit int) (int, error)
}

// sweep gives on what lies in queues that nobody polls.
func sweep(ctx context.Context, a *assembly.Assembly) error {
	q, ok := a.Queue.(sweeper)
	if !ok {
		return nil
	}
	n, err := q.Sweep(ctx, MaxRound)
	if n > 0 {
		slog.InfoContext(ctx, "items were given on that lay in queues which nobody polls", slog.Int("items", n))
	}
	if err != nil {
		slog.ErrorContext(ctx, "a queue that nobody polls cannot be swept; the next round tries again", slog.String("error", err.Error()))
	}
	return err
}

// Reached is how often each queue is looked at: one that nothing is sent to may be
// gone for long before somebody misses it.
const Reached = 15 * time.Minute

// reacher is a store's queues: asking one changes nothing in it.
type reacher interface {
	Reach(ctx context.Context, queue string) error
}

// lookout looks at every queue.
type lookout struct {
	*assembly.Assembly
	missed atomic.Bool // the last look missed one
}

// look looks when a quarter of an hour begins, and each minute while a queue is missed,
// so that an alarm stays until it is back.
func (l *lookout) look(ctx context.Context) error {
	q, ok := l.Queue.(reacher)
	now := l.Now()
	if !ok || !l.missed.Load() && now.Truncate(time.Minute) != now.Truncate(Reached) {
		return nil
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(functions.All().Queues)) {
		if err := q.Reach(ctx, name); err != nil {
			slog.ErrorContext(ctx, "a queue cannot be reached", slog.String("queue", name), slog.String("error", err.Error()))
			errs = append(errs, fmt.Errorf("look at queue %s: %w", name, err))
		}
	}
	l.missed.Store(len(errs) > 0)
	return errors.Join(errs...)
}
