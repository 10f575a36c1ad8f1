package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

type sender interface {
	Send(ctx context.Context, queue string, body []byte, delay time.Duration) error
}

type clearer interface {
	Clear(ctx context.Context, ids ...string) error
}

type outbox interface {
	clearer
	Uncleared(ctx context.Context, before time.Time, limit int) ([]Command, error)
}

// Dispatch sends committed commands and clears what was sent. The rest stays in
// the outbox for [Resend]; the error says why, and undoes no commit.
func Dispatch(ctx context.Context, state clearer, queue sender, now time.Time, commands []Command) error {
	var sent []string
	var failed error
	for i := range commands {
		c := &commands[i]
		if err := queue.Send(ctx, c.Queue, c.Body, c.Delay(now)); err != nil {
			failed = errors.Join(failed, fmt.Errorf("send command %q to queue %s: %w", c.ID, c.Queue, err))
			continue
		}
		sent = append(sent, c.ID)
	}
	if len(sent) == 0 {
		return failed
	}
	return errors.Join(failed, state.Clear(ctx, sent...))
}

// Offer dispatches commands whose commit is all that counts. What cannot be sent
// now is the clock's; the log says why.
func Offer(ctx context.Context, state clearer, queue sender, now time.Time, commands []Command) {
	if err := Dispatch(ctx, state, queue, now, commands); err != nil {
		slog.WarnContext(ctx, "what was committed stays in the outbox, and the clock sends it again", slog.String("error", err.Error()))
	}
}

// Resend dispatches commands, at most limit, that lie uncleared since before the
// instant, and returns how many it tried. A command that was sent but not cleared
// goes out twice: handlers find its work done.
func Resend(ctx context.Context, state outbox, queue sender, now, before time.Time, limit int) (int, error) {
	commands, err := state.Uncleared(ctx, before, limit)
	if err != nil {
		return 0, fmt.Errorf("look for uncleared commands: %w", err)
	}
	return len(commands), Dispatch(ctx, state, queue, now, commands)
}
