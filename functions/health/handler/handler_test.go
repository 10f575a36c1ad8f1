package handler_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/functions/health/handler"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// node is one that stands still, with a clock that is set by hand.
type node struct {
	*world.Tenant
	h      http.Handler
	folder string // of configuration and store
	now    time.Time
}

func open(t *testing.T) *node {
	t.Helper()
	was := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // things are broken on purpose
	t.Cleanup(func() { slog.SetDefault(was) })
	n := &node{folder: t.TempDir(), now: time.Now().UTC().Truncate(time.Second)}
	w, err := world.Open(t.Context(), world.Options{Data: n.folder, Names: []string{"LT", "LV"}, Still: true, Now: func() time.Time { return n.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() }) // a store may be closed already
	n.Tenant, n.folder = w.Tenants["LV"], filepath.Join(n.folder, "lv")
	n.h = handler.New(n.Assembly)
	return n
}

func (n *node) ask(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	n.h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w
}

// health is what is answered, and the dependencies that are down.
func (n *node) health(t *testing.T) (status int, h handler.Health, down map[string]handler.Dependency) {
	t.Helper()
	w := n.ask(t, http.MethodGet, "/health")
	if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
		t.Fatalf("%d %v: %s", w.Code, err, w.Body)
	}
	if strings.Contains(w.Body.String(), n.folder) || strings.Contains(w.Body.String(), "sqlite") {
		t.Errorf("the answer tells what is nobody's business: %s", w.Body)
	}
	down = map[string]handler.Dependency{}
	for _, d := range h.Dependencies {
		if d.State != handler.OK {
			down[d.Name] = d
		}
	}
	return w.Code, h, down
}

// rename moves a file of the node away, or over another.
func (n *node) rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(n.folder, from), filepath.Join(n.folder, to)); err != nil {
		t.Fatal(err)
	}
}

func TestHealthNamesWhatIsTakenAway(t *testing.T) {
	for name, c := range map[string]struct {
		take func(*testing.T, *node)
		down []string
		code int
	}{
		"nothing":                            {func(*testing.T, *node) {}, nil, http.StatusOK},
		"the database":                       {func(_ *testing.T, n *node) { _ = n.Store.Close() }, []string{"state", "queue inbound", "queue outbound", "queue requests", "queue provide"}, http.StatusServiceUnavailable},
		"a folder of the objects":            {aFileForAFolder, []string{"bucket evidence"}, http.StatusServiceUnavailable},
		"one folder of the objects, deleted": {deleted("objects/journal"), []string{"bucket journal"}, http.StatusServiceUnavailable},
		"all objects":                        {deleted("objects"), []string{"bucket evidence", "bucket journal", "bucket outbox"}, http.StatusServiceUnavailable},
		"all objects, and an empty folder is there": {emptied, []string{"bucket evidence", "bucket journal", "bucket outbox"}, http.StatusServiceUnavailable},
		"the database's file":                       {deleted("state.db"), []string{"state"}, http.StatusServiceUnavailable},
		"the tenant document":                       {func(t *testing.T, n *node) { n.rename(t, "config/tenant.yaml", "config/gone") }, []string{"configuration"}, http.StatusServiceUnavailable},
		"a private key":                             {func(t *testing.T, n *node) { n.rename(t, "config/tokens-key.pem", "config/gone") }, []string{"keys"}, http.StatusServiceUnavailable},
		"a registry, which is not ours":             {callADeadRegistry, []string{"registry"}, http.StatusOK},
		"/as4, by the tenant document":              {closed, []string{"as4"}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			n := open(t)
			if code, h, down := n.health(t); code != http.StatusOK || h.State != handler.OK || len(h.Dependencies) < 10 {
				t.Fatalf("before: %d %s %+v", code, h.State, down)
			}
			c.take(t, n)
			if _, h, down := n.health(t); len(down) > 0 {
				t.Fatalf("an answer is given again for %s: %+v", handler.Fresh, h)
			}
			n.now = n.now.Add(tenant.Fresh)
			first := n.now
			code, h, down := n.health(t)
			if code != c.code || (h.State == handler.OK) != (len(c.down) == 0) {
				t.Errorf("%d %s", code, h.State)
			}
			for _, want := range c.down {
				n.names(t, want, down, first)
			}
			n.now = n.now.Add(time.Minute)
			for name, d := range n.again(t) {
				if was, ok := down[name]; ok && !d.Since.Equal(*was.Since) {
					t.Errorf("%s is down since %s, a minute ago it was %s", name, d.Since, was.Since)
				}
			}
		})
	}
}

