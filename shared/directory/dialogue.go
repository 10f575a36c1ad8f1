package directory

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// MaxRounds bounds how often the directory may ask the user in one search.
const MaxRounds = 3

// State is how far a search came.
type State string

// States, the best first.
const (
	Ready         State = "ready"          // exactly one data service is left
	Choose        State = "choose"         // several are left: the user chooses
	Ask           State = "ask"            // the directory has questions for the user
	StepUp        State = "step up"        // a stronger sign-in is needed
	Nothing       State = "nothing"        // nobody can be asked
	Failed        State = "failed"         // the catalogue's answer was refused, or it is out of reach
	NothingFits   State = "no match"       // the state says that nothing of its own fits
	NoInformation State = "no information" // the broker knows nothing for the country
)

var states = []State{Ready, Choose, Ask, StepUp, Nothing, Failed, NothingFits, NoInformation}

func worse(a, b State) State {
	if slices.Index(states, a) > slices.Index(states, b) {
		return a
	}
	return b
}

// Step is one query of a search and what came back.
type Step struct {
	Asked    string `json:"asked"`
	Answered string `json:"answered"`
}

// Search is the search for who issues one type of evidence.
type Search struct {
	// EvidenceType is the type's URL, Country the provider's.
	EvidenceType, Country string
	Wish                  Wish
	// Answers are the user's answers by the question's ID.
	Answers map[string]string
}

// Providers is what a search found.
type Providers struct {
	EvidenceType string `json:"evidenceType"`
	Country      string `json:"country"`
	State        State  `json:"state"`
	Selection
	// Questions are open, with the state Ask.
	Questions []Question `json:"questions,omitempty"`
	// Why explains the states Ask, StepUp, Nothing and Failed.
	Why string `json:"why,omitempty"`
	// Failure is what the directory answered last, if it was an error; Err is why the search failed.
	Failure *Failure `json:"failure,omitempty"`
	Err     error    `json:"-"`
	// Classification are the user's answers as the request's slot EvidenceProviderClassification holds them.
	Classification []edm.EvidenceProviderClassification `json:"-"`
	// Answer says where the last answer comes from.
	Answer Provenance `json:"answer,omitzero"`
	// Steps are the queries that were made.
	Steps []Step `json:"steps"`
	// Stale says that an old answer was used, because the directory is out of reach.
	Stale bool `json:"stale"`
}

// catalogues are the services that a resolution asks; *Client is them.
type catalogues interface {
	Requirements(context.Context, RequirementsQuery) (Answer[Requirement], error)
	EvidenceTypes(context.Context, EvidenceTypesQuery) (Answer[Requirement], error)
	DataServices(context.Context, DataServicesQuery) (Answer[DataService], error)
	CodeList(context.Context, string) ([]ListedValue, error)
}

// Resolver finds out who can be asked for what.
type Resolver struct {
	Ask catalogues
	// Versions are the lines in which the catalogues are asked: they decide which parameters there are.
	Versions []Version
}

// Providers searches the data services of one type of evidence: for our lines of the exchange, the preferred first, then for any,
// with the user's answers where the directory asks for them.
func (r Resolver) Providers(ctx context.Context, s Search) Providers {
	p := Providers{EvidenceType: s.EvidenceType, Country: s.Country}
	for _, line := range r.lines(s.Wish) {
		d := dialogue{Resolver: r, search: s, out: &p, query: DataServicesQuery{EvidenceType: s.EvidenceType, Country: s.Country, Specification: line}}
		if d.run(ctx) {
			break
		}
	}
	return p
}

// lines are the values of the parameter specification to try in turn; "" sends none. Version 1.0 has no such parameter.
func (r Resolver) lines(w Wish) []string {
	if len(r.Versions) > 0 && !slices.ContainsFunc(r.Versions, func(v Version) bool { return v.since(V11) }) {
		return []string{""}
	}
	ours := w.versions()
	lines := make([]string, 0, 3)
	for _, v := range ours[:min(len(ours), 2)] {
		lines = append(lines, string(v))
	}
	return append(lines, "")
}

// dialogue is the search for one line of the exchange.
type dialogue struct {
	Resolver
	search Search
	out    *Providers
	query  DataServicesQuery
	asked  *Questions // the last ones
	sent   []Concept  // those of all rounds that were answered
}

