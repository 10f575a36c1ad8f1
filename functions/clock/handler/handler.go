// Package handler is the function clock: once a minute it wakes exchanges whose
// time has come, messages that are to be pushed again, and commands that were
// committed and not carried out, and warns of certificates that end soon and of queues
// that are gone.
package handler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Bounds of one round: what is left is the next round's.
const (
	MaxRound = 500
	// Overdue is how long the next try of a message is waited for before its item is
	// taken for lost.
	Overdue = 30 * time.Second
	// LongAgo is the age from which a command that nobody has carried out is an error.
	LongAgo = time.Hour
)

// New handles scheduled events.
func New(a *assembly.Assembly) func(context.Context, events.CloudWatchEvent) error {
	queues := lookout{Assembly: a}
	return func(ctx context.Context, _ events.CloudWatchEvent) error {
		return errors.Join(resend(ctx, a), sweep(ctx, a), queues.look(ctx), wake(ctx, a), push(ctx, a), warn(ctx, a))
	}
}

// resend sends commands again that were not carried out in time.
func resend(ctx context.Context, a *assembly.Assembly) error {
	r, err := store.Resend(ctx, a.State, a.Queue, a.Now(), a.Now(), MaxRound)
	if r.Sent.Commands > 0 {
		observe.OutboxUncleared.Add(ctx, float64(r.Sent.Commands))
		level := slog.LevelWarn
		if r.Sent.Oldest > LongAgo {
			level = slog.LevelError
		}
		slog.Log(ctx, level, "commands were sent again that nobody had carried out", slog.Int("commands", r.Sent.Commands), slog.String("oldest", r.Sent.Oldest.Round(time.Second).String()))
	}
	if r.Failed.Commands > 0 {
		observe.OutboxAge.Add(ctx, r.Failed.Oldest.Seconds())
	}
	if err != nil {
		slog.ErrorContext(ctx, "commands stay in the outbox; the next round tries again", slog.Int("commands", r.Failed.Commands), slog.String("error", err.Error()))
	}
	return err
}

func wake(ctx context.Context, a *assembly.Assembly) error {
	due, err := a.State.DueBefore(ctx, conduct.Kind, a.Now(), MaxRound)
	if err != nil {
		return fmt.Errorf("look for due exchanges: %w", err)
	}
	var errs []error
	for _, d := range due {
		errs = append(errs, a.Keeper.Wake(observe.Item(ctx), d.Key))
	}
	return errors.Join(errs...)
}

// push gives messages whose next try is overdue to as4-send: the delayed item
// of the try was lost.
func push(ctx context.Context, a *assembly.Assembly) error {
	due, err := a.State.DueBefore(ctx, sending.Kind, a.Now().Add(-Overdue), MaxRound)
	if err != nil {
		return fmt.Errorf("look for due messages: %w", err)
	}
	var errs []error
	for _, d := range due {
		errs = append(errs, a.Queue.Send(ctx, sending.Queue, store.Item{Body: []byte(d.Key)}, 0))
	}
	return errors.Join(errs...)
}
