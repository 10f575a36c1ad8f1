package ebms

import (
	"net/url"
	"strings"
	"time"
)

// PartyID is eb:PartyId. Both fields are compared case-sensitively (TDD 4.7 §2).
type PartyID struct {
	Type  string // @type; may be empty when the value is a URI
	Value string
}

// Party is eb:From or eb:To.
type Party struct {
	ID   PartyID
	Role string
}

// Service is eb:Service.
type Service struct {
	Type  string // @type; may be empty when the value is a URI
	Value string
}

// AgreementRef is eb:AgreementRef.
type AgreementRef struct {
	Type, PMode, Value string
}

// Property is eb:Property of a message or a part.
type Property struct {
	Name, Type, Value string
}

// PartInfo is eb:PartInfo. The order of the parts is the reading order.
type PartInfo struct {
	Href       string // "cid:…"
	Properties []Property
}

// MessageInfo is eb:MessageInfo.
type MessageInfo struct {
	Timestamp      time.Time // eb:Timestamp; read with any zone, without one as UTC
	MessageID      string    // RFC 2822 msg-id without angle brackets
	RefToMessageID string
}

// UserMessage is eb:UserMessage.
type UserMessage struct {
	MPC string // @mpc; empty stands for [DefaultMPC]
	MessageInfo
	From, To       Party
	AgreementRef   *AgreementRef
	Service        Service
	Action         string
	ConversationID string
	Properties     []Property
	Parts          []PartInfo
}

// Receipt is eb:Receipt of a signal with the references that it acknowledges.
// Its octets, which proofs are made of, are the caller's.
type Receipt struct {
	References []NRReference
}

// SignalMessage is eb:SignalMessage: a receipt or errors.
type SignalMessage struct {
	MessageInfo
	Receipt *Receipt
	Errors  []*Error
	Pull    bool // an eb:PullRequest, which eDelivery's Common Profile does not know
}

// Test reports whether the message goes to the test service (ebMS 3.0 Core
// §5.2.2.8): it is answered like any message and never delivered.
func (m *UserMessage) Test() bool {
	return m.Service.Value == TestService && m.Action == TestAction
}

// Property returns the value of the first property with that name.
func (p *PartInfo) Property(name string) (string, bool) { return property(p.Properties, name) }

// Property returns the value of the first message property with that name.
func (m *UserMessage) Property(name string) (string, bool) { return property(m.Properties, name) }

func property(list []Property, name string) (string, bool) {
	for i := range list {
		if list[i].Name == name {
			return list[i].Value, true
		}
	}
	return "", false
}

// Compressed reports whether the part says that it is gzip-compressed (AS4 §3.1).
func (p *PartInfo) Compressed() bool {
	_, ok := p.Property(CompressionType)
	return ok
}

// CID is the Content-ID that the part's href names: percent-decoded (RFC 2392
// §2), and as it is written when it has an escape that is none.
func (p *PartInfo) CID() string {
	written := strings.TrimPrefix(p.Href, "cid:")
	if cid, err := url.PathUnescape(written); err == nil {
		return cid
	}
	return written
}
