package rules

// Places in responses, as etree paths.
const (
	aEP   = slotOf + "EvidenceProvider" + valueOf + "/rim:Element"
	aER   = slotOf + "EvidenceRequester" + valueOf
	aTop  = "rim:RegistryObjectList/rim:RegistryObject"
	aMeta = "//rim:Slot[@name='EvidenceMetadata']/rim:SlotValue"
	aEv   = aMeta + "/sdg:Evidence"
	aDist = aEv + "/sdg:Distribution"
	aRef  = "//rim:RepositoryItemRef"
	aPack = aTop + "/rim:RegistryObjectList"
	aMain = aPack + "/rim:RegistryObject[1]"
	aAnn  = aPack + "/rim:RegistryObject[2]"
	aHRV  = aPack + "/rim:RegistryObject[3]"
	// the associations of annex, human-readable version and translation
	aAssocA = aPack + "/rim:RegistryObject[5]"
	aAssocH = aPack + "/rim:RegistryObject[6]"
	aAssocT = aPack + "/rim:RegistryObject[7]"

	otherAssociation = "urn:oasis:names:tc:ebxml-regrep:AssociationType:RelatedTo"
	mainURN          = "urn:uuid:11111111-aaaa-4bbb-8ccc-000000000001"
	annexURN         = "urn:uuid:11111111-aaaa-4bbb-8ccc-000000000002"
)

