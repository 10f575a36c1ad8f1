package exchange

// Role is the side of an exchange that a node is on.
type Role string

// The roles.
const (
	Requester Role = "requester"
	Provider  Role = "provider"
)

// State is where an exchange is. Names are shared by both roles where they mean
// the same.
type State string

// States of the requester.
const (
	// Created: the explicit request is recorded; the directory is being asked.
	Created State = "created"
	// Request1Sent: the evidence request is with the access point, or beyond it.
	Request1Sent State = "request1-sent"
	// PreviewRequired: the provider has sent a preview link, and the person is
	// to be sent there.
	PreviewRequired State = "preview-required"
	// Request2Sent: the person is in the preview space; the second request is out.
	Request2Sent State = "request2-sent"
	// Delivered: the evidence is here for the portal to fetch.
	Delivered State = "delivered"
	// Confirmed: the portal has it; our copy is deleted. Final.
	Confirmed State = "confirmed"
	// Unmatched: the provider found no evidence. Final.
	Unmatched State = "unmatched"
	// Deferred: the provider will have it later; a new request is due then. Final.
	Deferred State = "deferred"
	// Undelivered: the request never reached the provider. Final.
	Undelivered State = "undelivered"
	// Cancelled: the person or the portal gave up. Final.
	Cancelled State = "cancelled"
)

// States of the provider.
const (
	// Received: request 1 is in; rules, authority and matching are being judged.
	Received State = "received"
	// Offered: one person and evidence match; the preview link is sent.
	Offered State = "offered"
	// Bound: request 2 is in, the decision is not.
	Bound State = "bound"
	// Decided: the decision is in, request 2 is not.
	Decided State = "decided"
	// Answering: everything is in; the response is being made.
	Answering State = "answering"
	// Answered: the last answer is sent. Final.
	Answered State = "answered"
)

// States of both.
const (
	// Declined: the person accepted no document. Final.
	Declined State = "declined"
	// Refused: an error was received or sent. Final.
	Refused State = "refused"
	// Expired: a deadline passed. Final.
	Expired State = "expired"
)

// Final reports whether nothing can change an exchange in this state any more.
func (s State) Final() bool {
	switch s {
	case Confirmed, Unmatched, Deferred, Undelivered, Cancelled, Answered, Declined, Refused, Expired:
		return true
	}
	return false
}
