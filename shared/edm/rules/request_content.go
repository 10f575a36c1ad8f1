package rules

import (
	"slices"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const requirement = "rim:Slot=Requirements/rim:SlotValue/rim:Element/sdg:Requirement"

// requestContent are the rules on the values of the request's own slots.
var requestContent = []Rule{
	row("R-EDM-REQ-C001", Fatal, all, "rim:Slot=SpecificationIdentifier/rim:SlotValue", "SpecificationIdentifier is the literal of the line", "send oots-edm:v1.0, v1.1, v1.2 or v2.0", slotText(regrep.StringValueType, isLiteral)),
	row("R-EDM-REQ-C002", Fatal, all, "rim:Slot=IssueDateTime/rim:SlotValue", "IssueDateTime has a date and a time to the second", "send YYYY-MM-DDThh:mm:ssZ", slotText(regrep.DateTimeValueType, always(isDateTime))),
	row("R-EDM-REQ-C003", Fatal, all, "rim:Slot=Procedure/rim:SlotValue", "Procedure is a code of the Procedures list", "send a code such as T3", procedureListed),
	row("R-EDM-REQ-C004", Fatal, until12, "rim:Slot=Procedure/rim:SlotValue/rim:Value/rim:LocalizedString", "the procedure's xml:lang is a LanguageCode", "send EN", langListed),
	row("R-EDM-REQ-C005", Fatal, all, "rim:Slot=PreviewLocation/rim:SlotValue", "PreviewLocation starts with https://", "copy it from the error response", slotText(regrep.StringValueType, always(isHTTPS))),
	row("R-EDM-REQ-C008", Fatal, all, requirement+"/sdg:Identifier", "a requirement's Identifier is https://sr.oots.tech.ec.europa.eu/requirements/ and a lower-case UUID", "copy it from the Evidence Broker", textMatches(isRequirementURL)),
	row("R-EDM-REQ-C009", Fatal, all, requirement+"/sdg:Name", "a requirement's Name has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C010", Fatal, all, requirement+"/sdg:Name", "a requirement's Name has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C011", Fatal, all, requesterAgent+"/sdg:Identifier", "a requester's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-REQ-C012", Fatal, all, requesterAgent+"/sdg:Identifier", "a requester's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-REQ-C013", Fatal, all, requesterAgent, "a requester has a Classification", "send ER or IP", childFilled("Classification")),
	row("R-EDM-REQ-C014", Fatal, all, requesterAgent+"/sdg:Classification", "a requester's Classification is ER or IP", "send ER or IP", textOneOf("ER", "IP")),
	row("R-EDM-REQ-C015", Fatal, all, requesterAgent+"/sdg:Address/sdg:AdminUnitLevel1", "a requester's country is a CountryIdentificationCode", "send an ISO 3166-1 code", textListed("CountryIdentificationCode")),
	row("R-EDM-REQ-C016", Fatal, in20, requesterAgent+"/sdg:Address/sdg:AdminUnitLevel2", "a requester's region is a NUTS code", "send a NUTS code or leave it out", textListed("NUTS")),
	row("R-EDM-REQ-C017", Fatal, all, providerAgent+"/sdg:Identifier", "the provider's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-REQ-C018", Fatal, all, providerAgent+"/sdg:Identifier", "the provider's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-REQ-C024", Fatal, all, "", "ResponseOption/@returnType is LeafClassWithRepositoryItem", "send that value", childAttrIs("ResponseOption", "returnType", "LeafClassWithRepositoryItem")),
	row("R-EDM-REQ-C025", Fatal, all, "", "Query/@queryDefinition is DocumentQuery", "send that value", childAttrIs("Query", "queryDefinition", "DocumentQuery")),
	row("R-EDM-REQ-C069", Fatal, in12, "", "QueryRequest's xml:lang is a LanguageCode", "send an upper-case ISO 639 code or leave it out", langListed),
	row("R-EDM-REQ-C073", Fatal, since11, requesterAgent, "the ER agent has exactly one Address with AdminUnitLevel1", "add the address", addressOf(edm.ClassificationER)),
	row("R-EDM-REQ-C074", Fatal, all, "rim:Slot=EvidenceRequester/rim:SlotValue", "exactly one agent has the Classification ER", "name one evidence requester", oneAgent(edm.ClassificationER, "ER", "IP")),
	row("R-EDM-REQ-C092", Fatal, since11, setTexts, "free text has at least two characters (LocatorDesignator one)", "send the text or leave the element out", longEnough),
	row("R-EDM-REQ-C093", Fatal, since12, requirement+"/sdg:Description", "a requirement's Description has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C094", Fatal, since12, requirement+"/sdg:Description", "a requirement's Description has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C108", Fatal, since12, requesterAgent+"/sdg:Name", "a requester's Name has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C109", Fatal, since12, requesterAgent+"/sdg:Name", "a requester's Name has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C110", Fatal, since12, providerAgent+"/sdg:Name", "the provider's Name has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C111", Fatal, since12, providerAgent+"/sdg:Name", "the provider's Name has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C120", Fatal, in20, "rim:Slot=ReturnLocation/rim:SlotValue", "ReturnLocation starts with https://", "send an https URL", slotText(regrep.StringValueType, always(isHTTPS))),
}

func isLiteral(m *message, s string) bool { return s == string(m.version) }

// procedureListed reads the code from where the line has it; in a slot of another type the rule on types speaks.
func procedureListed(m *message, e *regrep.Element) *breach {
	listed := func(code string) bool { return m.list("Procedures").Has(code) }
	if m.version == edm.V20 {
		return slotText(regrep.StringValueType, always(listed))(m, e)
	}
	if e.Type != regrep.InternationalStringValueType || len(e.Children) == 0 {
		return nil
	}
	all := e.Child(rim, "Value").All(rim, "LocalizedString")
	if len(all) == 0 {
		return &breach{"/rim:Value", "missing"}
	}
	for _, s := range all {
		if v := s.Value("value"); !listed(v) {
			return &breach{"/rim:Value/rim:LocalizedString/@value", v}
		}
	}
	return nil
}

// childAttrIs judges a child of the root that the schema demands, and its attribute.
func childAttrIs(child, attr, want string) test {
	return func(_ *message, e *regrep.Element) *breach {
		v := e.Child(regrep.NamespaceQuery, child).Value(attr)
		return when(v != want, "/query:"+child+"/@"+attr, v)
	}
}

// addressOf: the agent of that classification has exactly one address, with exactly one country. Of several such agents only the first is judged:
// that there are several is another rule's.
func addressOf(classification string) test {
	return func(m *message, e *regrep.Element) *breach {
		if e.Child(sdg, "Classification").Trimmed() != classification {
			return nil
		}
		collection := e.Parent.Parent
		if m.chosen[collection] == nil {
			m.chosen[collection] = e
		}
		if m.chosen[collection] != e {
			return nil
		}
		return oneAddress(e)
	}
}

func oneAddress(agent *regrep.Element) *breach {
	all := agent.All(sdg, "Address")
	if len(all) != 1 {
		return &breach{"/sdg:Address", countText(len(all))}
	}
	n := len(all[0].All(sdg, "AdminUnitLevel1"))
	return when(n != 1, "/sdg:Address/sdg:AdminUnitLevel1", countText(n))
}

// oneAgent is oneAgentOrEmpty for a collection whose emptiness is another rule's.
func oneAgent(classification string, known ...string) test {
	one := oneAgentOrEmpty(classification, known...)
	return func(m *message, e *regrep.Element) *breach {
		if e.Child(rim, "Element") == nil {
			return nil
		}
		return one(m, e)
	}
}

// oneAgentOrEmpty: exactly one agent of the collection has the classification. It is silent when an agent, its classification or the
// collection's type is wrong by itself.
func oneAgentOrEmpty(classification string, known ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		if e.Type != regrep.CollectionValueType {
			return nil
		}
		n := 0
		for _, x := range e.All(rim, "Element") {
			c := x.Child(sdg, "Agent").Child(sdg, "Classification").Trimmed()
			if !slices.Contains(known, c) {
				return nil
			}
			if c == classification {
				n++
			}
		}
		return when(n != 1, "/rim:Element/sdg:Agent/sdg:Classification", countText(n))
	}
}
