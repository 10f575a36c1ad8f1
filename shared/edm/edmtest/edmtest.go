// Package edmtest makes valid evidence messages of invented people and authorities in every line of the specification, for tests.
package edmtest

import (
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Values that tests look for.
const (
	RequestID  = "0b0f6c0e-6f2a-4f0e-9d38-3f6f1d7a1c01"
	ResponseID = "5f0d3f4e-2f0e-4a44-8f6b-7c1b9d1a2e33"
	ExchangeID = "1b8f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10"

	typeURL  = "https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/LV/3c2b6a55-0d8e-4b6f-9c44-0d7a0b6c5e77"
	modelURL = "https://sr.oots.tech.ec.europa.eu/datamodels/tertiary-diploma-1.0.0"
)

// Issued is the time of every message.
var Issued = time.Date(2026, 9, 1, 9, 30, 0, 0, time.UTC)

func english(s string) []edm.LocalizedText {
	return []edm.LocalizedText{{Lang: "EN", Text: s}, {Lang: "LV", Text: s + " (LV)"}}
}

func country(c, region string) *edm.Address {
	return &edm.Address{
		FullAddress: "Example Street 1, Example Town", LocatorDesignator: "1", PostCode: "1000", PostCityName: "Example Town",
		Thoroughfare: "Example Street", AdminUnitLevel1: c, AdminUnitLevel2: region,
	}
}

func requester() edm.Agent {
	return edm.Agent{
		Identifier: edm.Identifier{SchemeID: "urn:cef.eu:names:identifier:EAS:9925", Value: "BE0123456749"},
		Name:       english("Example Diploma Recognition Office"),
	}
}

func provider() edm.Agent {
	return edm.Agent{
		Identifier: edm.Identifier{SchemeID: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", Value: "EXAMPLE-EP"},
		Name:       english("Example University Registry"),
	}
}

func with(a edm.Agent, classification string, address *edm.Address) edm.Agent {
	a.Classification, a.Address = classification, address
	return a
}

func platform(c string) edm.Agent {
	return edm.Agent{
		Identifier: edm.Identifier{SchemeID: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:" + c, Value: "EXAMPLE-IP"},
		Name:       english("Example Intermediary Platform"), Classification: edm.ClassificationIP,
	}
}

// Request is an evidence request about a natural person with a representative, the second one of a preview. It has every slot of its line.
func Request(v edm.Version) *edm.EvidenceRequest {
	m := &edm.EvidenceRequest{
		ID: RequestID, SpecificationIdentifier: v, IssueDateTime: Issued, Procedure: "T3",
		PreviewLocation: "https://preview.ep.example.lv/s/2f6c1b0e", PossibilityForPreview: true, ExplicitRequestGiven: true,
		Requirements: []edm.Requirement{{
			Identifier: "https://sr.oots.tech.ec.europa.eu/requirements/6d3f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10",
			Name:       english("Proof of tertiary education diploma"),
		}},
		EvidenceRequester:              []edm.Agent{with(requester(), edm.ClassificationER, country("BE", "BE100")), platform("BE")},
		EvidenceProvider:               provider(),
		EvidenceProviderClassification: classifications(),
		NaturalPerson:                  person(v),
		AuthorizedRepresentative:       person(v),
		EvidenceType: edm.DataServiceEvidenceType{
			Identifier: "9a0d8a0a-7f3f-4c66-a1a5-5a2f9f3f2b11", EvidenceTypeClassification: typeURL,
			Title: english("Diploma of tertiary education"), Description: english("A diploma"), DistributedAs: distributions(v),
		},
	}
	m.AuthorizedRepresentative.SectorSpecificAttribute = []edm.SectorSpecificAttribute{scope("T3")}
	if v == edm.V20 {
		m.ReturnLocation = "https://portal.example.be/oots/return/77b1"
	} else {
		m.Language = "EN"
	}
	if v == edm.V12 || v == edm.V20 {
		m.Requirements[0].Description = english("The person has finished tertiary education")
	}
	return m
}

// LegalRequest is an evidence request about a legal person, since 1.1 represented by another one.
func LegalRequest(v edm.Version) *edm.EvidenceRequest {
	m := Request(v)
	m.PreviewLocation, m.ReturnLocation = "", ""
	m.NaturalPerson, m.LegalPerson = nil, legalPerson(v)
	m.AuthorizedRepresentative = nil
	if v != edm.V10 {
		m.AuthorizedRepresentativeLegalPerson = legalPerson(v)
		m.AuthorizedRepresentativeLegalPerson.SectorSpecificAttribute = []edm.SectorSpecificAttribute{scope("T3,X1")}
	}
	return m
}

func scope(codes string) edm.SectorSpecificAttribute {
	return edm.SectorSpecificAttribute{
		AttributeName: edm.PowerOfRepresentationScope, AttributeURI: edm.PowerOfRepresentationScopeURI, AttributeValue: codes,
	}
}

func classifications() []edm.EvidenceProviderClassification {
	yes := true
	return []edm.EvidenceProviderClassification{
		{
			Identifier: edm.Identifier{SchemeID: "https://sr.oots.tech.ec.europa.eu/codelists/LV/Municipality", Value: "11111111-aaaa-4bbb-8ccc-000000000101"},
			Type:       edm.TypeCodelist, ValueExpression: "https://sr.oots.tech.ec.europa.eu/codelists/LV/Municipality.gc",
			Description: english("Municipality of birth"), StringValue: "0001",
		},
		{Identifier: edm.Identifier{Value: "11111111-aaaa-4bbb-8ccc-000000000102"}, Type: edm.TypeString, Description: english("Name of the school"), StringValue: "Example School"},
		{Identifier: edm.Identifier{Value: "11111111-aaaa-4bbb-8ccc-000000000103"}, Type: edm.TypeBoolean, Description: english("Public school"), BooleanValue: &yes},
	}
}

func distributions(v edm.Version) []edm.DistributedAs {
	structured := edm.DistributedAs{Format: "application/xml", ConformsTo: modelURL}
	if v != edm.V20 {
		structured.Transformation = modelURL + "/subset"
		return []edm.DistributedAs{structured}
	}
	structured.Language = []string{"EN", "LV"}
	structured.AssociatedDocumentRequest = []string{edm.HumanReadableVersion, edm.Annex}
	return []edm.DistributedAs{structured, {Format: "application/pdf"}}
}

func person(v edm.Version) *edm.Person {
	p := &edm.Person{
		LevelOfAssurance: "High", Identifier: &edm.Identifier{SchemeID: "eidas", Value: "BE/LV/AB1234567"},
		FamilyName: edm.Text{Value: "Peeters"}, GivenName: edm.Text{Value: "An"}, DateOfBirth: "1990-05-17",
		BirthName: edm.Text{Value: "Janssens"}, PlaceOfBirth: edm.Text{Value: "Gent"}, CurrentAddress: country("BE", "BE234"), Gender: "Female",
	}
	if v != edm.V10 {
		p.FamilyName.NonLatin = "Пеетерс"
		p.Nationality = []string{"BE", "NL"}
		p.CountryOfBirth, p.TownOfBirth, p.CountryOfResidence = "BE", "Gent", "BE"
		p.PhoneNumber, p.EmailAddress = "+32 000 000", "an@example.be"
	}
	return p
}

func legalPerson(v edm.Version) *edm.LegalPerson {
	p := &edm.LegalPerson{
		LevelOfAssurance: "Substantial", Identifier: []edm.Identifier{{SchemeID: "VAT", Value: "BE0000000097"}},
		LegalPersonIdentifier: &edm.Identifier{SchemeID: "eidas", Value: "BE/LV/123456789"},
		LegalName:             edm.Text{Value: "Example NV"}, RegisteredAddress: country("BE", "BE100"),
	}
	if v != edm.V10 {
		p.LegalPhoneNumber, p.LegalEmailAddress = "+32 000 001", "office@example.be"
	}
	return p
}

// id numbers the objects of the samples.
func id(n int) string { return fmt.Sprintf("11111111-aaaa-4bbb-8ccc-%012d", n) }

// Response is a successful response to Request: XML, in 2.0 with an annex, a human-readable version and a translation.
func Response(v edm.Version) *edm.EvidenceResponse {
	m := &edm.EvidenceResponse{
		RequestID: RequestID, Status: regrep.StatusSuccess, SpecificationIdentifier: v, EvidenceResponseIdentifier: ResponseID, IssueDateTime: Issued,
		EvidenceProvider:  []edm.Agent{with(provider(), edm.ClassificationEP, country("LV", "LV006")), platform("LV")},
		EvidenceRequester: requester(),
	}
	main := edm.EvidenceObject{ID: id(1), ContentID: id(1) + "@ep.example.lv", Title: "Diploma", Metadata: metadata(v)}
	m.Packages = []edm.Package{{Objects: []edm.EvidenceObject{main}}}
	if v == edm.V20 {
		m.Packages[0] = packed(main)
	}
	return m
}

// LegalResponse is a successful response to LegalRequest.
func LegalResponse(v edm.Version) *edm.EvidenceResponse {
	m := Response(v)
	e := &m.Packages[0].Objects[0].Metadata
	e.NaturalPerson = nil
	e.LegalPerson = &edm.LegalPerson{LegalPersonIdentifier: &edm.Identifier{SchemeID: "eidas", Value: "BE/LV/123456789"}, LegalName: edm.Text{Value: "Example NV"}}
	return m
}

func packed(main edm.EvidenceObject) edm.Package {
	main.Classification, main.ClassificationID = edm.MainEvidence, id(11)
	p := edm.Package{ID: id(0), Objects: []edm.EvidenceObject{main}}
	for i, node := range []string{edm.Annex, edm.HumanReadableVersion, edm.Translation} {
		n := i + 2
		p.Objects = append(p.Objects, edm.EvidenceObject{
			ID: id(n), Classification: node, ClassificationID: id(10 + n), ContentID: id(n) + "@ep.example.lv", Title: node,
			Metadata: edm.Evidence{Identifier: id(20 + n), Distribution: edm.Distribution{Format: "application/pdf", Language: []string{"EN"}}},
		})
		p.Associations = append(p.Associations, edm.Association{ID: id(30 + n), Type: node, Source: id(n), Target: id(1)})
	}
	return p
}

func metadata(v edm.Version) edm.Evidence {
	authority := provider()
	e := edm.Evidence{
		Identifier: id(21),
		NaturalPerson: &edm.Person{
			Identifier: &edm.Identifier{SchemeID: "eidas", Value: "BE/LV/AB1234567"}, FamilyName: edm.Text{Value: "Peeters"},
			GivenName: edm.Text{Value: "An"}, DateOfBirth: "1990-05-17", PlaceOfBirth: edm.Text{Value: "Gent"},
		},
		IssuingAuthority: &authority,
		IsConformantTo: &edm.EvidenceType{
			EvidenceTypeClassification: typeURL, Title: english("Diploma of tertiary education"), Description: english("A diploma"),
		},
		IssuingDate:    "2014-06-30",
		Distribution:   edm.Distribution{Format: "application/xml", Language: []string{"EN"}, ConformsTo: modelURL},
		ValidityPeriod: &edm.Period{StartDate: "2014-06-30", EndDate: "2044-06-30"},
	}
	if v != edm.V20 {
		e.Distribution.Transformation = modelURL + "/subset"
	}
	return e
}

// Deferred is a response that names a time to ask again.
func Deferred(v edm.Version) *edm.EvidenceResponse {
	m := Response(v)
	m.Status, m.Packages = regrep.StatusUnavailable, nil
	m.ResponseAvailableDateTime = Issued.Add(48 * time.Hour)
	return m
}

// Failure is an error response: no record was found.
func Failure(v edm.Version) *edm.ErrorResponse {
	r := requester()
	return &edm.ErrorResponse{
		RequestID: RequestID, SpecificationIdentifier: v, EvidenceResponseIdentifier: ResponseID,
		ErrorProvider:     with(provider(), edm.ClassificationERRP, country("LV", "LV006")),
		EvidenceRequester: &r,
		Exceptions: []edm.Exception{{
			Type: "rs:ObjectNotFoundExceptionType", Severity: regrep.SeverityError, Code: "EDM:ERR:0004", Message: "Object not found",
			Detail: "No diploma is registered for this person", Timestamp: Issued,
		}},
	}
}

// Preview is an error response that sends the user to the preview space.
func Preview(v edm.Version) *edm.ErrorResponse {
	m := Failure(v)
	m.Exceptions = []edm.Exception{{
		Type: "rs:AuthorizationExceptionType", Severity: edm.SeverityPreviewRequired, Code: "EDM:ERR:0002", Message: "Missing Authorization",
		Timestamp: Issued, PreviewLocation: "https://preview.ep.example.lv/s/2f6c1b0e",
		PreviewDescription: []edm.LocalizedString{{Lang: "EN", Value: "Please look at the document."}, {Lang: "LV", Value: "Lūdzu, apskatiet dokumentu."}},
	}}
	if v != edm.V20 {
		m.Exceptions[0].PreviewMethod = "GET"
	}
	return m
}

// Messages returns one of each, by name.
func Messages(v edm.Version) map[string]edm.Message {
	return map[string]edm.Message{
		"request": Request(v), "legal request": LegalRequest(v), "response": Response(v), "legal response": LegalResponse(v),
		"deferred": Deferred(v), "failure": Failure(v), "preview": Preview(v),
	}
}

// Header is the ebMS header that carries a message of that kind and line.
func Header(k edm.Kind, v edm.Version) []byte {
	from, to := requester().Identifier, provider().Identifier
	if k != edm.KindRequest {
		from, to = to, from
	}
	extra := ""
	if v == edm.V20 {
		extra = `<eb:Property name="ExchangeId">` + ExchangeID + `</eb:Property><eb:Property name="SpecificationId">` + string(v) + `</eb:Property>`
	}
	parts := ""
	if k == edm.KindResponse {
		for _, o := range Response(v).Packages[0].Objects {
			parts += `<eb:PartInfo href="cid:` + o.ContentID + `"/>`
		}
	}
	return fmt.Appendf(nil, `<eb:Messaging xmlns:eb="%s"><eb:UserMessage><eb:MessageInfo><eb:Timestamp>2026-09-01T09:30:00.000Z</eb:Timestamp>`+
		`<eb:MessageId>1@example.be</eb:MessageId></eb:MessageInfo><eb:CollaborationInfo>`+
		`<eb:Service type="urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0">QueryManager</eb:Service><eb:Action>%s</eb:Action>`+
		`<eb:ConversationId>e0a6a5b7-6b2e-4b9c-9a63-8f0c6d3a1b24</eb:ConversationId></eb:CollaborationInfo><eb:MessageProperties>`+
		`<eb:Property name="originalSender" type="%s">%s</eb:Property><eb:Property name="finalRecipient" type="%s">%s</eb:Property>%s`+
		`</eb:MessageProperties><eb:PayloadInfo><eb:PartInfo href="cid:body@example.be"/>%s</eb:PayloadInfo></eb:UserMessage></eb:Messaging>`,
		regrep.NamespaceEBMS, k.Action(), from.SchemeID, from.Value, to.SchemeID, to.Value, extra, parts)
}
