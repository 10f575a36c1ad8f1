package storetest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/store"
)

// ObjectsModel compares random histories of [store.Objects] with a map.
func ObjectsModel(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t)
		defer w.Close()
		m := &objectsModel{w: w, objects: map[string]string{}}
		rt.Repeat(map[string]func(*rapid.T){"put": m.put, "delete": m.delete, "list": m.list, "": m.check})
	})
}

type objectsModel struct {
	w       World
	objects map[string]string
}

var someObject = rapid.StringMatching(`[ab](-[ab])?(/[ab](\.x)?){0,2}`)

func (m *objectsModel) put(t *rapid.T) {
	key, body, once := someObject.Draw(t, "key"), someBody.Draw(t, "body"), rapid.Bool().Draw(t, "once")
	var want error
	if old, ok := m.objects[key]; ok && once && old != body {
		want = store.ErrExists
	}
	_, err := m.w.Objects.Put(ctx, PlainBucket, key, strings.NewReader(body), store.PutOptions{Once: once})
	if !errors.Is(err, want) {
		t.Fatalf("put %s answered %v, the model %v", key, err, want)
	}
	if err == nil {
		m.objects[key] = body
	}
}

func (m *objectsModel) delete(t *rapid.T) {
	key := someObject.Draw(t, "key")
	if err := m.w.Objects.Delete(ctx, PlainBucket, key); err != nil {
		t.Fatal(err)
	}
	delete(m.objects, key)
}

func (m *objectsModel) list(t *rapid.T) {
	prefix := rapid.SampledFrom([]string{"", "a", "a/", "a/b", "b-", "a/b/"}).Draw(t, "prefix")
	after, limit := someObject.Draw(t, "after"), rapid.IntRange(1, 5).Draw(t, "limit")
	found, err := m.w.Objects.List(ctx, PlainBucket, prefix, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, o := range found {
		got = append(got, o.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(m.objects)) {
		if strings.HasPrefix(key, prefix) && key > after && len(want) < limit {
			want = append(want, key)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("listed %q after %q, at most %d: %v, in the model %v", prefix, after, limit, got, want)
	}
}

func (m *objectsModel) check(t *rapid.T) {
	for key, want := range m.objects {
		if got := m.w.content(PlainBucket, key, store.Range{}); got != want {
			t.Fatalf("%s is %q, in the model %q", key, got, want)
		}
	}
	all, err := m.w.Objects.List(ctx, PlainBucket, "", "", store.MaxList)
	if err != nil || len(all) != len(m.objects) {
		t.Fatalf("%d objects are there (%v), in the model %d", len(all), err, len(m.objects))
	}
}
