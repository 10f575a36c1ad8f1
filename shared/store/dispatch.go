package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// How long a command may lie in the outbox before it is sent again.
const (
	// Patience is how long a command that may be received is left alone: at least as
	// long as any queue hides an item that somebody works on.
	Patience = 2 * time.Minute
	// Retried is for how long one is left alone whose handler failed: its item comes
	// again by itself, as often as its queue allows, within this time.
	Retried = 15 * time.Minute
	// Buried is for how long one is left alone whose item goes to the dead letters,
	// and the longest time between two sendings.
	Buried = 24 * time.Hour
	// Abandoned is the age from which a command that nobody could carry out is sent
	// for the last time: SQS keeps no dead letter for longer either.
	Abandoned = 14 * 24 * time.Hour
)

type sender interface {
	Send(ctx context.Context, queue string, item Item, delay time.Duration) error
}

type delayer interface {
	PutOff(ctx context.Context, id string, until time.Time) error
}

type settler interface {
	delayer
	Clear(ctx context.Context, ids ...string) error
}

type outbox interface {
	settler
	Uncleared(ctx context.Context, until time.Time, limit int) ([]Command, error)
}

// Dispatch sends committed commands. They stay in the outbox until they are carried
// out: what a queue loses is sent again. One that cannot be sent is [Resend]'s at
// once; the error says why, and undoes no commit.
func Dispatch(ctx context.Context, state delayer, queue sender, now time.Time, commands []Command) error {
	var failed error
	for i := range commands {
		c := &commands[i]
		if err := send(ctx, queue, now, c); err != nil {
			failed = errors.Join(failed, err, state.PutOff(ctx, c.ID, c.From(now)))
		}
	}
	return failed
}

func send(ctx context.Context, queue sender, now time.Time, c *Command) error {
	if err := queue.Send(ctx, c.Queue, c.item(), c.Delay(now)); err != nil {
		return fmt.Errorf("send command %q to queue %s: %w", c.ID, c.Queue, err)
	}
	return nil
}

// Offer dispatches commands whose commit is all that counts. What cannot be sent
// now is the clock's; the log says why.
func Offer(ctx context.Context, state delayer, queue sender, now time.Time, commands []Command) {
	if err := Dispatch(ctx, state, queue, now, commands); err != nil {
		slog.WarnContext(ctx, "what was committed stays in the outbox, and the clock sends it again", slog.String("error", err.Error()))
	}
}

// Round is what a [Resend] came to.
type Round struct {
	Sent, Failed Tally
}

// Tally is how many commands, and for how long the oldest could have been received.
type Tally struct {
	Commands int
	Oldest   time.Duration
}

func (t *Tally) add(age time.Duration) { t.Commands, t.Oldest = t.Commands+1, max(t.Oldest, age) }

// Resend sends commands again, at most limit, that were not cleared in time by the
// instant. What was sent is left alone until it is twice as old, so that few copies
// gather where nobody takes from a queue; what was not stands behind all others in the
// next round. Whoever gets a copy after the first finds its work done. One that is
// sent for the last time is cleared, and told to the log.
func Resend(ctx context.Context, state outbox, queue sender, now, until time.Time, limit int) (Round, error) {
	commands, err := state.Uncleared(ctx, until, limit)
	if err != nil {
		return Round{}, fmt.Errorf("look for uncleared commands: %w", err)
	}
	var r Round
	var failed error
	for i := range commands {
		failed = errors.Join(failed, r.resend(ctx, state, queue, now, &commands[i]))
	}
	return r, failed
}

func (r *Round) resend(ctx context.Context, state outbox, queue sender, now time.Time, c *Command) error {
	age := c.age(now)
	if err := send(ctx, queue, now, c); err != nil {
		r.Failed.add(age)
		return errors.Join(err, state.PutOff(ctx, c.ID, c.From(now)))
	}
	r.Sent.add(age)
	if age > Abandoned {
		slog.ErrorContext(ctx, "a command that nobody could carry out was sent for the last time", slog.String("command", c.ID), slog.String("queue", c.Queue), slog.String("item", string(c.Body)), slog.Time("since", c.NotBefore))
		return state.Clear(ctx, c.ID)
	}
	return state.PutOff(ctx, c.ID, c.From(now).Add(min(max(age, Patience), Buried)))
}

// age is for how long the command could have been received; one that a release up
// to 0.2 has written does not tell, and counts as [Buried].
func (c *Command) age(now time.Time) time.Duration {
	if c.NotBefore.IsZero() {
		return Buried
	}
	return max(now.Sub(c.NotBefore), 0)
}

// Settle notes in the outbox how the handling of an item went: a command that was
// carried out is cleared, one that failed is put off, as its item comes again by
// itself or, when that was the last time, lies among the dead letters. What cannot be
// noted is sent once more, and found done.
func Settle(ctx context.Context, state settler, now time.Time, command string, failed error, last bool) {
	var err error
	switch {
	case failed == nil:
		err = state.Clear(ctx, command)
	case last:
		err = state.PutOff(ctx, command, now.Add(Buried))
	default:
		err = state.PutOff(ctx, command, now.Add(Retried))
	}
	if err != nil {
		slog.WarnContext(ctx, "the outbox does not know how an item went, and will send it once more", slog.String("error", err.Error()))
	}
}
