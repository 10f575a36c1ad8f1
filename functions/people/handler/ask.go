package handler

import (
	"net/http"

	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/text"
)

// proposal finds whom the order would go to, with what the person answered so far.
func (p *pages) proposal(v *visit, r *http.Request, j *journey) (*intent, *requester.Stop, error) {
	i, err := p.intent(r.Context(), v, j.target)
	if err != nil {
		return nil, nil, err
	}
	j.Order.Answers, j.Order.Language = i.Answers, v.lang
	if i.Provider != "" {
		j.Order.Provider = i.Provider
	}
	found, stop, err := p.Requester.Propose(r.Context(), j.Journey, i.Assurance())
	if err != nil {
		return nil, nil, &fault{http.StatusBadGateway, "fault.directory", err}
	}
	j.data["Subject"], j.data["Answered"] = &i.Subject, len(i.Answers) > 0 || i.Provider != ""
	if stop != nil {
		return i, stop, nil
	}
	service := found.Candidate.Service
	j.data["Title"], j.data["Provider"], j.data["Note"] = service.Title.In(v.lang), service.AccessService.Publisher.Name.In(v.lang), service.Note.In(v.lang)
	j.data["Requirement"] = found.Requirement.Name.In(v.lang)
	j.data["Consent"] = text.In(v.lang, "ask.consent", j.data["Title"], j.data["Provider"], j.data["Authority"], j.data["Portal"])
	return i, nil, nil
}

// propose shows who would be asked for what: nothing is asked before the
// person has seen it (Reg. 2022/1463 art. 11(2), 12).
func (p *pages) propose(v *visit, w http.ResponseWriter, r *http.Request, j *journey) error {
	_, stop, err := p.proposal(v, r, j)
	if err != nil {
		return err
	}
	if stop == nil {
		p.show(v, w, r, http.StatusOK, "journey-ask", j.data)
		return nil
	}
	j.data["Stop"], j.data["Reason"] = stop, text.Reason(v.lang, "refused", stop.Code)
	j.data["StepUp"], j.data["Providers"] = stop.Code == requester.CodeStepUp, oneKind(stop.Choices)
	p.show(v, w, r, http.StatusOK, "journey-question", j.data)
	return nil
}

// oneKind are the choices when only the provider is open. Several types of
// evidence are several orders, which the portal has to make.
func oneKind(choices []requester.Choice) []requester.Choice {
	for _, c := range choices {
		if c.EvidenceType != choices[0].EvidenceType {
			return nil
		}
	}
	return choices
}

// answer takes answers to the directory's questions. They are kept with who
// signed in, because an address is no place for them.
func (p *pages) answer(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if err := form(r); err != nil {
		return err
	}
	if !j.waits() {
		return preview.ErrOver
	}
	i, err := p.intent(r.Context(), v, j.target)
	if err != nil {
		return err
	}
	if err := i.take(r.PostForm); err != nil {
		return err
	}
	if err := p.remember(r.Context(), v, j.target, i); err != nil {
		return err
	}
	v.goTo(w, r, j.target)
	return nil
}

// ask is the explicit request. The click that comes twice finds its work done.
func (p *pages) ask(v *visit, w http.ResponseWriter, r *http.Request) error {
	j, err := p.find(v, r)
	if err != nil {
		return err
	}
	if j.mine(v) && !j.waits() {
		v.goTo(w, r, j.target)
		return nil
	}
	i, stop, err := p.proposal(v, r, j)
	if err != nil {
		return err
	}
	if stop != nil { // the directory changed its mind: the page says how
		v.goTo(w, r, j.target)
		return nil
	}
	if err := p.own(r.Context(), v, j.Token); err != nil {
		return err
	}
	consent, _ := j.data["Consent"].(string)
	explicit := &requester.ExplicitRequest{At: p.Now(), Language: v.lang, Text: consent} // what is recorded is what was shown
	if err := p.Requester.Ask(r.Context(), j.Journey, &i.Subject, explicit, i.Answers, i.Provider); err != nil {
		return err
	}
	if err := p.Keeper.Drop(r.Context(), v.intentObject(j.target)); err != nil {
		return err
	}
	v.goTo(w, r, j.target)
	return nil
}