// run asks and answers until there is an outcome. It reports false when another line of the exchange should be tried.
func (d *dialogue) run(ctx context.Context) (done bool) {
	for round := 0; ; round++ {
		answer, err := d.Ask.DataServices(ctx, d.query)
		d.step(answer, err)
		if err == nil {
			d.selected(answer)
			return d.out.State != Nothing || d.query.Specification == ""
		}
		f, failed := errors.AsType[*Failure](err)
		d.out.Failure = f
		switch {
		case !failed:
			return d.end(Failed, err, "%v", err)
		case f.Code == DSDNothingFound:
			d.end(Nothing, nil, "%v", f)
			return d.query.Specification == ""
		case f.Code == DSDWrongAnswer && d.asked != nil:
			d.open(ctx, "the directory says that an answer is not valid")
			return d.end(Ask, nil, "%v", f)
		case f.Code != DSDAdditionalInput:
			return d.end(Failed, f, "%v", f)
		case round == MaxRounds:
			return d.end(Nothing, nil, "the directory asked more than %d times; %s", MaxRounds, offerUpload)
		}
		again := d.repeats(f.Questions)
		d.asked = f.Questions
		if again {
			return d.open(ctx, "the directory asks again: the answer did not help")
		}
		if !d.reply() {
			return d.open(ctx, "")
		}
	}
}

func (d *dialogue) end(s State, err error, format string, args ...any) bool {
	d.out.State, d.out.Err, d.out.Why = s, err, fmt.Sprintf(format, args...)
	return true
}

// step notes a query without the user's answers.
func (d *dialogue) step(a Answer[DataService], err error) {
	s := Step{Asked: "any line of the exchange"}
	if d.query.Specification != "" {
		s.Asked = d.query.Specification
	}
	if n := len(d.query.Answers); n > 0 || d.query.JurisdictionContextID != "" {
		s.Asked += fmt.Sprintf(", with %d answers of the user", n+min(len(d.query.JurisdictionContextID), 1))
	}
	f, failed := errors.AsType[*Failure](err)
	switch {
	case failed:
		s.Answered = string(f.Code)
	case err != nil:
		s.Answered = err.Error()
	default:
		s.Answered = fmt.Sprintf("%d data services", len(a.Items))
	}
	if a.Stale {
		s.Answered += ", an old answer"
	}
	d.out.Steps = append(d.out.Steps, s)
	d.out.Stale, d.out.Answer = d.out.Stale || a.Stale, a.Provenance
}

// selected applies the wish to what was found.
func (d *dialogue) selected(a Answer[DataService]) {
	d.out.Failure = nil
	d.out.Selection = Select(a.Items, d.search.Wish)
	d.out.Classification = d.classification()
	switch n := len(d.out.Candidates); {
	case n == 1:
		d.end(Ready, nil, "")
	case n > 1:
		d.end(Choose, nil, "")
	case d.out.StepUp != "":
		d.end(StepUp, nil, "sign in again with %s", d.out.StepUp)
	default:
		d.end(Nothing, nil, "no data service fits; %s", offerUpload)
	}
}

// repeats reports whether everything that is asked was answered before.
func (d *dialogue) repeats(q *Questions) bool {
	for _, c := range q.Concepts {
		if _, answered := d.query.Answers[c.Identifier]; !answered {
			return false
		}
	}
	return q.Jurisdiction == nil || q.Jurisdiction.JurisdictionContextID == d.query.JurisdictionContextID
}

// reply puts the user's answers into the query, and reports whether nothing is open. What was not asked is not sent.
func (d *dialogue) reply() bool {
	complete := true
	answers := map[string]string{}
	for id, v := range d.query.Answers {
		answers[id] = v
	}
	for _, c := range d.asked.Concepts {
		v, ok := d.answer(c.Identifier)
		if !ok || c.Type == edm.TypeBoolean && v != "true" && v != "false" {
			complete = false
			continue
		}
		if _, before := answers[c.Identifier]; !before {
			d.sent = append(d.sent, c)
		}
		answers[c.Identifier] = v
	}
	d.query.Answers = answers
	if d.asked.Jurisdiction != nil && !d.place(d.asked.Jurisdiction) {
		complete = false
	}
	return complete
}

func (d *dialogue) answer(id string) (string, bool) {
	for k, v := range d.search.Answers {
		if strings.EqualFold(k, id) && v != "" {
			return v, true
		}
	}
	return "", false
}

var nutsCode = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z]{0,3}$`)

// place answers the question for a place, before 2.0 only. The country is known already.
func (d *dialogue) place(j *JurisdictionDetermination) bool {
	v, ok := d.answer(j.JurisdictionContextID)
	switch {
	case j.JurisdictionLevel == "Country":
	case !ok:
		return false
	case j.JurisdictionLevel == "LAU":
		d.query.AdminUnitLevel3 = v
	case !nutsCode.MatchString(v):
		return false
	default:
		d.query.AdminUnitLevel2 = v
	}
	d.query.JurisdictionContextID = j.JurisdictionContextID
	if d.asked.EvidenceType.Identifier != "" && slices.ContainsFunc(d.Versions, func(v Version) bool { return !v.since(V12) }) {
		d.query.EvidenceTypeID = d.asked.EvidenceType.Identifier
	}
	return true
}
