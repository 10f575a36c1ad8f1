package exchange

import (
	"slices"
	"time"
)

// Exchange is what a node remembers of one exchange. It holds ids and times,
// never personal data.
type Exchange struct {
	ID             string // ExchangeId: a UUID; in 1.x our own
	Role           Role
	State          State
	Transition     int // how often the state changed
	ConversationID string
	Requests       []string // QueryRequest/@id of request 1 and request 2
	PreviewLink    string
	Code           string    // EDM error code, or why the directory had nobody
	Available      time.Time // of deferred evidence
	Accepted       int       // documents that the person accepted
	Seen           []string  // ids of the events that were applied
	Deadline       time.Time // of this state; zero: none
	Ends           time.Time // of the whole exchange; zero: not started
	Timers         Timers
}

// Timers are the time-outs of TDD 4.4 §4.4.3.
type Timers struct {
	Link    time.Duration // T1: the preview link must arrive
	Launch  time.Duration // T2: the person must be redirected
	Preview time.Duration // T3: the preview session
	Overall time.Duration
	Keep    time.Duration // evidence waits for the portal
}

// DefaultTimers are the published values: each side waits a minute longer for
// what the other does than the other has for it.
func DefaultTimers(r Role) Timers {
	if r == Provider {
		return Timers{Link: 5 * time.Minute, Launch: 16 * time.Minute, Preview: 40 * time.Minute, Overall: 61 * time.Minute}
	}
	return Timers{Link: 6 * time.Minute, Launch: 15 * time.Minute, Preview: 41 * time.Minute, Overall: 62 * time.Minute, Keep: 24 * time.Hour}
}

// maxSkew is how far a message's timestamp may be off before the time of
// arrival counts in its place.
const maxSkew = 5 * time.Minute

// NewRequest starts a requester's exchange, at the person's explicit request.
func NewRequest(id, conversation string, now time.Time, t Timers) (Exchange, []Command) {
	x := Exchange{ID: id, Role: Requester, State: Created, ConversationID: conversation, Deadline: now.Add(t.Link), Timers: t}
	return x, []Command{x.command(Resolve)}
}

// NewProvision starts a provider's exchange with request 1, which was received
// now and says that it was sent at message.
func NewProvision(id, conversation, requestID string, message, now time.Time, t Timers) (Exchange, []Command) {
	x := Exchange{ID: id, Role: Provider, State: Received, ConversationID: conversation, Requests: []string{requestID}, Seen: []string{requestID}, Timers: t}
	start := sane(message, now)
	x.Deadline, x.Ends = start.Add(t.Link), start.Add(t.Overall)
	return x, []Command{x.command(Match)}
}

// sane is the message's own time when it is near now, and else now.
func sane(message, now time.Time) time.Time {
	if message.IsZero() || message.Sub(now).Abs() > maxSkew {
		return now
	}
	return message
}

// Due is when the exchange must be looked at again; zero: never.
func (x *Exchange) Due() time.Time {
	if x.State.Final() {
		return time.Time{}
	}
	due := x.Deadline
	if !x.Ends.IsZero() && (due.IsZero() || x.Ends.Before(due)) && x.State != Delivered {
		due = x.Ends
	}
	return due
}

// overdue reports whether a deadline has passed at a time.
func (x *Exchange) overdue(now time.Time) bool {
	due := x.Due()
	return !due.IsZero() && !now.Before(due)
}

// answers reports whether a response is to the request that is open.
func (x *Exchange) answers(requestID string) bool {
	n := len(x.Requests)
	return n > 0 && x.Requests[n-1] == requestID
}

func (x *Exchange) seen(id string) bool {
	return id != "" && slices.Contains(x.Seen, id)
}
