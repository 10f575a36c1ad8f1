package world

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

const unregistered = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:"

// country is one tenant before its node runs: its keys and what it is known by.
type country struct {
	code   string
	dir    string
	state  *commonservices.State
	party  ebms.PartyID
	cert   *x509.Certificate // of the access point: one for signing and encryption (TDD 4.7 §6)
	spCert *x509.Certificate
	portal crypto.Signer // of the sample portal that is registered here
	idp    *x509.Certificate

	registries []registry.Registry
	backend    http.Handler // the simulated registries
}

// openCountry reads a country's keys, or makes them.
func (w *World) openCountry(code string) (*country, error) {
	state, ok := w.published.States[code]
	if !ok {
		return nil, fmt.Errorf("no state %s", code)
	}
	c := &country{code: code, dir: filepath.Join(w.options.Data, strings.ToLower(code)), state: state}
	c.party = ebms.PartyID{Type: commonservices.Scheme(state.AccessPoint.Scheme, code), Value: state.AccessPoint.ID}
	config := filepath.Join(c.dir, "config")
	as4Key, err := openKey(filepath.Join(config, "as4-key.pem"), newRSA)
	if err != nil {
		return nil, err
	}
	spKey, err := openKey(filepath.Join(config, "sign-in-key.pem"), newRSA)
	if err != nil {
		return nil, err
	}
	if _, err := openKey(filepath.Join(config, "tokens-key.pem"), newEd25519); err != nil {
		return nil, err
	}
	if c.portal, err = openKey(filepath.Join(w.options.Data, "portal", strings.ToLower(code)+"-key.pem"), newEd25519); err != nil {
		return nil, err
	}
	now := w.options.Now()
	if c.cert, err = w.authority.party(filepath.Join(config, "as4.pem"), c.party.Value, as4Key, now); err != nil {
		return nil, err
	}
	c.spCert, err = w.authority.party(filepath.Join(config, "sign-in.pem"), c.party.Value+" sign-in", spKey, now)
	return c, err
}

// configure writes a country's documents for the ports of this start.
func (w *World) configure(c, other *country) error {
	config := filepath.Join(c.dir, "config")
	book, err := w.book(c, other).Encode()
	if err != nil {
		return err
	}
	document, err := w.document(c, other)
	if err != nil {
		return err
	}
	octets, err := yaml.Marshal(document)
	if err != nil {
		return fmt.Errorf("write tenant document: %w", err)
	}
	if findings := document.Validate(); len(findings) > 0 {
		return &tenant.Invalid{Findings: findings}
	}
	for name, content := range map[string][]byte{
		"partners.json": book, "tenant.yaml": octets, "ca.pem": certificatePEM(w.authority.cert),
		"common-services.pem": certificatePEM(w.services.Root()), "identity-provider.pem": certificatePEM(c.idp),
	} {
		if err := keep(filepath.Join(config, name), content); err != nil {
			return err
		}
	}
	return nil
}

// book is the partner document: the other country.
func (w *World) book(c, other *country) *partners.Document {
	p := partners.Partner{
		ID: other.party.Value, Type: other.party.Type, Endpoint: w.sockets.url(other.code+"/as4") + "/as4", Profile: as4.EDelivery115.Name,
		Dialect: partners.NoDialect, Signing: []partners.Certificate{partners.NewCertificate(other.cert)}, Encryption: []partners.Certificate{partners.NewCertificate(other.cert)},
	}
	for _, leg := range as4.OOTSLegs {
		p.Legs = append(p.Legs, partners.Leg{Service: leg.Service.Value, ServiceType: leg.Service.Type, Action: leg.Action, Role: leg.Role})
	}
	return &partners.Document{Version: partners.Version, Revision: 1, Me: partners.Me{ID: c.party.Value, Type: c.party.Type}, Partners: []partners.Partner{p}}
}

// PortalID is the client_id of the sample portal.
const PortalID = "sample-portal"

// DirectID is that of a portal that authenticates people itself, for load tests.
const DirectID = "direct-portal"

func (w *World) document(c, other *country) (*tenant.Document, error) {
	portals, err := w.portals(c)
	if err != nil {
		return nil, err
	}
	d := &tenant.Document{
		Version: tenant.Version, Name: strings.ToLower(c.code), Country: c.code, Party: tenant.Party{ID: c.party.Value, Type: c.party.Type},
		Platform: access.Agent{
			Identifier: c.code + "-PLATFORM", Scheme: unregistered + c.code, Name: map[string]string{"EN": c.state.AccessPoint.Name}, Address: access.Address{Country: c.code},
		},
		Address:  tenant.Address{AS4: w.sockets.url(c.code+"/as4") + "/as4", API: w.sockets.url(c.code + "/api"), People: w.people(c.code)},
		Partners: "partners.json", Roots: "ca.pem", Registries: c.registries, Portals: portals,
		Keys: tenant.Keys{
			Signing: []tenant.Key{{Certificate: "as4.pem", Key: "as4-key.pem"}}, Decryption: []tenant.Key{{Certificate: "as4.pem", Key: "as4-key.pem"}},
			SignIn: tenant.Key{Certificate: "sign-in.pem", Key: "sign-in-key.pem"}, Tokens: tenant.Key{Key: "tokens-key.pem"},
		},
		Directory: tenant.Directory{
			EvidenceBroker: w.sockets.url("common-services") + "/eb", DataServices: w.sockets.url("common-services") + "/dsd",
			Repository: w.sockets.url("common-services") + "/sr", Roots: "common-services.pem", Versions: []string{"v2.0"},
		},
		SignIn: tenant.SignIn{EntityID: w.idpEntity(c), SSO: w.sockets.url(c.code+"/sign-in") + "/sso", Certificates: "identity-provider.pem"},
		Places: tenant.Places{
			Partners: []string{w.sockets.place(other.code + "/as4")}, Directory: []string{w.sockets.place("common-services")},
			Registries: []string{w.sockets.place(c.code + "/registries")},
		},
	}
	d.Timers = w.options.Timers
	if w.options.Speak != "" {
		d.Speak = []string{w.options.Speak}
	}
	return d, nil
}

func (w *World) idpEntity(c *country) string { return w.sockets.url(c.code+"/sign-in") + "/metadata" }

// portals are the sample portal, whose people sign in with the node, and one
// that authenticates them itself.
func (w *World) portals(c *country) ([]access.Portal, error) {
	key, err := access.PublicKey(portalKeyID, c.portal.Public())
	if err != nil {
		return nil, err
	}
	var procedures []string
	for code := range w.published.Procedures {
		procedures = append(procedures, code)
	}
	sample := access.Portal{
		ID: PortalID, Name: portalName(c.code),
		Requester: access.Agent{
			Identifier: c.code + "-AUTHORITY", Scheme: unregistered + c.code, Name: map[string]string{"EN": "Sample authority of " + c.code},
			Address: access.Address{Country: c.code},
		},
		Keys: []access.Key{key}, Procedures: procedures, ReturnHosts: []string{w.sockets.place("portal")},
	}
	direct := sample
	direct.ID, direct.AuthenticatesItself = DirectID, true
	direct.Name = map[string]string{"EN": "Portal of " + c.code + " that authenticates people itself"}
	return []access.Portal{sample, direct}, nil
}
