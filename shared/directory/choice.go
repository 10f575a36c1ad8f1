package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// Wish is what the asking side can do, and prefers.
type Wish struct {
	// Versions are the lines of the exchange that it can produce, preferred first; none means all, newest first.
	Versions []edm.Version
	// LevelOfAssurance is that of the user's sign-in: Low, Substantial or High; empty is not judged.
	LevelOfAssurance string
	// Formats are the media types that the portal takes, preferred first; none takes what the provider names first.
	Formats []string
	// Languages are wished languages of the evidence, preferred first; they drop nothing.
	Languages []string
	// Provider keeps the provider with this identifier, and AccessPoint the access point; empty keeps all.
	Provider, AccessPoint string
}

func (w Wish) versions() []edm.Version {
	if len(w.Versions) > 0 {
		return w.Versions
	}
	all := edm.Versions()
	slices.Reverse(all)
	return all
}

// Reason is why something was dropped.
type Reason string

// Reasons.
const (
	ByVersion    Reason = "version"    // no common line of the exchange
	ByAssurance  Reason = "assurance"  // the sign-in is too weak: a stronger one opens it
	ByFormat     Reason = "format"     // no common media type
	ByProvider   Reason = "provider"   // another provider or access point was wanted
	ByDuplicate  Reason = "duplicate"  // the same data service at the same place stands before
	ByCountry    Reason = "country"    // for another country
	ByNoMatch    Reason = "no match"   // the state says that nothing fits
	ByPreference Reason = "preference" // another one comes first; it may be chosen instead
	ByProcedure  Reason = "procedure"  // for another procedure
)

// Dropped is what was not chosen, and why.
type Dropped struct {
	What   string `json:"what"`
	Reason Reason `json:"reason"`
	Why    string `json:"why"`
}

// Choice is one decision.
type Choice struct {
	// About says what was to be chosen, such as "version".
	About   string    `json:"about"`
	Chosen  string    `json:"chosen"`
	Why     string    `json:"why"`
	Dropped []Dropped `json:"dropped,omitempty"`
}

// Candidate is a data service that can be asked, and how.
type Candidate struct {
	Service DataService `json:"service"`
	// Version is the line to write the request in, Form the one form to ask for, with one media type.
	Version edm.Version  `json:"version"`
	Form    Distribution `json:"form"`
	// Choices say how Version and Form were chosen.
	Choices []Choice `json:"choices"`
}

// EvidenceRequest is what the request's slot of that name holds.
func (c Candidate) EvidenceRequest() edm.DataServiceEvidenceType {
	f := edm.DistributedAs{Format: strings.Join(c.Form.Format, ""), ConformsTo: c.Form.ConformsTo, Transformation: c.Form.Transformation, Language: c.Form.Language}
	return c.Service.EvidenceType(f)
}

// Selection is what is left of the data services.
type Selection struct {
	Candidates []Candidate `json:"candidates"`
	Dropped    []Dropped   `json:"dropped,omitempty"`
	// StepUp is the weakest level of assurance that would open a data service which was dropped by nothing else; empty when candidates are left.
	StepUp string `json:"stepUp,omitempty"`
}

// assurance orders the levels; none is the least.
var assurance = []string{"", "Low", "Substantial", "High"}

func reaches(has, needs string) bool {
	return slices.Index(assurance, has) >= slices.Index(assurance, needs)
}

// Select keeps the data services that fit a wish, in the order of the directory, and says why each other was dropped (TDD 3.1.4).
func Select(all []DataService, w Wish) Selection {
	var s Selection
	seen := map[string]bool{}
	for _, d := range all {
		name := d.label()
		key := strings.Join([]string{d.Identifier, d.AccessService.Identifier.SchemeID, d.AccessService.Identifier.Value,
			d.AccessService.Publisher.Identifier.SchemeID, d.AccessService.Publisher.Identifier.Value}, "\x00")
		c, dropped := w.judge(d)
		switch {
		case seen[key]:
			dropped = &Dropped{name, ByDuplicate, "the same data service, access point and provider stand before"}
		case dropped != nil && dropped.Reason == ByAssurance:
			if s.StepUp == "" || !reaches(d.AuthenticationLevelOfAssurance, s.StepUp) {
				s.StepUp = d.AuthenticationLevelOfAssurance
			}
		}
		seen[key] = true
		if dropped != nil {
			s.Dropped = append(s.Dropped, *dropped)
			continue
		}
		s.Candidates = append(s.Candidates, c)
	}
	if len(s.Candidates) > 0 {
		s.StepUp = ""
	}
	return s
}

// label names a data service for people.
func (d DataService) label() string {
	return fmt.Sprintf("%s (%s) at %s", d.AccessService.Publisher.Name.In(), d.AccessService.Publisher.Identifier.Value, d.AccessService.Identifier.Value)
}

