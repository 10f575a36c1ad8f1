package sending

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Late is how long after its timestamp a message may be signed or pushed: longer than
// all tries take, and by then whoever waited for it has gone (the longest timer of an
// exchange is 62 minutes). An item that comes again after a day sends nothing.
const Late = time.Hour

func (w *Worker) late(m *Message) bool {
	return !m.State.Final() && w.Now().Sub(m.Header.Timestamp) > Late
}

// abandon ends a message that is late as not delivered.
func (w *Worker) abandon(ctx context.Context, key string, m *Message, version store.Version) error {
	if m.State == Pushing { // an outcome has its intent before it, as far as that can be read still
		if err := w.announce(ctx, key, m); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	next := *m
	reason := fmt.Sprintf("it could not be sent within %s; the log of as4-send says why", Late)
	next.Attempts = append(slices.Clip(next.Attempts), Attempt{At: w.Now(), Outcome: as4.Again, Reason: reason})
	next.State = Undelivered
	due, command := next.next(key, w.Now())
	if _, err := w.commit(ctx, key, &next, version, due, command); err != nil {
		return err
	}
	*m = next
	observe.MessagesSent.Add(ctx, 1, string(m.State))
	return nil
}

// postpone moves the next try of a message that could not be pushed behind the
// receptions that its item still has: the clock would send one a minute beside it.
func (w *Worker) postpone(ctx context.Context, key string, m *Message, version store.Version, cause error) error {
	if cause == nil || errors.Is(cause, store.ErrConflict) {
		return lost(cause)
	}
	if _, err := w.commit(ctx, key, m, version, w.Now().Add(store.Retried), nil); err != nil {
		return errors.Join(cause, errors.New(err.Error())) // a lost race here is no end of the job
	}
	return cause
}
