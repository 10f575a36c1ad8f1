// Package commonservices simulates the OOTS Common Services for tests and for a
// world on one machine: Evidence Broker, Data Service Directory (TDD 3.1, 3.2,
// 3.6.2) and the code lists of the Semantic Repository, over a small world of
// states that a YAML file describes. Answers are signed with throw-away keys.
package commonservices

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/shared/edm"
)

//go:embed world.yaml
var defaultWorld []byte

// World is what the states have published.
type World struct {
	// Repository is the Semantic Repository's base, with which identifiers begin.
	Repository   string
	Procedures   map[string]string
	Requirements map[string]*Requirement
	Concepts     map[string]*Concept
	Forms        map[string]*Form
	States       map[string]*State
}

// Text is a text by language.
type Text map[string]string

// Localized is the text with English first, then by language.
func (t Text) Localized() []edm.LocalizedText {
	var all []edm.LocalizedText
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		x := edm.LocalizedText{Lang: lang, Text: t[lang]}
		if lang == "EN" {
			all = slices.Insert(all, 0, x)
			continue
		}
		all = append(all, x)
	}
	return all
}

// Requirement is what must be proven, and for which procedures.
type Requirement struct {
	ID         string
	Name       Text
	Procedures []string
}

// Concept is a question by which a provider is found.
type Concept struct {
	ID       string
	Type     string
	List     string
	Question Text
	Values   map[string]string
}

// Form is one form of evidence.
type Form struct {
	Format []string
	Model  string
}

// State is one member state.
type State struct {
	Language    string
	AccessPoint AccessPoint `yaml:"accessPoint"`
	Frameworks  map[string]string
	Providers   map[string]*Provider
	Evidence    map[string]*Evidence
	Proves      map[string][]List
}

// AccessPoint is a state's access point.
type AccessPoint struct {
	ID, Scheme, Name string
	ConformsTo       []string `yaml:"conformsTo"`
}

// Provider is an authority that issues evidence.
type Provider struct {
	ID, Scheme string
	Name       Text
	// Region is the NUTS code that it is competent for, Answers the values of concepts.
	Region  string
	Answers map[string][]string
}

// Evidence is a type of evidence and who issues it.
type Evidence struct {
	ID        string
	Title     Text
	Providers []string
	Assurance string
	Forms     []string
	Note      Text
	// Ask are the concepts that the directory asks for, a list for each round; Place is what it asks before 2.0 instead.
	Ask   [][]string
	Place *Place
}

// Place is a question for a place.
type Place struct {
	Level   string
	Context Text
}

// List is one alternative that proves a requirement, or the word that nothing does.
type List struct {
	Name    Text
	Types   []string
	NoMatch Text `yaml:"noMatch"`
}

// DefaultWorld is the world that comes with the package.
func DefaultWorld() (*World, error) { return LoadWorld(defaultWorld) }

// LoadWorld reads a world and judges that its references hold.
func LoadWorld(b []byte) (*World, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	w := &World{}
	if err := d.Decode(w); err != nil {
		return nil, fmt.Errorf("read the world: %w", err)
	}
	for key, r := range w.Requirements {
		r.ID = orDerived(r.ID, "requirement", key)
		for _, p := range r.Procedures {
			if w.Procedures[p] == "" {
				return nil, fmt.Errorf("read the world: requirement %s names the unknown procedure %s", key, p)
			}
		}
	}
	for key, c := range w.Concepts {
		c.ID = orDerived(c.ID, "concept", key)
	}
	for country, s := range w.States {
		if err := s.complete(w, country); err != nil {
			return nil, fmt.Errorf("read the world: state %s: %w", country, err)
		}
	}
	return w, nil
}

// complete fills in derived identifiers and judges the references of a state.
func (s *State) complete(w *World, country string) error {
	if s.Frameworks == nil {
		s.Frameworks = map[string]string{}
	}
	for p := range w.Procedures {
		s.Frameworks[p] = orDerived(s.Frameworks[p], "framework", country, p)
	}
	for key, e := range s.Evidence {
		e.ID = orDerived(e.ID, "evidence", country, key)
		for _, p := range e.Providers {
			if s.Providers[p] == nil {
				return fmt.Errorf("evidence %s names the unknown provider %s", key, p)
			}
		}
		for _, f := range e.Forms {
			if w.Forms[f] == nil {
				return fmt.Errorf("evidence %s names the unknown form %s", key, f)
			}
		}
		for _, c := range slices.Concat(e.Ask...) {
			if w.Concepts[c] == nil {
				return fmt.Errorf("evidence %s names the unknown concept %s", key, c)
			}
		}
	}
	for requirement, lists := range s.Proves {
		if w.Requirements[requirement] == nil {
			return fmt.Errorf("it proves the unknown requirement %s", requirement)
		}
		for _, l := range lists {
			for _, t := range l.Types {
				if s.Evidence[t] == nil {
					return fmt.Errorf("requirement %s names the unknown evidence %s", requirement, t)
				}
			}
		}
	}
	return nil
}

// orDerived is an identifier that is given, or one that follows from the keys.
func orDerived(id string, keys ...string) string {
	if id != "" {
		return id
	}
	return derived(keys...)
}

// derived is a UUID that follows from the keys (version 8 of RFC 9562).
func derived(keys ...string) string {
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintf(h, "%d:%s", len(k), k)
	}
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// RequirementURL is a requirement's identifier.
func (w *World) RequirementURL(key string) string {
	return w.Repository + "/requirements/" + w.Requirements[key].ID
}

// EvidenceTypeURL is the classification of a state's type of evidence.
func (w *World) EvidenceTypeURL(country, key string) string {
	return w.Repository + "/evidencetypeclassifications/" + country + "/" + w.States[country].Evidence[key].ID
}

func (w *World) listURL(c *Concept) string { return w.Repository + "/codelists/" + c.List }
