package directory

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Ids of the three queries (TDD 3.1.4, 3.2.4).
const (
	QueryRequirements  = "urn:fdc:oots:eb:ebxml-regrep:queries:requirements-by-procedure-and-jurisdiction"
	QueryEvidenceTypes = "urn:fdc:oots:eb:ebxml-regrep:queries:evidence-types-by-requirement-and-jurisdiction"
	QueryDataServices  = "urn:fdc:oots:dsd:ebxml-regrep:queries:dataservices-by-evidencetype-and-jurisdiction"
)

// MaxAnswers bounds the answers of a user in one query, MaxAnswerValue the characters of one.
const (
	MaxAnswers     = 32
	MaxAnswerValue = regrep.StringValueLength
)

// RequirementsQuery asks what a procedure requires. Without a member it asks for the whole catalogue.
type RequirementsQuery struct {
	// Procedure is a code of Procedures, such as "T2".
	Procedure string
	// Country is where the procedure runs: the requester's country.
	Country string
	// AdminUnitLevel2 (NUTS) and AdminUnitLevel3 (LAU) exist before 2.0.
	AdminUnitLevel2, AdminUnitLevel3 string
}

// EvidenceTypesQuery asks which types of evidence prove a requirement.
type EvidenceTypesQuery struct {
	// Requirement is its URL, 1.
	Requirement string
	// Country is where the evidence is: the provider's country; empty asks for all.
	Country string
	// AdminUnitLevel2 (NUTS) and AdminUnitLevel3 (LAU) exist before 1.2.
	AdminUnitLevel2, AdminUnitLevel3 string
}

// DataServicesQuery asks who issues a type of evidence.
type DataServicesQuery struct {
	// EvidenceType is the type's URL, 1.
	EvidenceType string
	// Country is the provider's country, 1.
	Country string
	// Specification keeps only access services that speak this line of the exchange, such as "oots-edm:v2.0"; since 1.1.
	Specification string
	// AdminUnitLevel2, AdminUnitLevel3 and JurisdictionContextID answer a question for a place, before 2.0.
	AdminUnitLevel2, AdminUnitLevel3, JurisdictionContextID string
	// EvidenceTypeID is copied from the question, before 1.2.
	EvidenceTypeID string
	// Answers are the user's answers by the concept's UUID.
	Answers map[string]string
}

// query is one query, checked, with its parameters in their order.
type query struct {
	service Service
	// country decides which instance is asked.
	country    string
	parameters []string // names and values in turn
}

func (q *query) add(name, value string) {
	if value != "" {
		q.parameters = append(q.parameters, name, value)
	}
}

// url puts the query behind a base. Values are percent-encoded by RFC 3986, a blank as %20 (TDD 3.6.2).
func (q *query) url(base string) string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(strings.TrimRight(base, "/"), searchPath))
	b.WriteString(searchPath)
	for i := 0; i+1 < len(q.parameters); i += 2 {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(q.parameters[i])
		b.WriteByte('=')
		b.WriteString(strings.ReplaceAll(url.QueryEscape(q.parameters[i+1]), "+", "%20"))
	}
	return b.String()
}

const searchPath = "/rest/search"

// WrongQuery says why a query is not sent: the caller's mistake. It quotes no user's answer.
type WrongQuery struct{ Detail string }

// Error says what is wrong.
func (w *WrongQuery) Error() string { return "build the query: " + w.Detail }

func wrong(format string, args ...any) error { return &WrongQuery{fmt.Sprintf(format, args...)} }

// The form of codes only is judged here: whether they exist, the service knows better than an older client.
var (
	countryForm   = regexp.MustCompile(`^[A-Z]{2}$`)
	procedureForm = regexp.MustCompile(`^[A-Z0-9]{1,8}$`)
)

func checkCountry(code string) error {
	if code != "" && !countryForm.MatchString(code) {
		return wrong("%q is no country's code; give two capital letters, EL for Greece", regrep.Excerpt(code))
	}
	return nil
}

// before refuses a parameter that no line of those asked for has.
func before(limit Version, asked []Version, name, value string) error {
	if value != "" && !slices.ContainsFunc(asked, func(v Version) bool { return !v.since(limit) }) {
		return wrong("%s exists before %s only, asked is for %v", name, limit, asked)
	}
	return nil
}

func (q RequirementsQuery) build(asked []Version) (*query, error) {
	if q.Procedure != "" && !procedureForm.MatchString(q.Procedure) {
		return nil, wrong("%q is no procedure's code, such as T2", regrep.Excerpt(q.Procedure))
	}
	if err := cmp.Or(checkCountry(q.Country), before(V20, asked, "jurisdiction-admin-l2", q.AdminUnitLevel2),
		before(V20, asked, "jurisdiction-admin-l3", q.AdminUnitLevel3)); err != nil {
		return nil, err
	}
	b := &query{service: EvidenceBroker, country: q.Country, parameters: []string{"queryId", QueryRequirements}}
	b.add("procedure-id", q.Procedure)
	b.add("country-code", q.Country)
	b.add("jurisdiction-admin-l2", q.AdminUnitLevel2)
	b.add("jurisdiction-admin-l3", q.AdminUnitLevel3)
	return b, nil
}

