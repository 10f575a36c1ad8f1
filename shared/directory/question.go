package directory

import (
	"net/url"
	"slices"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Questions are what DSD:ERR:0005 wants to know from the user, to find the provider (TDD 3.1.4, section 4.4.3).
type Questions struct {
	// EvidenceType is what is looked for, without access service. Its Identifier is 1 before 2.0.
	EvidenceType DataService `json:"-"`
	// Jurisdiction asks for a place, 0..1, before 2.0.
	Jurisdiction *JurisdictionDetermination `json:"jurisdiction,omitempty"`
	// Concepts are further questions, 0..n; their Description is the text of the question.
	Concepts []Concept `json:"concepts,omitempty"`
}

// questions reads the slots of DSD:ERR:0005.
func (r *reader) questions(e *regrep.Element) *Questions {
	for _, s := range e.All(rim, "Slot") {
		if !slices.Contains([]string{"DataServiceEvidenceType", "JurisdictionDetermination", "UserRequestedClassificationConcepts"}, s.Value("name")) ||
			s.Value("name") == "JurisdictionDetermination" && r.version.since(V20) {
			r.refuse(s, "R-DSD-ERR-S010", "slot %q has no place in %s", regrep.Excerpt(s.Value("name")), DSDAdditionalInput)
		}
	}
	kind := r.slotOnce(e, "DataServiceEvidenceType", "R-DSD-ERR-S013")
	place := r.slotOnce(e, "JurisdictionDetermination", "R-DSD-ERR-S011")
	asked := r.slotOnce(e, "UserRequestedClassificationConcepts", "R-DSD-ERR-S012")
	if kind == nil {
		r.refuse(e, "R-DSD-ERR-S013", "slot DataServiceEvidenceType is missing")
	}
	if place == nil && asked == nil {
		r.refuse(e, "R-DSD-ERR-S022", "there is no question: JurisdictionDetermination or UserRequestedClassificationConcepts must be there")
	}
	q := &Questions{}
	if t := r.slotContent(kind, "DataServiceEvidenceType", "R-DSD-ERR-S017", "R-DSD-ERR-S018"); t != nil {
		q.EvidenceType = r.amputated(t)
	}
	q.Jurisdiction = r.determination(r.slotContent(place, "EvidenceProviderJurisdictionDetermination", "R-DSD-ERR-S014", "R-DSD-ERR-S020"),
		"R-DSD-ERR-C001", "R-DSD-ERR-C003", "R-DSD-ERR-C002", "R-DSD-ERR-C004")
	q.Concepts = r.askedConcepts(asked)
	return q
}

func (r *reader) slotOnce(e *regrep.Element, name, rule string) *regrep.Element {
	found := e.Slots(name)
	if len(found) > 1 {
		r.refuse(found[1], rule, "slot %s stands %d times", name, len(found))
	}
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// slotContent is the one element in a slot of rim:AnyValueType, nil for a nil slot.
func (r *reader) slotContent(slot *regrep.Element, local, typed, content string) *regrep.Element {
	if slot == nil {
		return nil
	}
	v := slot.SlotValue()
	if v == nil || v.Type != regrep.AnyValueType {
		r.refuse(slot, typed, "rim:SlotValue must be of rim:AnyValueType")
		return nil
	}
	if len(v.Children) != 1 || v.Child(sdg, local) == nil {
		r.refuse(v, content, "exactly one sdg:%s is expected", local)
		return nil
	}
	return v.Children[0]
}

// amputated reads the type that is asked for, which names no access service (R-DSD-ERR-S021).
func (r *reader) amputated(e *regrep.Element) DataService {
	for _, no := range []string{"AccessService", "EvidenceProviderJurisdictionDetermination", "EvidenceProviderClassification"} {
		r.absent(e.All(sdg, no), "R-DSD-ERR-S021", "sdg:"+no+" has no place here")
	}
	d := DataService{
		EvidenceTypeClassification: r.matches(r.one(e, "EvidenceTypeClassification", "R-DSD-ERR-S021"), evidenceTypeURL, "R-DSD-ERR-C011", "URL of an evidence type in the Semantic Repository"),
		Title:                      r.texts(e, "Title", 1, "R-DSD-ERR-S021", "R-DSD-ERR-C013", "R-DSD-ERR-C012"),
		Description:                r.texts(e, "Description", 0, "", "R-DSD-ERR-C015", "R-DSD-ERR-C014"),
	}
	if !r.version.since(V20) || e.Child(sdg, "Identifier") != nil {
		d.Identifier = r.uuid(e, "Identifier", "R-DSD-ERR-S021", "R-DSD-ERR-C010")
	}
	if !r.version.since(V20) && e.Child(sdg, "DistributedAs") == nil {
		r.refuse(e, "R-DSD-ERR-S021", "sdg:DistributedAs is missing")
	}
	d.AuthenticationLevelOfAssurance = r.listed(r.optional(e, "AuthenticationLevelOfAssurance", "sdg:DataServiceEvidenceTypeType"), assurances, "R-DSD-ERR-C024")
	return d
}

func (r *reader) askedConcepts(slot *regrep.Element) []Concept {
	if slot == nil {
		return nil
	}
	v := slot.SlotValue()
	if v == nil || v.Type != regrep.CollectionValueType {
		r.refuse(slot, "R-DSD-ERR-S015", "rim:SlotValue must be of rim:CollectionValueType")
		return nil
	}
	var all []Concept
	var ids []string
	for _, e := range v.All(rim, "Element") {
		if e.Type != regrep.AnyValueType {
			r.refuse(e, "R-DSD-ERR-S016", "rim:Element must be of rim:AnyValueType")
			continue
		}
		c := e.Child(sdg, "EvidenceProviderClassification")
		if c == nil || len(e.Children) != 1 {
			r.refuse(e, "R-DSD-ERR-S019", "exactly one sdg:EvidenceProviderClassification is expected")
			continue
		}
		all = append(all, r.question(c))
		ids = append(ids, all[len(all)-1].Identifier)
	}
	if len(all) == 0 {
		r.refuse(v, "R-DSD-ERR-S019", "sdg:EvidenceProviderClassification is missing")
	}
	if !distinct(ids) {
		r.refuse(v, "R-DSD-ERR-C005", "two questions have the same sdg:Identifier")
	}
	return all
}

func (r *reader) question(e *regrep.Element) Concept {
	r.absent(e.All(sdg, "SupportedValue"), "R-DSD-ERR-S023", "a question has no sdg:SupportedValue")
	c := r.concept(e, conceptRules{"R-DSD-ERR-C005", "R-DSD-ERR-C006", "R-DSD-ERR-C007", "R-DSD-ERR-C009", "R-DSD-ERR-C008"})
	if c.Type == edm.TypeCodelist && !isHTTPS(c.ValueExpression) {
		r.refuse(e, "sdg:InformationConceptType", "sdg:ValueExpression of a code list must be its https URL")
	}
	if !r.version.since(V20) {
		return c
	}
	if raw := e.Child(sdg, "Type").Trimmed(); raw != "" && raw != edm.TypeString && raw != edm.TypeBoolean && raw != edm.TypeCodelist {
		r.refuse(e, "R-DSD-ERR-C006", "sdg:Type is %q; it must be string, boolean or codelist", regrep.Excerpt(raw))
	}
	if c.Type == edm.TypeCodelist && !nationalList.MatchString(c.SchemeID) {
		r.refuse(e, "R-DSD-ERR-C005", "@schemeID of a code list must be its URL https://sr….oots.tech.ec.europa.eu/codelists/CC/Name")
	}
	return c
}

func isHTTPS(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}
