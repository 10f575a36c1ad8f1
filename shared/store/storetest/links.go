package storetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/store"
)

// linker is a store whose objects can be fetched without this process.
type linker interface {
	Link(ctx context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error)
}

// Links is the contract of links to objects, for stores that have any: whoever has
// one gets that object, as it was to be shown, for as long as was said, and
// nothing else.
func Links(t *testing.T, open Open) {
	each(t, open, map[string]func(*testing.T, World){
		"a link gives the object as it is to be shown":  linkShows,
		"a link gives a large object whole":             linkToLarge,
		"a link that was changed is refused":            linkChanged,
		"a link without its signature is refused":       linkUnsigned,
		"a link is for reading alone":                   linkReads,
		"a link that is over is refused":                linkOver,
		"a link to a deleted object leads nowhere":      linkToDeleted,
		"a link that must not be is refused when made":  linkNotMade,
		"a link is never for an object beside the keys": linkUnsafe,
	})
}

// pdf is what an object is shown as here, with a name that has blanks and marks.
var pdf = store.Shown{MediaType: "application/pdf", Disposition: `inline; filename="a; b.pdf"`}

func (w *World) link(t testing.TB, bucket, key string, valid time.Duration) *url.URL {
	t.Helper()
	link, err := w.Objects.(linker).Link(ctx, bucket, key, valid, pdf)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		t.Fatalf("%q is no URL: %v", link, err)
	}
	return u
}

// follow asks as somebody does who has nothing but the link: status, headers and body.
func follow(t testing.TB, method string, u *url.URL) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	octets, err := io.ReadAll(a.Body)
	if err := errors.Join(err, a.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, a.Header, string(octets)
}

func (w *World) denied(t testing.TB, what, method string, u *url.URL) {
	t.Helper()
	if status, _, body := follow(t, method, u); status != http.StatusForbidden && status != http.StatusBadRequest || strings.Contains(body, "secret") {
		t.Errorf("%s: %d, %.200s", what, status, body)
	}
}

func linkShows(t *testing.T, w World) {
	w.store(t, PlainBucket, "a/x", "<script>secret</script>")
	status, header, body := follow(t, http.MethodGet, w.link(t, PlainBucket, "a/x", store.MaxLink))
	if status != http.StatusOK || body != "<script>secret</script>" {
		t.Errorf("%d %.200s", status, body)
	}
	got := []string{header.Get("Content-Type"), header.Get("Content-Disposition"), header.Get("Cache-Control")}
	if diff := cmp.Diff([]string{pdf.MediaType, pdf.Disposition, "no-store"}, got); diff != "" {
		t.Error(diff)
	}
}

func linkToLarge(t *testing.T, w World) {
	body := longText(2*part + 5)
	w.store(t, PlainBucket, "x", body)
	if status, _, got := follow(t, http.MethodGet, w.link(t, PlainBucket, "x", store.MaxLink)); got != body {
		t.Errorf("%d, %d octets of %d", status, len(got), len(body))
	}
}

func linkChanged(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	w.store(t, PlainBucket, "y", "secret of another")
	right := w.link(t, PlainBucket, "x", store.MaxLink)
	other := *right
	other.Path = strings.TrimSuffix(other.Path, "/x") + "/y"
	w.denied(t, "another object", http.MethodGet, &other)
	changed := 0
	for name, values := range right.Query() {
		for _, instead := range map[string][]string{
			"response-content-type": {"text/html", ""}, "response-content-disposition": {"inline", ""}, "X-Amz-Expires": {"604800"}, "X-Amz-Signature": {strings.Repeat("0", 64)},
		}[name] {
			other, q := *right, right.Query()
			if q.Set(name, instead); instead == "" {
				q.Del(name)
			}
			changed++
			other.RawQuery = q.Encode()
			w.denied(t, name+" as "+instead+" in place of "+values[0], http.MethodGet, &other)
		}
	}
	if changed != 6 {
		t.Errorf("the link has other parameters than are tested: %d of 6 changes were tried", changed)
	}
}

func linkUnsigned(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	u := w.link(t, PlainBucket, "x", store.MaxLink)
	q := u.Query()
	q.Del("X-Amz-Signature")
	u.RawQuery = q.Encode()
	w.denied(t, "without its signature", http.MethodGet, u)
}

func linkReads(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	u := w.link(t, PlainBucket, "x", store.MaxLink)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodHead} {
		w.denied(t, method, method, u)
	}
	w.holds(t, PlainBucket, "x", "secret")
}

func linkOver(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	u := w.link(t, PlainBucket, "x", time.Second)
	w.Advance(t, 3*time.Second)
	w.denied(t, "after its time", http.MethodGet, u)
}

func linkToDeleted(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	u := w.link(t, PlainBucket, "x", store.MaxLink)
	refused(t, w.Objects.Delete(ctx, PlainBucket, "x"), nil)
	if status, _, body := follow(t, http.MethodGet, u); status != http.StatusNotFound {
		t.Errorf("%d, %.200s", status, body)
	}
}

func linkNotMade(t *testing.T, w World) {
	w.store(t, PlainBucket, "x", "secret")
	for what, link := range map[string]func() (string, error){
		"for longer than a minute": func() (string, error) {
			return w.Objects.(linker).Link(ctx, PlainBucket, "x", store.MaxLink+time.Second, pdf)
		},
		"for no time": func() (string, error) { return w.Objects.(linker).Link(ctx, PlainBucket, "x", 0, pdf) },
		"as it was put": func() (string, error) {
			return w.Objects.(linker).Link(ctx, PlainBucket, "x", store.MaxLink, store.Shown{})
		},
	} {
		if u, err := link(); err == nil || u != "" {
			t.Errorf("%s: %q, %v", what, u, err)
		}
	}
}

func linkUnsafe(t *testing.T, w World) {
	for bucket, key := range map[string]string{PlainBucket: "../journal/x", "else": "x"} {
		if u, err := w.Objects.(linker).Link(ctx, bucket, key, store.MaxLink, pdf); err == nil || u != "" {
			t.Errorf("%s/%s: %q, %v", bucket, key, u, err)
		}
	}
}
