package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

func (w *World) once(bucket, key, body string) error {
	_, err := w.Objects.Put(ctx, bucket, key, strings.NewReader(body), store.PutOptions{Once: true})
	return err
}

func writeOnce(t *testing.T, w World) {
	large := strings.Repeat("x", 100_000)
	for _, body := range []string{"first", "", large} {
		key := fmt.Sprint("x", len(body))
		refused(t, w.once(PlainBucket, key, body), nil)
		refused(t, w.once(PlainBucket, key, body), nil)
		refused(t, w.once(PlainBucket, key, body+"more"), store.ErrExists)
		refused(t, w.once(PlainBucket, key, "secon"), store.ErrExists)
		w.holds(t, PlainBucket, key, body)
	}
	refused(t, w.once(PlainBucket, fmt.Sprint("x", len(large)), large[1:]+"y"), store.ErrExists)
}

func oneWrites(t *testing.T, w World) {
	const n = 12
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = w.once(PlainBucket, "deep/down/x", fmt.Sprint(i)) })
	}
	wg.Wait()
	winner := ""
	for i, err := range errs {
		switch {
		case err == nil && winner != "":
			t.Errorf("%s and %d have won", winner, i)
		case err == nil:
			winner = fmt.Sprint(i)
		case !errors.Is(err, store.ErrExists):
			t.Error(err)
		}
	}
	w.holds(t, PlainBucket, "deep/down/x", winner)
}

func locked(t *testing.T, w World) {
	o := w.store(t, LockedBucket, "x/1", "entry")
	if until := o.LockedUntil.Sub(o.Created); until < w.Lock-2*time.Second || until > w.Lock+2*time.Second {
		t.Errorf("locked for %s, want %s", until, w.Lock)
	}
	refused(t, w.Objects.Delete(ctx, LockedBucket, "x/1"), store.ErrLocked)
	refused(t, w.once(LockedBucket, "x/1", "forged"), store.ErrExists)
	_, err := w.Objects.Put(ctx, LockedBucket, "x/1", strings.NewReader("forged"), store.PutOptions{})
	refused(t, err, store.ErrExists)
	again := w.store(t, LockedBucket, "x/1", "entry")
	if diff := cmp.Diff(o, again); diff != "" {
		t.Error(diff)
	}
	w.holds(t, LockedBucket, "x/1", "entry")
}

func unlocked(t *testing.T, w World) {
	w.store(t, LockedBucket, "x/1", "entry")
	w.Advance(t, w.Lock/2)
	refused(t, w.Objects.Delete(ctx, LockedBucket, "x/1"), store.ErrLocked)
	w.Advance(t, w.Lock/2+2*time.Second)
	refused(t, w.once(LockedBucket, "x/1", "forged"), store.ErrExists)
	refused(t, w.Objects.Delete(ctx, LockedBucket, "x/1"), nil)
	w.noObject(t, LockedBucket, "x/1")
}
