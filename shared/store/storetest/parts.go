package storetest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// part is what an implementation may cut large objects into.
const part = 8 << 20

func longText(n int) string {
	const line = "0123456789abcdef."
	return strings.Repeat(line, n/len(line)+1)[:n]
}

func aroundAPart(t *testing.T, w World) {
	for _, size := range []int{part - 1, part, part + 1, 2 * part} {
		key, body := fmt.Sprint("x", size), longText(size)
		for _, announced := range []int64{0, int64(size)} {
			o, err := w.Objects.Put(ctx, PlainBucket, key, strings.NewReader(body), store.PutOptions{Size: announced})
			if err != nil || o.Size != int64(size) {
				t.Errorf("%d octets, announced as %d: %+v, %v", size, announced, o, err)
			}
		}
		if w.content(PlainBucket, key, store.Range{}) != body {
			t.Errorf("%d octets are read otherwise", size)
		}
		if got := w.content(PlainBucket, key, store.Range{From: part - 3, Length: 6}); got != body[part-3:min(size, part+3)] {
			t.Errorf("of %d octets the seam is %q", size, got)
		}
		if _, err := w.Objects.Put(ctx, PlainBucket, key, strings.NewReader(body), store.PutOptions{Size: int64(size) + 1}); err == nil {
			t.Errorf("%d octets announced as one more are taken", size)
		}
	}
}

func largeOnce(t *testing.T, w World) {
	w.standsFast(t, PlainBucket, longText(part+1000))
}

func largeLocked(t *testing.T, w World) {
	w.standsFast(t, LockedBucket, longText(part+1000))
	o, err := w.Objects.Stat(ctx, LockedBucket, "x")
	if until := o.LockedUntil.Sub(o.Created); err != nil || until < w.Lock-5*time.Second || until > w.Lock+5*time.Second {
		t.Errorf("locked for %s, %v; want %s", until, err, w.Lock)
	}
	refused(t, w.Objects.Delete(ctx, LockedBucket, "x"), store.ErrLocked)
}

// standsFast puts an object once and tries to replace it.
func (w *World) standsFast(t *testing.T, bucket, body string) {
	t.Helper()
	refused(t, w.once(bucket, "x", body), nil)
	first, err := w.Objects.Stat(ctx, bucket, "x")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, w.once(bucket, "x", body), nil)
	refused(t, w.once(bucket, "x", body+"more"), store.ErrExists)
	refused(t, w.once(bucket, "x", body[1:]+"y"), store.ErrExists)
	refused(t, w.once(bucket, "x", "small"), store.ErrExists)
	again, err := w.Objects.Stat(ctx, bucket, "x")
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if w.content(bucket, "x", store.Range{}) != body {
		t.Error("it is another one now")
	}
}

func failedLargeBody(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "first")
	for _, key := range []string{"x", "y"} {
		broken := io.MultiReader(strings.NewReader(longText(2*part+5)), iotest.ErrReader(errBroken))
		_, err := w.Objects.Put(ctx, PlainBucket, key, broken, store.PutOptions{})
		if !errors.Is(err, errBroken) {
			t.Errorf("answered %v", err)
		}
	}
	w.holds(t, PlainBucket, "x", "first")
	w.noObject(t, PlainBucket, "y")
}
