package portal

import (
	"net/http"
	"net/url"
	"slices"
)

// home lists the procedures.
func (p *portal) home(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, http.StatusOK, "home", map[string]any{"Procedures": p.Procedures})
}

// choose is the form of a procedure.
func (p *portal) choose(w http.ResponseWriter, r *http.Request) error {
	procedure := p.procedure(r.URL.Query().Get("procedure"))
	if procedure == nil {
		return notFound
	}
	s := p.beginSession(w, r)
	return p.show(w, r, http.StatusOK, "choose", map[string]any{
		"Procedure": procedure, "Requirements": p.offered(procedure.Code), "Countries": p.Others, "Reachable": p.Reachable,
		"Token": s.form(p.NewID()), "Languages": languages,
	})
}

// offered are the requirements of a procedure, first those that somebody here
// has evidence for.
func (p *portal) offered(procedure string) []Requirement {
	list := p.requirements(procedure)
	slices.SortStableFunc(list, func(a, b Requirement) int { return p.reached(b) - p.reached(a) })
	return list
}

// reached is how many of the countries that can be asked prove it.
func (p *portal) reached(x Requirement) int {
	n := 0
	for _, c := range p.Reachable {
		if slices.Contains(x.Countries, c) {
			n++
		}
	}
	return n
}

// order begins the application, and asks for evidence where the person wants
// that. Sent twice it is one application and one request.
func (p *portal) order(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm
	}
	f := r.PostForm
	c := choice{f.Get("procedure"), f.Get("requirement"), f.Get("country"), f.Get("language")}
	byHand := f.Get("by") == "hand"
	if p.procedure(c.Procedure) == nil || !byHand && !p.possible(c) {
		return badForm
	}
	a := p.session(r).apply(f.Get("token"), p.NewID(), p.Now())
	if a == nil {
		return oldForm(c.Procedure)
	}
	if byHand {
		a.change(func() {
			if a.request == "" {
				a.chosen = c
			}
		})
		return p.to(w, r, "/applications/"+a.id)
	}
	if err := p.ask(r.Context(), a, c); err != nil {
		return &apart{err, c.Procedure, "/applications/" + a.id}
	}
	return p.to(w, r, "/applications/"+a.id+"/leave")
}

// possible reports whether the page offered that.
func (p *portal) possible(c choice) bool {
	return slices.Contains(p.Reachable, c.Country) && slices.Contains(languages, c.Language) &&
		slices.ContainsFunc(p.requirements(c.Procedure), func(x Requirement) bool { return x.URL == c.Requirement })
}

// leave sends the person to the node's pages. It is a page with a refresh: a
// redirect of a form to another origin would be blocked by form-action.
func (p *portal) leave(w http.ResponseWriter, r *http.Request, a *application) error {
	x := a.shown()
	if x.Request == "" {
		return p.to(w, r, "/applications/"+a.id)
	}
	v, err := p.Client.View(r.Context(), x.Request)
	if err != nil {
		return &apart{err, x.Chosen.Procedure, "/applications/" + a.id}
	}
	u, err := url.Parse(v.PersonUrl)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return p.to(w, r, "/return?request="+url.QueryEscape(x.Request))
	}
	return p.show(w, r, http.StatusOK, "leave", map[string]any{"To": v.PersonUrl, "Host": u.Host, "Refresh": "0; url=" + v.PersonUrl})
}

// to leads on within the portal.
func (p *portal) to(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}
