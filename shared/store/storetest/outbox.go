package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Outbox is the contract of the outbox: commit, then send. It needs State and
// Queue of one world.
func Outbox(t *testing.T, open Open) {
	each(t, open, map[string]func(*testing.T, World){
		"a command lies in the outbox until it is cleared":          untilCleared,
		"a command is kept as it was given":                         keptAsGiven,
		"uncleared commands come oldest first":                      oldestFirst,
		"the same command twice is one":                             sameTwice,
		"another command under the same id is refused":              otherCommand,
		"of many who order under one id one is followed":            oneOrders,
		"dispatched commands are in the queue and cleared":          dispatched,
		"what was not dispatched after a crash is resent":           resent,
		"what was sent and not cleared is sent again, none is lost": sentAgain,
		"a command whose queue fails stays, the others go":          othersGo,
	})
}

func (w *World) uncleared(t testing.TB, want ...string) {
	t.Helper()
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now(), 200)
		var got []string
		for _, c := range list {
			got = append(got, c.ID)
		}
		return differs("uncleared", want, got, err)
	})
}

// order commits commands with a record of their own.
func (w *World) order(t testing.TB, commands ...store.Command) {
	t.Helper()
	w.commit(t, []store.Change{w.put("order", commands[0].ID, "1", 0)}, commands...)
}

func untilCleared(t *testing.T, w World) {
	w.order(t, command("a"))
	w.uncleared(t, "a")
	if err := w.State.Clear(ctx, "a", "unknown"); err != nil {
		t.Fatal(err)
	}
	w.uncleared(t)
	if err := w.State.Clear(ctx, "a"); err != nil {
		t.Errorf("clearing twice: %v", err)
	}
}

func keptAsGiven(t *testing.T, w World) {
	c := command("a/é\"")
	c.NotBefore = w.Now().Add(time.Minute).UTC().Truncate(time.Second)
	w.order(t, c)
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now(), 10)
		return differs("uncleared", []store.Command{c}, list, err)
	})
}

func oldestFirst(t *testing.T, w World) {
	w.order(t, command("c"))
	w.Advance(t, time.Second)
	w.order(t, command("a"))
	first := w.Now()
	w.Advance(t, time.Second)
	w.order(t, command("b"))
	w.uncleared(t, "c", "a", "b")
	list, err := w.State.Uncleared(ctx, first, 10)
	if err != nil || len(list) != 2 {
		t.Errorf("before the last: %v, %v", list, err)
	}
	list, err = w.State.Uncleared(ctx, w.Now(), 1)
	if err != nil || len(list) != 1 || list[0].ID != "c" {
		t.Errorf("the oldest: %v, %v", list, err)
	}
}

func sameTwice(t *testing.T, w World) {
	w.order(t, command("a"))
	w.commit(t, []store.Change{w.put("order", "again", "1", 0)}, command("a"), command("b"))
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now(), 10)
		return differs("commands", 2, len(list), err)
	})
}

func otherCommand(t *testing.T, w World) {
	w.order(t, command("a"))
	other := command("a")
	other.Body = []byte(`{"id":"z"}`)
	_, err := w.State.Commit(ctx, []store.Change{w.put("order", "again", "1", 0)}, []store.Command{other})
	refused(t, err, store.ErrConflict)
	w.absent(t, "order", "again")
}

func dispatched(t *testing.T, w World) {
	later := command("b")
	later.NotBefore = w.Now().Add(3 * time.Second)
	commands := []store.Command{command("a"), later}
	w.order(t, commands...)
	if err := store.Dispatch(ctx, w.State, w.Queue, w.Now(), commands); err != nil {
		t.Fatal(err)
	}
	w.uncleared(t)
	w.received(t, `{"id":"a"}`)
	w.Advance(t, 4*time.Second)
	w.received(t, `{"id":"b"}`)
}

func resent(t *testing.T, w World) {
	w.order(t, command("a"))
	w.Advance(t, 2*time.Second)
	w.uncleared(t, "a")
	if n, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now().Add(-time.Minute), 10); n != 0 || err != nil {
		t.Errorf("resent %d that are not old yet, %v", n, err)
	}
	if n, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now().Add(-time.Second), 10); n != 1 || err != nil {
		t.Errorf("resent %d, %v", n, err)
	}
	w.received(t, `{"id":"a"}`)
	w.uncleared(t)
}

type noClear struct{ store.State }

var errBroken = errors.New("broken on purpose")

func (noClear) Clear(context.Context, ...string) error { return errBroken }

func sentAgain(t *testing.T, w World) {
	w.order(t, command("a"))
	refused(t, store.Dispatch(ctx, noClear{w.State}, w.Queue, w.Now(), []store.Command{command("a")}), errBroken)
	w.uncleared(t, "a")
	if _, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now(), 10); err != nil {
		t.Error(err)
	}
	w.received(t, `{"id":"a"}`, `{"id":"a"}`)
	w.uncleared(t)
}

func othersGo(t *testing.T, w World) {
	bad := command("b")
	bad.Queue = "nobody-has-configured-this"
	commands := []store.Command{command("a"), bad, command("c")}
	w.order(t, commands...)
	if err := store.Dispatch(ctx, w.State, w.Queue, w.Now(), commands); err == nil {
		t.Error("no error")
	}
	w.uncleared(t, "b")
	w.received(t, `{"id":"a"}`, `{"id":"c"}`)
}
