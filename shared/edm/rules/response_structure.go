package rules

import (
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	responseProvider  = "rim:Slot=EvidenceProvider/rim:SlotValue/rim:Element/sdg:Agent"
	responseRequester = "rim:Slot=EvidenceRequester/rim:SlotValue/sdg:Agent"
	metadataSlot      = setObjects + "/rim:Slot=EvidenceMetadata/rim:SlotValue"
	evidence          = metadataSlot + "/sdg:Evidence"
	repositoryItem    = setObjects + "/rim:RepositoryItemRef"
)

// responseStructure are R-EDM-RESP-S001 to S045.
var responseStructure = []Rule{
	row("R-EDM-RESP-S001", Fatal, all, "", "the root element is QueryResponse", "send query:QueryResponse", nil),
	row("R-EDM-RESP-S002", Fatal, all, "", "the root is in the query namespace", "declare "+regrep.NamespaceQuery, nil),
	row("R-EDM-RESP-S003", Fatal, all, "", "the response has a requestId", "send the id of the request", attrThere("requestId")),
	row("R-EDM-RESP-S004", Fatal, all, "", "the requestId is urn:uuid: and a UUID", "send the id of the request", requestID("requestId")),
	row("R-EDM-RESP-S005", Fatal, all, "", "the response has a status", "send Success or Unavailable", attrThere("status")),
	row("R-EDM-RESP-S006", Fatal, all, "", "the status is Success or Unavailable", "send one of these", responseStatus),
	row("R-EDM-RESP-S007", Fatal, until12, "", "a successful response has a RegistryObjectList", "send an empty list when there is nothing", listThere(true)),
	row("R-EDM-RESP-S007", Fatal, in20, "", "the response has a RegistryObjectList", "send an empty list when there is nothing", listThere(false)),
	row("R-EDM-RESP-S008", Fatal, all, "", "an evidence response has no rs:Exception", "send an error response", noException),
	row("R-EDM-RESP-S009", Fatal, all, "", "there is exactly one SpecificationIdentifier", "send the slot once", slotOnce("SpecificationIdentifier")),
	row("R-EDM-RESP-S010", Fatal, all, "", "there is exactly one EvidenceResponseIdentifier", "send the slot once", slotOnce("EvidenceResponseIdentifier")),
	row("R-EDM-RESP-S011", Fatal, all, "", "there is exactly one IssueDateTime", "send the slot once", slotOnce("IssueDateTime")),
	row("R-EDM-RESP-S012", Fatal, all, "", "there is exactly one EvidenceProvider", "send the slot once", slotOnce("EvidenceProvider")),
	row("R-EDM-RESP-S013", Fatal, all, "", "there is exactly one EvidenceRequester", "send the slot once", slotOnce("EvidenceRequester")),
	row("R-EDM-RESP-S014", Caution, in10, "", "ResponseAvailableDateTime belongs to the status Unavailable", "leave the slot out", availableOnlyDeferred),
	row("R-EDM-RESP-S014", Fatal, since11, "", "ResponseAvailableDateTime belongs to the status Unavailable", "leave the slot out", availableOnlyDeferred),
	row("R-EDM-RESP-S015", Fatal, all, setObjects, "each object has one EvidenceMetadata", "send the slot once", slotOnce("EvidenceMetadata")),
	row("R-EDM-RESP-S016", Fatal, all, "rim:Slot", "QueryResponse has no other slots", "leave the slot out",
		slotNames("SpecificationIdentifier", "EvidenceResponseIdentifier", "IssueDateTime", "ResponseAvailableDateTime", "EvidenceProvider", "EvidenceRequester")),
	slotTypeRow("R-EDM-RESP-S017", all, "SpecificationIdentifier", regrep.StringValueType),
	slotTypeRow("R-EDM-RESP-S018", all, "EvidenceResponseIdentifier", regrep.StringValueType),
	slotTypeRow("R-EDM-RESP-S019", all, "IssueDateTime", regrep.DateTimeValueType),
	slotTypeRow("R-EDM-RESP-S020", all, "EvidenceProvider", regrep.CollectionValueType),
	elementTypeRow("R-EDM-RESP-S021", "EvidenceProvider"),
	slotTypeRow("R-EDM-RESP-S022", all, "EvidenceRequester", regrep.AnyValueType),
	slotTypeRow("R-EDM-RESP-S023", all, "ResponseAvailableDateTime", regrep.DateTimeValueType),
	row("R-EDM-RESP-S024", Fatal, all, metadataSlot, "EvidenceMetadata has the type rim:AnyValueType", "send that xsi:type", typeIs(regrep.AnyValueType)),
	row("R-EDM-RESP-S025", Fatal, all, "rim:Slot=EvidenceProvider/rim:SlotValue/rim:Element", "the provider is sdg:Agent", "send sdg:Agent", holdsOrEmpty("Agent")),
	row("R-EDM-RESP-S026", Fatal, all, responseProvider, "a provider has Identifier, Name, Address and Classification only", "leave the rest out", childrenOnly("Identifier", "Name", "Address", "Classification")),
	row("R-EDM-RESP-S027", Fatal, all, "rim:Slot=EvidenceRequester/rim:SlotValue", "the requester is sdg:Agent", "send sdg:Agent", holdsOrEmpty("Agent")),
	row("R-EDM-RESP-S028", Fatal, all, responseRequester, "the requester has Identifier and Name only", "leave the rest out", childrenOnly("Identifier", "Name")),
	row("R-EDM-RESP-S029", Fatal, all, metadataSlot, "EvidenceMetadata holds sdg:Evidence", "send sdg:Evidence", holdsOrEmpty("Evidence")),
	row("R-EDM-RESP-S030", Fatal, all, evidence+"/sdg:IsConformantTo", "IsConformantTo has EvidenceTypeClassification, Title and Description only", "leave the rest out", childrenOnly("EvidenceTypeClassification", "Title", "Description")),
	row("R-EDM-RESP-S033", Fatal, all, setObjects, "each object has a RepositoryItemRef", "name the part of the message", itemThere),
	row("R-EDM-RESP-S034", Fatal, all, repositoryItem, "RepositoryItemRef has xlink:href", "add xlink:href=\"cid:…\"", linkThere("href")),
	row("R-EDM-RESP-S035", Fatal, all, repositoryItem, "RepositoryItemRef has xlink:title", "add xlink:title", linkThere("title")),
	row("R-EDM-RESP-S036", Fatal, all, setAnyObjects, "each registry object has an id", "add @id, urn:uuid: and a UUID", attrThere("id")),
	row("R-EDM-RESP-S037", Fatal, all, setAnyObjects, "the id of a registry object is urn:uuid: and a UUID", "send such an id", requestID("id")),
	row("R-EDM-RESP-S041", Fatal, all, evidence+"/sdg:IsAbout/sdg:NaturalPerson", "IsAbout/NaturalPerson has Identifier, FamilyName, GivenName, DateOfBirth and PlaceOfBirth only", "leave the rest out", childrenOnly("Identifier", "FamilyName", "GivenName", "DateOfBirth", "PlaceOfBirth")),
	row("R-EDM-RESP-S042", Fatal, all, evidence+"/sdg:IsAbout/sdg:LegalPerson", "IsAbout/LegalPerson has LegalPersonIdentifier and LegalName only", "leave the rest out", childrenOnly("LegalPersonIdentifier", "LegalName")),
	row("R-EDM-RESP-S045", Fatal, all, "", "a response with the status Unavailable has ResponseAvailableDateTime", "say when to ask again", availableWhenDeferred),
}