var responseCases = []broken{
	{rule: "R-EDM-RESP-S001", base: "response", change: rename("", "AdhocQueryResponse")},
	{rule: "R-EDM-RESP-S002", base: "response", change: attr("", "xmlns:query", "urn:example:query")},
	{rule: "R-EDM-RESP-S003", base: "response", change: unattr("", "requestId")},
	{rule: "R-EDM-RESP-S004", base: "response", change: attr("", "requestId", "urn:uuid:1")},
	{rule: "R-EDM-RESP-S005", base: "response", change: unattr("", "status")},
	{rule: "R-EDM-RESP-S006", base: "response", change: attr("", "status", "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Waiting")},
	{rule: "R-EDM-RESP-S007", base: "response", change: drop("rim:RegistryObjectList")},
	{rule: "R-EDM-RESP-S008", base: "response", change: add("", `<rs:Exception code="EDM:ERR:0004"/>`)},
	{rule: "R-EDM-RESP-S009", base: "response", change: drop(slotOf + "SpecificationIdentifier']")},
	{rule: "R-EDM-RESP-S010", base: "response", change: drop(slotOf + "EvidenceResponseIdentifier']")},
	{rule: "R-EDM-RESP-S011", base: "response", change: dup(slotOf + "IssueDateTime']")},
	{rule: "R-EDM-RESP-S012", base: "response", change: drop(slotOf + "EvidenceProvider']")},
	{rule: "R-EDM-RESP-S013", base: "response", change: drop(slotOf + "EvidenceRequester']")},
	{rule: "R-EDM-RESP-S014", base: "deferred", change: attr("", "status", "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success")},
	{rule: "R-EDM-RESP-S015", base: "response", change: drop("//rim:Slot[@name='EvidenceMetadata']")},
	{rule: "R-EDM-RESP-S016", base: "response", change: add("", `<rim:Slot name="Procedure"><rim:SlotValue xsi:type="rim:StringValueType"><rim:Value>T3</rim:Value></rim:SlotValue></rim:Slot>`)},
	{rule: "R-EDM-RESP-S017", base: "response", change: attr(slotOf+"SpecificationIdentifier"+valueOf, "xsi:type", "rim:AnyValueType")},
	{rule: "R-EDM-RESP-S018", base: "response", change: attr(slotOf+"EvidenceResponseIdentifier"+valueOf, "xsi:type", "rim:AnyValueType")},
	{rule: "R-EDM-RESP-S019", base: "response", change: attr(slotOf+"IssueDateTime"+valueOf, "xsi:type", "rim:StringValueType")},
	{rule: "R-EDM-RESP-S020", base: "response", change: attr(slotOf+"EvidenceProvider"+valueOf, "xsi:type", "rim:AnyValueType")},
	{rule: "R-EDM-RESP-S021", base: "response", change: attr(aEP, "xsi:type", "rim:StringValueType")},
	{rule: "R-EDM-RESP-S022", base: "response", change: attr(aER, "xsi:type", "rim:CollectionValueType")},
	{rule: "R-EDM-RESP-S023", base: "deferred", change: attr(slotOf+"ResponseAvailableDateTime"+valueOf, "xsi:type", "rim:StringValueType")},
	{rule: "R-EDM-RESP-S024", base: "response", change: attr(aMeta, "xsi:type", "rim:StringValueType")},
	{rule: "R-EDM-RESP-S025", base: "response", change: rename(aEP+"/sdg:Agent", "EvidenceProvider")},
	{rule: "R-EDM-RESP-S026", base: "response", change: add(aEP+"/sdg:Agent", "<sdg:Jurisdiction/>")},
	{rule: "R-EDM-RESP-S027", base: "response", change: rename(aER+"/sdg:Agent", "EvidenceRequester")},
	{rule: "R-EDM-RESP-S028", base: "response", change: add(aER+"/sdg:Agent", "<sdg:Classification>ER</sdg:Classification>")},
	{rule: "R-EDM-RESP-S029", base: "response", change: rename(aEv, "EvidenceType")},
	{rule: "R-EDM-RESP-S030", base: "response", change: add(aEv+"/sdg:IsConformantTo", "<sdg:Jurisdiction/>")},
	{rule: "R-EDM-RESP-S033", base: "response", change: drop(aRef)},
	{rule: "R-EDM-RESP-S034", base: "response", change: unattr(aRef, "xlink:href")},
	{rule: "R-EDM-RESP-S035", base: "response", change: unattr(aRef, "xlink:title")},
	{rule: "R-EDM-RESP-S036", base: "response", change: unattr(aTop, "id")},
	{rule: "R-EDM-RESP-S037", base: "response", change: attr(aTop, "id", "urn:uuid:package-1")},
	{rule: "R-EDM-RESP-S041", base: "response", change: add(aEv+"/sdg:IsAbout/sdg:NaturalPerson", "<sdg:Gender>Female</sdg:Gender>")},
	{rule: "R-EDM-RESP-S042", base: "legal response", change: add(aEv+"/sdg:IsAbout/sdg:LegalPerson", "<sdg:LevelOfAssurance>High</sdg:LevelOfAssurance>")},
	{rule: "R-EDM-RESP-S045", base: "deferred", change: drop(slotOf + "ResponseAvailableDateTime']")},

	{rule: "R-EDM-RESP-S046", base: "response", change: add(aTop, "<rim:RegistryObjectList/>")},
	{rule: "R-EDM-RESP-S047", base: "response", change: dropAll(aPack + "/rim:RegistryObject")},
	{rule: "R-EDM-RESP-S048", base: "response", change: dup(aMain + "/rim:Classification")},
	{rule: "R-EDM-RESP-S049", base: "response", change: attr(aMain+"/rim:Classification", "classificationNode", "Evidence")},
	{rule: "R-EDM-RESP-S050", base: "response", change: drop(aAssocA)},
	{rule: "R-EDM-RESP-S051", base: "response", change: unattr(aAssocA, "sourceObject")},
	{rule: "R-EDM-RESP-S052", base: "response", change: do(dup(aAssocA), attr(aAssocA, "sourceObject", mainURN))},
	{rule: "R-EDM-RESP-S053", base: "response", change: do(dup(aAssocH), attr(aAssocH, "sourceObject", mainURN))},
	{rule: "R-EDM-RESP-S054", base: "response", change: do(dup(aAssocT), attr(aAssocT, "sourceObject", mainURN))},
	{rule: "R-EDM-RESP-S055", base: "response", change: unattr(aAssocT, "targetObject")},
	{rule: "R-EDM-RESP-S056", base: "response", change: attr(aAssocA, "targetObject", annexURN)},
	{rule: "R-EDM-RESP-S057", base: "response", change: attr(aAssocH, "targetObject", annexURN)},
	{rule: "R-EDM-RESP-S058", base: "response", change: attr(aAssocT, "targetObject", "urn:uuid:11111111-aaaa-4bbb-8ccc-999999999999")},
	{rule: "R-EDM-RESP-S059", base: "response", change: attr(aAssocA, "type", otherAssociation)},
	{rule: "R-EDM-RESP-S060", base: "response", change: attr(aAssocT, "type", otherAssociation)},
	{rule: "R-EDM-RESP-S061", base: "response", change: attr(aAssocH, "type", otherAssociation)},
	{rule: "R-EDM-RESP-S062", base: "response", change: drop(aEv + "/sdg:IssuingDate")},
	{rule: "R-EDM-RESP-S063", base: "response", change: add(aHRV+"/rim:Slot/rim:SlotValue/sdg:Evidence", "<sdg:IssuingDate>2014-06-30</sdg:IssuingDate>")},
	{rule: "R-EDM-RESP-S065", base: "response", change: attr(aAnn+"/rim:Classification", "id", "annex")},
	{rule: "R-EDM-RESP-S066", base: "response", change: attr(aTop, "xsi:type", "rim:ExtrinsicObjectType")},

	{rule: "R-EDM-RESP-C002", base: "response", change: set(slotOf+"SpecificationIdentifier"+valueOf+"/rim:Value", "oots-edm:v3.0")},
	{rule: "R-EDM-RESP-C003", base: "response", change: set(slotOf+"EvidenceResponseIdentifier"+valueOf+"/rim:Value", "response-1")},
	{rule: "R-EDM-RESP-C004", base: "response", change: set(slotOf+"IssueDateTime"+valueOf+"/rim:Value", "2026-09-01")},
	{rule: "R-EDM-RESP-C005", base: "deferred", change: set(slotOf+"ResponseAvailableDateTime"+valueOf+"/rim:Value", "tomorrow")},
	{rule: "R-EDM-RESP-C006", base: "response", change: unattr(aEP+"/sdg:Agent/sdg:Identifier", "schemeID")},
	{rule: "R-EDM-RESP-C007", base: "response", change: attr(aEP+"/sdg:Agent/sdg:Identifier", "schemeID", "0204")},
	{rule: "R-EDM-RESP-C008", base: "response", change: set(aEP+"/sdg:Agent/sdg:Address/sdg:AdminUnitLevel1", "Latvia")},
	{rule: "R-EDM-RESP-C009", base: "response", change: set(aEP+"/sdg:Agent/sdg:Address/sdg:AdminUnitLevel2", "Riga")},
	{rule: "R-EDM-RESP-C010", base: "response", change: drop(aEP + "/sdg:Agent/sdg:Classification")},
	{rule: "R-EDM-RESP-C011", base: "response", change: set(aEP+"/sdg:Agent/sdg:Classification", "ER")},
	{rule: "R-EDM-RESP-C012", base: "response", change: unattr(aER+"/sdg:Agent/sdg:Identifier", "schemeID")},
	{rule: "R-EDM-RESP-C013", base: "response", change: attr(aER+"/sdg:Agent/sdg:Identifier", "schemeID", "urn:cef.eu:names:identifier:EAS:")},
	{rule: "R-EDM-RESP-C015", base: "response", change: set(aEv+"/sdg:Identifier", "evidence-1")},
	{rule: "R-EDM-RESP-C016", base: "response", change: set(aEv+"/sdg:IssuingDate", "30/06/2014")},
	{rule: "R-EDM-RESP-C017", base: "response", change: set(aEv+"/sdg:IsConformantTo/sdg:EvidenceTypeClassification", "Diploma")},
	{rule: "R-EDM-RESP-C018", base: "response", change: attr(aEv+"/sdg:IsConformantTo/sdg:Title", "lang", "en")},
	{rule: "R-EDM-RESP-C019", base: "response", change: unattr(aEv+"/sdg:IsConformantTo/sdg:Title", "lang")},
	{rule: "R-EDM-RESP-C020", base: "response", change: attr(aEv+"/sdg:IsConformantTo/sdg:Description", "lang", "en")},
	{rule: "R-EDM-RESP-C021", base: "response", change: unattr(aEv+"/sdg:IsConformantTo/sdg:Description", "lang")},
	{rule: "R-EDM-RESP-C022", base: "response", change: set(aDist+"/sdg:ConformsTo", "diploma-1.0.0")},
	{rule: "R-EDM-RESP-C023", base: "response", change: set(aDist+"/sdg:Format", "application/octet-stream")},
	{rule: "R-EDM-RESP-C026", base: "response", change: set(aDist+"/sdg:Language", "english")},
	{rule: "R-EDM-RESP-C027", base: "response", change: drop(aEv + "/sdg:IsAbout/sdg:NaturalPerson/sdg:Identifier")},
	{rule: "R-EDM-RESP-C028", base: "response", change: set(aEv+"/sdg:IsAbout/sdg:NaturalPerson/sdg:Identifier", "AB1234567")},
	{rule: "R-EDM-RESP-C030", base: "response", change: unattr(aEv+"/sdg:IsAbout/sdg:NaturalPerson/sdg:Identifier", "schemeID")},
	{rule: "R-EDM-RESP-C031", base: "response", change: attr(aEv+"/sdg:IsAbout/sdg:NaturalPerson/sdg:Identifier", "schemeID", "EIDAS")},
	{rule: "R-EDM-RESP-C032", base: "response", change: set(aEv+"/sdg:IsAbout/sdg:NaturalPerson/sdg:DateOfBirth", "1990")},
	{rule: "R-EDM-RESP-C033", base: "legal response", change: drop(aEv + "/sdg:IsAbout/sdg:LegalPerson/sdg:LegalPersonIdentifier")},
	{rule: "R-EDM-RESP-C035", base: "legal response", change: set(aEv+"/sdg:IsAbout/sdg:LegalPerson/sdg:LegalPersonIdentifier", "BE123456789")},
	{rule: "R-EDM-RESP-C036", base: "legal response", change: unattr(aEv+"/sdg:IsAbout/sdg:LegalPerson/sdg:LegalPersonIdentifier", "schemeID")},
	{rule: "R-EDM-RESP-C037", base: "legal response", change: attr(aEv+"/sdg:IsAbout/sdg:LegalPerson/sdg:LegalPersonIdentifier", "schemeID", "LEI")},
	{rule: "R-EDM-RESP-C038", base: "response", change: unattr(aEv+"/sdg:IssuingAuthority/sdg:Identifier", "schemeID")},
	{rule: "R-EDM-RESP-C039", base: "response", change: attr(aEv+"/sdg:IssuingAuthority/sdg:Identifier", "schemeID", "9930")},
	{rule: "R-EDM-RESP-C040", base: "response", change: set(aEv+"/sdg:ValidityPeriod/sdg:StartDate", "2014")},
	{rule: "R-EDM-RESP-C041", base: "response", change: set(aEv+"/sdg:ValidityPeriod/sdg:EndDate", "never")},
	{rule: "R-EDM-RESP-C042", base: "response", change: attr(aRef, "xlink:href", "cid:diploma")},
	{rule: "R-EDM-RESP-C043", base: "response", change: set(aDist+"/sdg:Transformation", "https://example.org/subset")},
	{rule: "R-EDM-RESP-C044", base: "response", change: do(drop(aDist+"/sdg:ConformsTo"), maybe(aDist+"/sdg:Transformation"))},
	{rule: "R-EDM-RESP-C045", base: "response", change: drop(aDist + "/sdg:ConformsTo")},
	{rule: "R-EDM-RESP-C046", base: "response", change: set(aEP+"/sdg:Agent/sdg:Classification", "IP")},
	{rule: "R-EDM-RESP-C047", base: "response", change: drop(aEP + "/sdg:Agent/sdg:Address/sdg:AdminUnitLevel1")},
	{rule: "R-EDM-RESP-C049", base: "response", change: set(aEP+"/sdg:Agent/sdg:Name", "X")},
	{rule: "R-EDM-RESP-C050", base: "response", change: set(aDist+"/sdg:Format", "image/png")},
	{rule: "R-EDM-RESP-C058", base: "response", change: dup(aDist + "/sdg:Format")},
}