func (n *node) again(t *testing.T) map[string]handler.Dependency {
	_, _, down := n.health(t)
	return down
}

// names holds what is down to a way out, and to a time.
func (n *node) names(t *testing.T, want string, down map[string]handler.Dependency, now time.Time) {
	t.Helper()
	for name, d := range down {
		if strings.HasPrefix(name, want) {
			if d.Do == "" || d.Since == nil || d.Since.After(now) {
				t.Errorf("%s does not say since when and what to do: %+v", name, d)
			}
			return
		}
	}
	t.Errorf("%s is away, and down is %+v", want, down)
}

func closed(t *testing.T, n *node) {
	name := filepath.Join(n.folder, "config", "tenant.yaml")
	octets, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, append(octets, "\nclosed: restoring the state\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func aFileForAFolder(t *testing.T, n *node) {
	folder := filepath.Join(n.folder, "store", "objects", "evidence")
	_ = os.RemoveAll(folder)
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// deleted takes a file or folder away under the node that has it open.
func deleted(name string) func(*testing.T, *node) {
	return func(t *testing.T, n *node) {
		if err := os.RemoveAll(filepath.Join(n.folder, "store", filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func emptied(t *testing.T, n *node) {
	deleted("objects")(t, n)
	for _, b := range []string{"evidence", "journal", "outbox"} {
		if err := os.MkdirAll(filepath.Join(n.folder, "store", "objects", b), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func callADeadRegistry(t *testing.T, n *node) {
	c, err := n.Assembly.Tenant.Configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dead := c.Registries[0]
	dead.URL = "https://registry.invalid"
	if _, err := n.Assembly.Provider.Registries.Search(context.Background(), dead, registry.Query{}); err == nil {
		t.Fatal("a registry that is nowhere answered")
	}
}

func TestHealthIsAskedByGetAtItsPathOnly(t *testing.T) {
	n := open(t)
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{http.MethodGet, "/health", http.StatusOK}, {http.MethodHead, "/health", http.StatusOK}, {http.MethodPost, "/health", http.StatusMethodNotAllowed}, {http.MethodGet, "/health/more", http.StatusNotFound}, {http.MethodGet, "/", http.StatusNotFound},
	} {
		w := n.ask(t, c.method, c.path)
		if w.Code != c.code || c.method == http.MethodHead && w.Body.Len() > 0 || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d, %d octets", c.method, c.path, w.Code, w.Body.Len())
		}
	}
}

// On AWS each function has keys of its own, and health none: it tells what they saw.
func TestAKeyThatAFunctionCannotUseIsDownForAWhile(t *testing.T) {
	n := open(t)
	ports := n.Assembly.Ports
	ports.Tenant = &tenant.Live{Source: ports.Tenant.Source, File: ports.Tenant.File, Now: ports.Now, AtFirstUse: true}
	a := assembly.New(ports)
	n.h = handler.New(a)
	n.rename(t, "config/tokens-key.pem", "config/gone")
	c, err := a.Tenant.Configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Tokens(t.Context()); err == nil {
		t.Fatal("a key that is gone was opened")
	}
	at := n.now
	code, _, down := n.health(t)
	if code != http.StatusServiceUnavailable {
		t.Errorf("the key is gone, and it answers %d", code)
	}
	n.names(t, "keys", down, at)
	n.now = n.now.Add(handler.Recent + time.Second)
	if code, _, down := n.health(t); code != http.StatusOK {
		t.Errorf("nobody has tried since, and nobody may: %d %+v", code, down)
	}
}
