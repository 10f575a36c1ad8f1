package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Outbox is the contract of the outbox: commit, then send. It needs State and
// Queue of one world.
func Outbox(t *testing.T, open Open) {
	each(t, open, map[string]func(*testing.T, World){
		"a command lies in the outbox until it is cleared":                  untilCleared,
		"a command is kept as it was given":                                 keptAsGiven,
		"uncleared commands come the longest overdue first":                 longestOverdueFirst,
		"a command that is put off comes at its new time":                   putOff,
		"a command is left alone while its handler may work on it":          leftAlone,
		"the same command twice is one":                                     sameTwice,
		"another command under the same id is refused":                      otherCommand,
		"of many who order under one id one is followed":                    oneOrders,
		"dispatched commands are in the queue until they are settled":       dispatched,
		"what was not dispatched after a crash is resent":                   resent,
		"what a queue has lost is sent again":                               lostByQueue,
		"the older a command is the later it is sent again":                 fewerCopies,
		"a command whose queue fails is overdue, the others go":             othersGo,
		"what failed is left to its queue, and at last to the dead letters": failedItems,
	})
}

// uncleared are the ids of the commands that are overdue after a time.
func (w *World) uncleared(t testing.TB, after time.Duration, want ...string) {
	t.Helper()
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now().Add(after), 200)
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

func (w *World) putOff(t testing.TB, id string, by time.Duration) {
	t.Helper()
	if err := w.State.PutOff(ctx, id, w.Now().Add(by)); err != nil {
		t.Fatal(err)
	}
}

// ever is later than whatever these tests put off.
const ever = 1000 * time.Hour

func untilCleared(t *testing.T, w World) {
	w.order(t, command("a"))
	w.uncleared(t, ever, "a")
	if err := w.State.Clear(ctx, "a", "unknown"); err != nil {
		t.Fatal(err)
	}
	w.uncleared(t, ever)
	if err := w.State.Clear(ctx, "a"); err != nil {
		t.Errorf("clearing twice: %v", err)
	}
	w.putOff(t, "a", 0)
	w.uncleared(t, ever)
}

func keptAsGiven(t *testing.T, w World) {
	atOnce, later := command("a/é\""), command("b")
	before := w.Now().UTC().Truncate(time.Millisecond)
	later.NotBefore = before.Add(time.Minute).Truncate(time.Second)
	w.order(t, atOnce, later)
	after := w.Now()
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now().Add(ever), 10)
		if len(list) > 0 && !list[0].NotBefore.Before(before) && !list[0].NotBefore.After(after) {
			atOnce.NotBefore = list[0].NotBefore // since when it may be received
		}
		return differs("uncleared", []store.Command{atOnce, later}, list, err)
	})
}

func longestOverdueFirst(t *testing.T, w World) {
	w.order(t, command("c"))
	w.Advance(t, time.Second)
	w.order(t, command("a"))
	first := w.Now().Add(store.Patience)
	w.Advance(t, time.Second)
	w.order(t, command("b"))
	w.uncleared(t, store.Patience, "c", "a", "b")
	list, err := w.State.Uncleared(ctx, first, 10)
	if err != nil || len(list) != 2 {
		t.Errorf("before the last: %v, %v", list, err)
	}
	list, err = w.State.Uncleared(ctx, w.Now().Add(ever), 1)
	if err != nil || len(list) != 1 || list[0].ID != "c" {
		t.Errorf("the longest overdue: %v, %v", list, err)
	}
}

func putOff(t *testing.T, w World) {
	w.order(t, command("a"), command("b"))
	w.putOff(t, "a", time.Hour)
	w.putOff(t, "b", 0)
	w.putOff(t, "unknown", 0)
	w.uncleared(t, 0, "b")
	w.uncleared(t, 59*time.Minute, "b")
	w.uncleared(t, time.Hour+time.Second, "b", "a")
}

func leftAlone(t *testing.T, w World) {
	later := command("b")
	later.NotBefore = w.Now().Add(time.Minute)
	w.order(t, command("a"), later)
	w.uncleared(t, store.Patience+time.Second, "a")
	w.uncleared(t, store.Patience-10*time.Second)
	w.uncleared(t, store.Patience+time.Minute+time.Second, "a", "b")
}

