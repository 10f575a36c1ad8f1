package handler

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// fault is an error that has a page: the key of its text; the title is below it.
type fault struct {
	status int
	key    string
	cause  error
}

func (f *fault) Error() string {
	if f.cause != nil {
		return f.key + ": " + f.cause.Error()
	}
	return f.key
}

func (f *fault) Unwrap() error { return f.cause }

var (
	notFound  = &fault{http.StatusNotFound, "fault.unknown", nil}
	signFirst = &fault{http.StatusForbidden, "fault.sign-in-first", nil}
	crossSite = &fault{http.StatusForbidden, "fault.cross-site", nil}
)

// faultOf finds the page of an error.
func faultOf(err error) *fault {
	var f *fault
	var large *http.MaxBytesError
	var refusal *requester.Refusal
	var saml *saml.Refusal
	var source *registry.Error
	switch {
	case errors.As(err, &large):
		return &fault{http.StatusRequestEntityTooLarge, "fault.form", err}
	case errors.As(err, &f):
		return f
	case errors.Is(err, preview.ErrUnknown), errors.Is(err, access.ErrNoPortal):
		return &fault{http.StatusNotFound, "fault.unknown", err}
	case errors.Is(err, preview.ErrPiece):
		return &fault{http.StatusBadRequest, "fault.form", err}
	case errors.Is(err, preview.ErrOver):
		return &fault{http.StatusGone, "fault.over", err}
	case errors.Is(err, preview.ErrLater):
		return &fault{http.StatusServiceUnavailable, "fault.later", err}
	case errors.As(err, &refusal) && refusal.Kind == requester.Unknown:
		return &fault{http.StatusNotFound, "fault.unknown", err}
	case errors.As(err, &refusal):
		return &fault{http.StatusConflict, "fault.over", err}
	case errors.As(err, &saml):
		return &fault{http.StatusForbidden, "fault.sign-in", err}
	case errors.As(err, &source):
		return &fault{http.StatusBadGateway, "fault.source", err}
	}
	return &fault{http.StatusInternalServerError, "fault.ours", err}
}

// wayOut is where a page of a fault leads: to try again, and back.
type wayOut struct {
	Retry        string // path of ours
	Back, Portal string // URL of the portal, and its name
}

// fail shows why something cannot be done, with a way out, and logs what is ours.
func (p *pages) fail(v *visit, w http.ResponseWriter, r *http.Request, err error) {
	f := faultOf(err)
	if f.status >= http.StatusInternalServerError {
		slog.ErrorContext(r.Context(), "a page for people failed", slog.String("error", err.Error()))
	}
	p.show(v, w, r, f.status, "fault", map[string]any{"Path": v.out.Retry, "Key": f.key, "Out": v.out, "Here": v.out.Retry})
}

// form reads the fields of a form.
func form(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return &fault{http.StatusBadRequest, "fault.form", err}
	}
	return nil
}
