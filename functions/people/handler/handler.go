// Package handler is the function people: the pages for people. The preview
// space of the provider's side, the journey of the requester's side for portals
// that do not authenticate people themselves, and the sign-in at the national
// eIDAS node for both. Everything works without scripts.
package handler

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/observe"
)

// Paths of the pages, below the base URL for people.
const (
	previewPath = "/preview/"
	journeyPath = "/journey/"
	signInPath  = "/sign-in/"
)

// MaxForm bounds the body of a form; a SAMLResponse is the largest.
const MaxForm = 512 << 10

// pages serves people. It holds nothing of a visit: that is a record.
type pages struct {
	*assembly.Assembly
	mux *http.ServeMux
}

// New serves the pages.
func New(a *assembly.Assembly) http.Handler {
	p := &pages{Assembly: a, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET "+stylePath, style)
	p.handle("GET /preview/{token}", p.preview)
	p.handle("POST /preview/{token}/sign-in", p.previewSignIn)
	p.handle("GET /preview/{token}/document/{number}", p.document)
	p.handle("POST /preview/{token}/decide", p.decide)
	p.handle("POST /preview/{token}/leave", p.leave)
	p.handle("GET /preview/{token}/left", p.left)
	p.handle("GET /journey/{token}", p.journey)
	p.handle("POST /journey/{token}/sign-in", p.journeySignIn)
	p.handle("POST /journey/{token}/answers", p.answer)
	p.handle("POST /journey/{token}/ask", p.ask)
	p.handle("POST /journey/{token}/continue", p.goOn)
	p.handle("POST /journey/{token}/cancel", p.cancel)
	p.handle("GET /journey/{token}/return", p.comeBack)
	p.handle("POST /sign-in/acs", p.signedIn)
	p.handle("GET /sign-in/metadata", p.metadata)
	p.handle("/", func(*visit, http.ResponseWriter, *http.Request) error { return notFound })
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("POST /sign-in/acs") // comes from the identity provider, and proves itself
	guard.SetDenyHandler(p.page(func(*visit, http.ResponseWriter, *http.Request) error { return crossSite }))
	return observe.Inbound(false, http.MaxBytesHandler(guard.Handler(p.mux), MaxForm))
}

// stylePath lies below a path that the gateway leads here.
const stylePath = "/sign-in/style.css"

// handle registers a page.
func (p *pages) handle(pattern string, serve func(*visit, http.ResponseWriter, *http.Request) error) {
	p.mux.HandleFunc(pattern, p.page(serve))
}

// page makes errors pages, and lets nothing be cached. The log has the route, whose
// path holds somebody's link (architecture rule 11).
func (p *pages) page(serve func(*visit, http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		v, err := p.visitOf(r)
		v.root = p.root(r.Context())
		v.choose(w, r)
		if err == nil {
			err = serve(v, w, r)
		}
		if err != nil {
			p.fail(v, w, r, err)
		}
		slog.InfoContext(r.Context(), "answered", slog.String("route", r.Pattern), slog.Bool("fault", err != nil))
	}
}

// policy is of every page: no scripts, nothing foreign. What a page may do more stands at its end.
const policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// harden sets what every page has (TDD 4.9; spec oots-common-services §5.6).
// Nothing is told to other sites as the referrer; to ourselves the origin is,
// by which old browsers' forms prove where they come from.
func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy)
}

// base is the public URL of the pages.
func (p *pages) base(ctx context.Context) (string, error) {
	c, err := p.Tenant.Configuration(ctx)
	if err != nil {
		return "", err
	}
	return c.Address.People, nil
}

// root is the path of the base URL; empty for a host of its own, and when the
// configuration cannot be read.
func (p *pages) root(ctx context.Context) string {
	base, err := p.base(ctx)
	if err != nil {
		return ""
	}
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}
