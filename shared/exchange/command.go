package exchange

import "fmt"

// Do names what is to be done once a transition is committed.
type Do string

// Commands of the requester.
const (
	Resolve        Do = "resolve"         // ask the directory and build request 1
	SendRequest1   Do = "send-request-1"  // as4-send
	SendRequest2   Do = "send-request-2"  // as4-send
	TellPortal     Do = "tell-portal"     // notify: the state has changed
	DeleteEvidence Do = "delete-evidence" // here, now
)

// Commands of the provider.
const (
	Match         Do = "match"          // provide: authority, person, evidence
	Fetch         Do = "fetch"          // provide: the evidence, and build the response
	OfferPreview  Do = "offer-preview"  // as4-send: EDM:ERR:0002 with the link
	AnswerError   Do = "answer-error"   // as4-send: an EDM exception with Exchange.Code
	AnswerEmpty   Do = "answer-empty"   // as4-send: success without documents
	AnswerLater   Do = "answer-later"   // as4-send: status Unavailable with Exchange.Available
	SendResponse  Do = "send-response"  // as4-send: what Fetch or the preview built
	BuildResponse Do = "build-response" // provide: the accepted documents of the preview
)

// Command is one thing to do. Its ID derives from exchange and transition, so
// that a command that is carried out twice finds its work done.
type Command struct {
	ID       string
	Do       Do
	Exchange string
}

func (x *Exchange) command(do Do) Command {
	return Command{ID: fmt.Sprintf("%s/%d/%s", x.ID, x.Transition, do), Do: do, Exchange: x.ID}
}
