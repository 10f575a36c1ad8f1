package directory_test

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/directory"
)

const (
	framework = "<sdg:ReferenceFramework>"
	related   = "<sdg:RelatedTo>…"
	place10   = `<rim:Slot name="JurisdictionDetermination">`
)

// moreMutants complete the rules that both queries of the broker share, and those about multiplicity.
var moreMutants = []broken{
	{what: "an empty list", in: "requirements", old: "<rim:RegistryObject …", rule: "R-EB-REQ-S018"},
	{what: "an empty list", in: "evidence types", old: "<rim:RegistryObject …", rule: "R-EB-EVI-S018"},
	{what: "an empty list", in: "data services", old: "<rim:RegistryObject …", rule: "R-DSD-RESP-S015"},
	{what: "no framework", in: "evidence types", old: "<sdg:ReferenceFramework>…", rule: "R-EB-EVI-S017"},
	{what: "no framework", in: "requirements", old: "<sdg:ReferenceFramework>…", rule: "R-EB-REQ-S017"},
	{what: "a classification without language", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(classification, lang, "", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C033"},
	{what: "a determination in small letters", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(determination, lang, badLang, 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C035", version: directory.V12},
	{what: "no procedure code", in: "requirements", old: related, rule: "R-EB-REQ-S020"},
	{what: "no procedure code", in: "evidence types", old: related, rule: "R-EB-EVI-S020"},
	{what: "no jurisdiction", in: "requirements", old: "<sdg:Jurisdiction>…", rule: "R-EB-REQ-S021"},
	{what: "no jurisdiction", in: "evidence types", old: "<sdg:Jurisdiction>…", rule: "R-EB-EVI-S021"},
	{what: "no name", in: "requirements", old: "<sdg:Name …", rule: "sdg:RequirementType"},
	{what: "two identifiers", in: "requirements", old: "<sdg:Requirement>", replacement: "<sdg:Requirement><sdg:Identifier>x</sdg:Identifier>", rule: "sdg:RequirementType"},
	{what: "a framework without UUID", in: "evidence types", old: framework + "\n            <sdg:Identifier>", replacement: framework + "\n            <sdg:Identifier>x", rule: "R-EB-EVI-C004"},
	{what: "a framework's title in small letters", in: "evidence types", old: "sdg:Title" + lang, replacement: "sdg:Title" + badLang, rule: "R-EB-EVI-C005"},
	{what: "a framework's title without language", in: "evidence types", old: "sdg:Title" + lang, replacement: "sdg:Title", rule: "R-EB-EVI-C006"},
	{what: "a framework's description in another case", in: "evidence types", old: "<sdg:RelatedTo>", replacement: `<sdg:Description lang="xx">x</sdg:Description><sdg:RelatedTo>`, rule: "R-EB-EVI-C007"},
	{what: "a framework's description without language", in: "evidence types", old: "<sdg:RelatedTo>", replacement: "<sdg:Description>x</sdg:Description><sdg:RelatedTo>", rule: "R-EB-EVI-C008"},
	{what: "a framework elsewhere", in: "evidence types", old: "AdminUnitLevel1>CZ", replacement: "AdminUnitLevel1>cz", rule: "R-EB-EVI-C009"},
	{what: "a list without UUID", in: "evidence types", old: "<sdg:EvidenceTypeList>\n            <sdg:Identifier>", replacement: "<sdg:EvidenceTypeList>\n            <sdg:Identifier>x", rule: "R-EB-EVI-C013"},
	{what: "a list's name in small letters", in: "evidence types", old: "<sdg:EvidenceType>", replacement: `<sdg:Name lang="en">x</sdg:Name><sdg:EvidenceType>`, rule: "R-EB-EVI-C014"},
	{what: "a list's name without language", in: "evidence types", old: "<sdg:EvidenceType>", replacement: "<sdg:Name>x</sdg:Name><sdg:EvidenceType>", rule: "R-EB-EVI-C015"},
	{what: "a type's title in small letters", in: "evidence types", old: "</sdg:EvidenceType>", replacement: `<sdg:Title lang="en">x</sdg:Title></sdg:EvidenceType>`, rule: "R-EB-EVI-C017"},
	{what: "a type's title without language", in: "evidence types", old: "</sdg:EvidenceType>", replacement: "<sdg:Title>x</sdg:Title></sdg:EvidenceType>", rule: "R-EB-EVI-C018"},
	{what: "a type's description in small letters", in: "evidence types", old: "</sdg:EvidenceType>", replacement: `<sdg:Description lang="en">x</sdg:Description></sdg:EvidenceType>`, rule: "R-EB-EVI-C019"},
	{what: "a type's description without language", in: "evidence types", old: "</sdg:EvidenceType>", replacement: "<sdg:Description>x</sdg:Description></sdg:EvidenceType>", rule: "R-EB-EVI-C020"},
	{what: "a list elsewhere", in: "no match", old: "</sdg:MatchDescription>\n            <sdg:Jurisdiction>\n              <sdg:AdminUnitLevel1>EE", replacement: "</sdg:MatchDescription>\n            <sdg:Jurisdiction>\n              <sdg:AdminUnitLevel1>Estonia", rule: "R-EB-EVI-C022"},
	{what: "a list of two places", in: "no match", old: "</sdg:EvidenceTypeList>", replacement: "<sdg:Jurisdiction/></sdg:EvidenceTypeList>", rule: "sdg:EvidenceTypeListType"},
	{what: "a reason without language", in: "no match", old: "sdg:MatchDescription" + lang, replacement: "sdg:MatchDescription", rule: "sdg:MultilingualStringType"},
	{what: "no match in 1.2", in: "no match", old: "<sdg:EvidenceType>…", replacement: "", rule: "R-EB-EVI-S015", version: directory.V12},
	{what: "a concept without description", in: "school", old: ">At which school did you take the final examination?<", replacement: "><", rule: "R-DSD-RESP-C025"},
	{what: "a provider with one name less", in: "data services", old: `<sdg:Name lang="EN">Land register</sdg:Name>`, rule: ""},
	{what: "two levels of assurance", in: "data services", old: "<sdg:AuthenticationLevelOfAssurance>", replacement: "<sdg:AuthenticationLevelOfAssurance>Low</sdg:AuthenticationLevelOfAssurance><sdg:AuthenticationLevelOfAssurance>", rule: "sdg:DataServiceEvidenceTypeType"},
	{what: "two publishers", in: "data services", old: "</sdg:Publisher>", replacement: "</sdg:Publisher><sdg:Publisher/>", rule: "sdg:DataServiceType"},
	{what: "no form", in: "questions", old: "DSD:ERR:0005", replacement: "DSD:ERR:0004", rule: "R-DSD-ERR-C018"},
	{what: "a type of evidence twice", in: "questions", old: `<rim:Slot name="UserRequestedClassificationConcepts">`, replacement: `<rim:Slot name="DataServiceEvidenceType"/><rim:Slot name="UserRequestedClassificationConcepts">`, rule: "R-DSD-ERR-S013"},
	{what: "concepts twice", in: "questions", old: `<rim:Slot name="UserRequestedClassificationConcepts">`, replacement: `<rim:Slot name="UserRequestedClassificationConcepts"/><rim:Slot name="UserRequestedClassificationConcepts">`, rule: "R-DSD-ERR-S012"},
	{what: "a place twice", in: "place", old: place10, replacement: `<rim:Slot name="JurisdictionDetermination"/>` + place10, rule: "R-DSD-ERR-S011", version: directory.V12},
	{what: "no question", in: "place", old: place10 + "…", rule: "R-DSD-ERR-S022", version: directory.V12},
	{what: "no type of evidence", in: "place", old: `<rim:Slot name="DataServiceEvidenceType">…`, rule: "R-DSD-ERR-S013", version: directory.V12},
	{what: "another element as type of evidence", in: "questions", old: "<sdg:DataServiceEvidenceType>…", rule: "R-DSD-ERR-S018"},
	{what: "another element as place", in: "place", old: "<sdg:EvidenceProviderJurisdictionDetermination>…", rule: "R-DSD-ERR-S020", version: directory.V11},
	{what: "a place in small letters", in: "place", old: "sdg:JurisdictionContext" + lang, replacement: "sdg:JurisdictionContext" + badLang, rule: "R-DSD-ERR-C002", version: directory.V12},
	{what: "a type of evidence without UUID", in: "place", old: "<sdg:Identifier>", replacement: "<sdg:Identifier>x", rule: "R-DSD-ERR-C010", version: directory.V12},
	{what: "a title in small letters", in: "questions", old: "sdg:Title" + lang, replacement: "sdg:Title" + badLang, rule: "R-DSD-ERR-C012"},
	{what: "a description without language", in: "questions", old: "</sdg:DataServiceEvidenceType>", replacement: "<sdg:Description>x</sdg:Description></sdg:DataServiceEvidenceType>", rule: "R-DSD-ERR-C015"},
	{what: "a description in small letters", in: "questions", old: "</sdg:DataServiceEvidenceType>", replacement: `<sdg:Description lang="en">x</sdg:Description></sdg:DataServiceEvidenceType>`, rule: "R-DSD-ERR-C014"},
	{what: "an unknown level of assurance", in: "questions", old: "</sdg:DataServiceEvidenceType>", replacement: "<sdg:AuthenticationLevelOfAssurance>Medium</sdg:AuthenticationLevelOfAssurance></sdg:DataServiceEvidenceType>", rule: "R-DSD-ERR-C024"},
}
