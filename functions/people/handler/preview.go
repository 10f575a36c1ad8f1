package handler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
)

// record finds the exchange of the link in the path.
func (p *pages) record(v *visit, r *http.Request) (*conduct.Record, string, error) {
	target := previewPath + r.PathValue("token")
	base, err := p.base(r.Context())
	if err != nil {
		return nil, "", err
	}
	x, err := p.Preview.Find(r.Context(), base+target)
	if err == nil {
		v.prefer(x.Language)
		v.out.Retry = target
	}
	return x, target, err
}

// preview is the page behind the link: who asks for what, then the evidence.
func (p *pages) preview(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(v, r)
	if err != nil {
		return err
	}
	if x, err = p.way(r, x); err != nil {
		return err
	}
	switch {
	case !preview.Open(x):
		return p.ended(v, w, r, x, target)
	case !v.Admitted[target]:
		if err := p.Preview.Visit(r.Context(), x); err != nil {
			return err
		}
		p.show(v, w, r, http.StatusOK, "preview-welcome", p.asks(v, x, target))
		return nil
	}
	return p.evidence(v, w, r, x, target, "")
}

// evidence shows the pieces, and what was wrong with the last form.
func (p *pages) evidence(v *visit, w http.ResponseWriter, r *http.Request, x *conduct.Record, target, problem string) error {
	x, err := p.Preview.Evidence(r.Context(), x)
	if err != nil {
		return err
	}
	data := p.asks(v, x, target)
	elsewhere, err := p.elsewhere(r.Context(), x)
	if err != nil {
		return err
	}
	data["Pieces"], data["Problem"] = p.pieces(r.Context(), v, x, target, elsewhere != ""), problem
	data["Seconds"] = int(x.Due().Sub(p.Now()).Seconds()) + 1 // then the evidence leaves the screen
	status := http.StatusOK
	if problem != "" {
		status = http.StatusUnprocessableEntity
	}
	from := strings.TrimSuffix("'self' "+elsewhere, " ")
	w.Header().Set("Content-Security-Policy", fmt.Sprintf("%s; img-src %[2]s; object-src %[2]s; frame-src %[2]s", policy, from))
	p.show(v, w, r, status, "preview", data)
	return nil
}

// way notes the way back that the link of a 1.x exchange brings (TDD 4.9 v1.2 §5).
func (p *pages) way(r *http.Request, x *conduct.Record) (*conduct.Record, error) {
	back := r.URL.Query().Get("returnurl")
	if back == "" || x.ReturnURL != "" || x.Version == edm.V20 || !preview.Open(x) || !safe(back) {
		return x, nil
	}
	return p.Keeper.Note(r.Context(), x.Key, func(x *conduct.Record) bool {
		if x.ReturnURL != "" || !preview.Open(x) {
			return false
		}
		x.ReturnURL = back
		return true
	})
}

// safe reports whether a person may be sent to an address.
func safe(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(address) <= 2048
}

// asks is who asks whom for what.
func (p *pages) asks(v *visit, x *conduct.Record, target string) map[string]any {
	data := map[string]any{
		"Path": target, "Here": target, "Requester": nameIn(x.Requester, v.lang), "Country": country(x.Requester), "Provider": nameIn(x.Provider, v.lang),
		"Title": x.Title, "Procedure": x.Procedure, "Due": p.moment(x.Due()),
	}
	// In 2.0 request 2 brings the way back, and may come later than the person (TDD 4.9 §3).
	data["Soon"] = x.ReturnURL == "" && x.Version == edm.V20 && (x.State == exchange.Offered || x.State == exchange.Decided)
	if safe(x.ReturnURL) {
		u, _ := url.Parse(x.ReturnURL)
		data["Return"], data["ReturnHost"] = x.ReturnURL, u.Host
	}
	return data
}

func nameIn(a edm.Agent, lang string) string {
	for _, wish := range []string{lang, "EN"} {
		for _, n := range a.Name {
			if n.Lang == wish {
				return n.Text
			}
		}
	}
	if len(a.Name) > 0 {
		return a.Name[0].Text
	}
	return a.Identifier.Value
}

func country(a edm.Agent) string {
	if a.Address != nil {
		return a.Address.AdminUnitLevel1
	}
	return ""
}

// previewSignIn sends the person to sign in for the preview.
func (p *pages) previewSignIn(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(v, r)
	if err != nil {
		return err
	}
	if !preview.Open(x) {
		return preview.ErrOver
	}
	legal, level, err := p.Preview.Wanted(r.Context(), x)
	if err != nil {
		return err
	}
	return p.signIn(v, w, r, target, saml.Level(level), legal)
}

// decide takes the decision, piece by piece.
func (p *pages) decide(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(v, r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	if err := form(r); err != nil {
		return err
	}
	var accepted []int
	switch answer := r.PostForm.Get("answer"); {
	case answer == "chosen" && len(r.PostForm["piece"]) == 0 && preview.Open(x):
		return p.evidence(v, w, r, x, target, "preview.choose-first")
	case answer == "chosen":
		if accepted, err = numbers(r.PostForm["piece"]); err != nil {
			return err
		}
	case answer != "none":
		return &fault{http.StatusBadRequest, "fault.form", errors.New("neither send nor send nothing was chosen")}
	}
	if _, err = p.Preview.Decide(r.Context(), x, accepted); err != nil {
		return err
	}
	v.goTo(w, r, target)
	return nil
}

func numbers(list []string) ([]int, error) {
	var all []int
	for _, s := range list {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, &fault{http.StatusBadRequest, "fault.form", errors.New("the number of a piece is no number")}
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// leave is the person who goes without deciding.
func (p *pages) leave(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(&visit{}, r)
	if err != nil {
		return err
	}
	if err := p.Preview.Leave(r.Context(), x); err != nil {
		return err
	}
	v.goTo(w, r, target+"/left")
	return nil
}

// left says that nothing was sent, and leads back.
func (p *pages) left(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(v, r)
	if err != nil {
		return err
	}
	if !preview.Open(x) {
		return p.ended(v, w, r, x, target)
	}
	data := p.asks(v, x, target)
	data["Here"] = target + "/left"
	p.show(v, w, r, http.StatusOK, "preview-left", data)
	return nil
}

// endings are what a person is told of how the preview ended: by state, the last word of a text's key.
var endings = map[exchange.State]string{
	exchange.Decided: "sent", exchange.Answering: "sent", exchange.Answered: "sent", exchange.Declined: "declined", exchange.Expired: "expired", exchange.Undelivered: "failed",
}

// ended says how the preview ended, and leads back. Whoever is not the person
// of the request learns that there is nothing, and no more (Reg. 2022/1463 art. 16(3)).
func (p *pages) ended(v *visit, w http.ResponseWriter, r *http.Request, x *conduct.Record, target string) error {
	admitted, signedIn := v.Admitted[target]
	if !admitted {
		key := "preview.closed"
		if signedIn {
			key = "preview.another"
		}
		p.show(v, w, r, http.StatusGone, "preview-closed", map[string]any{"Key": key})
		return nil
	}
	data := p.asks(v, x, target)
	end := endings[x.State]
	switch {
	case end == "":
		end = "failed"
	case end == "sent" && x.Accepted == 0:
		end = "declined"
	}
	data["End"], data["Accepted"] = end, x.Accepted
	p.show(v, w, r, http.StatusOK, "preview-ended", data)
	return nil
}
