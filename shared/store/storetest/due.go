package storetest

import (
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

func expired(t *testing.T, w World) {
	c := w.put("session", "x", "old", 0)
	c.Expires, c.Due = w.Now().Add(2*time.Second), w.Now()
	v := w.commit(t, []store.Change{c})
	if got := w.body("session", "x"); got != "old" {
		t.Errorf("before its time it is %s", got)
	}
	w.Advance(t, 3*time.Second)
	w.absent(t, "session", "x")
	w.due(t, "session", w.Now(), 10)
	_, err := w.State.Commit(ctx, []store.Change{w.put("session", "x", "late", v)}, nil)
	refused(t, err, store.ErrConflict)
	_, err = w.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "session", Key: "x"}, Expect: v, Delete: true}}, nil)
	refused(t, err, store.ErrConflict)
	w.commit(t, []store.Change{w.put("session", "x", "new", 0)})
	if got := w.body("session", "x"); got != "new" {
		t.Errorf("made anew it is %s", got)
	}
}

func (w *World) due(t testing.TB, kind string, at time.Time, limit int, want ...string) {
	t.Helper()
	w.settled(t, func() error {
		list, err := w.State.DueBefore(ctx, kind, at, limit)
		var got []string
		for _, d := range list {
			got = append(got, d.Key)
		}
		return differs("due", want, got, err)
	})
}

func dueInOrder(t *testing.T, w World) {
	base := w.Now().Truncate(time.Second)
	for key, after := range map[string]int{"c": 3, "a": 1, "d": 4, "b": 2, "never": 0} {
		c := w.put("exchange", key, "1", 0)
		if after > 0 {
			c.Due = base.Add(time.Duration(after) * time.Minute)
		}
		w.commit(t, []store.Change{c})
	}
	other := w.put("portal", "p", "1", 0)
	other.Due = base
	w.commit(t, []store.Change{other})

	w.due(t, "exchange", base, 10)
	w.due(t, "exchange", base.Add(3*time.Minute), 10, "a", "b", "c")
	w.due(t, "exchange", base.Add(time.Hour), 2, "a", "b")
	list, err := w.State.DueBefore(ctx, "exchange", base.Add(time.Minute), 1)
	if err != nil || len(list) != 1 || !list[0].At.Equal(base.Add(time.Minute)) {
		t.Errorf("due is %v, %v", list, err)
	}
	a, err := w.State.Load(ctx, "exchange", "a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.State.Load(ctx, "exchange", "b")
	if err != nil {
		t.Fatal(err)
	}
	w.commit(t, []store.Change{w.put("exchange", "a", "done", a.Version), {Record: store.Record{Kind: "exchange", Key: "b"}, Expect: b.Version, Delete: true}})
	w.due(t, "exchange", base.Add(time.Hour), 10, "c", "d")
}
