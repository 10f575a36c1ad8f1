// Package handler is the API for procedure portals: what functions/portal serves.
// ../openapi.yaml is its contract; ../api is generated from it.
//
// What is judged where: package strict holds a body to the contract's shape, this
// package to its limits and code lists, [access.Portal.Judge] to what the portal
// may, and the desk to what can be done now.
package handler

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// Limits of what a caller may send.
const (
	MaxBody           = 64 << 10 // octets of a request's body
	MaxIdempotencyKey = 128      // octets of an Idempotency-Key
	MaxID             = 128      // octets of a request's id
	MaxDocuments      = 999      // the highest number of a document
)

// desk is the requester's work. Portal is a portal's ID: what one portal ordered
// does not exist for another. Errors that a portal can mend are a
// [*requester.Refusal].
type desk interface {
	Create(ctx context.Context, portal access.Portal, key string, o requester.Order) (*requester.View, error)
	View(ctx context.Context, portal, id string) (*requester.View, error)
	Continue(ctx context.Context, portal, id string) (*requester.View, error)
	Open(ctx context.Context, portal, id string, number int) (*requester.Opened, error)
	Confirm(ctx context.Context, portal, id string) (*requester.View, error)
	Cancel(ctx context.Context, portal, id string) (*requester.View, error)
}

// authority gives tokens and recognises them.
type authority interface {
	Token(ctx context.Context, now time.Time, c access.Credentials) (*access.Token, error)
	Verify(ctx context.Context, now time.Time, token string) (*access.Portal, error)
}

// Options are what the API works with. All but Loopback are needed.
type Options struct {
	Desk      desk
	Authority authority
	Country   string // of this node
	Loopback  bool   // a laptop world: persons may return to http at this machine
	Now       func() time.Time
	NewID     func() string // a UUID
	Log       *slog.Logger
}

// New returns the API. It serves /oauth2/token and /v1/, and is safe for
// concurrent use.
func New(o Options) http.Handler {
	h := &handler{Options: o, mux: http.NewServeMux()}
	operations := api.NewStrictHandlerWithOptions(&server{o}, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc: h.unreadable, ResponseErrorHandlerFunc: h.fail,
	})
	api.HandlerWithOptions(operations, api.StdHTTPServerOptions{
		BaseRouter: h.mux, ErrorHandlerFunc: h.fail, Middlewares: []api.MiddlewareFunc{h.typed},
	})
	h.refuseTheRest()
	return h
}

type handler struct {
	Options
	mux *http.ServeMux
}

// ServeHTTP gives every call an id, which is in the answer and in the log.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{id: h.NewID()}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	a := &answer{ResponseWriter: w, head: r.Method == http.MethodHead}
	a.Header().Set("X-Request-Id", c.id)
	a.Header().Set("Cache-Control", "no-store")
	a.Header().Set("X-Content-Type-Options", "nosniff")
	h.serve(a, r)
	h.Log.LogAttrs(r.Context(), slog.LevelInfo, "answered",
		slog.String("requestId", c.id), slog.String("route", r.Pattern), slog.Int("status", a.status), slog.String("portal", c.portal.ID), slog.String("rule", c.rule))
}

// serve lets only portals get as far as a route, but for the token's.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		h.fail(w, r, &problem{http.StatusBadRequest, "http.query", "the API takes nothing in the query of a URL", "leave out what follows the question mark"})
		return
	}
	if r.URL.Path != tokenPath {
		portal, err := h.recognise(r)
		if err != nil {
			h.fail(w, r, err)
			return
		}
		callOf(r.Context()).portal = *portal
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
	h.mux.ServeHTTP(w, r)
}

type callKey struct{}

// call is what is known of a call.
type call struct {
	id     string
	portal access.Portal
	rule   string // of the refusal
}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// answer remembers its status. To HEAD it gives no body: behind a gateway nobody
// else leaves it out.
type answer struct {
	http.ResponseWriter
	status int
	head   bool
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.head {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
