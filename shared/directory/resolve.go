package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Case is what a resolution starts from.
type Case struct {
	// Procedure is a code of Procedures, Framework the UUID of the portal's own procedure declaration; empty takes all of the country.
	Procedure, Framework string
	// RequesterCountry is where the procedure runs, ProviderCountry where the evidence is.
	RequesterCountry, ProviderCountry string
	// Requirements are URLs of those to resolve; none means all of the procedure.
	Requirements []string
	Wish         Wish
	Answers      map[string]string
}

// testProcedure is the system check, which may stay in one country.
const testProcedure = "00"

// Outcome is a whole resolution: all requirements of a procedure are due.
type Outcome struct {
	Requirements []Resolved `json:"requirements"`
	// Dropped are requirements that were not looked at.
	Dropped []Dropped `json:"dropped,omitempty"`
	// Stale says that an old answer was used somewhere, because a catalogue is out of reach.
	Stale bool `json:"stale"`
}

// Resolved is one requirement with its alternatives: any of them is enough.
type Resolved struct {
	Requirement  Requirement   `json:"requirement"`
	State        State         `json:"state"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
	// Chosen is the index of the best alternative, -1 for none; the user may choose another.
	Chosen int `json:"chosen"`
	// Why explains a state without alternatives: what the state or the broker says.
	Why   string `json:"why,omitempty"`
	Texts Texts  `json:"matchDescription,omitempty"`
	// Dropped are the lists that were not chosen.
	Dropped []Dropped `json:"dropped,omitempty"`
	Err     error     `json:"-"`
}

// Alternative is a list of evidence types, all of which are needed, with who issues each.
type Alternative struct {
	List  EvidenceTypeList `json:"list"`
	State State            `json:"state"`
	Types []Providers      `json:"types"`
}

// Resolve goes from a procedure to the data services that can be asked. The error is about the first step, the requirements; what
// happens later to one requirement or type is in its own state.
func (r Resolver) Resolve(ctx context.Context, c Case) (*Outcome, error) {
	if c.RequesterCountry == "" || c.ProviderCountry == "" || c.Procedure == "" {
		return nil, errors.New("resolve: procedure, requester's and provider's country must be named")
	}
	if c.RequesterCountry == c.ProviderCountry && c.Procedure != testProcedure {
		return nil, fmt.Errorf("resolve: %s is the country of both sides; evidence of the own state is not exchanged, but for procedure %s", c.RequesterCountry, testProcedure)
	}
	answer, err := r.Ask.Requirements(ctx, RequirementsQuery{Procedure: c.Procedure, Country: c.RequesterCountry})
	if err != nil {
		return nil, err
	}
	out := &Outcome{Stale: answer.Stale, Dropped: answer.Dropped}
	for _, q := range answer.Items {
		if d := c.skips(q); d != nil {
			out.Dropped = append(out.Dropped, *d)
			continue
		}
		resolved, stale := r.requirement(ctx, c, q)
		out.Requirements = append(out.Requirements, resolved)
		out.Stale = out.Stale || stale
	}
	return out, nil
}

func (c Case) skips(q Requirement) *Dropped {
	declared := slices.ContainsFunc(q.ReferenceFramework, func(f ReferenceFramework) bool { return strings.EqualFold(f.Identifier, c.Framework) })
	wanted := slices.ContainsFunc(c.Requirements, func(u string) bool { return strings.EqualFold(u, q.Identifier) })
	switch {
	case c.Framework != "" && !declared:
		return &Dropped{q.Name.In(), ByProcedure, "the procedure declaration " + c.Framework + " does not rest on it"}
	case len(c.Requirements) > 0 && !wanted:
		return &Dropped{q.Name.In(), ByPreference, "it was not asked for"}
	}
	return nil
}

// requirement resolves one requirement.
func (r Resolver) requirement(ctx context.Context, c Case, q Requirement) (out Resolved, stale bool) {
	out = Resolved{Requirement: q, Chosen: -1}
	answer, err := r.Ask.EvidenceTypes(ctx, EvidenceTypesQuery{Requirement: q.Identifier, Country: c.ProviderCountry})
	if f, ok := errors.AsType[*Failure](err); ok && f.Code == EBNothingFound {
		out.State, out.Why = NoInformation, f.Error()
		return out, false
	}
	if err != nil {
		out.State, out.Why, out.Err = Failed, err.Error(), err
		return out, false
	}
	stale = answer.Stale
	lists := Lists(answer.Items, c.ProviderCountry)
	out.Dropped = lists.Dropped
	for _, l := range lists.Alternatives {
		a := r.alternative(ctx, c, l)
		out.Alternatives = append(out.Alternatives, a)
		for _, t := range a.Types {
			stale = stale || t.Stale
		}
	}
	out.choose(lists)
	return out, stale
}

// choose takes the best alternative, the first among equals.
func (out *Resolved) choose(lists Alternatives) {
	switch {
	case len(out.Alternatives) > 0:
	case lists.NoMatch:
		out.State, out.Texts, out.Why = NothingFits, lists.MatchDescription, "the state says that nothing of its own fits; "+offerUpload
		return
	default:
		out.State, out.Why = NoInformation, "the broker names no list for the country; "+offerUpload
		return
	}
	out.State = NoInformation
	for i, a := range out.Alternatives {
		if slices.Index(states, a.State) < slices.Index(states, out.State) {
			out.State, out.Chosen = a.State, i
		}
	}
	for i, a := range out.Alternatives {
		if i != out.Chosen {
			out.Dropped = append(out.Dropped, Dropped{a.List.label(), ByPreference, fmt.Sprintf("it is %s, %q is %s and comes first; the user may choose it", a.State, out.Alternatives[out.Chosen].List.label(), out.State)})
		}
	}
}

func (l EvidenceTypeList) label() string {
	if name := l.Name.In(); name != "" {
		return name
	}
	return "list " + l.Identifier
}

// alternative searches the providers of every type of a list: it is as good as the worst of them.
func (r Resolver) alternative(ctx context.Context, c Case, l EvidenceTypeList) Alternative {
	a := Alternative{List: l, State: Ready}
	for _, t := range l.EvidenceType {
		p := r.Providers(ctx, Search{t.EvidenceTypeClassification, c.ProviderCountry, c.Wish, c.Answers})
		a.Types = append(a.Types, p)
		a.State = worse(a.State, p.State)
	}
	return a
}

// Alternatives are the lists of a requirement that count for a country.
type Alternatives struct {
	// Alternatives are lists with types: any of them is enough, all the types in it are needed.
	Alternatives []EvidenceTypeList `json:"alternatives"`
	// NoMatch says that the state declared that nothing fits, and MatchDescription why.
	NoMatch          bool  `json:"noMatch"`
	MatchDescription Texts `json:"matchDescription,omitempty"`
	// Dropped are the lists that do not count.
	Dropped []Dropped `json:"dropped,omitempty"`
}

// Lists sorts the lists of an answer about one requirement for a country; empty takes the lists of all.
func Lists(all []Requirement, country string) Alternatives {
	var out Alternatives
	var none []EvidenceTypeList
	for _, q := range all {
		for _, l := range q.EvidenceTypeList {
			switch {
			case country != "" && !l.in(country):
				out.Dropped = append(out.Dropped, Dropped{l.label(), ByCountry, "it is not for " + country})
			case l.MatchType == NoMatch:
				none = append(none, l)
			default:
				out.Alternatives = append(out.Alternatives, l)
			}
		}
	}
	for _, l := range none {
		why := "the state says that nothing of its own fits"
		if len(out.Alternatives) > 0 && country != "" {
			why = "it says that nothing fits, but another list of the country does"
		}
		out.Dropped = append(out.Dropped, Dropped{l.label(), ByNoMatch, why})
		out.MatchDescription = append(out.MatchDescription, l.MatchDescription...)
	}
	out.NoMatch = len(none) > 0 && len(out.Alternatives) == 0
	if !out.NoMatch {
		out.MatchDescription = nil
	}
	return out
}

// in reports whether a list counts for a country: in 2.0 by its own jurisdiction, before by that of all its types.
func (l EvidenceTypeList) in(country string) bool {
	covers := func(j Jurisdiction) bool { return j.AdminUnitLevel1 == country || j.AdminUnitLevel1 == union }
	if l.Jurisdiction.AdminUnitLevel1 != "" {
		return covers(l.Jurisdiction)
	}
	for _, t := range l.EvidenceType {
		if !slices.ContainsFunc(t.Jurisdiction, covers) {
			return false
		}
	}
	return true
}
