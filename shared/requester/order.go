package requester

import (
	"time"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
)

// AwaitingPerson is the state of an order whose person has not signed in and
// asked explicitly yet: there is no exchange.
const AwaitingPerson exchange.State = "awaiting-person"

// Order is what a portal asks for: one piece of evidence for one requirement.
type Order struct {
	Procedure    string            `json:"procedure"`              // code of the list Procedures, 1
	Requirement  string            `json:"requirement"`            // URL in the Semantic Repository, 1
	Country      string            `json:"country"`                // where the evidence is, 1
	EvidenceType string            `json:"evidenceType,omitempty"` // URL; empty: what the Evidence Broker names first
	Provider     string            `json:"provider,omitempty"`     // identifier, where the directory names several
	Answers      map[string]string `json:"answers,omitempty"`      // to the directory's questions, by their ID
	Formats      []string          `json:"formats,omitempty"`      // media types that the portal takes, preferred first
	Languages    []string          `json:"languages,omitempty"`    // of the evidence, preferred first
	Language     string            `json:"language"`               // of the person, as "LV"
	ReturnURL    string            `json:"returnUrl"`              // https, at a host that the portal is registered with
	NoPreview    bool              `json:"noPreview,omitempty"`    // only where Union or national law allows it (Reg. 2018/1724 art. 14(5))
	// Subject and ExplicitRequest come from a portal that authenticates people
	// itself; any other leaves them out, and the person signs in with us.
	Subject         *Subject         `json:"-"`
	ExplicitRequest *ExplicitRequest `json:"explicitRequest,omitempty"`
}

// Subject is whose evidence is asked for; exactly one of Person and LegalPerson
// is set. Representative acts for the subject.
type Subject struct {
	Person         *edm.Person
	LegalPerson    *edm.LegalPerson
	Representative *edm.Person
	Assertion      string // SHA-256, hex, of the assertion that says so; empty: the portal's word
}

// ExplicitRequest is the recorded click.
type ExplicitRequest struct {
	At       time.Time `json:"at"`
	Language string    `json:"language"`
	Text     string    `json:"text"` // what the person saw and agreed to
}

// View is what a portal may know of its order.
type View struct {
	ID       string
	State    exchange.State
	Final    bool
	Code     string    // EDM, directory or rule id: why it ended
	Reason   string    // the same in words that a citizen can be shown, in the order's language
	Created  time.Time // of the order
	Deadline time.Time // when the state changes by itself; zero: never
	// PersonURL is where the portal sends the person now: to sign in, or on to the preview space; empty: nowhere.
	PersonURL string
	Available time.Time // of deferred evidence
	Documents []Document
	Questions []Question // with Code DSD:ERR:0005: order again with answers
	Choices   []Choice   // with Code vienreiz:choose: order again with a provider
}

// Document is one piece of evidence that waits for the portal.
type Document struct {
	Number         int    // from 1
	Identifier     string // Evidence/Identifier
	Classification string // edm.MainEvidence, …; empty before 2.0
	Title          string
	MediaType      string
	Language       string
	ConformsTo     string
	Size           int64  // octets
	SHA256         string // hex, of the octets
}

// Question is one of the directory to the person (TDD 3.1.4).
type Question struct {
	ID      string
	Type    string
	Text    string
	Options []Option
}

// Option is one allowed answer.
type Option struct{ Code, Name string }

// Choice is one provider that can be asked.
type Choice struct {
	Provider, Name, EvidenceType, Title string
}

// Refusal is an order or a step that is not taken. Matches with errors.As.
type Refusal struct {
	Rule   string // stable, as "order.procedure"
	Detail string // what is wrong; never a personal datum
	Do     string // what to do next
	Kind   RefusalKind
}

// RefusalKind says whose fault it is.
type RefusalKind string

// The kinds.
const (
	BadOrder  RefusalKind = "bad-order"  // the order cannot be right
	Forbidden RefusalKind = "forbidden"  // the portal may not ask this
	Unknown   RefusalKind = "unknown"    // there is no such order of this portal
	WrongTime RefusalKind = "wrong-time" // not in this state
)

// Error gives rule, reason and the way out.
func (r *Refusal) Error() string { return r.Rule + ": " + r.Detail + "; " + r.Do }
