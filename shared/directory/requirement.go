package directory

import (
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Requirement is sdg:Requirement: what must be proven (TDD 3.2.3).
type Requirement struct {
	// Identifier is the requirement's URL in the Semantic Repository (R-EB-REQ-C001).
	Identifier string `json:"identifier"`
	// Name is 1..n, Description 0..n since 1.2.
	Name        Texts `json:"name"`
	Description Texts `json:"description,omitempty"`
	// ReferenceFramework are the national procedures that rest on the requirement, 1..n (R-EB-REQ-S017).
	ReferenceFramework []ReferenceFramework `json:"referenceFramework"`
	// EvidenceTypeList are the alternatives that prove it, 1..n in the answer about evidence types, none in the other (R-EB-REQ-S016).
	EvidenceTypeList []EvidenceTypeList `json:"evidenceTypeList,omitempty"`
}

// ReferenceFramework is one national procedure ("procedure declaration").
type ReferenceFramework struct {
	// Identifier is a bare UUID in lower case (R-EB-REQ-C004).
	Identifier  string `json:"identifier"`
	Title       Texts  `json:"title,omitempty"`
	Description Texts  `json:"description,omitempty"`
	// Procedure is RelatedTo/Identifier: a code of Procedures (R-EB-REQ-C012).
	Procedure    string       `json:"procedure"`
	Jurisdiction Jurisdiction `json:"jurisdiction"`
}

// EvidenceTypeList is one alternative: all its types together prove the requirement, any list of a country is enough.
type EvidenceTypeList struct {
	// Identifier is a bare UUID in lower case (R-EB-EVI-C013).
	Identifier   string         `json:"identifier"`
	Name         Texts          `json:"name,omitempty"`
	EvidenceType []EvidenceType `json:"evidenceType,omitempty"`
	// MatchType is NoMatch or empty, 2.0 only: the state knows that nothing of its own fits (R-EB-EVI-C043).
	MatchType        string `json:"matchType,omitempty"`
	MatchDescription Texts  `json:"matchDescription,omitempty"`
	// Jurisdiction is 1 in 2.0; before, each type has its own.
	Jurisdiction Jurisdiction `json:"jurisdiction,omitzero"`
}

// NoMatch is the only MatchType.
const NoMatch = "NoMatch"

// EvidenceType is one type of evidence.
type EvidenceType struct {
	// EvidenceTypeClassification is the type's URL in the Semantic Repository (R-EB-EVI-C016).
	EvidenceTypeClassification string `json:"evidenceTypeClassification"`
	Title                      Texts  `json:"title"`
	Description                Texts  `json:"description,omitempty"`
	// Jurisdiction is 1..n before 2.0, none in 2.0.
	Jurisdiction []Jurisdiction `json:"jurisdiction,omitempty"`
}

func (r *reader) requirement(e *regrep.Element) Requirement {
	q := Requirement{
		Identifier:  r.matches(r.one(e, "Identifier", "sdg:RequirementType"), requirementURL, r.rule("C001"), "URL of a requirement in the Semantic Repository"),
		Name:        r.texts(e, "Name", 1, "sdg:RequirementType", r.rule("C003"), r.rule("C002")),
		Description: r.texts(e, "Description", 0, "", "sdg:MultilingualStringType", "sdg:MultilingualStringType"),
	}
	frameworks, lists := e.All(sdg, "ReferenceFramework"), e.All(sdg, "EvidenceTypeList")
	if len(frameworks) == 0 {
		r.refuse(e, r.rule("S017"), "sdg:ReferenceFramework is missing")
	}
	for _, f := range frameworks {
		q.ReferenceFramework = append(q.ReferenceFramework, r.framework(f))
	}
	if r.family == requirementRules {
		r.absent(lists, "R-EB-REQ-S016", "an answer about requirements has no sdg:EvidenceTypeList")
		return q
	}
	if len(lists) == 0 {
		r.refuse(e, "R-EB-EVI-S016", "sdg:EvidenceTypeList is missing")
	}
	for _, l := range lists {
		q.EvidenceTypeList = append(q.EvidenceTypeList, r.list(l))
	}
	return q
}

func (r *reader) framework(e *regrep.Element) ReferenceFramework {
	f := ReferenceFramework{
		Identifier:  r.uuid(e, "Identifier", "sdg:ReferenceFrameworkType", r.rule("C004")),
		Title:       r.texts(e, "Title", 0, "", r.rule("C006"), r.rule("C005")),
		Description: r.texts(e, "Description", 0, "", r.rule("C008"), r.rule("C007")),
	}
	related := r.one(e, "RelatedTo", r.rule("S020"))
	only := r.rule(r.related)
	if related != nil && len(related.Children) != len(related.All(sdg, "Identifier")) {
		r.refuse(related, only, "sdg:RelatedTo holds sdg:Identifier and nothing else")
	}
	if related != nil {
		f.Procedure = r.listed(r.one(related, "Identifier", only), procedures, r.rule("C012"))
	}
	f.Jurisdiction = r.jurisdiction(r.one(e, "Jurisdiction", r.rule("S021")), r.rule("C009"))
	return f
}

func (r *reader) list(e *regrep.Element) EvidenceTypeList {
	l := EvidenceTypeList{
		Identifier: r.uuid(e, "Identifier", "sdg:EvidenceTypeListType", "R-EB-EVI-C013"),
		Name:       r.texts(e, "Name", 0, "", "R-EB-EVI-C015", "R-EB-EVI-C014"),
	}
	for _, t := range e.All(sdg, "EvidenceType") {
		l.EvidenceType = append(l.EvidenceType, r.evidenceType(t))
	}
	if r.version.since(V20) {
		r.match(e, &l)
		l.Jurisdiction = r.jurisdiction(r.one(e, "Jurisdiction", "sdg:EvidenceTypeListType"), "R-EB-EVI-C022")
	}
	if len(l.EvidenceType) == 0 && l.MatchType == "" {
		r.refuse(e, "R-EB-EVI-S015", "sdg:EvidenceType is missing; only a list with the sdg:MatchType %s may be empty", NoMatch)
	}
	return l
}

func (r *reader) match(e *regrep.Element, l *EvidenceTypeList) {
	m := r.optional(e, "MatchType", "sdg:EvidenceTypeListType")
	if l.MatchType = m.Trimmed(); m != nil && l.MatchType != NoMatch {
		r.refuse(m, "R-EB-EVI-C043", "%q is no match type; it must be %s", regrep.Excerpt(l.MatchType), NoMatch)
	}
	l.MatchDescription = r.texts(e, "MatchDescription", 0, "", "sdg:MultilingualStringType", "sdg:MultilingualStringType")
}

func (r *reader) evidenceType(e *regrep.Element) EvidenceType {
	t := EvidenceType{
		EvidenceTypeClassification: r.matches(r.one(e, "EvidenceTypeClassification", "sdg:EvidenceTypeType"), evidenceTypeURL, "R-EB-EVI-C016", "URL of an evidence type in the Semantic Repository"),
		Title:                      r.texts(e, "Title", 1, "sdg:EvidenceTypeType", "R-EB-EVI-C018", "R-EB-EVI-C017"),
		Description:                r.texts(e, "Description", 0, "", "R-EB-EVI-C020", "R-EB-EVI-C019"),
	}
	r.absent(e.All(sdg, "Distribution"), "R-EB-EVI-S014", "an sdg:EvidenceType has no sdg:Distribution here")
	for _, j := range e.All(sdg, "Jurisdiction") {
		t.Jurisdiction = append(t.Jurisdiction, r.jurisdiction(j, "R-EB-EVI-C022"))
	}
	if len(t.Jurisdiction) == 0 && !r.version.since(V20) {
		r.refuse(e, "R-EB-EVI-C021", "sdg:Jurisdiction is missing")
	}
	return t
}
