package portal

import (
	"net/http"
	"net/url"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// again is after how many seconds a page asks again.
const again = "3"

// comeBack is where people return from the node's pages. It shows how the
// request stands, and leads on when the evidence is there.
func (p *portal) comeBack(w http.ResponseWriter, r *http.Request) error {
	id := r.URL.Query().Get("request")
	a := p.session(r).application(func(a *application) bool { return id != "" && a.shown().Request == id })
	if a == nil {
		return notFound
	}
	x := a.shown()
	v, err := p.Client.View(r.Context(), id)
	if err != nil {
		return &apart{err, x.Chosen.Procedure, "/applications/" + a.id}
	}
	switch {
	case v.State == api.StateDelivered:
		if err := p.collect(r.Context(), a); err != nil {
			return &apart{err, x.Chosen.Procedure, "/applications/" + a.id}
		}
		return p.to(w, r, "/applications/"+a.id)
	case v.State == api.StateConfirmed:
		return p.to(w, r, "/applications/"+a.id)
	case v.Final:
		return p.show(w, r, http.StatusOK, "ended", map[string]any{"Application": x, "View": v})
	}
	return p.wait(w, r, x, v)
}

// wait shows a request that is under way, and asks again unless the person
// wants the page to stand still.
func (p *portal) wait(w http.ResponseWriter, r *http.Request, x shown, v *client.View) error {
	data := map[string]any{"Application": x, "View": v, "Here": "/return?request=" + url.QueryEscape(x.Request)}
	if !r.URL.Query().Has("still") {
		data["Refresh"] = again
	}
	return p.show(w, r, http.StatusOK, "wait", data)
}

// cancel gives the request up; the application stays, for an upload by hand.
func (p *portal) cancel(w http.ResponseWriter, r *http.Request, a *application) error {
	x := a.shown()
	if x.Request == "" {
		return p.to(w, r, "/applications/"+a.id)
	}
	if _, err := p.Client.Cancel(r.Context(), x.Request); err != nil {
		return &apart{err, x.Chosen.Procedure, "/applications/" + a.id}
	}
	return p.to(w, r, "/return?request="+url.QueryEscape(x.Request))
}
