package edm

import "github.com/vienreiz/vienreiz/shared/regrep"

// Values that every request carries (R-EDM-REQ-C024, C025).
const (
	returnType      = "LeafClassWithRepositoryItem"
	queryDefinition = "DocumentQuery"
	procedureLang   = "EN"
)

func (e *encoder) request(m *EvidenceRequest) {
	e.checkRequest(m)
	e.Root("query:QueryRequest", "id", regrep.URN(m.ID), "xml:lang", m.Language)
	e.StringSlot("SpecificationIdentifier", string(m.SpecificationIdentifier))
	e.DateTimeSlot("IssueDateTime", m.IssueDateTime)
	e.procedure(m.Procedure)
	e.StringSlot("PreviewLocation", m.PreviewLocation)
	e.StringSlot("ReturnLocation", m.ReturnLocation)
	e.BooleanSlot("PossibilityForPreview", m.PossibilityForPreview)
	e.BooleanSlot("ExplicitRequestGiven", m.ExplicitRequestGiven)
	e.CollectionSlot("Requirements", len(m.Requirements), func(i int) { e.requirement(m.Requirements[i]) })
	e.CollectionSlot("EvidenceRequester", len(m.EvidenceRequester), func(i int) { e.agent("sdg:Agent", m.EvidenceRequester[i]) })
	e.AnySlot("EvidenceProvider", func() { e.bare("sdg:Agent", m.EvidenceProvider, "R-EDM-REQ-S043") })
	e.CollectionSlot("EvidenceProviderClassification", len(m.EvidenceProviderClassification), func(i int) {
		e.providerClassification(m.EvidenceProviderClassification[i])
	})
	e.Empty("query:ResponseOption", "returnType", returnType)
	e.Start("query:Query", "queryDefinition", queryDefinition)
	e.personSlot("NaturalPerson", m.NaturalPerson)
	e.legalPersonSlot("LegalPerson", m.LegalPerson)
	e.personSlot("AuthorizedRepresentative", m.AuthorizedRepresentative)
	e.legalPersonSlot("AuthorizedRepresentativeLegalPerson", m.AuthorizedRepresentativeLegalPerson)
	e.AnySlot("EvidenceRequest", func() { e.evidenceType(m.EvidenceType) })
	e.End()
	e.End()
}

func (e *encoder) checkRequest(m *EvidenceRequest) {
	v := e.v
	e.must(regrep.IsUUID(m.ID), "R-EDM-REQ-S004", "the request's id, a UUID,")
	e.must(!m.IssueDateTime.IsZero(), "R-EDM-REQ-S006", "IssueDateTime")
	e.must(m.Procedure != "" || v == V10, "R-EDM-REQ-S007", "Procedure")
	e.must(len(m.Requirements) > 0 || v == V10, "R-EDM-REQ-S011", "Requirements")
	e.must(len(m.EvidenceRequester) > 0, "R-EDM-REQ-S012", "EvidenceRequester")
	e.must((m.NaturalPerson == nil) != (m.LegalPerson == nil), "R-EDM-REQ-S016", "exactly one of NaturalPerson and LegalPerson")
	e.only(v.requestLanguage(), m.Language != "", "R-EDM-REQ-S059", "QueryRequest/@xml:lang")
	e.only(v.returnLocation(), m.ReturnLocation != "", "R-EDM-REQ-S019", "ReturnLocation")
	e.must(!v.returnLocation() || (m.PreviewLocation == "") == (m.ReturnLocation == ""), "R-EDM-REQ-S062", "PreviewLocation or ReturnLocation")
	e.only(v.extraIdentity(), m.AuthorizedRepresentativeLegalPerson != nil, "R-EDM-REQ-S049", "AuthorizedRepresentativeLegalPerson")
	e.short("rim:StringValueType", "PreviewLocation", m.PreviewLocation)
	e.short("rim:StringValueType", "ReturnLocation", m.ReturnLocation)
}

func (e *encoder) procedure(code string) {
	if e.v.plainProcedure() {
		e.StringSlot("Procedure", code)
		return
	}
	if code != "" {
		e.InternationalStringSlot("Procedure", []LocalizedString{{Lang: procedureLang, Value: code}})
	}
}

