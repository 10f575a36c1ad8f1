package registry

import (
	"maps"
	"slices"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
)

// Registry is one entry of the tenant's configuration: an evidence provider and
// where its data source is.
type Registry struct {
	// ID is the provider's agent identifier, as it is registered in the Data Service Directory, such as "LV-PERSONS".
	ID string `json:"id" yaml:"id"`
	// Scheme is the identifier's schemeID; empty: the unregistered scheme of the country.
	Scheme string `json:"scheme,omitempty" yaml:"scheme,omitempty"`
	// Name is the provider's name by language, in upper case as "LV".
	Name map[string]string `json:"name" yaml:"name"`
	// Country is the code of the provider's address.
	Country string `json:"country" yaml:"country"`
	// URL is where the operation is: https, or http on this machine.
	URL string `json:"url" yaml:"url"`
	// EvidenceTypes are what it issues.
	EvidenceTypes []EvidenceType `json:"evidenceTypes" yaml:"evidenceTypes"`
	// TokenSecret is the name of the secret that holds the bearer token; empty: none is sent.
	TokenSecret string `json:"tokenSecret,omitempty" yaml:"tokenSecret,omitempty"`
}

// Subject is whom evidence can be about.
type Subject string

// The subjects.
const (
	Natural Subject = "natural"
	Legal   Subject = "legal"
)

// EvidenceType is a type of evidence that a registry issues.
type EvidenceType struct {
	// Type is the type's URL in the Semantic Repository.
	Type string `json:"type" yaml:"type"`
	// Titles is its title by language.
	Titles  map[string]string `json:"titles" yaml:"titles"`
	Subject Subject           `json:"subject" yaml:"subject"`
	// Assurance is the lowest level of assurance of the sign-in: Low, Substantial or High; empty: any.
	Assurance string `json:"assurance,omitempty" yaml:"assurance,omitempty"`
	// Formats are the media types that can be had, the best first.
	Formats []string `json:"formats" yaml:"formats"`
	// ExemptFromPreview says that law lets this evidence go without a preview (Regulation (EU) 2018/1724 art. 14(5)).
	ExemptFromPreview bool `json:"exemptFromPreview,omitempty" yaml:"exemptFromPreview,omitempty"`
	// Procedures are the codes for which it may be given; empty: all.
	Procedures []string `json:"procedures,omitempty" yaml:"procedures,omitempty"`
}

// Offers finds the registry's entry for a type of evidence.
func (r *Registry) Offers(evidenceType string) (*EvidenceType, bool) {
	for i := range r.EvidenceTypes {
		if r.EvidenceTypes[i].Type == evidenceType {
			return &r.EvidenceTypes[i], true
		}
	}
	return nil, false
}

// Agent is the registry as the evidence provider of an answer.
func (r *Registry) Agent() edm.Agent {
	return edm.Agent{
		Identifier: edm.Identifier{SchemeID: r.scheme(), Value: r.ID}, Name: localized(r.Name),
		Address: &edm.Address{AdminUnitLevel1: r.Country}, Classification: edm.ClassificationEP,
	}
}

const unregistered = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:"

func (r *Registry) scheme() string {
	if r.Scheme != "" {
		return r.Scheme
	}
	return unregistered + r.Country
}

// Title is the type's title in every language, English first.
func (t *EvidenceType) Title() []edm.LocalizedText { return localized(t.Titles) }

// Allows reports whether the evidence may be given for a procedure.
func (t *EvidenceType) Allows(procedure string) bool {
	return len(t.Procedures) == 0 || slices.Contains(t.Procedures, procedure)
}

// Assured reports whether a sign-in of that level is enough.
func (t *EvidenceType) Assured(level string) bool {
	return t.Assurance == "" || rank(level) > 0 && rank(level) >= rank(t.Assurance)
}

// rank orders the levels of assurance; 0 is none of them.
func rank(level string) int { return slices.Index([]string{"", "Low", "Substantial", "High"}, level) }

// localized is a text by language with English first.
func localized(texts map[string]string) []edm.LocalizedText {
	var all []edm.LocalizedText
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		x := edm.LocalizedText{Lang: lang, Text: texts[lang]}
		if lang == "EN" {
			all = slices.Insert(all, 0, x)
			continue
		}
		all = append(all, x)
	}
	return all
}

// list is the edition of a code list that counts here: the newest.
func list(name string) *codelist.List { return codelist.Of(name, "2.0") }
