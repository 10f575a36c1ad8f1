package commonservices

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// write makes the body of the answer.
func (q *question) write(slot bool) ([]byte, error) {
	w := &regrep.Writer{}
	status := regrep.StatusSuccess
	if q.failure != nil {
		status = regrep.StatusFailure
	}
	w.Root("query:QueryResponse", "status", status)
	if slot {
		w.StringSlot("SpecificationIdentifier", string(q.version))
	}
	switch {
	case q.failure != nil:
		q.exception(w)
	case q.service == directory.EvidenceBroker:
		q.list(w, "Requirement", len(q.requirements), func(i int) { q.requirement(w, q.requirements[i]) })
	default:
		objects := q.objects()
		q.list(w, "DataServiceEvidenceType", len(objects), func(i int) { q.dataService(w, objects[i]) })
	}
	w.End()
	return w.Bytes()
}

func (q *question) list(w *regrep.Writer, slot string, n int, content func(int)) {
	w.Start("rim:RegistryObjectList")
	for i := range n {
		w.Start("rim:RegistryObject", "id", regrep.URN(derived("object", slot, q.values["queryId"], strconv.Itoa(i))))
		w.AnySlot(slot, func() { content(i) })
		w.End()
	}
	w.End()
}

// objects are the registry objects: since 1.2 one for each provider, before one for all.
func (q *question) objects() []foundService {
	var all []foundService
	for _, s := range q.services {
		if q.version == directory.V10 || q.version == directory.V11 {
			all = append(all, s)
			continue
		}
		for _, p := range s.providers {
			all = append(all, foundService{s.country, s.key, []*Provider{p}})
		}
	}
	return all
}

func texts(w *regrep.Writer, name string, t Text) {
	for _, x := range t.Localized() {
		w.Leaf(name, x.Text, "lang", x.Lang)
	}
}

func (q *question) requirement(w *regrep.Writer, r foundRequirement) {
	w.Start("sdg:Requirement")
	w.Leaf("sdg:Identifier", q.world.RequirementURL(r.key))
	texts(w, "sdg:Name", q.world.Requirements[r.key].Name)
	for _, f := range r.frameworks {
		w.Start("sdg:ReferenceFramework")
		w.Leaf("sdg:Identifier", q.world.States[f.country].Frameworks[f.procedure])
		w.Leaf("sdg:Title", q.world.Procedures[f.procedure]+" ("+f.country+")", "lang", "EN")
		w.Start("sdg:RelatedTo")
		w.Leaf("sdg:Identifier", f.procedure)
		w.End()
		jurisdiction(w, f.country, "")
		w.End()
	}
	for _, l := range r.lists {
		q.evidenceTypes(w, r.key, l)
	}
	w.End()
}

func jurisdiction(w *regrep.Writer, country, region string) {
	w.Start("sdg:Jurisdiction")
	w.Leaf("sdg:AdminUnitLevel1", country)
	w.Leaf("sdg:AdminUnitLevel2", region)
	w.End()
}

func (q *question) evidenceTypes(w *regrep.Writer, requirement string, l foundList) {
	w.Start("sdg:EvidenceTypeList")
	w.Leaf("sdg:Identifier", derived("list", l.country, requirement, strconv.Itoa(l.number)))
	texts(w, "sdg:Name", l.Name)
	for _, key := range l.Types {
		w.Start("sdg:EvidenceType")
		w.Leaf("sdg:EvidenceTypeClassification", q.world.EvidenceTypeURL(l.country, key))
		texts(w, "sdg:Title", q.world.States[l.country].Evidence[key].Title)
		if !q.v2() {
			jurisdiction(w, l.country, "")
		}
		w.End()
	}
	if l.NoMatch != nil {
		w.Leaf("sdg:MatchType", directory.NoMatch)
		texts(w, "sdg:MatchDescription", l.NoMatch)
	}
	if q.v2() {
		jurisdiction(w, l.country, "")
	}
	w.End()
}

func (q *question) dataService(w *regrep.Writer, s foundService) {
	state := q.world.States[s.country]
	e := state.Evidence[s.key]
	w.Start("sdg:DataServiceEvidenceType")
	w.Leaf("sdg:Identifier", derived("data service", s.country, s.key))
	w.Leaf("sdg:EvidenceTypeClassification", q.world.EvidenceTypeURL(s.country, s.key))
	texts(w, "sdg:Title", e.Title)
	q.forms(w, state, e)
	for _, p := range s.providers {
		q.accessService(w, s.country, state, p, e)
	}
	w.Leaf("sdg:AuthenticationLevelOfAssurance", e.Assurance)
	if q.version != directory.V10 && q.version != directory.V11 {
		texts(w, "sdg:Note", e.Note)
	}
	w.End()
}

