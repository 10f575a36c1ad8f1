package rules

import (
	"slices"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

func TestVariantsOfMessagesGiveExactlyTheirFindings(t *testing.T) {
	t.Parallel()
	const spec = slotOf + "SpecificationIdentifier" + valueOf + "/rim:Value"
	platform := rER + "[2]/sdg:Agent"
	for _, c := range []struct {
		name, base string
		version    edm.Version
		change     change
		want       []string
	}{
		{"the slot on the line twice", "request", edm.V12, dup(slotOf + "SpecificationIdentifier']"), []string{"R-EDM-REQ-S005"}},
		{"a line that does not exist", "request", edm.V11, set(spec, "oots-edm:v1.3"), []string{"R-EDM-REQ-C001"}},
		{"two requesters, the second without address", "request", edm.V20, set(platform+"/sdg:Classification", "ER"), []string{"R-EDM-REQ-C074"}},
		{"a boolean in digits", "request", edm.V20, set(slotOf+"PossibilityForPreview"+valueOf+"/rim:Value", "0"), nil},
		{"a time without zone", "request", edm.V20, set(slotOf+"IssueDateTime"+valueOf+"/rim:Value", "2026-09-01T09:30:00"), nil},
		{"the system check", "request", edm.V20, set(slotOf+"Procedure"+valueOf+"/rim:Value", "00"), nil},
		{"the acceptance environment", "request", edm.V20, set(rReq+"/sdg:Requirement/sdg:Identifier", "https://sr.acc.oots.tech.ec.europa.eu/requirements/00000000-0000-0000-0000-000000000000"), nil},
		{"the test scheme", "request", edm.V20, attr(platform+"/sdg:Identifier", "schemeID", "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"), nil},
		{"the scheme of a simulator in 1.0", "request", edm.V10, attr(platform+"/sdg:Identifier", "schemeID", "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots-simulator"), nil},
		{"Greece in an address", "request", edm.V20, set(rPerson+"/sdg:CurrentAddress/sdg:AdminUnitLevel1", "GR"), nil},
		{"Greece in the Union's code", "request", edm.V20, set(rPerson+"/sdg:CurrentAddress/sdg:AdminUnitLevel1", "EL"), nil},
		{"an identifier in lower case", "request", edm.V12, set(rPerson+"/sdg:Identifier", "be/lv/a-b/c/123"), nil},
		{"a birth date with a zone in 1.0", "request", edm.V10, set(rPerson+"/sdg:DateOfBirth", "1990-05-17+02:00"), nil},
		{"a birth date with a zone in 2.0", "request", edm.V20, set(rPerson+"/sdg:DateOfBirth", "1990-05-17Z"), []string{"R-EDM-REQ-C043"}},
		{"the host of 2023 in 1.0", "request", edm.V10, set(rReq+"/sdg:Requirement/sdg:Identifier", "https://sr.oots.tech.europa.eu/requirements/6d3f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10"), nil},
		{"the host of 2023 in 1.2", "request", edm.V12, set(rReq+"/sdg:Requirement/sdg:Identifier", "https://sr.oots.tech.europa.eu/requirements/6d3f0f0a-58f1-4f0b-8f43-2f8b1a7d9e10"), []string{"R-EDM-REQ-C008"}},
		{"a national attribute", "request", edm.V12, add(rPerson, "<sdg:UserIdentityAttribute/>"), nil},
		{"another sector attribute", "request", edm.V20, do(set(rRep+"/sdg:SectorSpecificAttribute/sdg:AttributeName", "Tax"), set(rRep+"/sdg:SectorSpecificAttribute/sdg:AttributeURI", "urn:example:tax"), set(rRep+"/sdg:SectorSpecificAttribute/sdg:AttributeValue", "anything")), nil},
		{"no identifier of the person", "request", edm.V20, drop(rPerson + "/sdg:Identifier"), []string{"R-EDM-REQ-C038"}},
		{"a type that has a prefix of another namespace", "request", edm.V20, attr(rEP, "xsi:type", "sdg:AnyValueType"), []string{"R-EDM-REQ-S030"}},
		{"a string in the place of the requester of a response", "response", edm.V20, do(attr(slotOf+"EvidenceRequester"+valueOf, "xsi:type", "rim:StringValueType"), rename(slotOf+"EvidenceRequester"+valueOf+"/sdg:Agent", "Value")), []string{"R-EDM-RESP-S022"}},
		{"a string in the place of the provider", "request", edm.V12, do(attr(rEP, "xsi:type", "rim:StringValueType"), rename(rEP+"/sdg:Agent", "Value")), []string{"R-EDM-REQ-S030"}},
		{"a value in the place of the providers", "response", edm.V20, do(attr(slotOf+"EvidenceProvider"+valueOf, "xsi:type", "rim:AnyValueType"), dropAll(aEP)), []string{"R-EDM-RESP-S020"}},
		{"no evidence", "response", edm.V20, dropAll(aTop), nil},
		{"no list in a deferred answer of 1.2", "deferred", edm.V12, drop("rim:RegistryObjectList"), nil},
		{"no list in a deferred answer of 2.0", "deferred", edm.V20, drop("rim:RegistryObjectList"), []string{"R-EDM-RESP-S007"}},
		{"an empty collection of providers", "response", edm.V20, dropAll(aEP), []string{"R-EDM-RESP-C046"}},
		{"an object in a package without id", "response", edm.V20, unattr(aMain, "id"), []string{"R-EDM-RESP-S036"}},
		{"an annex that is not classified", "response", edm.V20, drop(aAnn + "/rim:Classification"), []string{"R-EDM-RESP-S048"}},
		{"a main evidence that is not classified", "response", edm.V20, drop(aMain + "/rim:Classification"), []string{"R-EDM-RESP-S048"}},
		{"a companion with a data model", "response", edm.V20, add(aAnn+"/rim:Slot/rim:SlotValue/sdg:Evidence/sdg:Distribution", "<sdg:ConformsTo>https://sr.oots.tech.ec.europa.eu/datamodels/a</sdg:ConformsTo>"), []string{"R-EDM-RESP-S063"}},
		{"an identifier as URN in 1.0", "response", edm.V10, set(slotOf+"EvidenceResponseIdentifier"+valueOf+"/rim:Value", "urn:uuid:5f0d3f4e-2f0e-4a44-8f6b-7c1b9d1a2e33"), nil},
		{"an identifier as URN in 2.0", "response", edm.V20, set(slotOf+"EvidenceResponseIdentifier"+valueOf+"/rim:Value", "urn:uuid:5f0d3f4e-2f0e-4a44-8f6b-7c1b9d1a2e33"), []string{"R-EDM-RESP-C003"}},
		{"a response that says Failure", "response", edm.V12, attr("", "status", "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"), []string{"R-EDM-RESP-S006"}},
		{"an invalid request without id", "failure", edm.V20, do(unattr("", "requestId"), drop(slotOf+"EvidenceRequester']"), attr(eX, "xsi:type", "rs:InvalidRequestExceptionType"), attr(eX, "code", "EDM:ERR:0003")), nil},
		{"two exceptions in 1.1", "failure", edm.V11, dup(eX), nil},
		{"a query exception", "failure", edm.V20, do(attr(eX, "xsi:type", "query:QueryExceptionType"), attr(eX, "code", "EDM:ERR:0008")), nil},
		{"the severity of 2022 in 1.0", "preview", edm.V10, attr(eX, "severity", "urn:sr.oots.tech.europa.eu:codes:ErrorSeverity:EDMErrorResponse:PreviewRequired"), nil},
		{"the severity of 2022 in 2.0", "preview", edm.V20, attr(eX, "severity", "urn:sr.oots.tech.europa.eu:codes:ErrorSeverity:EDMErrorResponse:PreviewRequired"), []string{"R-EDM-ERR-C014"}},
		{"a preview under another code", "preview", edm.V20, attr(eX, "code", "EDM:ERR:0001"), []string{"R-EDM-ERR-C015"}},
		{"a preview under another type", "preview", edm.V20, attr(eX, "xsi:type", "rs:AuthenticationExceptionType"), []string{"R-EDM-ERR-C022"}},
		{"PUT in 1.2", "preview", edm.V12, set(eX+"/rim:Slot[@name='PreviewMethod"+valueOf+"/rim:Value", "PUT"), nil},
		{"a preview method in 2.0", "preview", edm.V20, add(eX, `<rim:Slot name="PreviewMethod"><rim:SlotValue xsi:type="rim:StringValueType"><rim:Value>GET</rim:Value></rim:SlotValue></rim:Slot>`), []string{"R-EDM-ERR-S027"}},
		{"an error provider without address in 1.2", "failure", edm.V12, drop(eEP + "/sdg:Agent/sdg:Address"), nil},
		{"an error provider without address in 2.0", "failure", edm.V20, drop(eEP + "/sdg:Agent/sdg:Address"), []string{"R-EDM-ERR-C024"}},
		{"an explanation twice in one language", "preview", edm.V20, attr(eX+"//rim:LocalizedString[2]", "xml:lang", "EN"), []string{"R-EDM-ERR-S030"}},
	} {
		found := Examine(mutated(t, encode(t, edmtest.Messages(c.version)[c.base]), c.change), nil, nil)
		if got := idsOf(found); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