// judge chooses line and form. The level of assurance comes last, so that a step-up is offered only where it helps.
func (w Wish) judge(d DataService) (Candidate, *Dropped) {
	no := func(r Reason, format string, args ...any) (Candidate, *Dropped) {
		return Candidate{}, &Dropped{d.label(), r, fmt.Sprintf(format, args...)}
	}
	p := d.AccessService.Publisher.Identifier.Value
	if w.Provider != "" && p != w.Provider || w.AccessPoint != "" && d.AccessService.Identifier.Value != w.AccessPoint {
		return no(ByProvider, "another provider or access point was asked for")
	}
	version, ok := w.version(d)
	if !ok {
		return no(ByVersion, "it speaks %s, we can write %v", strings.Join(d.AccessService.ConformsTo, ", "), w.versions())
	}
	form, choice, ok := w.form(d, version.Chosen)
	if !ok {
		return no(ByFormat, "it gives %s, wanted is %s", strings.Join(d.formats(), ", "), strings.Join(w.Formats, ", "))
	}
	if w.LevelOfAssurance != "" && !reaches(w.LevelOfAssurance, d.AuthenticationLevelOfAssurance) {
		return no(ByAssurance, "it needs a sign-in of %s, the user's is %s", d.AuthenticationLevelOfAssurance, w.LevelOfAssurance)
	}
	return Candidate{Service: d, Version: edm.Version(version.Chosen), Form: form, Choices: []Choice{version, choice}}, nil
}

func (d DataService) formats() []string {
	var all []string
	for _, f := range d.DistributedAs {
		all = append(all, f.Format...)
	}
	return all
}

// version is the first of our lines that the access service understands.
func (w Wish) version(d DataService) (Choice, bool) {
	spoken := d.AccessService.ConformsTo
	c := Choice{About: "version", Why: "the first of ours that the access service names in ConformsTo"}
	if len(spoken) == 0 {
		c.Why = "the access service names no line, which is taken as all; the first of ours"
	}
	for _, v := range w.versions() {
		switch {
		case len(spoken) > 0 && !slices.Contains(spoken, string(v)):
			c.Dropped = append(c.Dropped, Dropped{string(v), ByVersion, "the access service does not name it"})
		case c.Chosen == "":
			c.Chosen = string(v)
		default:
			c.Dropped = append(c.Dropped, Dropped{string(v), ByPreference, "we prefer " + c.Chosen})
		}
	}
	for _, v := range spoken {
		if !slices.Contains(w.versions(), edm.Version(v)) {
			c.Dropped = append(c.Dropped, Dropped{v, ByVersion, "we cannot write it"})
		}
	}
	return c, c.Chosen != ""
}

// option is one media type of one distribution.
type option struct {
	Distribution
	format string
	rank   [4]int // what is preferred, less is better: the wished format, whole before subset, the wished language, the directory's order
	no     string // why it cannot be asked for
}

func (o option) String() string {
	text := o.format
	if o.ConformsTo != "" {
		text += " by " + o.ConformsTo
	}
	if o.Transformation != "" {
		text += ", subset " + o.Transformation
	}
	if len(o.Language) > 0 {
		text += " in " + strings.Join(o.Language, ", ")
	}
	return text
}

// form chooses the media type and the distribution.
func (w Wish) form(d DataService, version string) (Distribution, Choice, bool) {
	options := w.options(d, version)
	slices.SortStableFunc(options, func(a, b option) int { return slices.Compare(a.rank[:], b.rank[:]) })
	c := Choice{About: "form", Why: "the first of the wished media types that is offered, as a whole, in the wished language"}
	var best *option
	for i, o := range options {
		switch {
		case o.no != "":
			c.Dropped = append(c.Dropped, Dropped{o.String(), ByFormat, o.no})
		case best == nil:
			best, c.Chosen = &options[i], o.String()
		default:
			c.Dropped = append(c.Dropped, Dropped{o.String(), ByPreference, "another form comes first"})
		}
	}
	if best == nil {
		return Distribution{}, c, false
	}
	return w.asked(*best, version), c, true
}

func (w Wish) options(d DataService, version string) []option {
	var all []option
	for i, dist := range d.DistributedAs {
		for _, format := range dist.Format {
			o := option{Distribution: dist, format: format, rank: [4]int{slices.Index(w.Formats, format), min(len(dist.Transformation), 1), w.languageRank(dist), i}}
			switch {
			case len(w.Formats) > 0 && o.rank[0] < 0:
				o.no = "the media type is not wanted"
			case dist.Transformation != "" && version == string(edm.V20):
				o.no = "a request of 2.0 cannot ask for a subset"
			}
			all = append(all, o)
		}
	}
	return all
}

func (w Wish) languageRank(d Distribution) int {
	for i, l := range w.Languages {
		if slices.Contains(d.Language, l) {
			return i
		}
	}
	return len(w.Languages)
}

// asked is the form as the request writes it: a data model for structured media types only (R-EDM-REQ-C034), languages since 2.0,
// subsets before.
func (w Wish) asked(o option, version string) Distribution {
	f := Distribution{Format: []string{o.format}}
	if code, ok := mediaTypes.Find(o.format); ok && code.Structure == "structured" {
		f.ConformsTo, f.Transformation = o.ConformsTo, o.Transformation
	}
	if version != string(edm.V20) {
		return f
	}
	for _, l := range w.Languages {
		if slices.Contains(o.Language, l) {
			f.Language = append(f.Language, l)
		}
	}
	return f
}
