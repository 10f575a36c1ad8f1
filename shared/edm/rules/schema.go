package rules

import (
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// schemaRules are demands of the schemas that no business rule repeats and without which a message says nothing, or two things: required and
// single elements, the values of Gender, lengths. Their id is the schema type. Order and unknown elements are not judged: receivers read past them.
var schemaRules = []Rule{
	schemaRow("sdg:AgentType", all, "//sdg:Agent", "Identifier", "Name"),
	schemaRow("sdg:AgentType", all, "//sdg:IssuingAuthority", "Identifier", "Name"),
	schemaRow("sdg:AddressType", all, "//sdg:Address", "AdminUnitLevel1"),
	schemaRow("sdg:AddressType", all, "//sdg:CurrentAddress", "AdminUnitLevel1"),
	schemaRow("sdg:AddressType", all, "//sdg:RegisteredAddress", "AdminUnitLevel1"),
	schemaRow("sdg:PersonType", all, "//sdg:Person", "FamilyName", "GivenName", "DateOfBirth"),
	schemaRow("sdg:PersonType", all, "//sdg:NaturalPerson", "FamilyName", "GivenName", "DateOfBirth"),
	schemaRow("sdg:LegalPersonType", all, "//sdg:LegalPerson", "LegalName"),
	schemaRow("sdg:RequirementType", all, "//sdg:Requirement", "Identifier", "Name"),
	schemaRow("sdg:DataServiceEvidenceTypeType", all, "//sdg:DataServiceEvidenceType", "EvidenceTypeClassification", "Title", "DistributedAs"),
	schemaRow("sdg:EvidenceTypeDistributionType", all, "//sdg:DistributedAs", "Format"),
	schemaRow("sdg:InformationConceptType", all, "//sdg:EvidenceProviderClassification", "Identifier"),
	schemaRow("sdg:AttributeKeyValuePairType", all, "//sdg:SectorSpecificAttribute", "AttributeName", "AttributeURI", "AttributeValue"),
	schemaRow("sdg:EvidenceType", until12, "//sdg:Evidence", "Identifier", "IsAbout", "IssuingAuthority", "IsConformantTo", "IssuingDate", "Distribution"),
	schemaRow("sdg:EvidenceType", in20, "//sdg:Evidence", "Distribution"),
	schemaRow("sdg:EvidenceTypeType", all, "//sdg:IsConformantTo", "EvidenceTypeClassification", "Title"),
	schemaRow("sdg:DistributionType", all, "//sdg:Distribution", "Format"),
	schemaRow("sdg:PeriodType", all, "//sdg:ValidityPeriod", "StartDate", "EndDate"),
	onceRow("sdg:AgentType", "//sdg:Agent", "Identifier", "Classification"),
	onceRow("sdg:AgentType", "//sdg:IssuingAuthority", "Identifier", "Classification"),
	onceRow("sdg:PersonType", "//sdg:Person", onceInPerson...),
	onceRow("sdg:PersonType", "//sdg:NaturalPerson", onceInPerson...),
	onceRow("sdg:LegalPersonType", "//sdg:LegalPerson", "LevelOfAssurance", "LegalPersonIdentifier", "LegalName", "RegisteredAddress"),
	onceRow("sdg:EvidenceType", "//sdg:Evidence", "Identifier", "IsAbout", "IssuingAuthority", "IsConformantTo", "IssuingDate", "Distribution", "ValidityPeriod"),
	onceRow("sdg:PeriodType", "//sdg:ValidityPeriod", "StartDate", "EndDate"),
	row("query:QueryRequestType", Fatal, all, "", "a request has one query and one response option", "send one of each", oneQuery),
	row("rim:SlotValue", Fatal, all, "//rim:SlotValue", "a slot has one value", "send one rim:Value", oneValue),
	row("sdg:EvidenceType", Fatal, all, "//sdg:IsAbout", "IsAbout has one of NaturalPerson and LegalPerson", "name one subject", oneAbout),
	row("sdg:GenderType", Fatal, all, "//sdg:Gender", "Gender is a code of its list", "send Male, Female or Unspecified", textListed("Gender")),
	row("rim:StringValueType", Fatal, all, "//rim:SlotValue", "a string value has at most 256 characters", "send a shorter value", shortString),
	row("rim:LocalizedString", Fatal, all, "//rim:LocalizedString", "a localized string has at most 1024 characters", "send a shorter text", shortLocalized),
}

func schemaRow(id string, in Lines, location string, children ...string) Rule {
	return row(id, Fatal, in, location, "the schema demands the child elements of "+id, "add what is missing", func(_ *message, e *regrep.Element) *breach {
		for _, c := range children {
			if e.Child(sdg, c) == nil {
				return &breach{"/sdg:" + c, "missing"}
			}
		}
		return nil
	})
}

// onceInPerson are the elements that say who somebody is: twice is two people.
var onceInPerson = []string{"LevelOfAssurance", "Identifier", "FamilyName", "GivenName", "DateOfBirth", "BirthName", "PlaceOfBirth", "CurrentAddress", "Gender"}

func onceRow(id, location string, children ...string) Rule {
	return row(id, Fatal, all, location, "the schema allows these child elements of "+id+" once", "send it once", func(_ *message, e *regrep.Element) *breach {
		for _, c := range children {
			if n := len(e.All(sdg, c)); n > 1 {
				return &breach{"/sdg:" + c, countText(n)}
			}
		}
		return nil
	})
}

func oneQuery(_ *message, e *regrep.Element) *breach {
	for _, c := range []string{"Query", "ResponseOption"} {
		if n := len(e.All(regrep.NamespaceQuery, c)); n > 1 {
			return &breach{"/query:" + c, countText(n)}
		}
	}
	return nil
}

func oneValue(_ *message, e *regrep.Element) *breach {
	n := len(e.All(rim, "Value"))
	return when(n > 1, "/rim:Value", countText(n))
}

func oneAbout(_ *message, e *regrep.Element) *breach {
	n := len(e.All(sdg, "NaturalPerson")) + len(e.All(sdg, "LegalPerson"))
	return when(n != 1, "", countText(n))
}

func shortString(_ *message, e *regrep.Element) *breach {
	n := utf8.RuneCountInString(e.Child(rim, "Value").Trimmed())
	return when(e.Type == regrep.StringValueType && n > regrep.StringValueLength, "/rim:Value", e.Child(rim, "Value").Trimmed())
}

func shortLocalized(_ *message, e *regrep.Element) *breach {
	v := e.Value("value")
	return when(utf8.RuneCountInString(v) > regrep.InternationalStringLength, "/@value", v)
}