func responseStatus(_ *message, e *regrep.Element) *breach {
	v, ok := e.Attr("status")
	return when(ok && v != regrep.StatusSuccess && v != regrep.StatusUnavailable, "/@status", v)
}

func listThere(onSuccessOnly bool) test {
	return func(_ *message, e *regrep.Element) *breach {
		if onSuccessOnly && e.Value("status") != regrep.StatusSuccess {
			return nil
		}
		return when(e.Child(rim, "RegistryObjectList") == nil, "/rim:RegistryObjectList", "missing")
	}
}

func noException(_ *message, e *regrep.Element) *breach {
	return when(e.Child(regrep.NamespaceRS, "Exception") != nil, "/rs:Exception", e.Child(regrep.NamespaceRS, "Exception").Value("code"))
}

func availableOnlyDeferred(_ *message, e *regrep.Element) *breach {
	n := len(e.Slots("ResponseAvailableDateTime"))
	return when(e.Value("status") == regrep.StatusSuccess && n > 0, "/rim:Slot[@name='ResponseAvailableDateTime']", countText(n))
}

func availableWhenDeferred(_ *message, e *regrep.Element) *breach {
	n := len(e.Slots("ResponseAvailableDateTime"))
	return when(e.Value("status") == regrep.StatusUnavailable && n != 1, "/rim:Slot[@name='ResponseAvailableDateTime']", countText(n))
}

