package handler

import (
	"errors"
	"net/http"

	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// fault is an error that has a page: the key of its text.
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
)

// faultOf finds the page of an error.
func faultOf(err error) *fault {
	var f *fault
	var refusal *requester.Refusal
	var saml *saml.Refusal
	var source *registry.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, preview.ErrUnknown):
		return &fault{http.StatusNotFound, "fault.unknown", err}
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
