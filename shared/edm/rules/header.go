package rules

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Header is the part of an ebMS header that the rules of chapter 4.7.2 and the comparison with the body need.
type Header struct {
	Action, ConversationID string
	// Properties are the message properties in their order; values as given, without trimming (R-EDM-ebMS-038 compares literally).
	Properties []Property
	// Parts are the @href of eb:PartInfo in their order; the first is the RegRep document.
	Parts []string

	user *regrep.Element
}

// Property is one message property.
type Property struct{ Name, Type, Value string }

// Property returns the first property of that name.
func (h *Header) Property(name string) (Property, bool) {
	for _, p := range h.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// ParseHeader reads an ebMS header: an eb:Messaging, an eb:UserMessage, or a SOAP envelope around one. The error is an *xmlsafe.Error for unacceptable
// XML, or a *regrep.Error when there is not exactly one eb:UserMessage.
func ParseHeader(b []byte) (*Header, error) {
	root, err := regrep.Parse(b, regrep.Limits())
	if err != nil {
		return nil, err
	}
	var found []*regrep.Element
	root.Walk(func(e *regrep.Element) {
		if e.Local == "UserMessage" && e.Space == regrep.NamespaceEBMS {
			found = append(found, e)
		}
	})
	if len(found) != 1 {
		return nil, regrep.Refuse(root, "eb:Messaging", "%d eb:UserMessage elements; the header of one user message is expected", len(found))
	}
	return headerOf(found[0]), nil
}

func headerOf(user *regrep.Element) *Header {
	const eb = regrep.NamespaceEBMS
	h := &Header{user: user}
	info := user.Child(eb, "CollaborationInfo")
	h.Action = info.Child(eb, "Action").Trimmed()
	h.ConversationID = info.Child(eb, "ConversationId").Trimmed()
	for _, p := range user.Child(eb, "MessageProperties").All(eb, "Property") {
		h.Properties = append(h.Properties, Property{p.Value("name"), p.Value("type"), p.Text})
	}
	for _, p := range user.Child(eb, "PayloadInfo").All(eb, "PartInfo") {
		h.Parts = append(h.Parts, p.Value("href"))
	}
	return h
}

// Specification is what SpecificationId says, "" when the header has none.
func (h *Header) Specification() edm.Version {
	p, _ := h.Property("SpecificationId")
	return edm.Version(p.Value)
}

// headerRules are the rules of chapter 4.7.2 whose wording is known. The path starts at eb:UserMessage.
var headerRules = []Rule{
	row("R-EDM-ebMS-017", Fatal, all, "", "ConversationId is a UUID", "send the UUID of the user's session", conversationUUID),
	row("R-EDM-ebMS-018", Fatal, until12, "", "there are exactly two message properties", "send originalSender and finalRecipient", propertyCount("originalSender", "finalRecipient")),
	row("R-EDM-ebMS-018", Fatal, in20, "", "there are exactly four message properties", "send originalSender, finalRecipient, ExchangeId and SpecificationId", propertyCount(propertyNames20...)),
	row("R-EDM-ebMS-019", Fatal, until12, "", "the message properties are originalSender and finalRecipient", "add what is missing", propertiesThere("originalSender", "finalRecipient")),
	row("R-EDM-ebMS-019", Fatal, in20, "", "the message properties are originalSender, finalRecipient, ExchangeId and SpecificationId", "add what is missing", propertiesThere(propertyNames20...)),
	row("R-EDM-ebMS-037", Fatal, in20, "eb:MessageProperties/eb:Property", "ExchangeId is a UUID", "send the UUID of the round trip", propertyIs("ExchangeId", func(s string) bool { return isUUID(strings.TrimSpace(s)) })),
	row("R-EDM-ebMS-038", Fatal, in20, "eb:MessageProperties/eb:Property", "SpecificationId is oots-edm:v2.0, literally", "send oots-edm:v2.0", propertyIs("SpecificationId", func(s string) bool { return s == string(edm.V20) })),
}

var propertyNames20 = []string{"originalSender", "finalRecipient", "ExchangeId", "SpecificationId"}

func conversationUUID(_ *message, e *regrep.Element) *breach {
	v := headerOf(e).ConversationID
	return when(!isUUID(v), "/eb:CollaborationInfo/eb:ConversationId", v)
}

// propertyCount leaves a missing property to R-EDM-ebMS-019.
func propertyCount(names ...string) test {
	there := propertiesThere(names...)
	return func(m *message, e *regrep.Element) *breach {
		n := len(headerOf(e).Properties)
		return when(there(m, e) == nil && n != len(names), "/eb:MessageProperties/eb:Property", countText(n))
	}
}

func propertiesThere(names ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		h := headerOf(e)
		for _, name := range names {
			if _, ok := h.Property(name); !ok {
				return &breach{"/eb:MessageProperties/eb:Property[@name='" + name + "']", "missing"}
			}
		}
		return nil
	}
}

func propertyIs(name string, ok func(string) bool) test {
	return func(_ *message, e *regrep.Element) *breach {
		return when(e.Value("name") == name && !ok(e.Text), "[@name='"+name+"']", e.Text)
	}
}

// CheckHeader judges a header. body is the line of the message it carries, "" when it is unknown.
func CheckHeader(h *Header, body edm.Version) []Finding {
	return run(newMessage(h.user, headerLine(h, body)), headerRules)
}

// headerLine selects the rules: 2.0 when the body or the property says so, or when there is a property and no body. Lines before 2.0 share theirs.
func headerLine(h *Header, body edm.Version) edm.Version {
	_, named := h.Property("SpecificationId")
	switch {
	case body == edm.V20, h.Specification() == edm.V20, named && !body.Known():
		return edm.V20
	case body.Known():
		return body
	}
	return edm.V12
}
