package handler

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Of is the API of an assembled node, with the configuration of now.
func Of(a *assembly.Assembly) http.Handler {
	return observe.Inbound(true, &assembled{Assembly: a})
}

type assembled struct {
	*assembly.Assembly
	mu      sync.Mutex
	of      *tenant.Configuration
	handler http.Handler
}

func (a *assembled) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, err := a.current(r)
	if err != nil {
		slog.ErrorContext(r.Context(), "no configuration", slog.String("error", err.Error()))
		http.Error(w, "this node has no usable configuration; its operator is told", http.StatusServiceUnavailable)
		return
	}
	h.ServeHTTP(w, r)
}

// current is the handler of the configuration of now.
func (a *assembled) current(r *http.Request) (http.Handler, error) {
	c, err := a.Tenant.Configuration(r.Context())
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == c {
		return a.handler, nil
	}
	tokens, err := c.Tokens(r.Context())
	if err != nil {
		return nil, fmt.Errorf("open the key of access tokens: %w", err)
	}
	authority, err := access.NewAuthority(access.Settings{Issuer: c.Address.API, Signer: tokens, Portals: a.Tenant, State: a.State, Rand: rand.Reader})
	if err != nil {
		return nil, err
	}
	a.of, a.handler = c, New(Options{
		Desk: a.Requester, Authority: authority, Country: c.Country, Loopback: loopback(c.Address.API), Now: a.Now, NewID: a.NewID, Log: slog.Default(),
	})
	return a.handler, nil
}

// loopback reports whether the API itself is on this machine only: then people
// may come back to a portal on this machine without TLS.
func loopback(api string) bool {
	u, err := url.Parse(api)
	return err == nil && u.Scheme == "http"
}
