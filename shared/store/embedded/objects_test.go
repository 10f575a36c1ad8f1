package embedded_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

func bucket(now func() time.Time, b embedded.Bucket) embedded.Config {
	return embedded.Config{Now: now, Buckets: []embedded.Bucket{b}}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(filepath.Join(dir, "objects"), func(path string, _ fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		list = append(list, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAnObjectIsAFileThatAPersonFinds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, config(time.Now))
	put(t, s, storetest.PlainBucket, "x-1/part-01.xml", "<a/>")
	put(t, s, storetest.LockedBucket, "x-1/1.json", "{}")
	want := []string{"objects", "objects/.incoming", "objects/evidence", "objects/evidence/x-1+", "objects/evidence/x-1+/part-01.xml",
		"objects/journal", "objects/journal/.lock.json", "objects/journal/x-1+", "objects/journal/x-1+/1.json"}
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("files are %q", got)
	}
	info, err := os.Stat(filepath.Join(dir, "objects/journal/x-1+/1.json"))
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("a locked file is %v, %v", info.Mode(), err)
	}
}

func TestNoEmptyFolderStaysBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, config(time.Now))
	before := files(t, dir)
	put(t, s, storetest.PlainBucket, "a/b/c", "1")
	put(t, s, storetest.PlainBucket, "a/d", "1")
	for _, key := range []string{"a/b/c", "a/d"} {
		if err := s.Objects.Delete(ctx, storetest.PlainBucket, key); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir); !slices.Equal(got, before) {
		t.Errorf("files are %q", got)
	}
}

func TestWhatAKilledPutHasLeftIsRemovedAtTheNextStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir, config(time.Now)).Close(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "objects", ".incoming", "1")
	if err := os.WriteFile(left, []byte("half of an evidence"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, config(time.Now))
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	put(t, s, storetest.PlainBucket, "x", "1")
}

func TestALinkLeadsNoPutAndNoReadOutOfTheFolder(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	s := open(t, dir, config(time.Now))
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "objects", storetest.PlainBucket, "a+")); err != nil {
		t.Skip("SKIPPED: this system makes no symbolic links")
	}
	if f, _, err := s.Objects.Open(ctx, storetest.PlainBucket, "a/secret", store.Range{}); err == nil {
		f.Close()
		t.Error("opened a file outside")
	}
	if err := s.Objects.Delete(ctx, storetest.PlainBucket, "a/secret"); err == nil {
		t.Error("deleted a file outside")
	}
	if _, err := os.Stat(filepath.Join(outside, "secret")); err != nil {
		t.Error(err)
	}
}

func TestALockStaysAsItWasWhenTheObjectWasPut(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	steps := []struct {
		key  string
		lock time.Duration
	}{{"none", 0}, {"hours", 10 * time.Hour}, {"same", 10 * time.Hour}, {"less", time.Hour}, {"more", 20 * time.Hour}, {"opened", 0}}
	want := map[string]time.Time{}
	for _, step := range steps {
		s := open(t, dir, bucket(c.now, embedded.Bucket{Name: "journal", Lock: step.lock}))
		if step.lock > 0 {
			want[step.key] = c.now().Add(step.lock)
		}
		put(t, s, "journal", step.key, step.key)
		for _, earlier := range steps {
			if o, err := s.Objects.Stat(ctx, "journal", earlier.key); err == nil && !o.LockedUntil.Equal(want[earlier.key]) {
				t.Errorf("at %s: %s is locked until %s, want %s", step.key, earlier.key, o.LockedUntil, want[earlier.key])
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		c.advance(time.Minute)
	}
	s := open(t, dir, bucket(c.now, embedded.Bucket{Name: "journal"}))
	for _, step := range steps {
		err := s.Objects.Delete(ctx, "journal", step.key)
		if errors.Is(err, store.ErrLocked) != want[step.key].After(c.now()) {
			t.Errorf("deleting %s: %v", step.key, err)
		}
	}
}

func TestAClockThatIsSetBackOpensNoLock(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := open(t, t.TempDir(), bucket(c.now, embedded.Bucket{Name: "journal", Lock: time.Hour}))
	c.advance(-time.Minute)
	put(t, s, "journal", "x", "1")
	if err := s.Objects.Delete(ctx, "journal", "x"); !errors.Is(err, store.ErrLocked) {
		t.Errorf("deleted: %v", err)
	}
}

func TestASweepRemovesWhatIsOldAndNotLocked(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := open(t, t.TempDir(), embedded.Config{Now: c.now, Buckets: []embedded.Bucket{
		{Name: "evidence", Expire: time.Hour},
		{Name: "journal", Lock: 3 * time.Hour, Expire: 2 * time.Hour},
		{Name: "log"},
	}})
	there := func(bucket, key string) bool {
		_, err := s.Objects.Stat(ctx, bucket, key)
		return err == nil
	}
	sweep := func() {
		t.Helper()
		if err := s.Objects.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range []string{"evidence", "journal", "log"} {
		put(t, s, b, "a/old", "1")
	}
	c.advance(40 * time.Minute)
	put(t, s, "evidence", "a/new", "1")
	sweep()
	if !there("evidence", "a/old") {
		t.Error("removed before its time")
	}
	c.advance(30 * time.Minute)
	sweep()
	if there("evidence", "a/old") || !there("evidence", "a/new") {
		t.Error("the old one must go and the new one stay")
	}
	c.advance(90 * time.Minute)
	sweep()
	if there("evidence", "a/new") || !there("journal", "a/old") || !there("log", "a/old") {
		t.Error("what is locked, or never expires, must stay")
	}
	c.advance(time.Hour)
	sweep()
	if there("journal", "a/old") || !there("log", "a/old") {
		t.Error("what is locked no longer must go")
	}
}
