package handler

import (
	"net/http"
	"net/url"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/text"
)

// journey is the order of a link with what its pages show.
type journey struct {
	*requester.Journey
	target string
	owner  string // key of the visit that asked
	data   map[string]any
}

// mine reports whether a visit may go on with what was asked.
func (j *journey) mine(v *visit) bool { return j.owner != "" && j.owner == v.key }

// waits reports whether nobody has asked yet.
func (j *journey) waits() bool { return j.View.State == requester.AwaitingPerson }

// find is the journey of the link in the path.
func (p *pages) find(v *visit, r *http.Request) (*journey, error) {
	found, err := p.Requester.Journey(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	portal, err := p.Tenant.Portal(r.Context(), found.Portal)
	if err != nil {
		return nil, err
	}
	j := &journey{Journey: found, target: journeyPath + found.Token}
	if j.owner, err = p.owner(r.Context(), found.Token); err != nil {
		return nil, err
	}
	v.prefer(found.Order.Language)
	name := portal.Shown(v.lang)
	v.out = wayOut{Retry: j.target, Back: back(found), Portal: name}
	authority := portal.Requester.EDM()
	j.data = map[string]any{
		"Path": j.target, "Here": j.target, "Portal": name, "Authority": nameIn(authority, v.lang), "View": found.View, "Order": found.Order, "Title": found.Title,
		"Provider": found.Provider, "Reason": text.Reason(v.lang, string(found.View.State), found.View.Code), "PortalURL": back(found),
		"Deadline": p.moment(found.View.Deadline), "Available": p.moment(found.View.Available),
	}
	return j, nil
}

// back is the portal's page with the id of the request.
func back(j *requester.Journey) string {
	u, err := url.Parse(j.PortalURL)
	if err != nil {
		return j.PortalURL
	}
	q := u.Query()
	q.Set("request", j.ID)
	u.RawQuery = q.Encode()
	return u.String()
}

// stages are the pages of the states that are on the way.
var stages = map[exchange.State]string{
	exchange.Created: "journey-wait", exchange.Request1Sent: "journey-wait", exchange.PreviewRequired: "journey-launch", exchange.Request2Sent: "journey-wait",
}

// journey is the page of an order, whatever its state is.
func (p *pages) journey(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	switch {
	case j.owner != "" && !j.mine(v):
		v.out.Retry = ""
		return signFirst
	case j.waits() && v.Admitted[j.target]:
		return p.propose(v, w, r, j)
	case j.waits():
		return p.welcome(v, w, r, j)
	}
	page := stages[j.View.State]
	if page == "" {
		page = "journey-ended"
	}
	p.show(v, w, r, http.StatusOK, page, j.data)
	return nil
}

// welcome explains what will happen, before anybody signs in (Reg. 2022/1463 art. 9).
func (p *pages) welcome(v *visit, w http.ResponseWriter, r *http.Request, j *journey) error {
	levels, err := p.levels(r)
	if err != nil {
		return err
	}
	j.data["Levels"] = levels
	p.show(v, w, r, http.StatusOK, "journey-welcome", j.data)
	return nil
}

// levels are those that a person may sign in with: the tenant's and above.
func (p *pages) levels(r *http.Request) ([]saml.Level, error) {
	c, err := p.Tenant.Configuration(r.Context())
	if err != nil {
		return nil, err
	}
	least := saml.Level(c.SignIn.Level)
	if !least.AtLeast(saml.Low) {
		least = saml.Substantial
	}
	var list []saml.Level
	for _, l := range []saml.Level{saml.Low, saml.Substantial, saml.High} {
		if l.AtLeast(least) {
			list = append(list, l)
		}
	}
	return list, nil
}

// journeySignIn sends the person to sign in for the order.
func (p *pages) journeySignIn(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if err := form(r); err != nil {
		return err
	}
	switch {
	case !j.waits():
		return preview.ErrOver
	case j.owner != "" && !j.mine(v):
		return signFirst
	}
	levels, err := p.levels(r)
	if err != nil {
		return err
	}
	level := levels[0]
	if wish := saml.Level(r.PostForm.Get("level")); wish.AtLeast(level) {
		level = wish
	}
	return p.signIn(v, w, r, j.target, level, r.PostForm.Get("legal") != "")
}

// goOn sends request 2 and the person to the preview space.
func (p *pages) goOn(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if !j.mine(v) {
		return signFirst
	}
	link, err := p.Requester.Go(r.Context(), j.Journey)
	if err != nil {
		return err
	}
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	j.data["Link"], j.data["Host"] = link, u.Host
	p.show(v, w, r, http.StatusOK, "journey-leave", j.data)
	return nil
}

// cancel gives up: anybody with the link before somebody asked, then only they.
func (p *pages) cancel(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if j.owner != "" && !j.mine(v) {
		return signFirst
	}
	if err := p.Requester.Leave(r.Context(), j.Journey); err != nil {
		return err
	}
	if v.Admitted[j.target] {
		if err := p.Keeper.Drop(r.Context(), v.intentObject(j.target)); err != nil {
			return err
		}
	}
	v.goTo(w, r, j.target)
	return nil
}

// comeBack is where the preview space leads back to.
func (p *pages) comeBack(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if j.mine(v) && !j.waits() {
		if err := p.Requester.Return(r.Context(), j.Journey); err != nil {
			return err
		}
	}
	v.goTo(w, r, j.target)
	return nil
}
