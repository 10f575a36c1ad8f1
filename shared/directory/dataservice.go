package directory

import (
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// DataService is one pair of a data service and an access service: who issues a type of evidence, and where it is asked for
// (sdg:DataServiceEvidenceType, TDD 3.1.3).
type DataService struct {
	// Identifier is a bare UUID in lower case, copied into the request (R-DSD-RESP-C002).
	Identifier string `json:"identifier"`
	// EvidenceTypeClassification is the type's URL (R-DSD-RESP-C003).
	EvidenceTypeClassification string `json:"evidenceTypeClassification"`
	Title                      Texts  `json:"title"`
	Description                Texts  `json:"description,omitempty"`
	// DistributedAs are the forms it comes in, 1..n.
	DistributedAs []Distribution `json:"distributedAs"`
	// AccessService is where it is asked for (R-DSD-RESP-S013, S014).
	AccessService AccessService `json:"accessService"`
	// AuthenticationLevelOfAssurance is what the user's sign-in must reach: Low, Substantial, High, or empty (R-DSD-RESP-C008).
	AuthenticationLevelOfAssurance string `json:"authenticationLevelOfAssurance,omitempty"`
	// Note is 0..n since 1.2: free text, such as a fee.
	Note Texts `json:"note,omitempty"`
	// JurisdictionDetermination is 0..1, before 2.0.
	JurisdictionDetermination *JurisdictionDetermination `json:"jurisdictionDetermination,omitempty"`
	// EvidenceProviderClassification are the concepts by which a provider is chosen, 0..n.
	EvidenceProviderClassification []Concept `json:"evidenceProviderClassification,omitempty"`
}

// Distribution is one form of the evidence.
type Distribution struct {
	// Format is 1, since 2.0 1..n: codes of OOTSMediaTypes (R-DSD-RESP-C009).
	Format []string `json:"format"`
	// ConformsTo is the data model's URL, 0..1, for structured formats (R-DSD-RESP-C010).
	ConformsTo string `json:"conformsTo,omitempty"`
	// Transformation is a subset's URL, 0..1, before 2.0 (R-DSD-RESP-C038).
	Transformation string `json:"transformation,omitempty"`
	// Language are codes of LanguageCode, 0..n, since 2.0.
	Language []string `json:"language,omitempty"`
}

// AccessService is an access point (C3) and the provider behind it (C4).
type AccessService struct {
	// Identifier is the access point's party id (R-DSD-RESP-C012, C014).
	Identifier PartyID `json:"identifier"`
	Name       Texts   `json:"name,omitempty"`
	// ConformsTo are the lines of the exchange that it understands; none means all (R-DSD-RESP-C015).
	ConformsTo []string `json:"conformsTo,omitempty"`
	// Publisher is the evidence provider.
	Publisher Publisher `json:"publisher"`
}

// Publisher is an evidence provider.
type Publisher struct {
	// Identifier is the provider's party id (R-DSD-RESP-C016, C017).
	Identifier   PartyID      `json:"identifier"`
	Name         Texts        `json:"name"`
	Description  Texts        `json:"description,omitempty"`
	Address      edm.Address  `json:"-"`
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	// ClassificationConcept says what the provider covers, 0..n (R-DSD-RESP-C023 to C028).
	ClassificationConcept []Concept `json:"classificationConcept,omitempty"`
}

// Agent is the provider as a request names it: identifier and name.
func (p Publisher) Agent() edm.Agent {
	return edm.Agent{Identifier: edm.Identifier(p.Identifier), Name: p.Name}
}

// JurisdictionDetermination says which place the user must name, before 2.0.
type JurisdictionDetermination struct {
	JurisdictionContextID string `json:"jurisdictionContextId"`
	JurisdictionContext   Texts  `json:"jurisdictionContext"`
	// JurisdictionLevel is Country, NUTS1, NUTS2, NUTS3 or LAU.
	JurisdictionLevel string `json:"jurisdictionLevel"`
}

// Concept is an sdg:EvidenceProviderClassification or sdg:ClassificationConcept.
type Concept struct {
	// Identifier is a bare UUID in lower case: the name of the query parameter that answers. SchemeID is the list's URL, since 2.0.
	Identifier string `json:"identifier"`
	SchemeID   string `json:"schemeId,omitempty"`
	// Type is edm.TypeString, TypeBoolean or TypeCodelist, whatever case and ending 1.x wrote; other words of 1.x stay, in lower case.
	Type string `json:"type"`
	// ValueExpression is the list's URL.
	ValueExpression string `json:"valueExpression,omitempty"`
	Description     Texts  `json:"description"`
	// SupportedValue are what a provider covers: strings, dates or booleans as written. A question has none.
	SupportedValue []string `json:"supportedValue,omitempty"`
}

// EvidenceType is the data service as a request asks for it, with the chosen forms.
func (d DataService) EvidenceType(forms ...edm.DistributedAs) edm.DataServiceEvidenceType {
	return edm.DataServiceEvidenceType{
		Identifier: d.Identifier, EvidenceTypeClassification: d.EvidenceTypeClassification,
		Title: d.Title, Description: d.Description, DistributedAs: forms,
	}
}

// dataServices reads one registry object: before 1.2 it may list several access services, each of which becomes a pair of its own.
func (r *reader) dataServices(e *regrep.Element) []DataService {
	d := DataService{
		Identifier:                 r.uuid(e, "Identifier", "sdg:DataServiceEvidenceTypeType", "R-DSD-RESP-C002"),
		EvidenceTypeClassification: r.matches(r.one(e, "EvidenceTypeClassification", "sdg:DataServiceEvidenceTypeType"), evidenceTypeURL, "R-DSD-RESP-C003", "URL of an evidence type in the Semantic Repository"),
		Title:                      r.texts(e, "Title", 1, "sdg:DataServiceEvidenceTypeType", "R-DSD-RESP-C005", "R-DSD-RESP-C004"),
		Description:                r.texts(e, "Description", 0, "", "R-DSD-RESP-C007", "R-DSD-RESP-C006"),
		DistributedAs:              r.distributions(e),
	}
	services := e.All(sdg, "AccessService")
	switch {
	case len(services) == 0:
		r.refuse(e, "R-DSD-RESP-S013", "sdg:AccessService is missing")
	case len(services) > 1 && r.version.since(V12):
		r.refuse(e, "R-DSD-RESP-S014", "exactly one sdg:AccessService is expected, here are %d", len(services))
	}
	covered := 0
	all := make([]DataService, len(services))
	for i, s := range services {
		all[i].AccessService = r.accessService(s)
		covered += len(slices.DeleteFunc(slices.Clone(all[i].AccessService.Publisher.ClassificationConcept), Concept.unanswered))
	}
	d.AuthenticationLevelOfAssurance = r.listed(r.optional(e, "AuthenticationLevelOfAssurance", "sdg:DataServiceEvidenceTypeType"), assurances, "R-DSD-RESP-C008")
	d.Note = r.texts(e, "Note", 0, "", "sdg:MultilingualStringType", "sdg:MultilingualStringType")
	d.JurisdictionDetermination = r.determination(r.optional(e, "EvidenceProviderJurisdictionDetermination", "sdg:DataServiceEvidenceTypeType"), "R-DSD-RESP-C034", "R-DSD-RESP-C036", "R-DSD-RESP-C035", "R-DSD-RESP-C037")
	d.EvidenceProviderClassification = r.concepts(e, "EvidenceProviderClassification", conceptRules{"R-DSD-RESP-C029", "R-DSD-RESP-C030", "R-DSD-RESP-C031", "R-DSD-RESP-C033", "R-DSD-RESP-C032"})
	if open := slices.DeleteFunc(slices.Clone(d.EvidenceProviderClassification), func(c Concept) bool { return !c.unanswered() }); len(open) > 0 && covered < len(d.EvidenceProviderClassification) {
		r.refuse(e, "R-DSD-RESP-S012", "sdg:SupportedValue is missing for an sdg:EvidenceProviderClassification")
	}
	for i := range all {
		service := all[i].AccessService
		all[i] = d
		all[i].AccessService = service
	}
	return all
}

func (c Concept) unanswered() bool { return len(c.SupportedValue) == 0 }

func (r *reader) distributions(e *regrep.Element) []Distribution {
	var all []Distribution
	for _, f := range e.All(sdg, "DistributedAs") {
		all = append(all, r.distribution(f))
	}
	if len(all) == 0 {
		r.refuse(e, "sdg:DataServiceEvidenceTypeType", "sdg:DistributedAs is missing")
	}
	return all
}

func (r *reader) distribution(e *regrep.Element) Distribution {
	var d Distribution
	formats := e.All(sdg, "Format")
	if len(formats) == 0 || len(formats) > 1 && !r.version.since(V20) {
		r.refuse(e, "sdg:EvidenceTypeDistributionType", "sdg:Format is expected once (since 2.0: at least once), here are %d", len(formats))
	}
	for _, f := range formats {
		d.Format = append(d.Format, r.listed(f, mediaTypes, "R-DSD-RESP-C009"))
	}
	const model = "URL of a data model in the Semantic Repository"
	d.ConformsTo = r.matches(r.optional(e, "ConformsTo", "sdg:EvidenceTypeDistributionType"), dataModelURL, "R-DSD-RESP-C010", model)
	d.Transformation = r.matches(r.optional(e, "Transformation", "sdg:EvidenceTypeDistributionType"), dataModelURL, "R-DSD-RESP-C038", model)
	for _, l := range e.All(sdg, "Language") {
		d.Language = append(d.Language, r.listed(l, languages, "sdg:EvidenceTypeDistributionType"))
	}
	return d
}

func (r *reader) accessService(e *regrep.Element) AccessService {
	s := AccessService{
		Identifier: PartyID(r.partyID(e, "sdg:DataServiceType", "R-DSD-RESP-C012", "R-DSD-RESP-C014")),
		Name:       r.texts(e, "Name", 0, "", "sdg:MultilingualStringType", "sdg:MultilingualStringType"),
	}
	for _, c := range e.All(sdg, "ConformsTo") {
		s.ConformsTo = append(s.ConformsTo, r.matches(c, exchangeLine, "R-DSD-RESP-C015", "line of the exchange, such as oots-edm:v2.0"))
	}
	if p := r.one(e, "Publisher", "sdg:DataServiceType"); p != nil {
		s.Publisher = r.publisher(p)
	}
	return s
}

func (r *reader) publisher(e *regrep.Element) Publisher {
	p := Publisher{
		Identifier:  PartyID(r.partyID(e, "sdg:EvidenceProviderType", "R-DSD-RESP-C016", "R-DSD-RESP-C017")),
		Name:        r.texts(e, "Name", 1, "sdg:EvidenceProviderType", "sdg:MultilingualStringType", "sdg:MultilingualStringType"),
		Description: r.texts(e, "Description", 0, "", "sdg:MultilingualStringType", "sdg:MultilingualStringType"),
	}
	if a := r.one(e, "Address", "sdg:EvidenceProviderType"); a != nil {
		r.country(r.one(a, "AdminUnitLevel1", "sdg:AddressType"), "R-DSD-RESP-C018")
		p.Address = edm.DecodeAddress(a)
	}
	p.Jurisdiction = r.jurisdiction(r.one(e, "Jurisdiction", "sdg:EvidenceProviderType"), "R-DSD-RESP-C020")
	p.ClassificationConcept = r.concepts(e, "ClassificationConcept", conceptRules{"R-DSD-RESP-C023", "R-DSD-RESP-C024", "R-DSD-RESP-C025", "R-DSD-RESP-C027", "R-DSD-RESP-C026"})
	for i, c := range p.ClassificationConcept {
		if c.unanswered() {
			r.refuse(e.All(sdg, "ClassificationConcept")[i], "R-DSD-RESP-C028", "sdg:SupportedValue is missing")
		}
	}
	return p
}

// conceptRules are the ids for a concept's identifier, type, description, and the language of that.
type conceptRules struct{ identifier, kind, description, lang, listed string }

func (r *reader) concepts(parent *regrep.Element, local string, rules conceptRules) []Concept {
	var all []Concept
	for _, e := range parent.All(sdg, local) {
		all = append(all, r.concept(e, rules))
	}
	return all
}

func (r *reader) concept(e *regrep.Element, rules conceptRules) Concept {
	c := Concept{
		Identifier:      r.uuid(e, "Identifier", "sdg:InformationConceptType", rules.identifier),
		SchemeID:        e.Child(sdg, "Identifier").Value("schemeID"),
		Type:            conceptType(r.optional(e, "Type", "sdg:InformationConceptType").Trimmed()),
		ValueExpression: r.optional(e, "ValueExpression", "sdg:InformationConceptType").Trimmed(),
		Description:     r.texts(e, "Description", 0, "", rules.lang, rules.listed),
	}
	if c.Type == "" {
		r.refuse(e, rules.kind, "sdg:Type is missing")
	}
	if c.Description.In() == "" {
		r.refuse(e, rules.description, "sdg:Description is missing")
	}
	if v := r.optional(e, "SupportedValue", "sdg:InformationConceptType"); v != nil {
		for _, x := range v.Children {
			if x.Space == sdg && slices.Contains([]string{"StringValue", "DateValue", "BooleanValue"}, x.Local) && x.Trimmed() != "" {
				c.SupportedValue = append(c.SupportedValue, x.Trimmed())
			}
		}
	}
	return c
}

// conceptType reads "Codelist", "stringValue" and the like, as 1.x has them.
func conceptType(s string) string { return strings.TrimSuffix(strings.ToLower(s), "value") }

func (r *reader) determination(e *regrep.Element, id, lang, listed, level string) *JurisdictionDetermination {
	if e == nil {
		return nil
	}
	d := &JurisdictionDetermination{
		JurisdictionContextID: r.uuid(e, "JurisdictionContextId", "sdg:JurisdictionDeterminationType", id),
		JurisdictionContext:   r.texts(e, "JurisdictionContext", 1, "sdg:JurisdictionDeterminationType", lang, listed),
	}
	l := r.one(e, "JurisdictionLevel", "sdg:JurisdictionDeterminationType")
	if d.JurisdictionLevel = l.Trimmed(); l != nil && !slices.Contains(levels, d.JurisdictionLevel) {
		r.refuse(l, level, "%q is no jurisdiction level; it must be one of %v", regrep.Excerpt(d.JurisdictionLevel), levels)
	}
	return d
}
