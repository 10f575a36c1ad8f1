package commonservices

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// question is one query and what was found.
type question struct {
	world   *World
	service directory.Service
	version directory.Version
	values  map[string]string

	failure *directory.Failure
	// asked is what the user must be asked, with DSD:ERR:0005.
	asked        []*Concept
	place        *Place
	requirements []foundRequirement
	services     []foundService
}

type foundRequirement struct {
	key        string
	frameworks []foundFramework
	lists      []foundList
}

type foundFramework struct{ country, procedure string }

type foundList struct {
	country string
	number  int
	List
}

type foundService struct {
	country, key string
	providers    []*Provider
}

func (q *question) code(n string) directory.Code {
	return directory.Code(strings.ToUpper(string(q.service)) + ":ERR:" + n)
}

// fail answers an error.
func (q *question) fail(c directory.Code, detail string) {
	m, _ := directory.MeaningOf(c)
	severity := regrep.SeverityError
	if c == directory.DSDAdditionalInput {
		severity = directory.SeverityAdditionalInput
	}
	q.failure = &directory.Failure{Code: c, Type: m.Type, Severity: severity, Message: m.Message, Detail: detail}
}

func (q *question) v2() bool { return q.version == directory.V20 }

// known are the parameters of each query by the first and the last version that has them.
func (q *question) known() map[string]bool {
	old, v11, v12 := !q.v2(), q.version != directory.V10, q.v2() || q.version == directory.V12
	return map[string]map[string]bool{
		directory.QueryRequirements:  {"procedure-id": true, "country-code": true, "jurisdiction-admin-l2": old, "jurisdiction-admin-l3": old, "return-incomplete": q.v2()},
		directory.QueryEvidenceTypes: {"requirement-id": true, "country-code": true, "jurisdiction-admin-l2": !v12, "jurisdiction-admin-l3": !v12},
		directory.QueryDataServices: {"evidence-type-classification": true, "country-code": true, "specification": v11, "jurisdiction-admin-l2": old,
			"jurisdiction-admin-l3": old, "jurisdiction-context-id": old, "evidence-type-id": !v12},
	}[q.values["queryId"]]
}

// parse judges names and numbers of the parameters.
func (q *question) parse(values url.Values) {
	q.values = map[string]string{}
	for name, all := range values {
		if len(all) != 1 {
			q.fail(q.code("0003"), "REPEATED_PARAMETER")
			return
		}
		q.values[name] = all[0]
	}
	known := q.known()
	if known == nil || strings.Contains(q.values["queryId"], ":dsd:") != (q.service == directory.DataServiceDirectory) {
		q.fail(q.code(map[directory.Service]string{directory.EvidenceBroker: "0007", directory.DataServiceDirectory: "0004"}[q.service]), "UNKNOWN_QUERY")
		return
	}
	for name := range q.values {
		isAnswer := regrep.IsUUID(name) && q.values["queryId"] == directory.QueryDataServices
		if name != "queryId" && !known[name] && !isAnswer {
			q.fail(q.code("0003"), "UNKNOWN_PARAMETER")
			return
		}
	}
}

var (
	countryList = codelist.Of("OOTSCountry", "2.0")
	nuts        = regexp.MustCompile(`^[A-Z]{2}[0-9A-Z]{1,3}$`)
)

// run answers the query.
func (q *question) run() {
	country, named := q.values["country-code"]
	switch {
	case named && !countryList.Has(country) && q.service == directory.EvidenceBroker:
		q.fail(directory.EBUnknownCountry, "UNKNOWN_COUNTRY")
	case q.values["jurisdiction-admin-l2"] != "" && !nuts.MatchString(q.values["jurisdiction-admin-l2"]) && q.service == directory.EvidenceBroker:
		q.fail(directory.EBUnknownJurisdiction, "UNKNOWN_JURISDICTION")
	case q.values["queryId"] == directory.QueryRequirements:
		q.runRequirements(country)
	case q.values["queryId"] == directory.QueryEvidenceTypes:
		q.runEvidenceTypes(country)
	default:
		q.runDataServices(country)
	}
}

func (q *question) runRequirements(country string) {
	procedure, named := q.values["procedure-id"]
	if named && q.world.Procedures[procedure] == "" {
		q.fail(directory.EBUnknownProcedure, "UNKNOWN_PROCEDURE")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(q.world.Requirements)) {
		if f := q.frameworks(key, country, procedure); len(f) > 0 {
			q.requirements = append(q.requirements, foundRequirement{key: key, frameworks: f})
		}
	}
	if len(q.requirements) == 0 {
		q.fail(directory.EBNothingFound, "EMPTY_RESULT")
	}
}

// frameworks are the procedure declarations that rest on a requirement.
func (q *question) frameworks(key, country, procedure string) []foundFramework {
	var all []foundFramework
	for _, c := range slices.Sorted(maps.Keys(q.world.States)) {
		for _, p := range q.world.Requirements[key].Procedures {
			if (country == "" || c == country) && (procedure == "" || p == procedure) {
				all = append(all, foundFramework{c, p})
			}
		}
	}
	return all
}

