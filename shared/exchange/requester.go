package exchange

import "time"

// aboutRequest are events about one request of ours, which must be the open one.
var aboutRequest = map[Kind]bool{MessageFailed: true, PreviewDemanded: true, EvidenceArrived: true, NothingArrived: true, Postponed: true, ErrorArrived: true}

var requesterTable = []transition{
	{from: Created, on: Resolved, to: Request1Sent, do: []Do{SendRequest1}, note: startRequest1},
	{from: Created, on: Unresolvable, to: Refused, do: []Do{TellPortal}, note: noteCode},
	{from: Created, on: PersonCancels, to: Cancelled, do: []Do{TellPortal}},
	{from: Created, on: DeadlinePassed, to: Expired, do: []Do{TellPortal}},

	{from: Request1Sent, on: MessageFailed, to: Undelivered, do: []Do{TellPortal}, note: noteCode},
	{from: Request1Sent, on: PreviewDemanded, to: PreviewRequired, do: []Do{TellPortal}, note: startLaunch},
	{from: Request1Sent, on: EvidenceArrived, to: Delivered, do: []Do{TellPortal}, note: keepEvidence},
	{from: Request1Sent, on: NothingArrived, to: Unmatched, do: []Do{TellPortal}},
	{from: Request1Sent, on: Postponed, to: Deferred, do: []Do{TellPortal}, note: noteAvailable},
	{from: Request1Sent, on: ErrorArrived, to: Refused, do: []Do{TellPortal}, note: noteCode},
	{from: Request1Sent, on: PersonCancels, to: Cancelled, do: []Do{TellPortal}},
	{from: Request1Sent, on: DeadlinePassed, to: Expired, do: []Do{TellPortal}},

	{from: PreviewRequired, on: PersonContinues, to: Request2Sent, do: []Do{SendRequest2}, note: startPreview},
	{from: PreviewRequired, on: PersonCancels, to: Cancelled, do: []Do{TellPortal}},
	{from: PreviewRequired, on: DeadlinePassed, to: Expired, do: []Do{TellPortal}},

	{from: Request2Sent, on: MessageFailed, to: Undelivered, do: []Do{TellPortal}, note: noteCode},
	{from: Request2Sent, on: EvidenceArrived, to: Delivered, do: []Do{TellPortal}, note: keepEvidence},
	{from: Request2Sent, on: NothingArrived, to: Declined, do: []Do{TellPortal}},
	{from: Request2Sent, on: Postponed, to: Deferred, do: []Do{TellPortal}, note: noteAvailable},
	{from: Request2Sent, on: ErrorArrived, to: Refused, do: []Do{TellPortal}, note: noteCode},
	{from: Request2Sent, on: PersonCancels, to: Cancelled, do: []Do{TellPortal}},
	{from: Request2Sent, on: DeadlinePassed, to: Expired, do: []Do{TellPortal}},

	{from: Delivered, on: PortalConfirms, to: Confirmed, do: []Do{DeleteEvidence}},
	{from: Delivered, on: PersonCancels, to: Cancelled, do: []Do{DeleteEvidence}},
	{from: Delivered, on: DeadlinePassed, to: Expired, do: []Do{DeleteEvidence, TellPortal}},
}

func startRequest1(x *Exchange, e *Event, at time.Time) {
	x.Requests = append(x.Requests, e.RequestID)
	x.Deadline, x.Ends = at.Add(x.Timers.Link), at.Add(x.Timers.Overall)
}

func startLaunch(x *Exchange, e *Event, at time.Time) {
	x.PreviewLink = e.PreviewLocation
	x.Deadline = at.Add(x.Timers.Launch)
}

func startPreview(x *Exchange, e *Event, at time.Time) {
	x.Requests = append(x.Requests, e.RequestID)
	x.Deadline = at.Add(x.Timers.Preview)
}

func keepEvidence(x *Exchange, e *Event, at time.Time) {
	x.Accepted = e.Accepted
	x.Deadline = at.Add(x.Timers.Keep)
}

func noteCode(x *Exchange, e *Event, _ time.Time) { x.Code = e.Code }

func noteAvailable(x *Exchange, e *Event, _ time.Time) { x.Available = e.Available }
