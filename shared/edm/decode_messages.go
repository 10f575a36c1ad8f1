package edm

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

const rim = regrep.NamespaceRIM

// Request decodes an evidence request of any line. What is missing stays zero; the error is a *regrep.Error about a value of another type than
// its slot's, a slot that stands twice, or an unknown line.
func (d *Document) Request() (*EvidenceRequest, error) {
	var c decoder
	root, query := d.Root, d.Root.Child(regrep.NamespaceQuery, "Query")
	if query == nil {
		return nil, regrep.Refuse(root, "query:QueryRequest", "query:Query is missing")
	}
	m := &EvidenceRequest{
		ID:                      uuid(root, "id"),
		SpecificationIdentifier: c.version(root, "R-EDM-REQ-C001"),
		IssueDateTime:           c.time(root, "IssueDateTime"),
		Procedure:               c.procedure(root),
		PreviewLocation:         c.str(root, "PreviewLocation"),
		ReturnLocation:          c.str(root, "ReturnLocation"),
		PossibilityForPreview:   c.boolean(root, "PossibilityForPreview"),
		ExplicitRequestGiven:    c.boolean(root, "ExplicitRequestGiven"),
		Requirements:            each(c.collection(root, "Requirements", "Requirement"), DecodeRequirement),
		EvidenceRequester:       each(c.collection(root, "EvidenceRequester", "Agent"), DecodeAgent),
		EvidenceProvider:        DecodeAgent(c.any(root, "EvidenceProvider", "Agent")),
		EvidenceProviderClassification: each(c.collection(root, "EvidenceProviderClassification", "EvidenceProviderClassification"),
			DecodeEvidenceProviderClassification),
		NaturalPerson:                       optional(c.any(query, "NaturalPerson", "Person"), decodePerson),
		LegalPerson:                         optional(c.any(query, "LegalPerson", "LegalPerson"), decodeLegalPerson),
		AuthorizedRepresentative:            optional(c.any(query, "AuthorizedRepresentative", "Person"), decodePerson),
		AuthorizedRepresentativeLegalPerson: optional(c.any(query, "AuthorizedRepresentativeLegalPerson", "LegalPerson"), decodeLegalPerson),
		EvidenceType:                        DecodeEvidenceType(c.any(query, "EvidenceRequest", "DataServiceEvidenceType")),
	}
	m.Language, _ = root.AttrNS(regrep.NamespaceXML, "lang")
	if c.err != nil {
		return nil, c.err
	}
	return m, nil
}

// procedure reads the code from a string slot (2.0) or an international string slot (before).
func (d *decoder) procedure(root *regrep.Element) string {
	s := d.slot(root, "Procedure")
	if s == nil || s.SlotValue() == nil || s.SlotValue().Type == regrep.StringValueType {
		v, err := regrep.StringOf(s)
		d.note(err)
		return v
	}
	all, err := regrep.InternationalStringOf(s)
	d.note(err)
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[0].Value)
}

// Response decodes an evidence response of any line, flat or packaged. Errors are those of Request.
func (d *Document) Response() (*EvidenceResponse, error) {
	var c decoder
	root := d.Root
	m := &EvidenceResponse{
		RequestID:                  uuid(root, "requestId"),
		Status:                     strings.TrimSpace(root.Value("status")),
		SpecificationIdentifier:    c.version(root, "R-EDM-RESP-C002"),
		EvidenceResponseIdentifier: bare(c.str(root, "EvidenceResponseIdentifier")),
		IssueDateTime:              c.time(root, "IssueDateTime"),
		ResponseAvailableDateTime:  c.time(root, "ResponseAvailableDateTime"),
		EvidenceProvider:           each(c.collection(root, "EvidenceProvider", "Agent"), DecodeAgent),
		EvidenceRequester:          DecodeAgent(c.any(root, "EvidenceRequester", "Agent")),
	}
	for _, o := range root.Child(rim, "RegistryObjectList").All(rim, "RegistryObject") {
		m.Packages = append(m.Packages, c.pack(o))
	}
	if c.err != nil {
		return nil, c.err
	}
	return m, nil
}

