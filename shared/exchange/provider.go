package exchange

import "time"

// Codes of EDM errors that the machine itself answers with (TDD 4.5.3).
const (
	codeNotFound   = "EDM:ERR:0004"
	codeTimeout    = "EDM:ERR:0005"
	codeUnresolved = "EDM:ERR:0006"
)

var providerTable = []transition{
	{from: Received, on: RequestInvalid, to: Refused, do: []Do{AnswerError}, note: noteCode},
	{from: Received, on: RegistryFailed, to: Refused, do: []Do{AnswerError}, note: noteCode},
	{from: Received, on: AmbiguouslyMatched, to: Refused, do: []Do{AnswerError}, note: notFound},
	{from: Received, on: NotMatched, to: Answered, do: []Do{AnswerEmpty}},
	{from: Received, on: EvidencePostponed, to: Answered, do: []Do{AnswerLater}, note: noteAvailable},
	{from: Received, on: MatchedDirectly, to: Answering, do: []Do{Fetch}},
	{from: Received, on: Matched, to: Offered, do: []Do{OfferPreview}, note: offer},
	{from: Received, on: DeadlinePassed, to: Expired, do: []Do{AnswerError}, note: timedOut},

	{from: Offered, on: SecondRequest, when: ours, to: Bound, note: bind},
	{from: Offered, on: PersonDecides, to: Decided, note: decide},
	{from: Offered, on: PersonIsAnother, to: Refused, note: notFound},

	{from: Bound, on: PersonDecides, when: accepted, to: Answering, do: []Do{BuildResponse}, note: decide},
	{from: Bound, on: PersonDecides, to: Declined, do: []Do{AnswerEmpty}, note: decide},
	{from: Bound, on: PersonIsAnother, to: Refused, do: []Do{AnswerError}, note: notFound},
	{from: Bound, on: RegistryFailed, to: Refused, do: []Do{AnswerError}, note: noteCode},
	{from: Bound, on: DeadlinePassed, to: Expired, do: []Do{AnswerError}, note: timedOut},

	{from: Decided, on: SecondRequest, when: oursAndAccepted, to: Answering, do: []Do{BuildResponse}, note: bind},
	{from: Decided, on: SecondRequest, when: ours, to: Declined, do: []Do{AnswerEmpty}, note: bind},

	{from: Answering, on: AnswerReady, to: Answered, do: []Do{SendResponse}},
	{from: Answering, on: EvidencePostponed, to: Answered, do: []Do{AnswerLater}, note: noteAvailable},
	{from: Answering, on: RegistryFailed, to: Refused, do: []Do{AnswerError}, note: noteCode},
	{from: Answering, on: DeadlinePassed, to: Expired, do: []Do{AnswerError}, note: timedOut},
}

// ours reports whether request 2 brings the link that was offered.
func ours(x *Exchange, e *Event) bool {
	return x.PreviewLink != "" && e.PreviewLocation == x.PreviewLink
}

func accepted(_ *Exchange, e *Event) bool { return e.Accepted > 0 }

func oursAndAccepted(x *Exchange, e *Event) bool { return ours(x, e) && x.Accepted > 0 }

func offer(x *Exchange, e *Event, at time.Time) {
	x.PreviewLink = e.PreviewLocation
	x.Deadline = at.Add(x.Timers.Launch)
}

// bind takes request 2, from whose timestamp the preview session counts.
func bind(x *Exchange, e *Event, at time.Time) {
	x.Requests = append(x.Requests, e.RequestID)
	x.Deadline = at.Add(x.Timers.Preview)
}

// decide keeps the deadline of the session: a decision waits for request 2 no
// longer than the person would have had.
func decide(x *Exchange, e *Event, at time.Time) {
	x.Accepted = e.Accepted
	x.Deadline = at.Add(x.Timers.Preview)
}

func notFound(x *Exchange, _ *Event, _ time.Time) { x.Code = codeNotFound }

func timedOut(x *Exchange, _ *Event, _ time.Time) { x.Code = codeTimeout }

// UnresolvedReference is the code with which request 2 with an unknown link is
// answered, outside any exchange.
const UnresolvedReference = codeUnresolved