func (q EvidenceTypesQuery) build(asked []Version) (*query, error) {
	if !IsRequirement(q.Requirement) {
		return nil, wrong("%q is no URL of a requirement in the Semantic Repository", regrep.Excerpt(q.Requirement))
	}
	if err := cmp.Or(checkCountry(q.Country), before(V12, asked, "jurisdiction-admin-l2", q.AdminUnitLevel2),
		before(V12, asked, "jurisdiction-admin-l3", q.AdminUnitLevel3)); err != nil {
		return nil, err
	}
	b := &query{service: EvidenceBroker, country: q.Country, parameters: []string{"queryId", QueryEvidenceTypes}}
	b.add("requirement-id", q.Requirement)
	b.add("country-code", q.Country)
	b.add("jurisdiction-admin-l2", q.AdminUnitLevel2)
	b.add("jurisdiction-admin-l3", q.AdminUnitLevel3)
	return b, nil
}

func (q DataServicesQuery) build(asked []Version) (*query, error) {
	switch {
	case !IsEvidenceType(q.EvidenceType):
		return nil, wrong("%q is no URL of an evidence type in the Semantic Repository", regrep.Excerpt(q.EvidenceType))
	case q.Country == "":
		return nil, wrong("country-code is missing; name the provider's country")
	case q.Specification != "" && !exchangeLine.MatchString(q.Specification):
		return nil, wrong("specification %q is no line of the exchange, such as oots-edm:v2.0", regrep.Excerpt(q.Specification))
	}
	if err := cmp.Or(checkCountry(q.Country), before(V20, asked, "jurisdiction-admin-l2", q.AdminUnitLevel2),
		before(V20, asked, "jurisdiction-admin-l3", q.AdminUnitLevel3),
		before(V20, asked, "jurisdiction-context-id", q.JurisdictionContextID),
		before(V12, asked, "evidence-type-id", q.EvidenceTypeID), checkAnswers(q.Answers)); err != nil {
		return nil, err
	}
	b := &query{service: DataServiceDirectory, country: q.Country, parameters: []string{"queryId", QueryDataServices}}
	b.add("evidence-type-classification", q.EvidenceType)
	b.add("country-code", q.Country)
	b.add("specification", q.Specification)
	b.add("jurisdiction-admin-l2", q.AdminUnitLevel2)
	b.add("jurisdiction-admin-l3", q.AdminUnitLevel3)
	b.add("evidence-type-id", q.EvidenceTypeID)
	b.add("jurisdiction-context-id", q.JurisdictionContextID)
	for _, id := range slices.Sorted(keysOf(q.Answers)) {
		b.add(strings.ToLower(id), q.Answers[id])
	}
	return b, nil
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// checkAnswers judges names and values, since both become parameters. It quotes no value: it is the user's.
func checkAnswers(answers map[string]string) error {
	if len(answers) > MaxAnswers {
		return wrong("%d answers; at most %d are sent", len(answers), MaxAnswers)
	}
	for id, v := range answers {
		switch {
		case !regrep.IsUUID(id):
			return wrong("%q is no UUID of a concept", regrep.Excerpt(id))
		case v == "" || len([]rune(v)) > MaxAnswerValue:
			return wrong("the answer to %s must have 1 to %d characters", id, MaxAnswerValue)
		case !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl):
			return wrong("the answer to %s holds what is no text", id)
		}
	}
	return nil
}

// fits judges that an answer belongs to the question: the signature covers the answer alone, so a right answer to another question
// could be put in its place. Answers about requirements are filtered instead (keep).

func (q EvidenceTypesQuery) fits(all []Requirement) error {
	for _, r := range all {
		if !strings.EqualFold(r.Identifier, q.Requirement) {
			return refuse("answer.question", "sdg:Requirement/sdg:Identifier", "the answer is about %s, asked was for %s", regrep.Excerpt(r.Identifier), q.Requirement)
		}
	}
	return nil
}

func (q DataServicesQuery) fits(all []DataService) error {
	for _, d := range all {
		if !strings.EqualFold(d.EvidenceTypeClassification, q.EvidenceType) {
			return refuse("answer.question", "sdg:DataServiceEvidenceType/sdg:EvidenceTypeClassification", "the answer is about %s, asked was for %s", regrep.Excerpt(d.EvidenceTypeClassification), q.EvidenceType)
		}
		if c := d.AccessService.Publisher.Jurisdiction.AdminUnitLevel1; c != q.Country && c != union {
			return refuse("answer.question", "sdg:Publisher/sdg:Jurisdiction/sdg:AdminUnitLevel1", "the provider is of %s, asked was for %s", c, q.Country)
		}
	}
	return nil
}

// fitsQuestions is fits for what DSD:ERR:0005 says it asks about.
func (q DataServicesQuery) fitsQuestions(all *Questions) error {
	if all != nil && !strings.EqualFold(all.EvidenceType.EvidenceTypeClassification, q.EvidenceType) {
		return refuse("answer.question", "sdg:DataServiceEvidenceType/sdg:EvidenceTypeClassification", "the questions are about %s, asked was for %s", regrep.Excerpt(all.EvidenceType.EvidenceTypeClassification), q.EvidenceType)
	}
	return nil
}
