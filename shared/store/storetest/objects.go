package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Objects is the contract of [store.Objects]. It begins with the large object,
// whose memory is measured while nothing else runs: do not make the test that
// calls it parallel.
func Objects(t *testing.T, open Open) {
	t.Run("a large object is put and read in flat memory", func(t *testing.T) {
		w := open(t)
		t.Cleanup(w.Close)
		flatMemory(t, w)
	})
	each(t, open, map[string]func(*testing.T, World){
		"an object is read as it was put":                      readAsPut,
		"an object that is not there is not found":             objectNotFound,
		"an object is replaced as a whole":                     replaced,
		"a write-once object takes equal octets only":          writeOnce,
		"of many who write once one wins":                      oneWrites,
		"a body that fails leaves what was there":              failedBody,
		"a body of another size than announced is refused":     otherSize,
		"a cancelled put stores nothing":                       cancelledPut,
		"objects around the size of a part are read as put":    aroundAPart,
		"a large write-once object takes equal octets only":    largeOnce,
		"a large object is locked as a small one is":           largeLocked,
		"a large body that fails leaves what was there":        failedLargeBody,
		"ranges are read":                                      ranges,
		"a deleted object is gone and can be put again":        deletedObject,
		"an opened object is read to its end after deletion":   openedBeforeDeletion,
		"a key may continue another":                           keyContinues,
		"keys are listed in order, by prefix, in pages":        listed,
		"a locked object is neither deleted nor replaced":      locked,
		"a locked object can be deleted when its time is over": unlocked,
		"keys that could lead elsewhere are refused":           unsafeKeys,
		"a bucket that is not configured is refused":           unknownBucket,
		"many put and delete beside each other":                besideEachOther,
	})
}

func (w *World) store(t testing.TB, bucket, key, body string) store.Object {
	t.Helper()
	o, err := w.Objects.Put(ctx, bucket, key, strings.NewReader(body), store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// content reads an object, or says why not.
func (w *World) content(bucket, key string, r store.Range) string {
	f, _, err := w.Objects.Open(ctx, bucket, key, r)
	if err != nil {
		return "error: " + err.Error()
	}
	octets, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return "error: " + err.Error()
	}
	return string(octets)
}

func (w *World) holds(t testing.TB, bucket, key, want string) {
	t.Helper()
	if got := w.content(bucket, key, store.Range{}); got != want {
		t.Errorf("%s/%s is %q, want %q", bucket, key, got, want)
	}
}

func (w *World) noObject(t testing.TB, bucket, key string) {
	t.Helper()
	if o, err := w.Objects.Stat(ctx, bucket, key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s/%s: %+v, %v", bucket, key, o, err)
	}
}

func readAsPut(t *testing.T, w World) {
	before := w.Now().Truncate(time.Second)
	for key, body := range map[string]string{"x/1.xml": "<a/>", "empty": "", "x/2.pdf": strings.Repeat("%PDF", 50_000)} {
		put := w.store(t, PlainBucket, key, body)
		w.holds(t, PlainBucket, key, body)
		stat, err := w.Objects.Stat(ctx, PlainBucket, key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(put, stat); diff != "" {
			t.Error(diff)
		}
		if stat.Key != key || stat.Size != int64(len(body)) || stat.Created.Before(before) || stat.Created.After(w.Now()) || !stat.LockedUntil.IsZero() {
			t.Errorf("described as %+v", stat)
		}
	}
}

func objectNotFound(t *testing.T, w World) {
	w.store(t, PlainBucket, "a/b", "1")
	for _, key := range []string{"a", "b", "a/b/c", "a/c"} {
		w.noObject(t, PlainBucket, key)
		_, _, err := w.Objects.Open(ctx, PlainBucket, key, store.Range{})
		refused(t, err, store.ErrNotFound)
	}
	w.noObject(t, LockedBucket, "a/b")
}

func replaced(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "long content")
	w.store(t, PlainBucket, "x", "short")
	w.holds(t, PlainBucket, "x", "short")
}

func failedBody(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "first")
	broken := func() io.Reader {
		return io.MultiReader(strings.NewReader(strings.Repeat("half", 20_000)), iotest.ErrReader(errBroken))
	}
	for _, key := range []string{"x", "y"} {
		_, err := w.Objects.Put(ctx, PlainBucket, key, broken(), store.PutOptions{})
		refused(t, err, errBroken)
	}
	w.holds(t, PlainBucket, "x", "first")
	w.noObject(t, PlainBucket, "y")
}