func (q *question) runEvidenceTypes(country string) {
	if q.values["requirement-id"] == "" {
		q.fail(directory.EBBadParameters, "REQUIREMENT_MISSING")
		return
	}
	for key := range q.world.Requirements {
		if strings.EqualFold(q.world.RequirementURL(key), q.values["requirement-id"]) {
			q.found(key, country)
			return
		}
	}
	q.fail(directory.EBUnknownRequirement, "REQUIREMENT_NOT_FOUND")
}

// found collects the lists of a requirement. Before 2.0 there is no word for "nothing fits".
func (q *question) found(key, country string) {
	r := foundRequirement{key: key, frameworks: q.frameworks(key, "", "")}
	for _, c := range slices.Sorted(maps.Keys(q.world.States)) {
		for i, l := range q.world.States[c].Proves[key] {
			if (country == "" || c == country) && (q.v2() || l.NoMatch == nil) {
				r.lists = append(r.lists, foundList{c, i, l})
			}
		}
	}
	if len(r.lists) == 0 {
		q.fail(directory.EBNothingFound, "EMPTY_RESULT")
		return
	}
	q.requirements = []foundRequirement{r}
}

func (q *question) runDataServices(country string) {
	kind := q.values["evidence-type-classification"]
	if kind == "" || !countryList.Has(country) {
		q.fail(directory.DSDBadParameters, "PARAMETER_MISSING_OR_WRONG")
		return
	}
	for c, s := range q.world.States {
		for key, e := range s.Evidence {
			if !strings.EqualFold(q.world.EvidenceTypeURL(c, key), kind) {
				continue
			}
			if c != country {
				q.fail(directory.DSDNothingFound, "DS_NOT_FOUND")
				return
			}
			q.serve(country, key, s, e)
			return
		}
	}
	q.fail(directory.DSDUnknownEvidenceType, "EVIDENCE_TYPE_NOT_FOUND")
}

// serve finds the providers, or asks for what is needed to.
func (q *question) serve(country, key string, s *State, e *Evidence) {
	q.services = []foundService{{country: country, key: key}}
	if line := q.values["specification"]; line != "" && !slices.Contains(s.AccessPoint.ConformsTo, line) {
		q.fail(directory.DSDNothingFound, "DS_NOT_FOUND")
		return
	}
	if !q.placeKnown(e, s) || !q.answersKnown(e) {
		return
	}
	for _, p := range e.Providers {
		if q.competent(s.Providers[p], e) {
			q.services[0].providers = append(q.services[0].providers, s.Providers[p])
		}
	}
	if len(q.services[0].providers) == 0 {
		q.fail(directory.DSDNothingFound, "DS_NOT_FOUND")
	}
}

// placeKnown asks for the place, before 2.0.
func (q *question) placeKnown(e *Evidence, s *State) bool {
	if e.Place == nil || q.v2() {
		return true
	}
	given := q.values["jurisdiction-admin-l2"]
	if given == "" {
		q.place = e.Place
		q.fail(directory.DSDAdditionalInput, "JurisdictionDetermination")
		return false
	}
	known := slices.ContainsFunc(e.Providers, func(p string) bool { return s.Providers[p].Region == given })
	if !known || q.values["jurisdiction-context-id"] != placeID(q.services[0].country, q.services[0].key) {
		q.fail(directory.DSDWrongAnswer, "INCORRECT_VALUE")
		return false
	}
	return true
}

func placeID(country, key string) string { return derived("place", country, key) }

// asks are the rounds of questions that count: before 2.0 a place may stand for them.
func (q *question) asks(e *Evidence) [][]string {
	if e.Place != nil && !q.v2() {
		return nil
	}
	return e.Ask
}

// answersKnown asks for what the first round with an open question wants.
func (q *question) answersKnown(e *Evidence) bool {
	for _, round := range q.asks(e) {
		for _, key := range round {
			c := q.world.Concepts[key]
			v, given := q.values[c.ID]
			if _, valid := c.Values[v]; given && !valid {
				q.fail(directory.DSDWrongAnswer, "INCORRECT_VALUE")
				return false
			}
			if !given {
				q.asked = append(q.asked, c)
			}
		}
		if len(q.asked) > 0 {
			q.fail(directory.DSDAdditionalInput, "UserRequestedClassificationConcepts")
			return false
		}
	}
	return true
}

// competent reports whether a provider covers the answers.
func (q *question) competent(p *Provider, e *Evidence) bool {
	if e.Place != nil && !q.v2() {
		return p.Region == q.values["jurisdiction-admin-l2"]
	}
	for _, key := range slices.Concat(e.Ask...) {
		if !slices.Contains(p.Answers[key], q.values[q.world.Concepts[key].ID]) {
			return false
		}
	}
	return true
}
