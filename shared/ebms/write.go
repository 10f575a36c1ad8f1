package ebms

import (
	"time"

	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

const (
	wsu      = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	openTags = `<eb:Messaging xmlns:eb="` + Namespace + `" xmlns:env="` + SOAP12 + `" xmlns:wsu="` + wsu + `" wsu:Id="`
)

// timeLayout is UTC with milliseconds: the form that every peer reads.
const timeLayout = "2006-01-02T15:04:05.000Z"

// AppendUserMessage writes eb:Messaging with one eb:UserMessage in exclusive
// canonical form.
func AppendUserMessage(dst []byte, id string, m *UserMessage) []byte {
	dst = open(dst, id)
	dst = append(dst, `<eb:UserMessage`...)
	dst = attribute(dst, "mpc", m.MPC)
	dst = append(dst, '>')
	dst = appendInfo(dst, m.MessageInfo)
	dst = append(dst, `<eb:PartyInfo>`...)
	dst = appendParty(dst, "eb:From", m.From)
	dst = appendParty(dst, "eb:To", m.To)
	dst = append(dst, `</eb:PartyInfo>`...)
	dst = appendCollaboration(dst, m)
	dst = appendProperties(dst, "eb:MessageProperties", m.Properties)
	dst = appendParts(dst, m.Parts)
	return append(dst, `</eb:UserMessage></eb:Messaging>`...)
}

// AppendReceipt writes eb:Messaging with a receipt: exactly one child,
// ebbp:NonRepudiationInformation, which holds the canonical octets of the
// ds:Reference elements given, in order (AS4 §5.1.8; Domibus wants no other child).
func AppendReceipt(dst []byte, id string, info MessageInfo, references [][]byte) []byte {
	dst = open(dst, id)
	dst = append(dst, `<eb:SignalMessage>`...)
	dst = appendInfo(dst, info)
	dst = append(dst, `<eb:Receipt><ebbp:NonRepudiationInformation xmlns:ebbp="`+Signals+`">`...)
	for _, r := range references {
		dst = append(dst, `<ebbp:MessagePartNRInformation>`...)
		dst = append(dst, r...)
		dst = append(dst, `</ebbp:MessagePartNRInformation>`...)
	}
	return append(dst, `</ebbp:NonRepudiationInformation></eb:Receipt></eb:SignalMessage></eb:Messaging>`...)
}

// AppendErrors writes eb:Messaging with an error signal.
func AppendErrors(dst []byte, id string, info MessageInfo, errs []*Error) []byte {
	dst = open(dst, id)
	dst = append(dst, `<eb:SignalMessage>`...)
	dst = appendInfo(dst, info)
	for _, e := range errs {
		dst = appendError(dst, e)
	}
	return append(dst, `</eb:SignalMessage></eb:Messaging>`...)
}

// appendError writes the attributes in canonical order: by name, none has a namespace.
func appendError(dst []byte, e *Error) []byte {
	dst = append(dst, `<eb:Error`...)
	dst = attribute(dst, "category", e.Category)
	dst = attribute(dst, "errorCode", e.Code.Code)
	dst = attribute(dst, "origin", e.Origin)
	dst = attribute(dst, "refToMessageInError", e.RefToMessageInError)
	dst = attribute(dst, "severity", string(e.Severity))
	dst = attribute(dst, "shortDescription", e.ShortDescription)
	dst = append(dst, '>')
	if e.Description != "" {
		dst = append(dst, `<eb:Description xml:lang="en">`...)
		dst = c14n.AppendText(dst, e.Description)
		dst = append(dst, `</eb:Description>`...)
	}
	dst = element(dst, "eb:ErrorDetail", e.Detail)
	return append(dst, `</eb:Error>`...)
}

func open(dst []byte, id string) []byte {
	dst = append(dst, openTags...)
	dst = c14n.AppendAttribute(dst, id)
	return append(dst, `" env:mustUnderstand="true">`...)
}

func appendInfo(dst []byte, i MessageInfo) []byte {
	dst = append(dst, `<eb:MessageInfo><eb:Timestamp>`...)
	dst = i.Timestamp.UTC().Truncate(time.Millisecond).AppendFormat(dst, timeLayout)
	dst = append(dst, `</eb:Timestamp><eb:MessageId>`...)
	dst = c14n.AppendText(dst, i.MessageID)
	dst = append(dst, `</eb:MessageId>`...)
	dst = element(dst, "eb:RefToMessageId", i.RefToMessageID)
	return append(dst, `</eb:MessageInfo>`...)
}

func appendParty(dst []byte, name string, p Party) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, `><eb:PartyId`...)
	dst = attribute(dst, "type", p.ID.Type)
	dst = append(dst, '>')
	dst = c14n.AppendText(dst, p.ID.Value)
	dst = append(dst, `</eb:PartyId><eb:Role>`...)
	dst = c14n.AppendText(dst, p.Role)
	dst = append(dst, `</eb:Role></`...)
	dst = append(dst, name...)
	return append(dst, '>')
}

func appendCollaboration(dst []byte, m *UserMessage) []byte {
	dst = append(dst, `<eb:CollaborationInfo>`...)
	if a := m.AgreementRef; a != nil {
		dst = append(dst, `<eb:AgreementRef`...)
		dst = attribute(dst, "pmode", a.PMode)
		dst = attribute(dst, "type", a.Type)
		dst = append(dst, '>')
		dst = c14n.AppendText(dst, a.Value)
		dst = append(dst, `</eb:AgreementRef>`...)
	}
	dst = append(dst, `<eb:Service`...)
	dst = attribute(dst, "type", m.Service.Type)
	dst = append(dst, '>')
	dst = c14n.AppendText(dst, m.Service.Value)
	dst = append(dst, `</eb:Service><eb:Action>`...)
	dst = c14n.AppendText(dst, m.Action)
	dst = append(dst, `</eb:Action><eb:ConversationId>`...)
	dst = c14n.AppendText(dst, m.ConversationID)
	return append(dst, `</eb:ConversationId></eb:CollaborationInfo>`...)
}

func appendProperties(dst []byte, name string, list []Property) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	for _, p := range list {
		dst = append(dst, `<eb:Property`...)
		dst = attribute(dst, "name", p.Name)
		dst = attribute(dst, "type", p.Type)
		dst = append(dst, '>')
		dst = c14n.AppendText(dst, p.Value)
		dst = append(dst, `</eb:Property>`...)
	}
	dst = append(dst, `</`...)
	dst = append(dst, name...)
	return append(dst, '>')
}

func appendParts(dst []byte, parts []PartInfo) []byte {
	if len(parts) == 0 {
		return dst
	}
	dst = append(dst, `<eb:PayloadInfo>`...)
	for _, p := range parts {
		dst = append(dst, `<eb:PartInfo`...)
		dst = attribute(dst, "href", p.Href)
		dst = append(dst, '>')
		dst = appendProperties(dst, "eb:PartProperties", p.Properties)
		dst = append(dst, `</eb:PartInfo>`...)
	}
	return append(dst, `</eb:PayloadInfo>`...)
}

// attribute writes name="value", and nothing for an empty value.
func attribute(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	dst = c14n.AppendAttribute(dst, value)
	return append(dst, '"')
}

// element writes an element with text, and nothing for an empty text.
func element(dst []byte, name, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	dst = c14n.AppendText(dst, text)
	dst = append(dst, `</`...)
	dst = append(dst, name...)
	return append(dst, '>')
}

// NRReference is one reference of a receipt: what was acknowledged.
type NRReference = dsig.Reference