func sameTwice(t *testing.T, w World) {
	w.order(t, command("a"))
	w.commit(t, []store.Change{w.put("order", "again", "1", 0)}, command("a"), command("b"))
	w.settled(t, func() error {
		list, err := w.State.Uncleared(ctx, w.Now().Add(ever), 10)
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

// handled takes everything from the queue and settles it.
func (w *World) handled(t testing.TB, failed error, last bool, want ...string) {
	t.Helper()
	var got []string
	w.settled(t, func() error {
		for list := w.receive(t, 10); len(list) > 0; list = w.receive(t, 10) {
			for _, m := range list {
				got = append(got, m.Command)
				store.Settle(ctx, w.State, w.Now(), m.Command, failed, last)
				if err := w.Queue.Delete(ctx, WorkQueue, m.Handle); err != nil {
					t.Fatal(err)
				}
			}
		}
		return differs("handled", want, slices.Compact(slices.Sorted(slices.Values(got))), nil)
	})
}

func (w *World) dispatch(t testing.TB, commands ...store.Command) {
	t.Helper()
	if err := store.Dispatch(ctx, w.State, w.Queue, w.Now(), commands); err != nil {
		t.Fatal(err)
	}
}

// resend sends again what is overdue after a time.
func (w *World) resend(t testing.TB, after time.Duration, want int) {
	t.Helper()
	if r, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now().Add(after), 10); r.Sent.Commands != want || err != nil {
		t.Errorf("resent %+v, want %d, %v", r, want, err)
	}
}

func dispatched(t *testing.T, w World) {
	later := command("b")
	later.NotBefore = w.Now().Add(3 * time.Second)
	w.order(t, command("a"), later)
	w.dispatch(t, command("a"), later)
	w.uncleared(t, ever, "a", "b")
	w.handled(t, nil, false, "a")
	w.uncleared(t, ever, "b")
	w.Advance(t, 4*time.Second)
	w.handled(t, nil, false, "b")
	w.uncleared(t, ever)
}

func resent(t *testing.T, w World) {
	w.order(t, command("a"))
	w.uncleared(t, ever, "a")
	w.resend(t, store.Patience-10*time.Second, 0)
	w.resend(t, store.Patience, 1)
	w.handled(t, nil, false, "a")
	w.uncleared(t, ever)
	w.resend(t, ever, 0)
}

func lostByQueue(t *testing.T, w World) {
	w.order(t, command("a"))
	w.dispatch(t, command("a"))
	w.received(t, `{"id":"a"}`) // and nobody handled it
	w.uncleared(t, ever, "a")
	w.resend(t, store.Patience, 1)
	w.handled(t, nil, false, "a")
	w.uncleared(t, ever)
}

func fewerCopies(t *testing.T, w World) {
	w.order(t, command("a"))
	w.uncleared(t, ever, "a")
	for age, next := range map[time.Duration]time.Duration{time.Minute: store.Patience, time.Hour: time.Hour, 100 * time.Hour: store.Buried} {
		then := w.Now().Add(age)
		if r, err := store.Resend(ctx, w.State, w.Queue, then, w.Now().Add(ever), 10); r.Sent.Commands != 1 || err != nil {
			t.Fatalf("resent %+v, %v", r, err)
		}
		w.uncleared(t, age+next-time.Minute)
		w.uncleared(t, age+next+time.Minute, "a")
	}
}

var errBroken = errors.New("broken on purpose")

func othersGo(t *testing.T, w World) {
	bad := command("b")
	bad.Queue = "nobody-has-configured-this"
	commands := []store.Command{command("a"), bad, command("c")}
	w.order(t, commands...)
	if err := store.Dispatch(ctx, w.State, w.Queue, w.Now(), commands); err == nil {
		t.Error("no error")
	}
	w.uncleared(t, 0, "b")
	bad.Body = []byte(`{"id":"d"}`)
	bad.ID = "d"
	w.order(t, bad)
	w.Advance(t, 10*time.Millisecond)
	w.putOff(t, "d", 0)
	w.uncleared(t, 0, "b", "d")
	for _, order := range [][]string{{"d", "b"}, {"b", "d"}} { // what failed stands behind the others
		w.Advance(t, 10*time.Millisecond)
		if r, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now(), 1); r.Failed.Commands != 1 || r.Sent.Commands != 0 || err == nil {
			t.Errorf("resent %+v, %v", r, err)
		}
		w.uncleared(t, 0, order...)
	}
	w.handled(t, nil, false, "a", "c")
	w.uncleared(t, ever, "b", "d")
}

func failedItems(t *testing.T, w World) {
	for last, wait := range map[bool]time.Duration{false: store.Retried, true: store.Buried} {
		c := command(fmt.Sprint("last ", last))
		w.order(t, c)
		w.dispatch(t, c)
		w.handled(t, errBroken, last, c.ID)
		w.uncleared(t, wait-time.Minute)
		w.uncleared(t, wait+time.Minute, c.ID)
		if err := w.State.Clear(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
	}
}
