package sending_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// What was stuck for as long as a dead letter lies must not go out a day later, when
// the person has gone.
func TestAMessageThatIsLateIsNotSentAnyMore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(w *world) // what happens before the day passes
		pushes int
		kinds  []journal.Kind
	}{
		"never signed":               {func(*world) {}, 0, []journal.Kind{journal.AnswerNotSent}},
		"signed, and pushed in vain": {func(w *world) { _ = w.worker.Handle(context.Background(), key) }, 1, []journal.Kind{journal.RequestSent, journal.AnswerNotSent}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, true, down(100))
			c.before(w)
			w.pass(24 * time.Hour)
			if failed := w.work(t); failed != nil {
				t.Fatal(failed)
			}
			m := w.state(t)
			if m.State != sending.Undelivered || w.pushes() != c.pushes || m.Missing() == nil || !strings.Contains(m.Missing().Detail, sending.Late.String()) {
				t.Errorf("the message is %s after %d pushes: %v", m.State, w.pushes(), m.Missing())
			}
			if diff := cmp.Diff(c.kinds, w.journalled(t)); diff != "" {
				t.Errorf("journal (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"outgoing/m1"}, w.told(t)); diff != "" || w.signedLeft(t) != 0 {
				t.Errorf("%d signed parts are left; told (-want +got):\n%s", w.signedLeft(t), diff)
			}
		})
	}
}

// mute is a journal that cannot be written.
type mute struct{ err error }

func (m mute) Write(context.Context, journal.Entry) error { return m.err }

// An item that comes again by itself needs no other of the clock's beside it.
func TestWhatCannotBePushedIsLeftToItsQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	broken := errors.New("denied")
	was := w.worker.Journal
	w.worker.Journal = mute{broken}
	if err := w.worker.Handle(t.Context(), key); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]int{store.Retried - time.Minute: 0, store.Retried: 1} {
		due, err := w.store.State.DueBefore(t.Context(), sending.Kind, w.clock().Add(after), 10)
		if err != nil || len(due) != want {
			t.Errorf("after %s due are %v, %v", after, due, err)
		}
	}
	w.worker.Journal = was
	if err := w.worker.Handle(t.Context(), key); err != nil || w.state(t).State != sending.Acknowledged {
		t.Errorf("mended it is %s, %v", w.state(t).State, err)
	}
}

// contended is a state in which a transaction meets others until it gives up, and
// none of them gets through either.
type contended struct{ store.State }

func (contended) Commit(context.Context, []store.Change, []store.Command) (store.Version, error) {
	return 0, store.ErrConflict
}

func TestARaceThatNobodyHasWonIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	w.worker.State = contended{w.store.State}
	if err := w.worker.Handle(t.Context(), key); err == nil || errors.Is(err, store.ErrConflict) {
		t.Errorf("nobody has signed, and the item is done: %v", err)
	}
	if m := w.state(t); m.State != sending.Ordered {
		t.Errorf("it is %s", m.State)
	}
}