// forms writes the forms: before 2.0 one media type each and no language; models stand under another name in 1.0.
func (q *question) forms(w *regrep.Writer, state *State, e *Evidence) {
	models := q.world.Repository + "/datamodels/"
	if q.version == directory.V10 || q.version == directory.V11 {
		models = q.world.Repository + "/distributions/"
	}
	for _, key := range e.Forms {
		f := q.world.Forms[key]
		groups := [][]string{f.Format}
		if !q.v2() {
			groups = slices.Collect(slices.Chunk(f.Format, 1))
		}
		for _, formats := range groups {
			w.Start("sdg:DistributedAs")
			for _, m := range formats {
				w.Leaf("sdg:Format", m)
			}
			if f.Model != "" {
				w.Leaf("sdg:ConformsTo", models+f.Model)
			}
			if q.v2() {
				w.Leaf("sdg:Language", state.Language)
			}
			w.End()
		}
	}
}

func (q *question) accessService(w *regrep.Writer, country string, state *State, p *Provider, e *Evidence) {
	w.Start("sdg:AccessService")
	w.Leaf("sdg:Identifier", state.AccessPoint.ID, "schemeID", Scheme(state.AccessPoint.Scheme, country))
	if q.v2() || q.version == directory.V12 {
		w.Leaf("sdg:Name", state.AccessPoint.Name, "lang", "EN")
	}
	for _, line := range q.lines(state.AccessPoint) {
		w.Leaf("sdg:ConformsTo", line)
	}
	w.Start("sdg:Publisher")
	w.Leaf("sdg:Identifier", p.ID, "schemeID", Scheme(p.Scheme, country))
	texts(w, "sdg:Name", p.Name)
	w.Start("sdg:Address")
	w.Leaf("sdg:AdminUnitLevel1", country)
	w.End()
	region := p.Region
	if q.v2() {
		region = ""
	}
	jurisdiction(w, country, region)
	for _, key := range slices.Concat(q.asks(e)...) {
		q.concept(w, "sdg:ClassificationConcept", q.world.Concepts[key], p.Answers[key])
	}
	w.End()
	w.End()
}

// lines are those that an access point understands: 1.0 has room for exactly one, the oldest.
func (q *question) lines(a AccessPoint) []string {
	if q.version != directory.V10 {
		return a.ConformsTo
	}
	return append(slices.Clone(a.ConformsTo), string(edm.V10))[:1]
}

// Scheme is the schemeID of an identifier: "EAS:CODE" of the world, or the
// country's own where it names none.
func Scheme(s, country string) string {
	if code, ok := strings.CutPrefix(s, "EAS:"); ok {
		return "urn:cef.eu:names:identifier:EAS:" + code
	}
	return "urn:oasis:names:tc:ebcore:partyid-type:unregistered:" + country
}

func (q *question) concept(w *regrep.Writer, name string, c *Concept, supported []string) {
	w.Start(name)
	list := ""
	if c.List != "" {
		list = q.world.listURL(c)
	}
	w.Leaf("sdg:Identifier", c.ID, "schemeID", list)
	w.Leaf("sdg:Type", c.Type)
	w.Leaf("sdg:ValueExpression", list)
	texts(w, "sdg:Description", c.Question)
	if len(supported) > 0 {
		w.Start("sdg:SupportedValue")
		value := "sdg:StringValue"
		if c.Type == edm.TypeBoolean {
			value = "sdg:BooleanValue"
		}
		for _, v := range supported {
			w.Leaf(value, v)
		}
		w.End()
	}
	w.End()
}

// exception writes a failure, with the questions of DSD:ERR:0005.
func (q *question) exception(w *regrep.Writer) {
	f := q.failure
	w.Start("rs:Exception", "xsi:type", f.Type, "severity", f.Severity, "message", f.Message, "detail", f.Detail, "code", string(f.Code))
	if f.Code == directory.DSDAdditionalInput {
		q.questions(w)
	}
	w.End()
}

func (q *question) questions(w *regrep.Writer) {
	s := q.services[0]
	state := q.world.States[s.country]
	w.AnySlot("DataServiceEvidenceType", func() {
		w.Start("sdg:DataServiceEvidenceType")
		if !q.v2() {
			w.Leaf("sdg:Identifier", derived("data service", s.country, s.key))
		}
		w.Leaf("sdg:EvidenceTypeClassification", q.world.EvidenceTypeURL(s.country, s.key))
		texts(w, "sdg:Title", state.Evidence[s.key].Title)
		if !q.v2() {
			q.forms(w, state, state.Evidence[s.key])
		}
		w.End()
	})
	if q.place != nil {
		w.AnySlot("JurisdictionDetermination", func() {
			w.Start("sdg:EvidenceProviderJurisdictionDetermination")
			w.Leaf("sdg:JurisdictionContextId", placeID(s.country, s.key))
			texts(w, "sdg:JurisdictionContext", q.place.Context)
			w.Leaf("sdg:JurisdictionLevel", q.place.Level)
			w.End()
		})
	}
	w.CollectionSlot("UserRequestedClassificationConcepts", len(q.asked), func(i int) {
		q.concept(w, "sdg:EvidenceProviderClassification", q.asked[i], nil)
	})
}
