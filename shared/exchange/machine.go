package exchange

import (
	"fmt"
	"slices"
	"time"
)

// transition is one row: what an event makes of a state.
type transition struct {
	from State
	on   Kind
	// when narrows the row; nil is always. Rows are tried in order.
	when func(*Exchange, *Event) bool
	to   State
	do   []Do
	// note writes what the row learns from the event.
	note func(x *Exchange, e *Event, at time.Time)
}

// Ignored is why an event changed nothing. That is no fault of the node: late,
// foreign and repeated messages are normal, and are journalled.
type Ignored struct {
	Rule  string // stable: "exchange.repeated", "exchange.final", "exchange.correlation", "exchange.unexpected"
	State State
	Kind  Kind
}

// Error says what happened to which state.
func (i *Ignored) Error() string {
	return fmt.Sprintf("%s: %s in state %s changes nothing", i.Rule, i.Kind, i.State)
}

// Apply makes of an exchange what an event makes of it, now. Commands are what
// to do once the result is committed. The error is an [*Ignored] when the event
// changed nothing; the exchange may have changed all the same, because its
// deadline had passed before: then it is returned expired, with its commands.
func (x Exchange) Apply(e Event, now time.Time) (Exchange, []Command, error) {
	if x.seen(e.ID) {
		return x, nil, x.ignore("repeated", e)
	}
	var commands []Command
	if e.Kind != DeadlinePassed && x.overdue(now) {
		x, commands = x.expire(now)
	}
	if x.State.Final() {
		return x, commands, x.ignore("final", e)
	}
	if e.Kind == DeadlinePassed {
		if !x.overdue(now) {
			return x, nil, x.ignore("unexpected", e)
		}
		x, commands = x.expire(now)
		return x, commands, nil
	}
	if aboutRequest[e.Kind] && !x.answers(e.RequestID) {
		return x, commands, x.ignore("correlation", e)
	}
	row := x.find(&e)
	if row == nil {
		return x, commands, x.ignore("unexpected", e)
	}
	x, done := x.take(row, &e, now)
	return x, append(commands, done...), nil
}

// At is the exchange as it is at a time: expired when its deadline has passed.
func (x Exchange) At(now time.Time) (Exchange, []Command) {
	if !x.overdue(now) {
		return x, nil
	}
	return x.expire(now)
}

func (x Exchange) ignore(rule string, e Event) error {
	return &Ignored{Rule: "exchange." + rule, State: x.State, Kind: e.Kind}
}

func (x *Exchange) table() []transition {
	if x.Role == Provider {
		return providerTable
	}
	return requesterTable
}

func (x *Exchange) find(e *Event) *transition {
	table := x.table()
	i := slices.IndexFunc(table, func(t transition) bool {
		return t.from == x.State && t.on == e.Kind && (t.when == nil || t.when(x, e))
	})
	if i < 0 {
		return nil
	}
	return &table[i]
}

// take carries a row out on a copy; the exchange given stays as it was.
func (x Exchange) take(t *transition, e *Event, now time.Time) (Exchange, []Command) {
	x.Requests, x.Seen = slices.Clone(x.Requests), slices.Clone(x.Seen)
	x.State = t.to
	x.Transition++
	x.Deadline = time.Time{}
	if e.ID != "" {
		x.Seen = append(x.Seen, e.ID)
	}
	if t.note != nil {
		t.note(&x, e, sane(e.Message, now))
	}
	return x, x.commands(t.do)
}

func (x *Exchange) commands(list []Do) []Command {
	commands := make([]Command, len(list))
	for i, do := range list {
		commands[i] = x.command(do)
	}
	return commands
}

// expire ends an exchange whose deadline has passed. A request that is open at
// the provider is answered EDM:ERR:0005; evidence is deleted.
func (x Exchange) expire(now time.Time) (Exchange, []Command) {
	e := Event{Kind: DeadlinePassed, Message: now}
	row := x.find(&e)
	if row == nil {
		row = &transition{to: Expired}
	}
	return x.take(row, &e, now)
}
