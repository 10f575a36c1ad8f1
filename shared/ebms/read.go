package ebms

import (
	"regexp"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// Content is what one eb:Messaging holds: one of the two.
type Content struct {
	User   *UserMessage
	Signal *SignalMessage
}

// Read reads eb:Messaging: exactly one UserMessage or one SignalMessage, with
// the order and cardinalities of the schema. Errors are [*Error] with
// InvalidHeader or ValueInconsistent.
func Read(messaging *etree.Element) (*Content, error) {
	if err := newCursor(messaging).err; err != nil {
		return nil, err
	}
	kids := messaging.ChildElements()
	if len(kids) != 1 {
		return nil, InvalidHeader.Refuse("ebms.messaging", sprintf("eb:Messaging holds %d elements; exactly one UserMessage or SignalMessage is taken", len(kids)), "send one message per envelope")
	}
	switch {
	case is(kids[0], "UserMessage"):
		m, err := readUserMessage(kids[0])
		return &Content{User: m}, err
	case is(kids[0], "SignalMessage"):
		s, err := readSignal(kids[0])
		return &Content{Signal: s}, err
	}
	return nil, invalid(messaging, "holds %s", kids[0].Tag)
}

func readUserMessage(el *etree.Element) (*UserMessage, error) {
	c := newCursor(el)
	m := &UserMessage{MPC: attr(el, "mpc")}
	info := c.need("MessageInfo")
	parties := newCursor(c.need("PartyInfo"))
	collaboration := newCursor(c.need("CollaborationInfo"))
	properties := c.maybe("MessageProperties")
	payload := c.maybe("PayloadInfo")
	m.MessageInfo = c.info(info)
	m.From = parties.party("From")
	m.To = parties.party("To")
	m.collaboration(collaboration)
	m.Properties = c.properties(properties)
	m.Parts = c.parts(payload)
	if err := firstError(c.end(), parties.end(), collaboration.end()); err != nil {
		return nil, err
	}
	return m, m.check()
}

func (m *UserMessage) collaboration(c *cursor) {
	if a := c.maybe("AgreementRef"); a != nil {
		m.AgreementRef = &AgreementRef{Type: attr(a, "type"), PMode: attr(a, "pmode"), Value: c.text(a)}
	}
	s := c.need("Service")
	m.Service = Service{Type: attr(s, "type"), Value: c.text(s)}
	m.Action = c.text(c.need("Action"))
	m.ConversationID = c.text(c.need("ConversationId"))
}

func readSignal(el *etree.Element) (*SignalMessage, error) {
	c := newCursor(el)
	s := &SignalMessage{MessageInfo: c.info(c.need("MessageInfo"))}
	if pull := c.maybe("PullRequest"); pull != nil {
		s.Pull = true
		return s, c.end()
	}
	if r := c.maybe("Receipt"); r != nil {
		receipt, err := readReceipt(r)
		if err != nil {
			return nil, err
		}
		s.Receipt = receipt
		return s, c.end()
	}
	for e := c.maybe("Error"); e != nil && len(s.Errors) < MaxErrors; e = c.maybe("Error") {
		s.Errors = append(s.Errors, readError(e))
	}
	if err := c.end(); err != nil {
		return nil, err
	}
	if len(s.Errors) == 0 {
		return nil, invalid(el, "holds neither PullRequest, Receipt nor Error")
	}
	return s, nil
}

// readReceipt collects the references of NonRepudiationInformation. Other
// children of eb:Receipt are passed over: phase4 adds one of its own.
func readReceipt(el *etree.Element) (*Receipt, error) {
	r := &Receipt{}
	for _, nri := range el.ChildElements() {
		if nri.Tag != "NonRepudiationInformation" || nri.NamespaceURI() != Signals {
			continue
		}
		for _, part := range nri.ChildElements() {
			kids := part.ChildElements()
			if part.Tag != "MessagePartNRInformation" || part.NamespaceURI() != Signals || len(kids) != 1 || len(r.References) == dsig.MaxReferences {
				return nil, invalid(nri, "must hold at most %d MessagePartNRInformation with one ds:Reference each", dsig.MaxReferences)
			}
			ref, err := dsig.ParseReference(kids[0])
			if err != nil {
				return nil, InvalidHeader.Refuse("ebms.receipt", err.Error(), "copy the ds:Reference elements of the message")
			}
			r.References = append(r.References, ref)
		}
	}
	return r, nil
}

// readError is lenient: an error that comes back is to be understood, not judged.
func readError(el *etree.Element) *Error {
	e := &Error{RefToMessageInError: clip(attr(el, "refToMessageInError"))}
	e.Code = Code{Code: clip(attr(el, "errorCode")), ShortDescription: clip(attr(el, "shortDescription")), Severity: Severity(clip(attr(el, "severity"))), Category: clip(attr(el, "category")), Origin: clip(attr(el, "origin"))}
	for _, kid := range el.ChildElements() {
		switch {
		case is(kid, "Description"):
			e.Description = clip(kid.Text())
		case is(kid, "ErrorDetail"):
			e.Detail = clip(kid.Text())
		}
	}
	if e.ShortDescription == "" {
		if known, ok := Lookup(e.Code.Code); ok {
			e.ShortDescription = known.ShortDescription
		}
	}
	return e
}

func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > MaxValueBytes {
		return strings.ToValidUTF8(s[:MaxValueBytes], "") + "…"
	}
	return s
}

// dateTime is the lexical form of XML Schema Part 2 §3.2.7 for the years 0000 to
// 9999; time.Parse by itself takes decimal commas and zones beyond 14 hours.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT(?:(24:00:00)(?:\.0+)?|\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?$`)

// timestamp reads xsd:dateTime; one without a zone is UTC (ebMS 3.0 Core
// §5.2.2.1). Hour 24 is the midnight that ends the day.
func timestamp(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	form := dateTime.FindStringSubmatch(text)
	if form != nil {
		days, zone := 0, ""
		if form[1] != "" {
			text, days = strings.Replace(text, "T24", "T00", 1), 1
		}
		if form[2] == "" {
			zone = "Z"
		}
		if t, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", text+zone); err == nil {
			return t.UTC().AddDate(0, 0, days), nil
		}
	}
	return time.Time{}, InvalidHeader.Refuse("ebms.timestamp", sprintf("eb:Timestamp %q is no xsd:dateTime", clip(text)), "write UTC as 2026-01-31T12:00:00.000Z")
}
