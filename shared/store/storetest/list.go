package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

func (w *World) list(t testing.TB, prefix, after string, limit int) []string {
	t.Helper()
	found, err := w.Objects.List(ctx, PlainBucket, prefix, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range found {
		keys = append(keys, o.Key)
	}
	return keys
}

func listed(t *testing.T, w World) {
	for _, key := range []string{"b", "a/b/2", "a-b", "a.b", "a", "a/b/10", "a/c", "a=b", "a0", "a/b"} {
		w.store(t, PlainBucket, key, key)
	}
	all := []string{"a", "a-b", "a.b", "a/b", "a/b/10", "a/b/2", "a/c", "a0", "a=b", "b"}
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          []string
	}{
		{"", "", 100, all},
		{"", "", 3, all[:3]},
		{"", "a.b", 3, all[3:6]},
		{"", "a/b/1", 100, all[4:]},
		{"", "a/b/zzz", 100, all[6:]},
		{"a/", "", 100, all[3:7]},
		{"a/b", "", 100, all[3:6]},
		{"a/b/", "", 100, all[4:6]},
		{"a/b/1", "", 100, all[4:5]},
		{"a/", "a/b/10", 1, all[5:6]},
		{"a", "", 100, all[:9]},
		{"c", "", 100, nil},
		{"b/", "", 100, nil},
		{"a//", "", 100, nil},
		{"../", "", 100, nil},
		{".", "", 100, nil},
	} {
		if diff := cmp.Diff(c.want, w.list(t, c.prefix, c.after, c.limit)); diff != "" {
			t.Errorf("prefix %q after %q: %s", c.prefix, c.after, diff)
		}
	}
	found, err := w.Objects.List(ctx, PlainBucket, "a/b/2", "", 1)
	if err != nil || len(found) != 1 || found[0].Size != 5 || found[0].Created.IsZero() {
		t.Errorf("described as %+v, %v", found, err)
	}
	for _, limit := range []int{0, -1, store.MaxList + 1} {
		if _, err := w.Objects.List(ctx, PlainBucket, "", "", limit); err == nil {
			t.Errorf("limit %d is not refused", limit)
		}
	}
}

func keyContinues(t *testing.T, w World) {
	for _, key := range []string{"a/b/c", "a", "a/b", "a/b-c"} {
		w.store(t, PlainBucket, key, key)
	}
	if err := w.Objects.Delete(ctx, PlainBucket, "a/b"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/b/c", "a", "a/b-c"} {
		w.holds(t, PlainBucket, key, key)
	}
}

func unsafeKeys(t *testing.T, w World) {
	for _, key := range []string{
		"", "/", "..", "../x", "a/../../x", "a/..", "./a", "/etc/passwd", "a//b", "a/", ".lock.json", "a/.x", "A", "a b", "a\x00b", "a\\b", "ā", "a+", "a+/b", "a%2fb",
		strings.Repeat("k", store.MaxSegment+1), strings.Repeat("k/", store.MaxObjectKey),
	} {
		if _, err := w.Objects.Put(ctx, PlainBucket, key, strings.NewReader("x"), store.PutOptions{}); err == nil {
			t.Errorf("put %q is not refused", key)
		}
		if _, _, err := w.Objects.Open(ctx, PlainBucket, key, store.Range{}); err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("open %q: %v", key, err)
		}
		if _, err := w.Objects.Stat(ctx, PlainBucket, key); err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("stat %q: %v", key, err)
		}
		if err := w.Objects.Delete(ctx, PlainBucket, key); err == nil {
			t.Errorf("delete %q is not refused", key)
		}
	}
	longest := strings.Repeat(strings.Repeat("k", store.MaxSegment)+"/", 3)[:store.MaxObjectKey]
	w.store(t, PlainBucket, longest, "x")
	w.holds(t, PlainBucket, longest, "x")
}

func unknownBucket(t *testing.T, w World) {
	for _, bucket := range []string{"nobody-has-configured-this", "", "..", ".incoming"} {
		_, put := w.Objects.Put(ctx, bucket, "x", strings.NewReader("x"), store.PutOptions{})
		_, _, open := w.Objects.Open(ctx, bucket, "x", store.Range{})
		_, stat := w.Objects.Stat(ctx, bucket, "x")
		_, list := w.Objects.List(ctx, bucket, "", "", 1)
		for verb, err := range map[string]error{"put": put, "open": open, "stat": stat, "list": list, "delete": w.Objects.Delete(ctx, bucket, "x")} {
			if err == nil || errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s in bucket %q: %v", verb, bucket, err)
			}
		}
	}
}
