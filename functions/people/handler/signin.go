package handler

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
)

// pending is a sign-in between our page and the identity provider's answer.
type pending struct {
	Login   saml.Login
	Target  string // path to go on to
	Browser string // digest of the sign-in cookie
	Visit   string // key of the visit; empty: a new one
	Lang    string // the person's, which a POST from another site does not bring
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
	name, err := p.cookie(r.Context(), signInCookie)
	if err != nil {
		return err
	}
	relay, browser := p.NewToken(), p.browser(r, name)
	body, err := json.Marshal(pending{Login: login, Target: target, Browser: digest(browser), Visit: v.key, Lang: v.lang})
	if err != nil {
		return err
	}
	change := store.Change{Record: store.Record{Kind: signInKind, Key: digest(relay), Body: body, Expires: p.Now().Add(saml.LoginTTL)}}
	if _, err := p.State.Commit(r.Context(), []store.Change{change}, nil); err != nil {
		return fmt.Errorf("remember sign-in: %w", err)
	}
	http.SetCookie(w, &http.Cookie{Name: name, Value: browser, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, MaxAge: int(saml.LoginTTL / time.Second)})
	allowForm(w.Header(), form.Action)
	p.show(v, w, r, http.StatusOK, "sign-in", map[string]any{"Form": form, "RelayState": relay, "Path": target, "Here": target})
	return nil
}

// browser is the value of the sign-in cookie: that of a sign-in in another tab, or a new one.
func (p *pages) browser(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil && len(c.Value) == tokenLength {
		return c.Value
	}
	return p.NewToken()
}

// signedIn takes the identity provider's answer.
func (p *pages) signedIn(v *visit, w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	was, err := p.take(r)
	if err != nil {
		return err
	}
	v.out.Retry = was.Target
	v.prefer(was.Lang)
	sp, err := p.serviceProvider(r.Context())
	if err != nil {
		return err
	}
	subject, err := sp.Finish(r.PostForm.Get("SAMLResponse"), was.Login)
	if err != nil {
		return err
	}
	// The visit's own cookie does not come with a POST from another site.
	visitor, err := p.visitAt(r.Context(), was.Visit)
	if err != nil {
		return err
	}
	if err := p.enter(r.Context(), w, visitor, was.Target, subject); err != nil {
		return err
	}
	v.goTo(w, r, was.Target)
	return nil
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
	name, err := p.cookie(r.Context(), signInCookie)
	if err != nil {
		return nil, err
	}
	c, err := r.Cookie(name)
	if err != nil || digest(c.Value) != was.Browser {
		return nil, &fault{http.StatusForbidden, "fault.sign-in", errors.New("the sign-in was begun in another browser")}
	}
	gone := store.Change{Record: store.Record{Kind: signInKind, Key: key}, Expect: row.Version, Delete: true}
	if _, err := p.State.Commit(r.Context(), []store.Change{gone}, nil); err != nil {
		return nil, &fault{http.StatusForbidden, "fault.sign-in", fmt.Errorf("use sign-in: %w", err)}
	}
	return was, nil
}

// enter lets whoever signed in see what they signed in for.
func (p *pages) enter(ctx context.Context, w http.ResponseWriter, v *visit, target string, s *saml.Subject) error {
	assertion := hex.EncodeToString(s.Assertion[:])
	if !strings.HasPrefix(target, previewPath) {
		return p.enterJourney(ctx, w, v, target, &requester.Subject{Person: s.Person, LegalPerson: s.LegalPerson, Representative: s.Representative, Assertion: assertion})
	}
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
	return p.admit(ctx, w, v, target, ok)
}

// enterJourney keeps who signed in until they ask. Nobody enters a journey that
// somebody else goes on with.
func (p *pages) enterJourney(ctx context.Context, w http.ResponseWriter, v *visit, target string, s *requester.Subject) error {
	token := strings.TrimPrefix(target, journeyPath)
	j, err := p.Requester.Journey(ctx, token)
	if err != nil {
		return err
	}
	if j.View.State != requester.AwaitingPerson {
		return preview.ErrOver
	}
	switch owner, err := p.owner(ctx, token); {
	case err != nil:
		return err
	case owner != "" && owner != v.key:
		return signFirst
	}
	if err := p.admit(ctx, w, v, target, true); err != nil {
		return err
	}
	return p.remember(ctx, v, target, &intent{Subject: *s})
}

// metadata describes us to the national node.
func (p *pages) metadata(_ *visit, w http.ResponseWriter, r *http.Request) error {
	sp, err := p.serviceProvider(r.Context())
	if err != nil {
		return err
	}
	octets, err := sp.Metadata()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, err = w.Write(octets)
	return err
}
