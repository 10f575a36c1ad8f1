package handler

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
)

// record finds the exchange of the link in the path.
func (p *pages) record(r *http.Request) (*conduct.Record, string, error) {
	target := previewPath + r.PathValue("token")
	base, err := p.base(r.Context())
	if err != nil {
		return nil, "", err
	}
	found, err := p.Preview.Find(r.Context(), base+target)
	return found, target, err
}

// preview is the page behind the link: who asks for what, then the evidence.
func (p *pages) preview(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(r)
	if err != nil {
		return err
	}
	if x, err = p.way(r, x); err != nil {
		return err
	}
	switch {
	case !preview.Open(x):
		return p.ended(w, r, x)
	case !v.Admitted[target]:
		if err := p.Preview.Visit(r.Context(), x); err != nil {
			return err
		}
		p.show(w, r, http.StatusOK, "preview-welcome", asks(x, target))
		return nil
	}
	if x, err = p.Preview.Evidence(r.Context(), x); err != nil {
		return err
	}
	data := asks(x, target)
	data["Pieces"] = piecesOf(x, target)
	p.show(w, r, http.StatusOK, "preview", data)
	return nil
}

// way notes the way back that the link of a 1.x exchange brings (TDD 4.9 v1.2 §5).
func (p *pages) way(r *http.Request, x *conduct.Record) (*conduct.Record, error) {
	back := r.URL.Query().Get("returnurl")
	if back == "" || x.ReturnURL == back || x.Version == edm.V20 || !safe(back) {
		return x, nil
	}
	return p.Keeper.Note(r.Context(), x.Key, func(x *conduct.Record) bool {
		if x.ReturnURL != "" {
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
func asks(x *conduct.Record, target string) map[string]any {
	data := map[string]any{"Path": target, "Requester": name(x.Requester), "Country": country(x.Requester), "Provider": name(x.Provider), "Title": x.Title, "Procedure": x.Procedure, "Due": x.Due()}
	if safe(x.ReturnURL) {
		u, _ := url.Parse(x.ReturnURL)
		data["Return"], data["ReturnHost"] = x.ReturnURL, u.Host
	}
	return data
}

func name(a edm.Agent) string {
	for _, n := range a.Name {
		if n.Lang == "EN" {
			return n.Text
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

// piece is one piece of evidence on the page: the person decides on it as a whole.
type piece struct {
	Number    int
	Title     string
	Documents []shown
}

type shown struct {
	Link, Title, MediaType, Language, Issued, Authority string
	Readable, Companion                                 bool
	Size                                                int64
}

func piecesOf(x *conduct.Record, target string) []piece {
	var list []piece
	for i := range x.Documents {
		d := &x.Documents[i]
		at := slices.IndexFunc(list, func(p piece) bool { return p.Number == d.Piece })
		if at < 0 {
			list = append(list, piece{Number: d.Piece, Title: d.Title})
			at = len(list) - 1
		}
		list[at].Documents = append(list[at].Documents, shown{
			Link: fmt.Sprintf("%s/document/%d", target, i+1), Title: d.Title, MediaType: d.MediaType, Language: d.Language, Issued: d.IssuingDate,
			Authority: name(d.Authority), Readable: d.MediaType != "application/xml", Companion: d.Classification != edm.MainEvidence, Size: d.Size,
		})
	}
	return list
}

// previewSignIn sends the person to sign in for the preview.
func (p *pages) previewSignIn(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(r)
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

// document gives the octets of one document, which no script can read.
func (p *pages) document(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return notFound
	}
	body, d, err := p.Preview.Document(r.Context(), x, number)
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; plugin-types application/pdf; frame-ancestors 'none'")
	h.Set("Content-Type", safeType(d.MediaType))
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": d.Identifier}))
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10))
	_, err = io.Copy(w, body)
	return err
}

// safeType lets a browser show pictures and PDF, and everything else as text.
func safeType(mediaType string) string {
	switch mediaType {
	case "application/pdf", "image/png", "image/jpeg":
		return mediaType
	case "application/xml", "application/json", "text/plain":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// decide takes the decision, piece by piece.
func (p *pages) decide(v *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(r)
	if err != nil {
		return err
	}
	if !v.Admitted[target] {
		return signFirst
	}
	if err := r.ParseForm(); err != nil {
		return &fault{http.StatusBadRequest, "fault.form", err}
	}
	var accepted []int
	for _, s := range r.PostForm["piece"] {
		if n, err := strconv.Atoi(s); err == nil {
			accepted = append(accepted, n)
		}
	}
	if r.PostForm.Get("answer") == "none" {
		accepted = nil
	}
	if x, err = p.Preview.Decide(r.Context(), x, accepted); err != nil {
		return err
	}
	return p.ended(w, r, x)
}

// leave is the person who goes without deciding.
func (p *pages) leave(_ *visit, w http.ResponseWriter, r *http.Request) error {
	x, target, err := p.record(r)
	if err != nil {
		return err
	}
	if err := p.Preview.Leave(r.Context(), x); err != nil {
		return err
	}
	p.show(w, r, http.StatusOK, "preview-left", asks(x, target))
	return nil
}

// ended says how the preview ended, and leads back.
func (p *pages) ended(w http.ResponseWriter, r *http.Request, x *conduct.Record) error {
	data := asks(x, "")
	data["State"], data["Accepted"] = string(x.State), x.Accepted
	p.show(w, r, http.StatusOK, "preview-ended", data)
	return nil
}
