package rules

import (
	"slices"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// requestStructure are R-EDM-REQ-S001 to S019, S049 to S053, S059 to S062: root, slots that must and may be there, collections.
var requestStructure = []Rule{
	row("R-EDM-REQ-S001", Fatal, all, "", "the root element is QueryRequest", "send query:QueryRequest", nil),
	row("R-EDM-REQ-S002", Fatal, all, "", "the root is in the query namespace", "declare "+regrep.NamespaceQuery, nil),
	row("R-EDM-REQ-S003", Fatal, all, "", "the request has an id", "add @id, urn:uuid: and a new UUID", attrThere("id")),
	row("R-EDM-REQ-S004", Fatal, all, "", "the id is urn:uuid: and a UUID", "send urn:uuid: and a new UUID", requestID("id")),
	row("R-EDM-REQ-S005", Fatal, all, "", "there is exactly one SpecificationIdentifier", "send the slot once", slotOnce("SpecificationIdentifier")),
	row("R-EDM-REQ-S006", Fatal, all, "", "there is exactly one IssueDateTime", "send the slot once", slotOnce("IssueDateTime")),
	row("R-EDM-REQ-S007", Warning, in10, "", "there should be exactly one Procedure", "send the slot once", slotOnce("Procedure")),
	row("R-EDM-REQ-S007", Fatal, since11, "", "there is exactly one Procedure", "send the slot once", slotOnce("Procedure")),
	row("R-EDM-REQ-S008", Caution, all, "", "PreviewLocation may be there, once", "send the slot once", slotAtMostOnce("PreviewLocation")),
	row("R-EDM-REQ-S009", Fatal, all, "", "there is exactly one PossibilityForPreview", "send the slot once", slotOnce("PossibilityForPreview")),
	row("R-EDM-REQ-S010", Fatal, all, "", "there is exactly one ExplicitRequestGiven", "send the slot once", slotOnce("ExplicitRequestGiven")),
	row("R-EDM-REQ-S011", Warning, in10, "", "there should be exactly one Requirements", "send the slot once", slotOnce("Requirements")),
	row("R-EDM-REQ-S011", Fatal, since11, "", "there is exactly one Requirements", "send the slot once", slotOnce("Requirements")),
	row("R-EDM-REQ-S012", Fatal, all, "", "there is exactly one EvidenceRequester", "send the slot once", slotOnce("EvidenceRequester")),
	row("R-EDM-REQ-S013", Fatal, all, "", "there is exactly one EvidenceProvider", "send the slot once", slotOnce("EvidenceProvider")),
	row("R-EDM-REQ-S014", Caution, all, "", "EvidenceProviderClassification may be there, once", "send the slot once", slotAtMostOnce("EvidenceProviderClassification")),
	row("R-EDM-REQ-S015", Fatal, all, "query:Query", "there is exactly one EvidenceRequest in the query", "send the slot once", slotOnce("EvidenceRequest")),
	row("R-EDM-REQ-S016", Fatal, all, "query:Query", "there is exactly one of NaturalPerson and LegalPerson", "name one evidence subject", oneSubject),
	row("R-EDM-REQ-S019", Fatal, all, "rim:Slot", "QueryRequest has no other slots than those of its line", "leave the slot out", slotNamesOf(requestSlotNames)),
	row("R-EDM-REQ-S049", Fatal, all, "query:Query/rim:Slot", "the query has no other slots than those of its line", "leave the slot out", slotNamesOf(querySlotNames)),
	row("R-EDM-REQ-S050", Fatal, all, "//rim:Slot", "each slot has one rim:SlotValue", "send one rim:SlotValue", oneSlotValue),
	row("R-EDM-REQ-S051", Fatal, all, "//rim:SlotValue", "no rim:SlotValue is empty", "send the value or leave the slot out", slotValueFilled(requestCollections...)),
	row("R-EDM-REQ-S052", Fatal, all, "rim:Slot/rim:SlotValue", "a collection has at least one rim:Element", "send an element or leave the slot out", collectionFilled(requestCollections...)),
	row("R-EDM-REQ-S053", Fatal, since11, "rim:Slot/rim:SlotValue", "the collectionType is "+regrep.CollectionTypeSet, "send that collectionType", collectionIsSet(requestCollections...)),
	row("R-EDM-REQ-S059", Fatal, in20, "", "QueryRequest has no xml:lang", "leave it out; wished languages go into DistributedAs/Language", noLang),
	row("R-EDM-REQ-S060", Caution, in20, "", "ReturnLocation may be there, once", "send the slot once", slotAtMostOnce("ReturnLocation")),
	row("R-EDM-REQ-S062", Fatal, in20, "", "PreviewLocation and ReturnLocation are there together or not at all", "send both, or neither", locationsTogether),
}

var requestCollections = []string{"Requirements", "EvidenceRequester", "EvidenceProviderClassification"}

// requestSlots are R-EDM-REQ-S020 to S048, S055, S056, S061: the types of the slots and what stands in them.
var requestSlots = []Rule{
	slotTypeRow("R-EDM-REQ-S020", all, "SpecificationIdentifier", regrep.StringValueType),
	slotTypeRow("R-EDM-REQ-S021", all, "IssueDateTime", regrep.DateTimeValueType),
	slotTypeRow("R-EDM-REQ-S022", until12, "Procedure", regrep.InternationalStringValueType),
	slotTypeRow("R-EDM-REQ-S022", in20, "Procedure", regrep.StringValueType),
	slotTypeRow("R-EDM-REQ-S023", all, "PreviewLocation", regrep.StringValueType),
	slotTypeRow("R-EDM-REQ-S024", all, "PossibilityForPreview", regrep.BooleanValueType),
	slotTypeRow("R-EDM-REQ-S025", all, "ExplicitRequestGiven", regrep.BooleanValueType),
	slotTypeRow("R-EDM-REQ-S026", all, "Requirements", regrep.CollectionValueType),
	elementTypeRow("R-EDM-REQ-S027", "Requirements"),
	slotTypeRow("R-EDM-REQ-S028", all, "EvidenceRequester", regrep.CollectionValueType),
	elementTypeRow("R-EDM-REQ-S029", "EvidenceRequester"),
	slotTypeRow("R-EDM-REQ-S030", all, "EvidenceProvider", regrep.AnyValueType),
	slotTypeRow("R-EDM-REQ-S031", all, "EvidenceProviderClassification", regrep.CollectionValueType),
	elementTypeRow("R-EDM-REQ-S032", "EvidenceProviderClassification"),
	querySlotTypeRow("R-EDM-REQ-S033", all, "EvidenceRequest"),
	querySlotTypeRow("R-EDM-REQ-S034", all, "LegalPerson"),
	querySlotTypeRow("R-EDM-REQ-S035", all, "NaturalPerson"),
	querySlotTypeRow("R-EDM-REQ-S036", all, "AuthorizedRepresentative"),
	row("R-EDM-REQ-S037", Fatal, all, "rim:Slot=Requirements/rim:SlotValue/rim:Element", "the element is sdg:Requirement", "send sdg:Requirement", holds("Requirement")),
	row("R-EDM-REQ-S038", Fatal, in10|in11, "rim:Slot=Requirements/rim:SlotValue/rim:Element/sdg:Requirement", "a requirement has Identifier and Name only", "leave the rest out", childrenOnly("Identifier", "Name")),
	row("R-EDM-REQ-S038", Fatal, since12, "rim:Slot=Requirements/rim:SlotValue/rim:Element/sdg:Requirement", "a requirement has Identifier, Name and Description only", "leave the rest out", childrenOnly("Identifier", "Name", "Description")),
	row("R-EDM-REQ-S039", Fatal, all, "rim:Slot=EvidenceRequester/rim:SlotValue/rim:Element", "the element is sdg:Agent", "send sdg:Agent", holds("Agent")),
	row("R-EDM-REQ-S040", Fatal, all, requesterAgent, "a requester has Identifier, Name, Address and Classification only", "leave the rest out", childrenOnly("Identifier", "Name", "Address", "Classification")),
	row("R-EDM-REQ-S041", Fatal, all, "rim:Slot=EvidenceProviderClassification/rim:SlotValue/rim:Element", "the element is sdg:EvidenceProviderClassification", "send that element", holds("EvidenceProviderClassification")),
	row("R-EDM-REQ-S042", Fatal, all, "rim:Slot=EvidenceProvider/rim:SlotValue", "the provider is sdg:Agent", "send sdg:Agent", holds("Agent")),
	row("R-EDM-REQ-S043", Fatal, all, providerAgent, "the provider has Identifier and Name only", "leave the rest out", childrenOnly("Identifier", "Name")),
	row("R-EDM-REQ-S044", Fatal, all, "query:Query/rim:Slot=EvidenceRequest/rim:SlotValue", "EvidenceRequest holds sdg:DataServiceEvidenceType", "send that element", holds("DataServiceEvidenceType")),
	row("R-EDM-REQ-S045", Fatal, all, evidenceType, "the evidence type has Identifier, EvidenceTypeClassification, Title, Description and DistributedAs only",
		"leave out what the directory's answer has beyond these", childrenOnly("Identifier", "EvidenceTypeClassification", "Title", "Description", "DistributedAs")),
	row("R-EDM-REQ-S046", Fatal, all, "query:Query/rim:Slot=NaturalPerson/rim:SlotValue", "NaturalPerson holds sdg:Person", "send sdg:Person", holds("Person")),
	row("R-EDM-REQ-S047", Fatal, all, "query:Query/rim:Slot=LegalPerson/rim:SlotValue", "LegalPerson holds sdg:LegalPerson", "send sdg:LegalPerson", holds("LegalPerson")),
	row("R-EDM-REQ-S048", Fatal, all, "query:Query/rim:Slot=AuthorizedRepresentative/rim:SlotValue", "AuthorizedRepresentative holds sdg:Person", "send sdg:Person", holds("Person")),
	querySlotTypeRow("R-EDM-REQ-S055", since11, "AuthorizedRepresentativeLegalPerson"),
	row("R-EDM-REQ-S056", Fatal, since11, "query:Query/rim:Slot=AuthorizedRepresentativeLegalPerson/rim:SlotValue", "AuthorizedRepresentativeLegalPerson holds sdg:LegalPerson", "send sdg:LegalPerson", holds("LegalPerson")),
	slotTypeRow("R-EDM-REQ-S061", in20, "ReturnLocation", regrep.StringValueType),
}

// Places that many rules look at.
const (
	requesterAgent = "rim:Slot=EvidenceRequester/rim:SlotValue/rim:Element/sdg:Agent"
	providerAgent  = "rim:Slot=EvidenceProvider/rim:SlotValue/sdg:Agent"
	evidenceType   = "query:Query/rim:Slot=EvidenceRequest/rim:SlotValue/sdg:DataServiceEvidenceType"
)

func slotTypeRow(id string, in Lines, slot string, want regrep.Name) Rule {
	return row(id, Fatal, in, "rim:Slot="+slot+"/rim:SlotValue", slot+" has the type "+want.String(), "send that xsi:type", typeIs(want))
}

func querySlotTypeRow(id string, in Lines, slot string) Rule {
	return row(id, Fatal, in, "query:Query/rim:Slot="+slot+"/rim:SlotValue", slot+" has the type rim:AnyValueType", "send that xsi:type", typeIs(regrep.AnyValueType))
}

func elementTypeRow(id, slot string) Rule {
	return row(id, Fatal, all, "rim:Slot="+slot+"/rim:SlotValue/rim:Element", "the elements of "+slot+" have the type rim:AnyValueType", "send that xsi:type", typeIs(regrep.AnyValueType))
}

// requestID judges an attribute that is there.
func requestID(attr string) test {
	return func(_ *message, e *regrep.Element) *breach {
		v, ok := e.Attr(attr)
		return when(ok && !isURN(v), "/@"+attr, v)
	}
}

func oneSubject(_ *message, e *regrep.Element) *breach {
	n := len(e.Slots("NaturalPerson")) + len(e.Slots("LegalPerson"))
	return when(n != 1, "", countText(n))
}

func requestSlotNames(m *message) []string {
	names := []string{
		"SpecificationIdentifier", "IssueDateTime", "Procedure", "PreviewLocation", "PossibilityForPreview", "ExplicitRequestGiven",
		"Requirements", "EvidenceRequester", "EvidenceProvider", "EvidenceProviderClassification",
	}
	if m.version == edm.V20 {
		names = append(names, "ReturnLocation")
	}
	return names
}

func querySlotNames(m *message) []string {
	names := []string{"NaturalPerson", "LegalPerson", "AuthorizedRepresentative", "EvidenceRequest"}
	if m.version != edm.V10 {
		names = append(names, "AuthorizedRepresentativeLegalPerson")
	}
	return names
}

func oneSlotValue(_ *message, e *regrep.Element) *breach {
	n := len(e.All(rim, "SlotValue"))
	return when(n != 1, "/rim:SlotValue", countText(n))
}

// slotValueFilled leaves the collections to the rule on collections.
func slotValueFilled(collections ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		if isCollection(e, collections) {
			return nil
		}
		return when(len(e.Children) == 0, "", "empty")
	}
}

// isCollection: the value belongs to a slot that is a collection, and says that it is one.
func isCollection(value *regrep.Element, collections []string) bool {
	return value.Parent != nil && value.Type == regrep.CollectionValueType && slices.Contains(collections, value.Parent.Value("name"))
}

func collectionFilled(collections ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		return when(isCollection(e, collections) && e.Child(rim, "Element") == nil, "", "empty")
	}
}

func collectionIsSet(collections ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		v := e.Value("collectionType")
		return when(isCollection(e, collections) && v != regrep.CollectionTypeSet, "/@collectionType", v)
	}
}

func noLang(_ *message, e *regrep.Element) *breach {
	v, ok := e.AttrNS(regrep.NamespaceXML, "lang")
	return when(ok, "/@xml:lang", v)
}

func locationsTogether(_ *message, e *regrep.Element) *breach {
	preview, back := len(e.Slots("PreviewLocation")) > 0, len(e.Slots("ReturnLocation")) > 0
	return when(preview != back, "", "one without the other")
}
