package portal

import (
	"errors"
	"net/http"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// fault is what the person did or asked for that cannot be; its key is of the
// texts that say so.
type fault struct {
	status    int
	key       string
	procedure string // to start again with; may be empty
}

func (f *fault) Error() string { return f.key }

var (
	notFound = &fault{status: http.StatusNotFound, key: "fault.unknown"}
	badForm  = &fault{status: http.StatusBadRequest, key: "fault.form"}
	tooLarge = &fault{status: http.StatusRequestEntityTooLarge, key: "fault.large"}
	noFile   = &fault{status: http.StatusBadRequest, key: "fault.file"}
)

func oldForm(procedure string) *fault { return &fault{http.StatusConflict, "fault.old", procedure} }

// apart is what went wrong between this portal and its node.
type apart struct {
	cause     error
	procedure string // to start again with
	byHand    string // where the person goes on without the node
}

func (a *apart) Error() string { return "ask the node: " + a.cause.Error() }
func (a *apart) Unwrap() error { return a.cause }

// explain shows what went wrong and the way out.
func (p *portal) explain(w http.ResponseWriter, r *http.Request, err error) {
	f := &fault{status: http.StatusInternalServerError, key: "fault.portal"}
	data := map[string]any{}
	var a *apart
	if errors.As(err, &a) {
		f = p.between(r, a, data)
	} else if !errors.As(err, &f) {
		p.warn(r, "a page failed", err)
	}
	data["Fault"], data["Procedure"] = f.key, f.procedure
	if err := p.show(w, r, f.status, "fault", data); err != nil {
		p.warn(r, "a page failed", err)
		http.Error(w, say(language(r), f.key), f.status)
	}
}

// between says what an error of the node is for the person.
func (p *portal) between(r *http.Request, a *apart, data map[string]any) *fault {
	p.warn(r, "the node was asked in vain", a.cause)
	data["ByHand"] = a.byHand
	f := &fault{status: http.StatusBadGateway, key: "fault.node", procedure: a.procedure}
	var problem *client.Problem
	var refused *client.TokenRefused
	switch {
	case errors.As(a.cause, &problem):
		f.key, data["Problem"] = "fault.problem", problem
	case errors.As(a.cause, &refused):
		f.key = "fault.token"
	case errors.Is(a.cause, errAltered):
		f.key = "fault.altered"
	case errors.Is(a.cause, errLarge):
		f.key = "fault.document"
	}
	return f
}
