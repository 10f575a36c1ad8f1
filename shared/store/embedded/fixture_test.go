package embedded_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// stopped is when the stores in testdata were stopped.
var stopped = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// former copies the store of a former release and opens it a minute after it was
// stopped.
func former(t *testing.T, release string) (dir string, c *clock) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", release))); err != nil {
		t.Fatal(err)
	}
	statements, err := os.ReadFile(filepath.Join(dir, "state.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(statements)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Close(), os.Remove(filepath.Join(dir, "state.sql"))); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"evidence/x-1+/part-01.xml", "journal/x-1+/1.json"} {
		if err := os.Chtimes(filepath.Join(dir, "objects", file), stopped, stopped); err != nil {
			t.Fatal(err)
		}
	}
	c = newClock()
	c.ms.Store(stopped.Add(time.Minute).UnixMilli())
	return dir, c
}

func TestOldWorkSurvivesNewCode(t *testing.T) {
	t.Parallel()
	for release, queued := range map[string][]string{
		"v1": {"dead", "waiting", "x-1/later", "x-1/send"},
		"v2": {"dead", "waiting", "waiting", "x-1/later", "x-1/send"}, // whose item has waited for long is sent again
	} {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			oldWork(t, release, queued)
		})
	}
}

func oldWork(t *testing.T, release string, queued []string) {
	t.Helper()
	dir, c := former(t, release)
	conf := config(c.now)
	conf.Buckets[1].Lock = time.Hour // less than the release had
	s := open(t, dir, conf)
	oldState(t, s, c)
	oldQueues(t, s, c, queued)

	o, err := s.Objects.Stat(ctx, storetest.PlainBucket, "x-1/part-01.xml")
	if err != nil || o.Size != 12 || !o.Created.Equal(stopped) {
		t.Errorf("evidence is %+v, %v", o, err)
	}
	o, err = s.Objects.Stat(ctx, storetest.LockedBucket, "x-1/1.json")
	if err != nil || !o.LockedUntil.Equal(stopped.Add(8760*time.Hour)) {
		t.Errorf("journal is %+v, %v", o, err)
	}
	if err := s.Objects.Delete(ctx, storetest.LockedBucket, "x-1/1.json"); !errors.Is(err, store.ErrLocked) {
		t.Errorf("deleting the journal: %v", err)
	}
}

func oldState(t *testing.T, s *embedded.Store, c *clock) {
	t.Helper()
	due, err := s.State.DueBefore(ctx, "exchange", c.now(), 10)
	if err != nil || len(due) != 1 || due[0].Key != "x-1" {
		t.Fatalf("due is %v, %v", due, err)
	}
	r, err := s.State.Load(ctx, "exchange", "x-1")
	if err != nil || string(r.Body) != `{"state":"sent"}` {
		t.Fatalf("record is %+v, %v", r, err)
	}
	r.Body, r.Due = []byte(`{"state":"final"}`), time.Time{}
	v, err := s.State.Commit(ctx, []store.Change{{Record: r, Expect: r.Version}}, nil)
	if err != nil || v == 40 || v == 41 {
		t.Errorf("version is %d, %v", v, err)
	}
	if _, err := s.State.Load(ctx, "session", "s-1"); err != nil {
		t.Error(err)
	}
	c.advance(10 * time.Minute)
	if _, err := s.State.Load(ctx, "session", "s-1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session has not expired: %v", err)
	}
}

// oldQueues sees that every item and every command that was not carried out comes.
func oldQueues(t *testing.T, s *embedded.Store, c *clock, want []string) {
	t.Helper()
	if n, err := s.Queues.Redrive(ctx, storetest.WorkQueue, 10); n != 1 || err != nil {
		t.Errorf("redrove %d, %v", n, err)
	}
	if r, err := store.Resend(ctx, s.State, s.Queues, c.now(), c.now(), 10); r.Sent.Commands != len(want)-2 || err != nil {
		t.Errorf("resent %+v, %v", r, err)
	}
	var got []string
	for _, m := range receive(t, s, 10) {
		var item struct{ ID string }
		if err := json.Unmarshal(m.Body, &item); err != nil {
			t.Fatal(err)
		}
		got = append(got, item.ID)
		store.Settle(ctx, s.State, c.now(), m.Command, nil, false)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if left, err := s.State.Uncleared(ctx, c.now().Add(2*store.Buried), 10); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestAMigratedStoreHasTheSchemaOfANewOne(t *testing.T) {
	t.Parallel()
	for _, release := range []string{"v1", "v2"} {
		old, c := former(t, release)
		if diff := cmp.Diff(schema(t, t.TempDir(), c), schema(t, old, c)); diff != "" {
			t.Errorf("%s: %s", release, diff)
		}
	}
}

func schema(t *testing.T, dir string, c *clock) []string {
	t.Helper()
	if err := open(t, dir, config(c.now)).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("select type || ' ' || name || ': ' || coalesce(sql, '') from sqlite_schema order by 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	return list
}
