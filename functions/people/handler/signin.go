package handler

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"context"
	"crypto"
	"crypto/rand"
	"time"

	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/text"
)

// pending is a sign-in between our page and the identity provider's answer.
type pending struct {
	Login   saml.Login
	Target  string // path to go on to
	Browser string // digest of the sign-in cookie
	Visit   string // token of the visit; empty: a new one
}

// serviceProvider is our side of the sign-in, with the keys of now.
func (p *pages) serviceProvider(ctx context.Context) (*saml.ServiceProvider, error) {
	c, err := p.Tenant.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	signer, ok := c.SPKey.(crypto.Signer)
	decrypter, can := c.SPKey.(crypto.Decrypter)
	if !ok || !can {
		return nil, errors.New("the key of the sign-in cannot sign and decrypt")
	}
	return &saml.ServiceProvider{
		EntityID: c.Address.People + signInPath + "metadata", ACS: c.Address.People + signInPath + "acs", Name: c.Platform.Name["EN"],
		Key: signer, Decrypter: decrypter, Certificate: c.SPCert,
		Provider: saml.IdentityProvider{EntityID: c.SignIn.EntityID, SSO: c.SignIn.SSO, Certificates: c.IdP}, Now: p.Now, Rand: rand.Reader,
	}, nil
}

// signIn sends the browser to the national node, and remembers where it goes on.
func (p *pages) signIn(v *visit, w http.ResponseWriter, r *http.Request, target string, level saml.Level, legal bool) error {
	sp, err := p.serviceProvider(r.Context())
	if err != nil {
		return err
	}
	login, form, err := sp.Begin(level, legal)
	if err != nil {
		return err
	}
	relay, browser := p.NewToken(), p.NewToken()
	body, err := json.Marshal(pending{Login: login, Target: target, Browser: digest(browser), Visit: v.token})
	if err != nil {
		return err
	}
	change := store.Change{Record: store.Record{Kind: signInKind, Key: digest(relay), Body: body, Expires: p.Now().Add(saml.LoginTTL)}}
	if _, err := p.State.Commit(r.Context(), []store.Change{change}, nil); err != nil {
		return fmt.Errorf("remember sign-in: %w", err)
	}
	http.SetCookie(w, &http.Cookie{Name: signInCookie, Value: browser, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, MaxAge: int(saml.LoginTTL / time.Second)})
	allowForm(w.Header(), form.Action)
	p.show(w, r, http.StatusOK, "sign-in", map[string]any{"Form": form, "RelayState": relay})
	return nil
}

// signedIn takes the identity provider's answer.
func (p *pages) signedIn(_ *visit, w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return &fault{http.StatusBadRequest, "fault.sign-in", err}
	}
	was, err := p.take(r)
	if err != nil {
		return err
	}
	sp, err := p.serviceProvider(r.Context())
	if err != nil {
		return err
	}
	subject, err := sp.Finish(r.PostForm.Get("SAMLResponse"), was.Login)
	if err != nil {
		return err
	}
	v := &visit{Admitted: map[string]bool{}}
	if was.Visit != "" {
		if v, err = p.visitOf(withVisit(r, was.Visit)); err != nil {
			return err
		}
	}
	if err := p.admit(r.Context(), w, v, was.Target, subject); err != nil {
		return err
	}
	http.Redirect(w, r, was.Target, http.StatusSeeOther)
	return nil
}

// withVisit is a request with the cookie that a POST from another site does not bring.
func withVisit(r *http.Request, token string) *http.Request {
	c := r.Clone(r.Context())
	c.Header.Del("Cookie")
	c.AddCookie(&http.Cookie{Name: visitCookie, Value: token})
	return c
}

// take finds the sign-in that an answer belongs to, and lets it be used once,
// in the browser that began it.
func (p *pages) take(r *http.Request) (*pending, error) {
	key := digest(r.PostForm.Get("RelayState"))
	row, err := p.State.Load(r.Context(), signInKind, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &fault{http.StatusForbidden, "fault.sign-in", errors.New("no such sign-in is on its way")}
	}
	if err != nil {
		return nil, fmt.Errorf("look for sign-in: %w", err)
	}
	was := new(pending)
	if err := json.Unmarshal(row.Body, was); err != nil {
		return nil, fmt.Errorf("read sign-in: %w", err)
	}
	c, err := r.Cookie(signInCookie)
	if err != nil || digest(c.Value) != was.Browser {
		return nil, &fault{http.StatusForbidden, "fault.sign-in", errors.New("the sign-in was begun in another browser")}
	}
	gone := store.Change{Record: store.Record{Kind: signInKind, Key: key}, Expect: row.Version, Delete: true}
	if _, err := p.State.Commit(r.Context(), []store.Change{gone}, nil); err != nil {
		return nil, &fault{http.StatusForbidden, "fault.sign-in", fmt.Errorf("use sign-in: %w", err)}
	}
	return was, nil
}

// admit lets whoever signed in see what they signed in for.
func (p *pages) admit(ctx context.Context, w http.ResponseWriter, v *visit, target string, s *saml.Subject) error {
	if v.token == "" {
		v.token = p.NewToken()
		v.key = digest(v.token)
	}
	assertion := hex.EncodeToString(s.Assertion[:])
	if strings.HasPrefix(target, previewPath) {
		base, err := p.base(ctx)
		if err != nil {
			return err
		}
		r, err := p.Preview.Find(ctx, base+target)
		if err != nil {
			return err
		}
		ok, err := p.Preview.Admit(ctx, r, preview.Present{Person: s.Person, LegalPerson: s.LegalPerson, Representative: s.Representative, Assertion: assertion})
		if err != nil {
			return err
		}
		v.Admitted[target] = ok
		return p.keep(ctx, w, v)
	}
	octets, err := json.Marshal(requester.Subject{Person: s.Person, LegalPerson: s.LegalPerson, Representative: s.Representative, Assertion: assertion})
	if err != nil {
		return err
	}
	if err := p.Keeper.PutAt(ctx, v.subjectObject(target), octets); err != nil {
		return err
	}
	v.Admitted[target] = true
	return p.keep(ctx, w, v)
}

// metadata describes us to the national node.
func (p *pages) metadata(_ *visit, w http.ResponseWriter, r *http.Request) error {
	sp, err := p.serviceProvider(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	return metadata.Execute(w, map[string]any{"EntityID": sp.EntityID, "ACS": sp.ACS, "Certificate": sp.Certificate.Raw})
}

// language is the person's, of those that there are texts in.
func language(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); l != "" {
		return known(l)
	}
	if c, err := r.Cookie("lang"); err == nil {
		return known(c.Value)
	}
	for _, wish := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wish), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if l := known(tag); strings.EqualFold(l, tag) {
			return l
		}
	}
	return "EN"
}

func known(tag string) string {
	for _, l := range text.Languages() {
		if strings.EqualFold(l, tag) {
			return l
		}
	}
	return "EN"
}
