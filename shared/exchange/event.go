package exchange

import "time"

// Kind names what happened.
type Kind string

// What happens to a requester's exchange.
const (
	// Resolved: the directory is resolved and request 1 is built.
	Resolved Kind = "resolved"
	// Unresolvable: the directory has nobody to ask; Event.Code says why.
	Unresolvable Kind = "unresolvable"
	// MessageFailed: the access point gave up on our message (EBMS:0301, or a final error of the partner).
	MessageFailed Kind = "message-failed"
	// PreviewDemanded: EDM:ERR:0002 with a preview link.
	PreviewDemanded Kind = "preview-demanded"
	// EvidenceArrived: a success response with documents.
	EvidenceArrived Kind = "evidence-arrived"
	// NothingArrived: a success response without documents.
	NothingArrived Kind = "nothing-arrived"
	// Postponed: a response with status Unavailable and a date.
	Postponed Kind = "postponed"
	// ErrorArrived: any other EDM error; Event.Code is its code.
	ErrorArrived Kind = "error-arrived"
	// PersonContinues: the person clicks on to the preview space.
	PersonContinues Kind = "person-continues"
	// PersonCancels: the person or the portal gives up.
	PersonCancels Kind = "person-cancels"
	// PortalConfirms: the portal has fetched the evidence.
	PortalConfirms Kind = "portal-confirms"
)

// What happens to a provider's exchange.
const (
	// RequestInvalid: request 1 breaks a rule, or its author may not ask; Event.Code is the answer's.
	RequestInvalid Kind = "request-invalid"
	// Matched: exactly one person and evidence; a preview is wanted.
	Matched Kind = "matched"
	// MatchedDirectly: exactly one; no preview is wanted, the evidence is fetched.
	MatchedDirectly Kind = "matched-directly"
	// NotMatched: nobody, or no evidence.
	NotMatched Kind = "not-matched"
	// AmbiguouslyMatched: more than one, or not decidable (Reg. art. 16(3)).
	AmbiguouslyMatched Kind = "ambiguously-matched"
	// EvidencePostponed: the registry will have it later.
	EvidencePostponed Kind = "evidence-postponed"
	// RegistryFailed: the registry cannot be asked; Event.Code is the answer's.
	RegistryFailed Kind = "registry-failed"
	// SecondRequest: request 2 with our preview link is in.
	SecondRequest Kind = "second-request"
	// PersonDecides: the person accepted some or none of the documents.
	PersonDecides Kind = "person-decides"
	// PersonIsAnother: the person in the preview space is not the one of the request.
	PersonIsAnother Kind = "person-is-another"
	// AnswerReady: the response with the accepted documents is built.
	AnswerReady Kind = "answer-ready"
)

// DeadlinePassed is applied by the machine itself, and by whoever wakes idle exchanges.
const DeadlinePassed Kind = "deadline-passed"

// Event is one thing that happened, with what the machine needs to know of it.
type Event struct {
	Kind Kind
	// ID makes the event one: applying the same ID again changes nothing. It is
	// the request id, the message id, the decision's id.
	ID string
	// Message is the eb:Timestamp of the message that the event came with; zero
	// for events without one. It is replaced by the time of applying when it is
	// more than five minutes off.
	Message time.Time
	// RequestID is the QueryRequest/@id that a response names, or that a request has.
	RequestID string
	// Code is the EDM error code, with which it ends.
	Code string
	// PreviewLocation is the link of EDM:ERR:0002 or of request 2.
	PreviewLocation string
	// Available is when postponed evidence will be there.
	Available time.Time
	// Accepted is how many documents the person accepted.
	Accepted int
}
