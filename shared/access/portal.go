package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// Limits of one portal's entry.
const (
	MaxPortalID   = 64  // octets of a portal's ID
	MaxKeys       = 8   // keys of one portal: the one in use, the next, and some
	MaxHosts      = 32  // hosts of each list
	MaxProcedures = 64  // codes; the list has fewer
	MaxText       = 256 // characters of a name, an identifier or a line of an address
)

// Portal is one procedure portal: an entry of the tenant's configuration.
type Portal struct {
	// ID is the client_id: a-z, 0-9 and hyphens, beginning with a letter.
	ID string `json:"id" yaml:"id"`
	// Name is shown to the person, by language: a code of LanguageCode ("LV") to text; 1..n.
	Name map[string]string `json:"name" yaml:"name"`
	// Requester is the authority that asks: the ER agent of every request of this portal.
	Requester Agent `json:"requester" yaml:"requester"`
	// Keys verify what the portal signs: the member "keys" of its JWK Set, public keys only; 1..[MaxKeys].
	Keys []Key `json:"keys" yaml:"keys"`
	// Procedures it may ask for: codes of the list Procedures; 1..n.
	Procedures []string `json:"procedures" yaml:"procedures"`
	// AuthenticatesItself lets the portal name the person by its own word (rule 12). Otherwise the person signs in with us.
	AuthenticatesItself bool `json:"authenticatesItself,omitempty" yaml:"authenticatesItself,omitempty"`
	// ReturnHosts are where a person may be sent back to: "host" or "host:port", as in a URL; 1..n.
	ReturnHosts []string `json:"returnHosts" yaml:"returnHosts"`
	// Hosts are those that the node may call for this portal (webhooks, rule 13): "host" or "host:port"; none: it polls.
	Hosts []string `json:"hosts,omitempty" yaml:"hosts,omitempty"`
}

// Agent is an evidence requester as a configuration writes it.
type Agent struct {
	// Identifier has fewer than 256 characters (R-EDM-REQ-C012).
	Identifier string `json:"identifier" yaml:"identifier"`
	// Scheme is "urn:cef.eu:names:identifier:EAS:…" or "urn:oasis:names:tc:ebcore:partyid-type:unregistered:…" (R-EDM-REQ-C012).
	Scheme string `json:"scheme" yaml:"scheme"`
	// Name by language; 1..n (R-EDM-REQ-C108 to C111).
	Name map[string]string `json:"name" yaml:"name"`
	// Address has a country at least (R-EDM-REQ-C073).
	Address Address `json:"address" yaml:"address"`
}

// Address is that of an agent. Country is a code of CountryIdentificationCode, 1
// (R-EDM-REQ-C015), Region one of NUTS, 0..1 (R-EDM-REQ-C016); the rest is 0..1 each.
type Address struct {
	Full     string `json:"full,omitempty" yaml:"full,omitempty"`
	Number   string `json:"number,omitempty" yaml:"number,omitempty"`
	Street   string `json:"street,omitempty" yaml:"street,omitempty"`
	PostCode string `json:"postCode,omitempty" yaml:"postCode,omitempty"`
	City     string `json:"city,omitempty" yaml:"city,omitempty"`
	Country  string `json:"country" yaml:"country"`
	Region   string `json:"region,omitempty" yaml:"region,omitempty"`
}

// EDM is the agent as a request carries it, classified as ER; names are in the
// order of their languages.
func (a *Agent) EDM() edm.Agent {
	agent := edm.Agent{
		Identifier:     edm.Identifier{SchemeID: a.Scheme, Value: a.Identifier},
		Address:        a.Address.edm(),
		Classification: edm.ClassificationER,
	}
	for _, lang := range slices.Sorted(maps.Keys(a.Name)) {
		agent.Name = append(agent.Name, edm.LocalizedText{Lang: lang, Text: a.Name[lang]})
	}
	return agent
}

func (a *Address) edm() *edm.Address {
	return &edm.Address{
		FullAddress: a.Full, LocatorDesignator: a.Number, Thoroughfare: a.Street, PostCode: a.PostCode, PostCityName: a.City,
		AdminUnitLevel1: a.Country, AdminUnitLevel2: a.Region,
	}
}

// Shown is the portal's name in a language, else in English, else in the first
// language that there is.
func (p *Portal) Shown(language string) string {
	for _, lang := range []string{strings.ToUpper(language), "EN"} {
		if name := p.Name[lang]; name != "" {
			return name
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(p.Name)) {
		return p.Name[lang]
	}
	return p.ID
}
