package embedded_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

var ctx = context.Background()

func create(t testing.TB, s *embedded.Store, key, body string, commands ...store.Command) {
	t.Helper()
	if _, err := s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: key, Body: []byte(body)}}}, commands); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, s *embedded.Store, bucket, key, body string) {
	t.Helper()
	if _, err := s.Objects.Put(ctx, bucket, key, strings.NewReader(body), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func receive(t testing.TB, s *embedded.Store, limit int) []store.Message {
	t.Helper()
	list, err := s.Queues.Receive(ctx, storetest.WorkQueue, limit, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAFolderOfAnyNameIsOpenedAndGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b?c#d%20e", "Rēzekne")
	s := open(t, dir, config(time.Now))
	create(t, s, "x", "1", store.Command{ID: "c", Queue: storetest.WorkQueue, Body: []byte("c")})
	put(t, s, storetest.PlainBucket, "a/b", "object")
	if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("item")}, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state.db")); err != nil {
		t.Error(err)
	}
	s = open(t, dir, config(time.Now))
	r, err := s.State.Load(ctx, "exchange", "x")
	if err != nil || string(r.Body) != "1" {
		t.Errorf("record is %+v, %v", r, err)
	}
	left, err := s.State.Uncleared(ctx, time.Now(), 10)
	if err != nil || len(left) != 1 {
		t.Errorf("uncleared is %v, %v", left, err)
	}
	if list := receive(t, s, 10); len(list) != 1 || string(list[0].Body) != "item" {
		t.Errorf("received %v", list)
	}
	if o, err := s.Objects.Stat(ctx, storetest.PlainBucket, "a/b"); err != nil || o.Size != 6 {
		t.Errorf("object is %+v, %v", o, err)
	}
}

func TestAClosedStoreRefuses(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), config(time.Now))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: "x"}}}, nil); err == nil {
		t.Error("committed")
	}
	if _, err := s.State.Load(ctx, "exchange", "x"); err == nil {
		t.Error("loaded")
	}
}

func TestAConfigurationThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]embedded.Config{
		"a queue twice":              {Queues: []embedded.Queue{{Name: "a", MaxReceives: 1}, {Name: "a", MaxReceives: 1}}},
		"a queue without receptions": {Queues: []embedded.Queue{{Name: "a"}}},
		"a queue of no name":         {Queues: []embedded.Queue{{Name: "a/dead", MaxReceives: 1}}},
		"a bucket twice":             {Buckets: []embedded.Bucket{{Name: "a"}, {Name: "a"}}},
		"a bucket elsewhere":         {Buckets: []embedded.Bucket{{Name: "../a"}}},
		"a lock of no time":          {Buckets: []embedded.Bucket{{Name: "a", Lock: -1}}},
	} {
		dir := t.TempDir()
		c.Now = time.Now
		if s, err := embedded.Open(ctx, dir, c); err == nil {
			t.Errorf("%s is not refused", name)
			s.Close()
		}
		open(t, dir, config(time.Now)) // and nothing is left open
	}
}

func TestTheStoreRunsInSimulatedTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir(), config(time.Now))
		defer s.Close()
		if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("later")}, 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		if list := receive(t, s, 1); len(list) > 0 {
			t.Errorf("received after 9 minutes: %v", list)
		}
		time.Sleep(2 * time.Minute)
		if list := receive(t, s, 1); len(list) != 1 {
			t.Error("not received after 11 minutes")
		}
	})
}

func TestASendWakesAConsumerThatWaits(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), config(time.Now))
	arrived, err := s.Queues.Arrived(storetest.WorkQueue)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan []store.Message)
	go func() {
		<-arrived
		list, _ := s.Queues.Receive(ctx, storetest.WorkQueue, 10, time.Minute)
		got <- list
	}()
	if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("item")}, 0); err != nil {
		t.Fatal(err)
	}
	if list := <-got; len(list) != 1 {
		t.Errorf("received %v", list)
	}
	if _, err := s.Queues.Arrived("nobody-has-configured-this"); err == nil {
		t.Error("an unknown queue arrives")
	}
}

