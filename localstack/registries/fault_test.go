package registries_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/registry"
)

func TestFaultsAreSeenByTheClientAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	r, q := d.registry(t, "birth"), d.query("birth", "anna")
	found, err := d.client.Search(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range registries.Faults() {
		f := registries.Fault{Broken: broken, Registry: r.ID}
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		d.Set(f)
		ctx, cancel := context.WithCancel(t.Context())
		if broken == "hang" {
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond) // no answer comes, however long it is
		}
		got, err := d.client.Search(ctx, r, q)
		if err == nil && broken == "other person" {
			if m := got.Match(&q, "LV"); m.Outcome != identity.None || len(got.Entries) != 1 {
				t.Errorf("%s: %+v", broken, m)
			}
			cancel()
			continue
		}
		if err == nil {
			_, err = d.client.Fetch(ctx, r, q, found.Entries[0].Handle, nil, []string{"application/pdf"})
		}
		cancel()
		want := map[string]registry.Kind{
			"error 500": registry.Erring, "out of order": registry.Erring, "denied": registry.Misconfigured, "redirect": registry.Misconfigured, "hang": registry.Slow, "hang up": registry.Unreachable,
		}[broken]
		if want == "" {
			want = registry.BadAnswer
		}
		if e, ok := errors.AsType[*registry.Error](err); !ok || e.Kind != want {
			t.Errorf("%s: %v", broken, err)
		}
	}
	if err := (registries.Fault{Broken: "?"}).Check(); err == nil {
		t.Error("a fault that does not exist was taken")
	}
	d.Set(registries.Fault{Broken: "error 500", Registry: "LV-LAND"})
	if _, err := d.client.Search(t.Context(), r, q); err != nil {
		t.Errorf("another registry's fault: %v", err)
	}
}

func TestBadCallsAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	d.Require("sesame")
	for _, c := range []struct {
		method, path, token, body string
		want                      int
	}{
		{"GET", "/LV-PERSONS", "sesame", "", 405},
		{"POST", "/NOBODY", "sesame", "{}", 404},
		{"POST", "/LV-PERSONS", "", "{}", 401},
		{"POST", "/LV-PERSONS", "sesame", "{", 400},
		{"POST", "/LV-PERSONS", "sesame", `{"surname":"x"}`, 400},
		{"POST", "/LV-PERSONS", "sesame", `{"requestId":"a","evidenceType":"https://x"}`, 400},
		{"POST", "/LV-PERSONS", "sesame", `{"requestId":"` + strings.Repeat("a", 64<<10) + `"}`, 400},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, d.base+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.token)
		req.Header.Set(registry.IdempotencyKey, "a")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s %s %.40s: %d, want %d", c.method, c.path, c.body, resp.StatusCode, c.want)
		}
	}
	if _, err := registries.New(d.world, d.residents, "XX", time.Now); err == nil {
		t.Error("a state that is not there has registers")
	}
}
