package rules

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

func TestAMessageThatNoRuleRefusesButTheSchemaDoesIsFatal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule, base string
		version          edm.Version
		change           change
	}{
		{"a requester without name", "sdg:AgentType", "request", edm.V20, dropAll(rER + "[1]/sdg:Agent/sdg:Name")},
		{"an issuing authority without identifier", "sdg:AgentType", "response", edm.V12, drop(aEv + "/sdg:IssuingAuthority/sdg:Identifier")},
		{"an address without country", "sdg:AddressType", "request", edm.V12, drop(rPerson + "/sdg:CurrentAddress/sdg:AdminUnitLevel1")},
		{"a company's address without country", "sdg:AddressType", "legal request", edm.V12, drop(rCompany + "/sdg:RegisteredAddress/sdg:AdminUnitLevel1")},
		{"the address of a platform without country", "sdg:AddressType", "request", edm.V12, add(rER+"[2]/sdg:Agent", "<sdg:Address/>")},
		{"a person without family name", "sdg:PersonType", "request", edm.V20, drop(rPerson + "/sdg:FamilyName")},
		{"a person without date of birth in a response", "sdg:PersonType", "response", edm.V10, drop(aEv + "/sdg:IsAbout/sdg:NaturalPerson/sdg:DateOfBirth")},
		{"a company without name", "sdg:LegalPersonType", "legal request", edm.V20, drop(rCompany + "/sdg:LegalName")},
		{"a requirement without identifier", "sdg:RequirementType", "request", edm.V20, drop(rReq + "/sdg:Requirement/sdg:Identifier")},
		{"a type without title", "sdg:DataServiceEvidenceTypeType", "request", edm.V20, dropAll(rType + "/sdg:Title")},
		{"a type without form", "sdg:DataServiceEvidenceTypeType", "request", edm.V12, drop(rDist)},
		{"a form without format", "sdg:EvidenceTypeDistributionType", "request", edm.V20, drop(rDist + "/sdg:Format")},
		{"an answer without identifier", "sdg:InformationConceptType", "request", edm.V20, drop(rString + "/sdg:Identifier")},
		{"an attribute without URI", "sdg:AttributeKeyValuePairType", "request", edm.V20, drop(rRep + "/sdg:SectorSpecificAttribute/sdg:AttributeURI")},
		{"evidence without date in 1.2", "sdg:EvidenceType", "response", edm.V12, drop(aEv + "/sdg:IssuingDate")},
		{"a companion without distribution", "sdg:EvidenceType", "response", edm.V20, drop(aAnn + "/rim:Slot/rim:SlotValue/sdg:Evidence/sdg:Distribution")},
		{"a type of evidence without title", "sdg:EvidenceTypeType", "response", edm.V20, dropAll(aEv + "/sdg:IsConformantTo/sdg:Title")},
		{"a file without format", "sdg:DistributionType", "response", edm.V12, drop(aDist + "/sdg:Format")},
		{"a period without end", "sdg:PeriodType", "response", edm.V12, drop(aEv + "/sdg:ValidityPeriod/sdg:EndDate")},
		{"a person with two family names", "sdg:PersonType", "request", edm.V20, add(rPerson, "<sdg:FamilyName>Another</sdg:FamilyName>")},
		{"a person born on two days", "sdg:PersonType", "response", edm.V10, add(aEv+"/sdg:IsAbout/sdg:NaturalPerson", "<sdg:DateOfBirth>1990-01-02</sdg:DateOfBirth>")},
		{"a company with two names", "sdg:LegalPersonType", "legal request", edm.V12, add(rCompany, "<sdg:LegalName>Another Company</sdg:LegalName>")},
		{"evidence issued on two days", "sdg:EvidenceType", "response", edm.V12, add(aEv, "<sdg:IssuingDate>2020-01-02</sdg:IssuingDate>")},
		{"a period that ends twice", "sdg:PeriodType", "response", edm.V12, add(aEv+"/sdg:ValidityPeriod", "<sdg:EndDate>2099-01-02</sdg:EndDate>")},
		{"two queries in one request", "query:QueryRequestType", "request", edm.V20, dup("query:Query")},
		{"two response options", "query:QueryRequestType", "request", edm.V12, dup("query:ResponseOption")},
		{"a slot with two values", "rim:SlotValue", "request", edm.V12, add(slotOf+"PreviewLocation"+valueOf, "<rim:Value>https://b.example/</rim:Value>")},
		{"nobody", "sdg:EvidenceType", "response", edm.V12, drop(aEv + "/sdg:IsAbout/sdg:NaturalPerson")},
		{"a gender outside the list", "sdg:GenderType", "request", edm.V12, set(rPerson+"/sdg:Gender", "Other")},
		{"a location that is too long", "rim:StringValueType", "request", edm.V12, set(slotOf+"PreviewLocation"+valueOf+"/rim:Value", "https://a.example/"+strings.Repeat("a", 240))},
		{"an explanation that is too long", "rim:LocalizedString", "preview", edm.V20, attr("//rim:LocalizedString", "value", strings.Repeat("ā", 1025))},
	} {
		found := Examine(mutated(t, encode(t, edmtest.Messages(c.version)[c.base]), c.change), nil, nil)
		if len(found) != 1 || found[0].Rule != c.rule || found[0].Level != Fatal {
			t.Errorf("%s: got %+v", c.name, found)
		}
	}
}
