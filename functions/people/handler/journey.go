package handler

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/text"
)

// find is the order of the link in the path, with what its pages show.
func (p *pages) find(r *http.Request) (*requester.Journey, string, map[string]any, error) {
	j, err := p.Requester.Journey(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, "", nil, err
	}
	portal, err := p.Tenant.Portal(r.Context(), j.Portal)
	if err != nil {
		return nil, "", nil, err
	}
	target := journeyPath + j.Token
	return j, target, map[string]any{
		"Path": target, "Portal": portal.Shown(language(r)), "View": j.View, "Order": j.Order, "Title": j.Title, "Provider": j.Provider,
		"Reason": text.Reason(language(r), string(j.View.State), j.View.Code), "PortalURL": back(j),
	}, nil
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

// journey is the page of an order, whatever its state is.
func (p *pages) journey(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, target, data, err := p.find(r)
	if err != nil {
		return err
	}
	page := map[exchange.State]string{
		requester.AwaitingPerson: "journey-welcome", exchange.Created: "journey-wait", exchange.Request1Sent: "journey-wait",
		exchange.PreviewRequired: "journey-launch", exchange.Request2Sent: "journey-wait",
	}[j.View.State]
	switch {
	case page == "":
		page = "journey-ended"
	case page == "journey-welcome" && v.Admitted[target]:
		return p.propose(v, w, r, j, target, data)
	case page != "journey-welcome" && !v.Admitted[target]:
		return signFirst
	}
	p.show(w, r, http.StatusOK, page, data)
	return nil
}

// journeySignIn sends the person to sign in for the order.
func (p *pages) journeySignIn(v *visit, w http.ResponseWriter, r *http.Request) error {
	_, target, _, err := p.find(r)
	if err != nil {
		return err
	}
	c, err := p.Tenant.Configuration(r.Context())
	if err != nil {
		return err
	}
	level := saml.Level(r.PostFormValue("level"))
	if level == "" {
		level = saml.Level(c.SignIn.Level)
	}
	if level == "" {
		level = saml.Substantial
	}
	return p.signIn(v, w, r, target, level, r.PostFormValue("legal") != "")
}

// propose shows who would be asked for what: nothing is asked before the
// person has seen it (Reg. 2022/1463 art. 11(2), 12).
func (p *pages) propose(v *visit, w http.ResponseWriter, r *http.Request, j *requester.Journey, target string, data map[string]any) error {
	subject, err := p.subject(v, r, target)
	if err != nil {
		return err
	}
	j.Order.Answers = answers(r.URL.Query())
	j.Order.Provider = r.URL.Query().Get("provider")
	found, stop, err := p.Requester.Propose(r.Context(), j, subject.Assurance())
	if err != nil {
		return &fault{http.StatusBadGateway, "fault.directory", err}
	}
	data["Subject"] = subject
	if stop != nil {
		data["Stop"], data["Reason"] = stop, text.Reason(language(r), "refused", stop.Code)
		p.show(w, r, http.StatusOK, "journey-question", data)
		return nil
	}
	data["Title"], data["Provider"] = found.Candidate.Service.Title.In(language(r)), found.Candidate.Service.AccessService.Publisher.Name.In(language(r))
	data["Answers"], data["Chosen"], data["Note"] = j.Order.Answers, j.Order.Provider, found.Candidate.Service.Note.In(language(r))
	data["Consent"] = consent(r, data)
	p.show(w, r, http.StatusOK, "journey-ask", data)
	return nil
}

// consent is the text of the click: what is recorded is what was shown.
func consent(r *http.Request, data map[string]any) string {
	return text.In(language(r), "ask.consent", data["Title"], data["Provider"], data["Portal"])
}

// answers are the fields "answer.ID" of a form.
func answers(form url.Values) map[string]string {
	var list map[string]string
	for name, v := range form {
		if id, ok := strings.CutPrefix(name, "answer."); ok && v[0] != "" {
			if list == nil {
				list = map[string]string{}
			}
			list[id] = v[0]
		}
	}
	return list
}

func (p *pages) subject(v *visit, r *http.Request, target string) (*requester.Subject, error) {
	octets, err := p.Keeper.Read(r.Context(), v.subjectObject(target))
	if errors.Is(err, store.ErrNotFound) {
		return nil, signFirst
	}
	if err != nil {
		return nil, err
	}
	s := new(requester.Subject)
	return s, json.Unmarshal(octets, s)
}

// ask is the explicit request.
func (p *pages) ask(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, target, data, err := p.find(r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	if err := r.ParseForm(); err != nil {
		return &fault{http.StatusBadRequest, "fault.form", err}
	}
	subject, err := p.subject(v, r, target)
	if err != nil {
		return err
	}
	j.Order.Answers, j.Order.Provider = answers(r.PostForm), r.PostForm.Get("provider")
	found, stop, err := p.Requester.Propose(r.Context(), j, subject.Assurance())
	if err != nil {
		return &fault{http.StatusBadGateway, "fault.directory", err}
	}
	if stop != nil {
		return &fault{http.StatusConflict, "fault.over", errors.New(stop.Code)}
	}
	data["Title"], data["Provider"] = found.Candidate.Service.Title.In(language(r)), found.Candidate.Service.AccessService.Publisher.Name.In(language(r))
	explicit := &requester.ExplicitRequest{At: p.Now(), Language: language(r), Text: consent(r, data)}
	if err := p.Requester.Ask(r.Context(), j, subject, explicit, j.Order.Answers, j.Order.Provider); err != nil {
		return err
	}
	if err := p.Keeper.Drop(r.Context(), v.subjectObject(target)); err != nil {
		return err
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// goOn sends request 2 and the person to the preview space.
func (p *pages) goOn(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, target, data, err := p.find(r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	link, err := p.Requester.Go(r.Context(), j)
	if err != nil {
		return err
	}
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	data["Link"], data["Host"] = link, u.Host
	p.show(w, r, http.StatusOK, "journey-leave", data)
	return nil
}

// cancel gives up.
func (p *pages) cancel(_ *visit, w http.ResponseWriter, r *http.Request) error {
	j, target, _, err := p.find(r)
	if err != nil {
		return err
	}
	if err := p.Requester.Leave(r.Context(), j); err != nil {
		return err
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// comeBack is where the preview space leads back to.
func (p *pages) comeBack(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, target, _, err := p.find(r)
	if err != nil {
		return err
	}
	if v.Admitted[target] {
		if err := p.Requester.Return(r.Context(), j); err != nil {
			return err
		}
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}