func (e *encoder) requirement(r Requirement) {
	e.must(r.Identifier != "" && len(r.Name) > 0, "R-EDM-REQ-S038", "the requirement's Identifier or Name")
	e.only(e.v.requirementDescription(), len(r.Description) > 0, "R-EDM-REQ-S038", "Requirement/Description")
	e.Start("sdg:Requirement")
	e.Leaf("sdg:Identifier", r.Identifier)
	e.localized("sdg:Name", r.Name)
	e.localized("sdg:Description", r.Description)
	e.End()
}

func (e *encoder) providerClassification(c EvidenceProviderClassification) {
	e.must(c.Identifier.Value != "" && c.Type != "", "R-EDM-REQ-C020", "the classification's Identifier or Type")
	e.Start("sdg:EvidenceProviderClassification")
	e.identifier("sdg:Identifier", c.Identifier)
	e.Leaf("sdg:Type", c.Type)
	e.Leaf("sdg:ValueExpression", c.ValueExpression)
	e.localized("sdg:Description", c.Description)
	e.Start("sdg:SupportedValue")
	switch {
	case c.BooleanValue != nil && *c.BooleanValue:
		e.Leaf("sdg:BooleanValue", "true")
	case c.BooleanValue != nil:
		e.Leaf("sdg:BooleanValue", "false")
	case c.DateValue != "":
		e.Leaf("sdg:DateValue", c.DateValue)
	default:
		e.must(c.StringValue != "", "R-EDM-REQ-C023", "the classification's SupportedValue")
		e.Leaf("sdg:StringValue", c.StringValue)
	}
	e.End()
	e.End()
}

func (e *encoder) personSlot(name string, p *Person) {
	if p != nil {
		e.AnySlot(name, func() { e.person("sdg:Person", p) })
	}
}

func (e *encoder) legalPersonSlot(name string, p *LegalPerson) {
	if p != nil {
		e.AnySlot(name, func() { e.legalPerson("sdg:LegalPerson", p) })
	}
}

func (e *encoder) evidenceType(t DataServiceEvidenceType) {
	e.must(t.Identifier != "", "R-EDM-REQ-C106", "DataServiceEvidenceType/Identifier")
	e.must(t.EvidenceTypeClassification != "" && len(t.Title) > 0, "sdg:DataServiceEvidenceTypeType", "EvidenceTypeClassification or Title")
	e.must(len(t.DistributedAs) > 0, "R-EDM-REQ-C032", "DistributedAs")
	if len(t.DistributedAs) > 1 && !e.v.distributionWishes() {
		e.refuse("R-EDM-REQ-C032", "a second DistributedAs", "does not exist in "+string(e.v)+"; convert the message first")
	}
	e.Start("sdg:DataServiceEvidenceType")
	e.Leaf("sdg:Identifier", t.Identifier)
	e.Leaf("sdg:EvidenceTypeClassification", t.EvidenceTypeClassification)
	e.localized("sdg:Title", t.Title)
	e.localized("sdg:Description", t.Description)
	for _, d := range t.DistributedAs {
		e.distributedAs(d)
	}
	e.End()
}

func (e *encoder) distributedAs(d DistributedAs) {
	e.must(d.Format != "", "sdg:EvidenceTypeDistributionType", "DistributedAs/Format")
	e.only(e.v.distributionWishes(), len(d.Language) > 0 || len(d.AssociatedDocumentRequest) > 0,
		"sdg:EvidenceTypeDistributionType", "DistributedAs/Language or AssociatedDocumentRequest")
	e.only(e.v.transformation(), d.Transformation != "", "sdg:EvidenceTypeDistributionType", "DistributedAs/Transformation")
	e.Start("sdg:DistributedAs")
	e.Leaf("sdg:Format", d.Format)
	e.leaves("sdg:Language", d.Language)
	e.Leaf("sdg:ConformsTo", d.ConformsTo)
	e.Leaf("sdg:Transformation", d.Transformation)
	e.leaves("sdg:AssociatedDocumentRequest", d.AssociatedDocumentRequest)
	e.End()
}
