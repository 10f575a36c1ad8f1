// Package handler is the function health: GET /health says whether the node can
// work, and which of the things that it depends on is down, since when, and what to
// do. It asks its own stores only, never a partner, and looks at most once in
// [Fresh], so that nobody can exhaust anything by asking.
package handler

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/observe"
)

const (
	// Fresh is for how long an answer is given again.
	Fresh = 5 * time.Second
	// Patience is how long one dependency may take to answer.
	Patience = 2 * time.Second
)

// State is how a dependency is, or all of them.
type State string

// The states.
const (
	OK   State = "ok"
	Down State = "down"
	// Degraded: what is down belongs to somebody else; the node itself works, and
	// takes messages and people.
	Degraded State = "degraded"
)

// Health is the answer.
type Health struct {
	State        State        `json:"state"`
	At           time.Time    `json:"at"`
	Dependencies []Dependency `json:"dependencies"`
}

// Dependency is one thing that the node needs.
type Dependency struct {
	Name     string     `json:"name"`
	State    State      `json:"state"`
	Since    *time.Time `json:"since,omitempty"`    // when it was first seen down
	LastGood *time.Time `json:"lastGood,omitempty"` // of the configuration, the directory and registries
	Do       string     `json:"do,omitempty"`

	foreign bool // somebody else's: the node works without
}

// New serves the answer.
func New(a *assembly.Assembly) http.Handler {
	return observe.Inbound(false, &health{Assembly: a, since: map[string]time.Time{}})
}

type health struct {
	*assembly.Assembly
	mu    sync.Mutex
	last  *Health
	since map[string]time.Time
}

// ServeHTTP answers 200, or 503 when something of ours is down.
func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !strings.HasSuffix(r.URL.Path, "/health") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
		return
	}
	now := h.now(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if now.State == Down {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if r.Method == http.MethodHead {
		return
	}
	_ = json.NewEncoder(w).Encode(now) // a caller that went away asks again
}

// now looks, unless somebody just has. Whoever asks meanwhile waits for that answer. A
// caller that goes away does not make things look down for the others.
func (h *health) now(ctx context.Context) *Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.Now()
	if h.last != nil && at.Sub(h.last.At).Abs() < Fresh {
		return h.last
	}
	list := h.look(context.WithoutCancel(ctx))
	h.last = &Health{State: OK, At: at.UTC().Truncate(time.Second), Dependencies: list}
	for i := range list {
		d := &list[i]
		h.date(d, at)
		switch {
		case d.State == OK:
		case !d.foreign:
			h.last.State = Down
		case h.last.State == OK:
			h.last.State = Degraded
		}
		if d.State == Down {
			slog.WarnContext(ctx, "a dependency is down", slog.String("dependency", d.Name), slog.String("do", d.Do))
		}
	}
	return h.last
}

// date says since when, where the dependency itself does not know.
func (h *health) date(d *Dependency, now time.Time) {
	if d.State == OK {
		delete(h.since, d.Name)
		return
	}
	if d.Since != nil {
		return
	}
	if h.since[d.Name].IsZero() {
		h.since[d.Name] = now.UTC().Truncate(time.Second)
	}
	since := h.since[d.Name]
	d.Since = &since
}
