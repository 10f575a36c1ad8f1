package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/store"
)

// StateModel compares random histories of [store.State] with a map. It is for
// implementations that do not lag.
func StateModel(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t)
		defer w.Close()
		m := &stateModel{w: w, records: map[string]store.Record{}, outbox: map[string]modelCommand{}}
		rt.Repeat(map[string]func(*rapid.T){"commit": m.commit, "clear": m.clear, "put off": m.putOff, "advance": m.advance, "": m.check})
	})
}

type stateModel struct {
	w       World
	records map[string]store.Record
	outbox  map[string]modelCommand
	stale   []store.Version
}

type modelCommand struct {
	store.Command
	overdue time.Time
}

var (
	someKey  = rapid.SampledFrom([]string{"a", "b", "c"})
	someID   = rapid.SampledFrom([]string{"c1", "c2", "c3"})
	someBody = rapid.SampledFrom([]string{"1", "2"})
	someTime = rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 5).Draw(t, "seconds")) * time.Second
	})
)

// live is the record as a reader must see it.
func (m *stateModel) live(key string) (store.Record, bool) {
	r, ok := m.records[key]
	return r, ok && (r.Expires.IsZero() || r.Expires.After(m.w.Now()))
}

func (m *stateModel) commit(t *rapid.T) {
	changes := rapid.SliceOfNDistinct(rapid.Custom(m.change), 0, 3, func(c store.Change) string { return c.Key }).Draw(t, "changes")
	commands := rapid.SliceOfNDistinct(rapid.Custom(someCommand), 0, 2, func(c store.Command) string { return c.ID }).Draw(t, "commands")
	if len(changes)+len(commands) == 0 {
		return
	}
	want := m.expect(changes, commands)
	v, err := m.w.State.Commit(ctx, changes, commands)
	if !errors.Is(err, want) {
		t.Fatalf("commit answered %v, the model %v", err, want)
	}
	if err == nil {
		m.apply(changes, commands, v)
	}
}

func (m *stateModel) change(t *rapid.T) store.Change {
	c := store.Change{Record: store.Record{Kind: "thing", Key: someKey.Draw(t, "key"), Body: []byte(someBody.Draw(t, "body"))}}
	if s := someTime.Draw(t, "due"); s > 0 {
		c.Due = m.w.Now().Add(s)
	}
	if s := someTime.Draw(t, "expires"); s > 3*time.Second {
		c.Expires = m.w.Now().Add(s)
	}
	right := m.records[c.Key].Version
	c.Expect = rapid.SampledFrom(append([]store.Version{right, right, right, 0}, m.stale...)).Draw(t, "expect")
	c.Delete = c.Expect != 0 && rapid.Bool().Draw(t, "delete")
	return c
}

func someCommand(t *rapid.T) store.Command {
	return store.Command{ID: someID.Draw(t, "id"), Queue: WorkQueue, Body: []byte(someBody.Draw(t, "body"))}
}

// expect is the error that the commit must give.
func (m *stateModel) expect(changes []store.Change, commands []store.Command) error {
	for _, c := range changes {
		r, ok := m.live(c.Key)
		if ok != (c.Expect != 0) || ok && r.Version != c.Expect {
			return store.ErrConflict
		}
	}
	for _, c := range commands {
		if old, ok := m.outbox[c.ID]; ok && string(old.Body) != string(c.Body) {
			return store.ErrConflict
		}
	}
	return nil
}

func (m *stateModel) apply(changes []store.Change, commands []store.Command, v store.Version) {
	for _, c := range changes {
		if old := m.records[c.Key].Version; old != 0 {
			m.stale = append(m.stale[max(0, len(m.stale)-3):], old)
		}
		delete(m.records, c.Key)
		if !c.Delete {
			c.Version = v
			m.records[c.Key] = c.Record
		}
	}
	for _, c := range commands {
		if _, ok := m.outbox[c.ID]; !ok {
			m.outbox[c.ID] = modelCommand{c, c.Overdue(m.w.Now())}
		}
	}
}

func (m *stateModel) clear(t *rapid.T) {
	id := someID.Draw(t, "id")
	if err := m.w.State.Clear(ctx, id); err != nil {
		t.Fatal(err)
	}
	delete(m.outbox, id)
}

func (m *stateModel) putOff(t *rapid.T) {
	id, until := someID.Draw(t, "id"), m.w.Now().Add(store.Patience+someTime.Draw(t, "time"))
	if err := m.w.State.PutOff(ctx, id, until); err != nil {
		t.Fatal(err)
	}
	if c, ok := m.outbox[id]; ok {
		c.overdue = until
		m.outbox[id] = c
	}
}

func (m *stateModel) advance(t *rapid.T) {
	m.w.Advance(nil, someTime.Draw(t, "time"))
}

func (m *stateModel) check(t *rapid.T) {
	for _, key := range []string{"a", "b", "c"} {
		want, ok := m.live(key)
		got, err := m.w.State.Load(ctx, "thing", key)
		if ok != (err == nil) || ok && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s is %v (%v), in the model %v, %v", key, got, err, want, ok)
		}
	}
	m.checkDue(t)
	m.checkOutbox(t)
}

func (m *stateModel) checkDue(t *rapid.T) {
	got, err := m.w.State.DueBefore(ctx, "thing", m.w.Now(), 10)
	var want []store.Due
	for key := range m.records {
		if r, ok := m.live(key); ok && !r.Due.IsZero() && !r.Due.After(m.w.Now()) {
			want = append(want, store.Due{Key: key, At: r.Due})
		}
	}
	byKey := func(a, b store.Due) int { return strings.Compare(a.Key, b.Key) }
	if !slices.IsSortedFunc(got, func(a, b store.Due) int { return a.At.Compare(b.At) }) {
		t.Fatalf("due is not in order: %v", got)
	}
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("due is %v (%v), in the model %v", got, err, want)
	}
}

func (m *stateModel) checkOutbox(t *rapid.T) {
	until := m.w.Now().Add(store.Patience - 2*time.Second)
	got, err := m.w.State.Uncleared(ctx, until, 10)
	n := 0
	for _, c := range m.outbox {
		if !c.overdue.After(until) {
			n++
		}
	}
	if err != nil || len(got) != n {
		t.Fatalf("uncleared is %v (%v), in the model %v", got, err, m.outbox)
	}
	for _, c := range got {
		if want, ok := m.outbox[c.ID]; !ok || string(want.Body) != string(c.Body) || want.Queue != c.Queue {
			t.Fatalf("uncleared has %v, the model %v", c, want)
		}
	}
}