func itemThere(_ *message, e *regrep.Element) *breach {
	return when(e.Child(rim, "RepositoryItemRef") == nil, "/rim:RepositoryItemRef", "missing")
}

func linkThere(name string) test {
	return func(_ *message, e *regrep.Element) *breach {
		_, ok := e.AttrNS(regrep.NamespaceXLink, name)
		return when(!ok, "/@xlink:"+name, "missing")
	}
}

// responseContent are the rules on the values of the response's own slots.
var responseContent = []Rule{
	row("R-EDM-RESP-C002", Fatal, all, "rim:Slot=SpecificationIdentifier/rim:SlotValue", "SpecificationIdentifier is the literal of the line", "send that of the request", slotText(regrep.StringValueType, isLiteral)),
	row("R-EDM-RESP-C003", Fatal, all, "rim:Slot=EvidenceResponseIdentifier/rim:SlotValue", "EvidenceResponseIdentifier is a UUID without prefix", "send a new UUID", slotText(regrep.StringValueType, isBareUUID)),
	row("R-EDM-RESP-C004", Fatal, all, "rim:Slot=IssueDateTime/rim:SlotValue", "IssueDateTime has a date and a time to the second", "send YYYY-MM-DDThh:mm:ssZ", slotText(regrep.DateTimeValueType, always(isDateTime))),
	row("R-EDM-RESP-C005", Fatal, all, "rim:Slot=ResponseAvailableDateTime/rim:SlotValue", "ResponseAvailableDateTime has a date and a time to the second", "send YYYY-MM-DDThh:mm:ssZ", slotText(regrep.DateTimeValueType, always(isDateTime))),
	row("R-EDM-RESP-C006", Fatal, all, responseProvider+"/sdg:Identifier", "a provider's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-RESP-C007", Fatal, all, responseProvider+"/sdg:Identifier", "a provider's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-RESP-C008", Fatal, all, responseProvider+"/sdg:Address/sdg:AdminUnitLevel1", "a provider's country is a CountryIdentificationCode", "send an ISO 3166-1 code", textListed("CountryIdentificationCode")),
	row("R-EDM-RESP-C009", Fatal, in20, responseProvider+"/sdg:Address/sdg:AdminUnitLevel2", "a provider's region is a NUTS code", "send a NUTS code or leave it out", textListed("NUTS")),
	row("R-EDM-RESP-C010", Fatal, all, responseProvider, "a provider has a Classification", "send EP or IP", childFilled("Classification")),
	row("R-EDM-RESP-C011", Fatal, all, responseProvider+"/sdg:Classification", "a provider's Classification is EP or IP", "send EP or IP", textOneOf("EP", "IP")),
	row("R-EDM-RESP-C012", Fatal, all, responseRequester+"/sdg:Identifier", "the requester's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-RESP-C013", Fatal, all, responseRequester+"/sdg:Identifier", "the requester's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-RESP-C046", Fatal, all, "rim:Slot=EvidenceProvider/rim:SlotValue", "exactly one agent has the Classification EP", "name one evidence provider", oneAgentOrEmpty(edm.ClassificationEP, "EP", "IP")),
	row("R-EDM-RESP-C047", Fatal, since11, responseProvider, "the EP agent has exactly one Address with AdminUnitLevel1", "add the address", addressOf(edm.ClassificationEP)),
	row("R-EDM-RESP-C049", Fatal, since11, setTexts, "free text has at least two characters (LocatorDesignator one)", "send the text or leave the element out", longEnough),
}
