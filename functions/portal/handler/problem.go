package handler

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/functions/portal/strict"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// typePrefix makes a URI of a rule: a name (RFC 4151), not a page.
const typePrefix = "tag:github.com,2026:vienreiz/problem/"

// problem is a refusal as the caller gets it (RFC 9457).
type problem struct {
	status           int
	rule, detail, do string
}

// Error gives rule, reason and the way out.
func (p *problem) Error() string { return p.rule + ": " + p.detail + "; " + p.do }

// problemOf says what an error is for the caller; [failed] when it is ours.
func problemOf(err error) *problem {
	var p *problem
	var refusal *requester.Refusal
	var refused *access.Refused
	var denied *access.Denied
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refusal):
		return &problem{statusOf[refusal.Kind], refusal.Rule, refusal.Detail, refusal.Do}
	case errors.As(err, &refused):
		status := http.StatusUnprocessableEntity
		if refused.Forbidden {
			status = http.StatusForbidden
		}
		return &problem{status, refused.Rule, refused.Field + ": " + refused.Detail, refused.Do}
	case errors.As(err, &denied):
		return &problem{http.StatusUnauthorized, "token.invalid", denied.Description, "get a new one of " + tokenPath}
	}
	return unread(err)
}

var statusOf = map[requester.RefusalKind]int{
	requester.BadOrder:  http.StatusUnprocessableEntity,
	requester.Forbidden: http.StatusForbidden,
	requester.Unknown:   http.StatusNotFound,
	requester.WrongTime: http.StatusConflict,
}

// unread is what could not be read of a request.
func unread(err error) *problem {
	var large *http.MaxBytesError
	var fault *strict.Fault
	var parameter *api.InvalidParamFormatError
	var repeated *api.TooManyValuesForParamError
	switch {
	case errors.As(err, &large):
		return &problem{http.StatusRequestEntityTooLarge, "http.size", "the body has more than 65536 octets (handler.MaxBody)", "send less"}
	case errors.As(err, &parameter):
		return noDocument()
	case errors.As(err, &repeated):
		return &problem{http.StatusBadRequest, "http.header", "the header " + repeated.ParamName + " stands more than once", "send it once"}
	case errors.As(err, &fault) && fault.Field == "":
		return &problem{http.StatusBadRequest, "http.json", fault.Detail, fault.Do}
	case errors.As(err, &fault):
		return &problem{http.StatusUnprocessableEntity, "order.field", fault.Field + " " + fault.Detail, fault.Do}
	}
	return failed
}

// unreadable answers an error in reading a request: whatever it is, it is not
// ours.
func (h *handler) unreadable(w http.ResponseWriter, r *http.Request, err error) {
	if problemOf(err) == failed {
		err = &problem{http.StatusBadRequest, "http.body", "the body cannot be read", "send it whole, as its Content-Type says"}
	}
	h.fail(w, r, err)
}

// failed is the answer to whatever went wrong on our side.
var failed = &problem{http.StatusInternalServerError, "node.failed", "the node could not do it", "try again later; the node's operator finds the cause under instance"}

func noRequest() *problem {
	return &problem{http.StatusNotFound, "order.unknown", "this portal has no such request", "use the id that creating the request gave"}
}

func noDocument() *problem {
	return &problem{http.StatusNotFound, "evidence.unknown", "this request has no such document", "use an href of the request's documents"}
}

// fail answers an error. When the answer has begun it cuts the connection: a
// part of a document must not look like one.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, c := problemOf(err), callOf(r.Context())
	c.rule = p.rule
	h.note(r, c, p, err)
	if a, ok := w.(*answer); ok && a.status != 0 {
		panic(http.ErrAbortHandler) // what net/http has for this
	}
	if r.URL.Path == tokenPath {
		refuseToken(w, p, err)
		return
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(p))
	}
	write(w, p.status, "application/problem+json", api.Problem{
		Type: typePrefix + p.rule, Title: http.StatusText(p.status), Status: p.status, Detail: p.detail,
		Instance: "urn:uuid:" + c.id, Rule: p.rule, Do: p.do,
	})
}

// challenge is what RFC 6750 §3 wants: no code where there was no token.
func challenge(p *problem) string {
	if p.rule == "token.missing" {
		return `Bearer realm="vienreiz"`
	}
	return `Bearer realm="vienreiz", error="invalid_token"`
}

// note logs what the caller is not told: causes of our own failures, and why a
// token was refused.
func (h *handler) note(r *http.Request, c *call, p *problem, err error) {
	var denied *access.Denied
	switch {
	case errors.As(err, &denied):
		attributes := []slog.Attr{slog.String("requestId", c.id), slog.String("claimed", denied.Portal)}
		if cause := denied.Unwrap(); cause != nil {
			attributes = append(attributes, slog.String("cause", cause.Error()))
		}
		h.Log.LogAttrs(r.Context(), slog.LevelWarn, "token refused", attributes...)
	case p == failed:
		h.Log.LogAttrs(r.Context(), slog.LevelError, "call failed", slog.String("requestId", c.id), slog.String("portal", c.portal.ID), slog.String("cause", err.Error()))
	}
}

func write(w http.ResponseWriter, status int, mediaType string, body any) {
	octets, err := json.Marshal(body)
	if err != nil {
		status, octets = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(octets)
}