func otherSize(t *testing.T, w World) {
	for _, size := range []int64{1, 4, 6, -1, store.MaxObject + 1} {
		if _, err := w.Objects.Put(ctx, PlainBucket, "x", strings.NewReader("12345"), store.PutOptions{Size: size}); err == nil {
			t.Errorf("5 octets announced as %d are taken", size)
		}
	}
	w.noObject(t, PlainBucket, "x")
	if _, err := w.Objects.Put(ctx, PlainBucket, "x", strings.NewReader("12345"), store.PutOptions{Size: 5}); err != nil {
		t.Error(err)
	}
}

func cancelledPut(t *testing.T, w World) {
	dying, cancel := context.WithCancel(ctx)
	body := io.MultiReader(strings.NewReader("half"), readFunc(func() (int, error) { cancel(); return 0, nil }), strings.NewReader("rest"))
	_, err := w.Objects.Put(dying, PlainBucket, "x", body, store.PutOptions{})
	refused(t, err, context.Canceled)
	w.noObject(t, PlainBucket, "x")
}

type readFunc func() (int, error)

func (f readFunc) Read([]byte) (int, error) {
	n, _ := f()
	return n, io.EOF
}

func ranges(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "0123456789")
	w.store(t, PlainBucket, "empty", "")
	for name, c := range map[string]struct {
		key  string
		r    store.Range
		want string
	}{
		"all":                {"x", store.Range{}, "0123456789"},
		"from the middle":    {"x", store.Range{From: 4}, "456789"},
		"a part":             {"x", store.Range{From: 4, Length: 3}, "456"},
		"the first":          {"x", store.Range{Length: 1}, "0"},
		"more than there is": {"x", store.Range{From: 8, Length: 100}, "89"},
		"from the end":       {"x", store.Range{From: 10}, ""},
		"beyond the end":     {"x", store.Range{From: 1000, Length: 5}, ""},
		"of nothing":         {"empty", store.Range{From: 0, Length: 5}, ""},
	} {
		if got := w.content(PlainBucket, c.key, c.r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for _, r := range []store.Range{{From: -1}, {Length: -1}} {
		if _, _, err := w.Objects.Open(ctx, PlainBucket, "x", r); err == nil {
			t.Errorf("%+v is not refused", r)
		}
	}
}

func deletedObject(t *testing.T, w World) {
	w.store(t, PlainBucket, "a/b/x", "first")
	for range 2 {
		if err := w.Objects.Delete(ctx, PlainBucket, "a/b/x"); err != nil {
			t.Fatal(err)
		}
	}
	w.noObject(t, PlainBucket, "a/b/x")
	refused(t, w.once(PlainBucket, "a/b/x", "second"), nil)
	w.holds(t, PlainBucket, "a/b/x", "second")
}

func openedBeforeDeletion(t *testing.T, w World) {
	body := strings.Repeat("0123456789", 20_000)
	w.store(t, PlainBucket, "x", body)
	f, _, err := w.Objects.Open(ctx, PlainBucket, "x", store.Range{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := w.Objects.Delete(ctx, PlainBucket, "x"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(got, []byte(body)) {
		t.Errorf("read %d octets, %v", len(got), err)
	}
}

func besideEachOther(t *testing.T, w World) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			key := fmt.Sprintf("a/b/%d", i)
			for range 10 {
				if err := w.once(PlainBucket, key, key); err != nil {
					t.Error(err)
				}
				w.holds(t, PlainBucket, key, key)
				if err := w.Objects.Delete(ctx, PlainBucket, key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if left := w.list(t, "", "", 100); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
