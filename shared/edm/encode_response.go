package edm

import (
	"fmt"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

func (e *encoder) response(m *EvidenceResponse) {
	e.checkResponse(m)
	e.Root("query:QueryResponse", "requestId", regrep.URN(m.RequestID), "status", m.Status)
	e.StringSlot("SpecificationIdentifier", string(m.SpecificationIdentifier))
	e.StringSlot("EvidenceResponseIdentifier", m.EvidenceResponseIdentifier)
	e.DateTimeSlot("IssueDateTime", m.IssueDateTime)
	e.DateTimeSlot("ResponseAvailableDateTime", m.ResponseAvailableDateTime)
	e.CollectionSlot("EvidenceProvider", len(m.EvidenceProvider), func(i int) { e.agent("sdg:Agent", m.EvidenceProvider[i]) })
	e.AnySlot("EvidenceRequester", func() { e.bare("sdg:Agent", m.EvidenceRequester, "R-EDM-RESP-S028") })
	e.Start("rim:RegistryObjectList")
	for i := range m.Packages {
		e.pack(&m.Packages[i])
	}
	e.End()
	e.End()
}

func (e *encoder) checkResponse(m *EvidenceResponse) {
	deferred := m.Status == regrep.StatusUnavailable
	e.must(regrep.IsUUID(m.RequestID), "R-EDM-RESP-S004", "the request's id, a UUID,")
	e.must(deferred || m.Status == regrep.StatusSuccess, "R-EDM-RESP-S006", "the status Success or Unavailable")
	e.must(regrep.IsUUID(m.EvidenceResponseIdentifier), "R-EDM-RESP-C003", "EvidenceResponseIdentifier, a UUID,")
	e.must(!m.IssueDateTime.IsZero(), "R-EDM-RESP-S011", "IssueDateTime")
	e.must(len(m.EvidenceProvider) > 0, "R-EDM-RESP-S012", "EvidenceProvider")
	e.must(!deferred || !m.ResponseAvailableDateTime.IsZero(), "R-EDM-RESP-S045", "ResponseAvailableDateTime")
	if !deferred && !m.ResponseAvailableDateTime.IsZero() {
		e.refuse("R-EDM-RESP-S014", "ResponseAvailableDateTime", "belongs to the status Unavailable only")
	}
}

func (e *encoder) pack(p *Package) {
	if e.v.packages() {
		e.packaged(p)
		return
	}
	if len(p.Objects) != 1 || len(p.Associations) > 0 || p.ID != "" || p.Objects[0].Classification != "" {
		e.refuse("rim:RegistryPackageType", "a package with companions, an ID or a classification", "does not exist in "+string(e.v)+"; convert the message first")
		return
	}
	e.object(&p.Objects[0])
}

func (e *encoder) packaged(p *Package) {
	e.must(regrep.IsUUID(p.ID), "R-EDM-RESP-S037", "the package's id, a UUID,")
	if main := p.Main(); main == nil || main.Classification != MainEvidence {
		e.refuse("R-EDM-RESP-S047", "the package's main evidence", "is missing")
		return
	}
	e.Start("rim:RegistryObject", "xsi:type", "rim:RegistryPackageType", "id", regrep.URN(p.ID))
	e.Start("rim:RegistryObjectList")
	for i := range p.Objects {
		e.object(&p.Objects[i])
	}
	for _, a := range p.Associations {
		e.must(regrep.IsUUID(a.ID) && regrep.IsUUID(a.Source) && regrep.IsUUID(a.Target), "R-EDM-RESP-S051", "an association's ID, source or target")
		e.Empty("rim:RegistryObject", "xsi:type", "rim:AssociationType", "id", regrep.URN(a.ID),
			"type", regrep.AssociationTypePrefix+a.Type, "sourceObject", regrep.URN(a.Source), "targetObject", regrep.URN(a.Target))
	}
	e.End()
	e.End()
}

func (e *encoder) object(o *EvidenceObject) {
	e.must(regrep.IsUUID(o.ID), "R-EDM-RESP-S037", "the object's id, a UUID,")
	e.must(o.ContentID != "", "R-EDM-RESP-S034", "the object's content id")
	e.must(o.Title != "", "R-EDM-RESP-S035", "the object's title")
	e.Start("rim:RegistryObject", "xsi:type", "rim:ExtrinsicObjectType", "id", regrep.URN(o.ID))
	e.AnySlot("EvidenceMetadata", func() { e.evidence(o) })
	if e.v.packages() {
		e.must(regrep.IsUUID(o.ClassificationID), "R-EDM-RESP-S065", "the classification's id, a UUID,")
		e.Empty("rim:Classification", "id", regrep.URN(o.ClassificationID), "classificationScheme", ClassificationScheme,
			"classificationNode", o.Classification)
	}
	e.Empty("rim:RepositoryItemRef", "xlink:href", "cid:"+o.ContentID, "xlink:title", o.Title)
	e.End()
}

func (e *encoder) evidence(o *EvidenceObject) {
	m := &o.Metadata
	main := o.Classification == MainEvidence || o.Classification == ""
	whole := (m.NaturalPerson == nil) != (m.LegalPerson == nil) && m.IssuingAuthority != nil && m.IsConformantTo != nil && m.IssuingDate != ""
	bare := m.NaturalPerson == nil && m.LegalPerson == nil && m.IssuingAuthority == nil && m.IsConformantTo == nil && m.IssuingDate == "" &&
		m.ValidityPeriod == nil && m.Distribution.ConformsTo == ""
	e.must(m.Distribution.Format != "", "R-EDM-RESP-C058", "Distribution/Format")
	e.must(!main || whole && m.Identifier != "", "R-EDM-RESP-S062", "a part of the main evidence's metadata")
	if !main && !bare {
		e.refuse("R-EDM-RESP-S063", "a companion's metadata", "may have Identifier, Format and Language only")
	}
	e.Start("sdg:Evidence")
	e.Leaf("sdg:Identifier", m.Identifier)
	e.about(m)
	if m.IssuingAuthority != nil {
		e.agent("sdg:IssuingAuthority", *m.IssuingAuthority)
	}
	if t := m.IsConformantTo; t != nil {
		e.Start("sdg:IsConformantTo")
		e.Leaf("sdg:EvidenceTypeClassification", t.EvidenceTypeClassification)
		e.localized("sdg:Title", t.Title)
		e.localized("sdg:Description", t.Description)
		e.End()
	}
	e.Leaf("sdg:IssuingDate", m.IssuingDate)
	e.distribution(m.Distribution)
	if p := m.ValidityPeriod; p != nil {
		e.Start("sdg:ValidityPeriod")
		e.Leaf("sdg:StartDate", p.StartDate)
		e.Leaf("sdg:EndDate", p.EndDate)
		e.End()
	}
	e.End()
}

func (e *encoder) about(m *Evidence) {
	switch {
	case m.NaturalPerson != nil:
		e.Start("sdg:IsAbout")
		e.person("sdg:NaturalPerson", m.NaturalPerson)
		e.End()
	case m.LegalPerson != nil:
		e.Start("sdg:IsAbout")
		e.legalPerson("sdg:LegalPerson", m.LegalPerson)
		e.End()
	}
}

func (e *encoder) distribution(d Distribution) {
	e.only(e.v.transformation(), d.Transformation != "", "sdg:DistributionType", "Distribution/Transformation")
	e.Start("sdg:Distribution")
	e.Leaf("sdg:Format", d.Format)
	e.leaves("sdg:Language", d.Language)
	e.Leaf("sdg:ConformsTo", d.ConformsTo)
	e.Leaf("sdg:Transformation", d.Transformation)
	e.End()
}

func (e *encoder) failure(m *ErrorResponse) {
	e.checkFailure(m)
	id := ""
	if m.RequestID != "" {
		id = regrep.URN(m.RequestID)
	}
	e.Root("query:QueryResponse", "requestId", id, "status", regrep.StatusFailure)
	e.StringSlot("SpecificationIdentifier", string(m.SpecificationIdentifier))
	e.StringSlot("EvidenceResponseIdentifier", m.EvidenceResponseIdentifier)
	e.AnySlot("ErrorProvider", func() { e.agent("sdg:Agent", m.ErrorProvider) })
	if m.EvidenceRequester != nil {
		e.AnySlot("EvidenceRequester", func() { e.bare("sdg:Agent", *m.EvidenceRequester, "sdg:AgentType") })
	}
	for i := range m.Exceptions {
		e.exception(&m.Exceptions[i])
	}
	e.End()
}

func (e *encoder) checkFailure(m *ErrorResponse) {
	invalid := false
	for _, x := range m.Exceptions {
		invalid = invalid || x.Type == "rs:InvalidRequestExceptionType"
	}
	e.must(regrep.IsUUID(m.RequestID) || m.RequestID == "" && invalid, "R-EDM-ERR-C025", "the request's id, a UUID,")
	e.must(regrep.IsUUID(m.EvidenceResponseIdentifier), "R-EDM-ERR-C002", "EvidenceResponseIdentifier, a UUID,")
	e.must(m.EvidenceRequester != nil || invalid, "R-EDM-ERR-S012", "EvidenceRequester")
	e.must(len(m.Exceptions) > 0, "R-EDM-ERR-S008", "an exception")
	e.must(m.ErrorProvider.Classification != "", "R-EDM-ERR-C007", "ErrorProvider/Classification")
	e.must(m.ErrorProvider.Address != nil, "R-EDM-ERR-C024", "ErrorProvider/Address")
	if len(m.Exceptions) > 1 && !e.v.severalExceptions() {
		e.refuse("R-EDM-ERR-C011", "a second exception", "does not exist in "+string(e.v)+"; convert the message first")
	}
}

func (e *encoder) exception(x *Exception) {
	e.must(x.Type != "" && x.Severity != "" && x.Code != "" && x.Message != "", "R-EDM-ERR-C012", "the exception's type, severity, code or message")
	e.must(!x.Timestamp.IsZero(), "R-EDM-ERR-S013", "Timestamp")
	e.only(e.v.previewMethod(), x.PreviewMethod != "", "R-EDM-ERR-S027", "PreviewMethod")
	e.must(x.PreviewLocation == "" || x.PreviewMethod != "" || !e.v.previewMethod() || e.v == V10, "R-EDM-ERR-S031", "PreviewMethod")
	e.short("rim:StringValueType", "PreviewLocation", x.PreviewLocation)
	for _, s := range x.PreviewDescription {
		if len([]rune(s.Value)) > regrep.InternationalStringLength {
			e.refuse("rim:LocalizedString", "PreviewDescription", fmt.Sprintf("is longer than %d characters", regrep.InternationalStringLength))
		}
	}
	e.Start("rs:Exception", "xsi:type", x.Type, "severity", x.Severity, "code", x.Code, "message", x.Message, "detail", x.Detail)
	e.DateTimeSlot("Timestamp", x.Timestamp)
	e.StringSlot("PreviewLocation", x.PreviewLocation)
	e.InternationalStringSlot("PreviewDescription", x.PreviewDescription)
	e.StringSlot("PreviewMethod", x.PreviewMethod)
	e.End()
}
