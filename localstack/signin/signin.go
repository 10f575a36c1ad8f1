// Package signin simulates a country's eIDAS node for tests and for a world on one
// machine: it takes the signed AuthnRequest of a registered service provider, lets
// somebody choose who signs in, and answers with a signed Response and an encrypted
// assertion (eIDAS SAML Message Format 1.2, HTTP-POST both ways).
//
// # The form
//
// A browser POSTs SAMLRequest and RelayState to <base>/sso and gets a page. The
// page POSTs to the same place with the same two fields and these:
//
//	resident  key of a person in localstack/residents, such as "anna"
//	level     Low, Substantial or High
//	company   key of a company that the person acts for; only when a legal person was asked for
//	cancel    anything: the person does not sign in
//
// A program can send all fields at once. The answer is a page with a form to the
// assertion consumer service, with SAMLResponse and, where one came, RelayState as
// it came; it sends itself where scripts run, and has a button where they do not.
//
// # What it says of a person
//
// Always, below http://eidas.europa.eu/attributes/naturalperson/: PersonIdentifier,
// CurrentFamilyName, CurrentGivenName and DateOfBirth; when requested and known:
// BirthName, PlaceOfBirth, CurrentAddress, Gender. Of a legal person, below
// …/legalperson/: LegalPersonIdentifier and LegalName, and of who acts for it below
// …/naturalperson/representative/: PersonIdentifier, CurrentFamilyName,
// CurrentGivenName, DateOfBirth and Gender. Names in another script come beside
// the Latin ones, with LatinScript="false". Identifiers are those for the node's
// country: "EE/LV/…".
//
// Who signs in with less than the requested level is not signed in.
package signin

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/identity/saml"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
)

// ServiceProvider is who may ask for sign-ins.
type ServiceProvider struct {
	EntityID string
	// ACS is where answers go, whatever a request says.
	ACS string
	// Name is shown to the person.
	Name string
	// Certificate is what requests are signed by and, unless EncryptFor is set, what assertions are encrypted for; RSA.
	Certificate *x509.Certificate
	EncryptFor  *x509.Certificate
}

// Options are what a node needs.
type Options struct {
	// EntityID is the node's issuer; empty: BaseURL + "/metadata".
	EntityID string
	// BaseURL is where the handler is, such as "http://127.0.0.1:8090"; requests come to BaseURL + "/sso".
	BaseURL string
	// Country is the node's, for which identifiers are made.
	Country          string
	Residents        *residents.Residents
	Now              func() time.Time
	ServiceProviders []ServiceProvider
	// Key and Certificate sign answers; nil: a throw-away pair.
	Key         *rsa.PrivateKey
	Certificate *x509.Certificate
}

// Node signs people in.
type Node struct {
	o        Options
	provider *samltest.Provider

	mu        sync.Mutex
	providers map[string]ServiceProvider
}

// New makes a node.
func New(o Options) (*Node, error) {
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	if o.EntityID == "" {
		o.EntityID = o.BaseURL + "/metadata"
	}
	if o.BaseURL == "" || o.Country == "" || o.Residents == nil || o.Now == nil {
		return nil, errors.New("simulate a sign-in: BaseURL, Country, Residents and Now are needed")
	}
	if (o.Key == nil) != (o.Certificate == nil) {
		return nil, errors.New("simulate a sign-in: Key and Certificate come together")
	}
	n := &Node{o: o, providers: map[string]ServiceProvider{}}
	if o.Key != nil {
		n.provider = &samltest.Provider{EntityID: o.EntityID, Key: o.Key, Certificate: o.Certificate, Now: o.Now}
	} else {
		p, err := samltest.NewProvider(o.EntityID, o.Now)
		if err != nil {
			return nil, err
		}
		n.provider = p
	}
	for _, sp := range o.ServiceProviders {
		if err := n.Register(sp); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// Register lets a service provider ask from now on; a second time changes it.
func (n *Node) Register(sp ServiceProvider) error {
	if u, err := url.Parse(sp.ACS); err != nil || u.Host == "" || sp.EntityID == "" || sp.Certificate == nil {
		return errors.New("register a service provider: EntityID, ACS as a URL and Certificate are needed")
	}
	if sp.EncryptFor == nil {
		sp.EncryptFor = sp.Certificate
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.providers[sp.EntityID] = sp
	return nil
}

func (n *Node) serviceProvider(entityID string) (ServiceProvider, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sp, ok := n.providers[entityID]
	return sp, ok
}

// Certificate is what service providers pin.
func (n *Node) Certificate() *x509.Certificate { return n.provider.Certificate }

// SSO is where requests are posted to.
func (n *Node) SSO() string { return n.o.BaseURL + "/sso" }

// IdentityProvider is the node as a service provider configures it.
func (n *Node) IdentityProvider() saml.IdentityProvider {
	return saml.IdentityProvider{EntityID: n.o.EntityID, SSO: n.SSO(), Certificates: []*x509.Certificate{n.Certificate()}}
}

// maxForm bounds what is posted here, in octets.
const maxForm = 256 << 10

// ServeHTTP takes requests at …/sso and choices at the same place.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	harden(w.Header())
	if path.Base(r.URL.Path) != "sso" {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		n.explain(w, http.StatusMethodNotAllowed, "A sign-in begins at the service that you want to use, which sends you here.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		n.explain(w, http.StatusBadRequest, "What came is no form, or is too large.")
		return
	}
	q, err := n.read(r.PostForm.Get("SAMLRequest"))
	if err != nil {
		n.explain(w, http.StatusBadRequest, err.Error())
		return
	}
	q.relayState, q.relayed = r.PostForm.Get("RelayState"), r.PostForm.Has("RelayState")
	n.choose(w, q, r.PostForm)
}

// choose answers a choice, or asks for one.
func (n *Node) choose(w http.ResponseWriter, q *request, form url.Values) {
	if form.Has("cancel") {
		n.answer(w, q, samltest.Answer{Status: responder})
		return
	}
	if !form.Has("resident") && !form.Has("level") {
		n.ask(w, http.StatusOK, q, "")
		return
	}
	c, problem := n.choice(q, form)
	if problem != "" {
		n.ask(w, http.StatusUnprocessableEntity, q, problem)
		return
	}
	if !c.level.AtLeast(q.level) {
		n.answer(w, q, samltest.Answer{Status: responder})
		return
	}
	n.answer(w, q, samltest.Answer{Level: c.level.URI(), Attributes: n.attributes(q, c)})
}

// responder is the status of somebody who was not signed in (SAML Core §3.2.2.2).
const responder = "urn:oasis:names:tc:SAML:2.0:status:Responder"

// choice is who signs in, how, and for whom.
type choice struct {
	person  *residents.Person
	company *residents.Company
	level   saml.Level
}

func (n *Node) choice(q *request, form url.Values) (choice, string) {
	c := choice{person: n.o.Residents.Persons[form.Get("resident")], company: n.o.Residents.Companies[form.Get("company")], level: saml.Level(form.Get("level"))}
	switch {
	case c.person == nil:
		return c, "Choose who signs in."
	case !c.level.AtLeast(saml.Low):
		return c, "Choose a level of assurance."
	case q.legal && c.company == nil:
		return c, "Choose the company that the person acts for."
	case q.legal && !n.actsFor(c):
		return c, "This person may not act for this company."
	case !q.legal:
		c.company = nil
	}
	return c, ""
}

func (n *Node) actsFor(c choice) bool {
	for _, company := range n.o.Residents.CompaniesOf(c.person.Key) {
		if company == c.company {
			return true
		}
	}
	return false
}