// SQS may deliver twice; here nothing does while it is held.
func TestAHeldItemIsReceivedByNoOther(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), config(time.Now))
	const n = 100
	for i := range n {
		if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: fmt.Append(nil, i)}, 0); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for list, err := s.Queues.Receive(ctx, storetest.WorkQueue, 3, time.Hour); err == nil && len(list) > 0; list, err = s.Queues.Receive(ctx, storetest.WorkQueue, 3, time.Hour) {
				mu.Lock()
				for _, m := range list {
					seen[string(m.Body)]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for body, times := range seen {
		if times != 1 {
			t.Errorf("item %s was received %d times", body, times)
		}
	}
	if len(seen) != n {
		t.Errorf("%d of %d were received", len(seen), n)
	}
}

func TestWhoseTimeRanOutCannotExtendWhatAnotherHolds(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := open(t, t.TempDir(), config(c.now))
	if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte("item")}, 0); err != nil {
		t.Fatal(err)
	}
	stale := receive(t, s, 1)[0]
	c.advance(2 * time.Minute)
	held := receive(t, s, 1)[0]
	if err := s.Queues.Extend(ctx, storetest.WorkQueue, stale.Handle, 0); !errors.Is(err, store.ErrGone) {
		t.Errorf("the stale handle extends: %v", err)
	}
	if err := s.Queues.Extend(ctx, storetest.WorkQueue, held.Handle, time.Hour); err != nil {
		t.Error(err)
	}
	for _, handle := range []string{"", "x", "/", stale.Handle + "/1"} {
		if err := s.Queues.Extend(ctx, storetest.WorkQueue, handle, 0); !errors.Is(err, store.ErrGone) {
			t.Errorf("handle %q extends: %v", handle, err)
		}
	}
}

// Architecture rules 10 and 11: what is deleted or has expired is in no file.
func TestNoFileHoldsWhatWasDeletedOrHasExpired(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a91"
	dir, c := t.TempDir(), newClock()
	s := open(t, dir, config(c.now))
	body := strings.Repeat(canary+" ", 400)
	var versions []store.Version
	for i := range 20 {
		r := store.Record{Kind: "exchange", Key: fmt.Sprint(i), Body: []byte(body), Expires: c.now().Add(time.Hour)}
		v, err := s.State.Commit(ctx, []store.Change{{Record: r}}, []store.Command{{ID: fmt.Sprint(i), Queue: storetest.WorkQueue, Body: []byte(canary)}})
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, v)
		if err := s.Queues.Send(ctx, storetest.WorkQueue, store.Item{Body: []byte(canary)}, 0); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, storetest.PlainBucket, "x", body)
	if !found(t, dir, canary) {
		t.Fatal("the canary is nowhere: this test sees nothing")
	}
	for i := range 10 {
		if _, err := s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: fmt.Sprint(i)}, Expect: versions[i], Delete: true}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 {
		if err := s.State.Clear(ctx, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	for list := receive(t, s, 10); len(list) > 0; list = receive(t, s, 10) {
		for _, m := range list {
			if err := s.Queues.Delete(ctx, storetest.WorkQueue, m.Handle); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Objects.Delete(ctx, storetest.PlainBucket, "x"); err != nil {
		t.Fatal(err)
	}
	c.advance(2 * time.Hour) // the other ten expire
	if err := s.State.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if found(t, dir, canary) {
		t.Error("deleted content is still in a file")
	}
}

func found(t *testing.T, dir, canary string) (hit bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		octets, err := os.ReadFile(path)
		if bytes.Contains(octets, []byte(canary)) {
			t.Logf("seen in %s", filepath.Base(path))
			hit = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hit
}

func TestAStoreOfALaterReleaseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir, config(time.Now)).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("pragma user_version = 1000"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := embedded.Open(ctx, dir, config(time.Now)); err == nil || !strings.Contains(err.Error(), "1000") || !strings.Contains(err.Error(), "later release") {
		t.Errorf("answered %v", err)
	}
}
