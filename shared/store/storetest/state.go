package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// State is the contract of [store.State] but for the outbox.
func State(t *testing.T, open Open) {
	each(t, open, map[string]func(*testing.T, World){
		"a record is loaded as it was written":                   loadedAsWritten,
		"a record that is not there is not found":                notFound,
		"a record is created once":                               createdOnce,
		"only the present version can be changed":                presentVersion,
		"a record made anew has no version of the former":        madeAnew,
		"a conflict writes nothing":                              conflictWritesNothing,
		"of many who create one wins":                            oneCreates,
		"of many who count none is lost":                         noneLost,
		"of many who make anew what has expired one wins":        oneMakesAnew,
		"commits of several records never show a half":           transfers,
		"commits of different records do not disturb each other": undisturbed,
		"an expired record is as if it were not there":           expired,
		"due records are named in order":                         dueInOrder,
		"a commit beyond the limits is refused":                  beyondLimits,
		"a commit at the limits is written":                      atLimits,
		"a cancelled commit writes nothing":                      cancelled,
	})
}

func loadedAsWritten(t *testing.T, w World) {
	due, expires := w.Now().Add(time.Hour).UTC().Truncate(time.Millisecond), w.Now().Add(2*time.Hour).UTC().Truncate(time.Millisecond)
	full := store.Record{Kind: "exchange", Key: "x ā/1\"", Body: []byte(`{"state":"new"}`), Due: due, Expires: expires}
	bare := store.Record{Kind: "exchange", Key: "y", Body: []byte{}}
	v := w.commit(t, []store.Change{{Record: full}, {Record: bare}})
	if v == 0 {
		t.Error("the version is 0")
	}
	for _, want := range []store.Record{full, bare} {
		want.Version = v
		got, err := w.State.Load(ctx, want.Kind, want.Key)
		if err != nil {
			t.Fatal(err)
		}
		got.Body = append([]byte{}, got.Body...) // empty is as good as nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func notFound(t *testing.T, w World) {
	w.commit(t, []store.Change{w.put("exchange", "x", "1", 0)})
	w.absent(t, "exchange", "y")
	w.absent(t, "portal", "x")
}

func createdOnce(t *testing.T, w World) {
	w.commit(t, []store.Change{w.put("exchange", "x", "first", 0)})
	_, err := w.State.Commit(ctx, []store.Change{w.put("exchange", "x", "second", 0)}, nil)
	refused(t, err, store.ErrConflict)
	if got := w.body("exchange", "x"); got != "first" {
		t.Errorf("body is %s", got)
	}
}

func presentVersion(t *testing.T, w World) {
	v1 := w.commit(t, []store.Change{w.put("exchange", "x", "1", 0)})
	v2 := w.commit(t, []store.Change{w.put("exchange", "x", "2", v1)})
	for name, change := range map[string]store.Change{
		"update":           w.put("exchange", "x", "3", v1),
		"delete":           {Record: store.Record{Kind: "exchange", Key: "x"}, Expect: v1, Delete: true},
		"update of absent": w.put("exchange", "y", "3", v2),
		"delete of absent": {Record: store.Record{Kind: "exchange", Key: "y"}, Expect: v2, Delete: true},
	} {
		if _, err := w.State.Commit(ctx, []store.Change{change}, nil); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := w.body("exchange", "x"); got != "2" {
		t.Errorf("body is %s", got)
	}
}

func madeAnew(t *testing.T, w World) {
	seen := map[store.Version]bool{}
	for range 3 {
		v := w.commit(t, []store.Change{w.put("exchange", "x", "1", 0)})
		if seen[v] {
			t.Errorf("version %d came again", v)
		}
		seen[v] = true
		w.commit(t, []store.Change{{Record: store.Record{Kind: "exchange", Key: "x"}, Expect: v, Delete: true}})
		w.absent(t, "exchange", "x")
	}
}

func conflictWritesNothing(t *testing.T, w World) {
	v := w.commit(t, []store.Change{w.put("exchange", "x", "1", 0)})
	v = w.commit(t, []store.Change{w.put("exchange", "x", "2", v)})
	_, err := w.State.Commit(ctx, []store.Change{
		w.put("exchange", "new", "1", 0), w.put("exchange", "x", "3", v), w.put("exchange", "x2", "3", v),
	}, []store.Command{command("c")})
	refused(t, err, store.ErrConflict)
	w.absent(t, "exchange", "new")
	if got := w.body("exchange", "x"); got != "2" {
		t.Errorf("body is %s", got)
	}
	w.uncleared(t, ever)
	w.commit(t, []store.Change{w.put("exchange", "x", "3", v)})
}

func oneCreates(t *testing.T, w World) {
	const n = 16
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := w.State.Commit(ctx, []store.Change{w.put("exchange", "x", strconv.Itoa(i), 0)}, []store.Command{command(fmt.Sprint("by-", i))})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d have won", won.Load())
	}
	w.uncleared(t, ever, "by-"+w.body("exchange", "x"))
}

func noneLost(t *testing.T, w World) {
	const workers, times = 8, 10
	w.commit(t, []store.Change{w.put("count", "x", "0", 0)})
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range times {
				if err := w.count("x"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := w.body("count", "x"); got != strconv.Itoa(workers*times) {
		t.Errorf("counted to %s", got)
	}
}

// count adds one, however often others are faster.
func (w *World) count(key string) error {
	for {
		r, err := w.State.Load(ctx, "count", key)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(r.Body))
		if err != nil {
			return err
		}
		_, err = w.State.Commit(ctx, []store.Change{w.put("count", key, strconv.Itoa(n+1), r.Version)}, nil)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

func undisturbed(t *testing.T, w World) {
	const n = 16
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := w.State.Commit(ctx, []store.Change{w.put("exchange", strconv.Itoa(i), "1", 0)}, []store.Command{command(strconv.Itoa(i))}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range n {
		if got := w.body("exchange", strconv.Itoa(i)); got != "1" {
			t.Errorf("record %d is %s", i, got)
		}
	}
}

func beyondLimits(t *testing.T, w World) {
	many := make([]store.Change, store.MaxCommit+1)
	for i := range many {
		many[i] = w.put("exchange", strconv.Itoa(i), "1", 0)
	}
	large := strings.Repeat("x", store.MaxBody+1)
	heavy := make([]store.Change, store.MaxCommitBytes/store.MaxBody+1)
	for i := range heavy {
		heavy[i] = w.put("exchange", strconv.Itoa(i), large[1:], 0)
	}
	late, fat := command("c"), command("c")
	late.NotBefore = w.Now().Add(store.MaxDelay + time.Minute)
	fat.Body = make([]byte, store.MaxItem+1)
	for name, c := range map[string]struct {
		changes  []store.Change
		commands []store.Command
	}{
		"nothing":                {},
		"too many":               {changes: many},
		"a body too large":       {changes: []store.Change{w.put("exchange", "0", large, 0)}},
		"all bodies too large":   {changes: heavy},
		"one record twice":       {changes: []store.Change{many[0], many[0]}},
		"one command twice":      {changes: many[:1], commands: []store.Command{command("c"), command("c")}},
		"a kind that is no name": {changes: []store.Change{w.put("Exchange!", "0", "", 0)}},
		"an empty key":           {changes: []store.Change{w.put("exchange", "", "", 0)}},
		"a delete of no version": {changes: []store.Change{{Record: many[0].Record, Delete: true}}},
		"a delay too long":       {changes: many[:1], commands: []store.Command{late}},
		"an item too large":      {changes: many[:1], commands: []store.Command{fat}},
	} {
		if _, err := w.State.Commit(ctx, c.changes, c.commands); err == nil || errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.absent(t, "exchange", "0")
	w.uncleared(t, ever)
}

func atLimits(t *testing.T, w World) {
	changes := make([]store.Change, store.MaxCommit-1)
	for i := range changes {
		changes[i] = w.put("exchange", strings.Repeat("k", store.MaxKey-3)+fmt.Sprintf("%03d", i), "1", 0)
	}
	changes[0].Body = []byte(strings.Repeat("x", store.MaxBody))
	w.commit(t, changes, command("c"))
	if got := w.body("exchange", changes[0].Key); len(got) != store.MaxBody {
		t.Errorf("the large body has %d octets", len(got))
	}
}

func cancelled(t *testing.T, w World) {
	dead, cancel := context.WithCancel(ctx)
	cancel()
	_, err := w.State.Commit(dead, []store.Change{w.put("exchange", "x", "1", 0)}, []store.Command{command("c")})
	refused(t, err, context.Canceled)
	w.absent(t, "exchange", "x")
	w.uncleared(t, ever)
}
