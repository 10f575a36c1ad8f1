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
)

// New handles scheduled events.
func New(a *assembly.Assembly) func(context.Context, events.CloudWatchEvent) error {
	return func(ctx context.Context, _ events.CloudWatchEvent) error {
		return errors.Join(resend(ctx, a), sweep(ctx, a), reach(ctx, a), wake(ctx, a), push(ctx, a), warn(ctx, a))
	}
}

func resend(ctx context.Context, a *assembly.Assembly) error {
	waiting(ctx, a)
	return Resend(ctx, a, a.Now())
}

// Resend sends commands again that were not carried out in time by the instant.
func Resend(ctx context.Context, a *assembly.Assembly, until time.Time) error {
	n, err := store.Resend(ctx, a.State, a.Queue, a.Now(), until, MaxRound)
	if n > 0 {
		observe.OutboxUncleared.Add(ctx, float64(n))
	}
	switch {
	case err != nil:
		slog.ErrorContext(ctx, "commands stay in the outbox; the next round tries again", slog.String("error", err.Error()))
	case n > 0:
		slog.WarnContext(ctx, "commands were sent again that nobody had carried out", slog.Int("commands", n))
	}
	return err
}

// ages are those that the longest overdue command is held against; the store
// tells what is overdue, not since when.
var ages = []time.Duration{30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour}

// waiting measures for how long, at least, a command has been overdue that no round
// could send. Nothing is measured where there is none, and where the store cannot be
// asked: the round itself then fails.
func waiting(ctx context.Context, a *assembly.Assembly) {
	now, oldest := a.Now(), time.Duration(0)
	for _, age := range ages {
		list, err := a.State.Uncleared(ctx, now.Add(-age), 1)
		if err != nil || len(list) == 0 {
			break
		}
		oldest = age
	}
	if oldest > 0 {
		observe.OutboxAge.Add(ctx, oldest.Seconds())
	}
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