// pack reads a package, or a flat object as a package of one.
func (d *decoder) pack(o *regrep.Element) Package {
	if o.Type != regrep.RegistryPackageType {
		return Package{Objects: []EvidenceObject{d.object(o)}}
	}
	p := Package{ID: uuid(o, "id")}
	for _, e := range o.Child(rim, "RegistryObjectList").All(rim, "RegistryObject") {
		if e.Type != regrep.AssociationType {
			p.Objects = append(p.Objects, d.object(e))
			continue
		}
		p.Associations = append(p.Associations, Association{
			ID: uuid(e, "id"), Type: strings.TrimPrefix(e.Value("type"), regrep.AssociationTypePrefix),
			Source: uuid(e, "sourceObject"), Target: uuid(e, "targetObject"),
		})
	}
	return p
}

func (d *decoder) object(o *regrep.Element) EvidenceObject {
	ref := o.Child(rim, "RepositoryItemRef")
	href, _ := ref.AttrNS(regrep.NamespaceXLink, "href")
	title, _ := ref.AttrNS(regrep.NamespaceXLink, "title")
	e := EvidenceObject{
		ID: uuid(o, "id"), ContentID: strings.TrimPrefix(href, "cid:"), Title: title,
		Metadata: decodeEvidence(d.any(o, "EvidenceMetadata", "Evidence")),
	}
	for _, c := range o.All(rim, "Classification") {
		if c.Value("classificationScheme") == ClassificationScheme {
			e.Classification, e.ClassificationID = c.Value("classificationNode"), uuid(c, "id")
		}
	}
	return e
}

func decodeEvidence(e *regrep.Element) Evidence {
	about := e.Child(sdg, "IsAbout")
	return Evidence{
		Identifier:       bare(text(e, "Identifier")),
		NaturalPerson:    optional(about.Child(sdg, "NaturalPerson"), decodePerson),
		LegalPerson:      optional(about.Child(sdg, "LegalPerson"), decodeLegalPerson),
		IssuingAuthority: optional(e.Child(sdg, "IssuingAuthority"), DecodeAgent),
		IsConformantTo:   optional(e.Child(sdg, "IsConformantTo"), decodeType),
		IssuingDate:      text(e, "IssuingDate"),
		Distribution:     decodeDistribution(e.Child(sdg, "Distribution")),
		ValidityPeriod:   optional(e.Child(sdg, "ValidityPeriod"), decodePeriod),
	}
}

func decodeType(e *regrep.Element) EvidenceType {
	return EvidenceType{text(e, "EvidenceTypeClassification"), localized(e, "Title"), localized(e, "Description")}
}

func decodeDistribution(e *regrep.Element) Distribution {
	return Distribution{text(e, "Format"), texts(e, "Language"), text(e, "ConformsTo"), text(e, "Transformation")}
}

func decodePeriod(e *regrep.Element) Period {
	return Period{text(e, "StartDate"), text(e, "EndDate")}
}

// ErrorResponse decodes an error response of any line. Errors are those of Request.
func (d *Document) ErrorResponse() (*ErrorResponse, error) {
	var c decoder
	root := d.Root
	m := &ErrorResponse{
		RequestID:                  uuid(root, "requestId"),
		SpecificationIdentifier:    c.version(root, "R-EDM-ERR-C001"),
		EvidenceResponseIdentifier: bare(c.str(root, "EvidenceResponseIdentifier")),
		ErrorProvider:              DecodeAgent(c.any(root, "ErrorProvider", "Agent")),
		EvidenceRequester:          optional(c.any(root, "EvidenceRequester", "Agent"), DecodeAgent),
		Exceptions:                 each(root.All(regrep.NamespaceRS, "Exception"), c.exception),
	}
	if c.err != nil {
		return nil, c.err
	}
	return m, nil
}

func (d *decoder) exception(e *regrep.Element) Exception {
	x := Exception{
		Severity: strings.TrimSpace(e.Value("severity")), Code: strings.TrimSpace(e.Value("code")), Message: e.Value("message"), Detail: e.Value("detail"),
		Timestamp: d.time(e, "Timestamp"), PreviewLocation: d.str(e, "PreviewLocation"), PreviewMethod: d.str(e, "PreviewMethod"),
	}
	if e.Type.Local != "" {
		x.Type = e.Type.String()
	}
	if x.Severity == severityPreviewRequired2022 {
		x.Severity = SeverityPreviewRequired
	}
	all, err := regrep.InternationalStringOf(d.slot(e, "PreviewDescription"))
	d.note(err)
	x.PreviewDescription = all
	return x
}
