package handler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
)

// folding is a store's queues, where one may be folded into another.
type folding interface {
	Folded(queue string) bool
	Bury(ctx context.Context, queue string, item store.Item) error
	Sooner(ctx context.Context, queue, handle string, hidden time.Duration) error
}

// guest hands an item of another queue on to its function, alone, and waits: what
// that gives back, or what it breaks over, comes again. An item that was received as
// often as its own queue allows is not tried once more, as SQS would not.
func guest(ctx context.Context, a *assembly.Assembly, item gate.Item) error {
	queue, known := functions.All().Queues[item.Queue]
	if !known {
		return fmt.Errorf("item %.80q names the queue %.80q, which functions.yaml has not: was it sent by a later release?", item.Body, item.Queue)
	}
	q, ok := a.Queue.(folding)
	if !ok {
		return fmt.Errorf("an item of queue %s lies in %s, and this store knows no queue that is folded", item.Queue, conduct.Inbound)
	}
	if !q.Folded(item.Queue) { // it was when this was sent
		return a.Queue.Send(ctx, item.Queue, item.Sent(), 0)
	}
	if item.Receives > queue.Receives {
		return bury(ctx, a, q, item)
	}
	hand := a.Folded[item.Queue]
	if hand == nil {
		return fmt.Errorf("queue %s is folded, and nothing here hands its items on: VIENREIZ_QUEUES names no function for it", item.Queue)
	}
	answer, err := hand(ctx, events.SQSEvent{Records: []events.SQSMessage{*item.Record}})
	if err == nil && len(answer.BatchItemFailures) > 0 {
		err = errors.New("its function gave it back; the log of that says why")
	}
	return err
}

// sooner lets an item that failed come again when it would in its own queue: the
// timers of an exchange run on. The queue in which it travels hides it for longer,
// for the sake of the slowest.
func sooner(ctx context.Context, a *assembly.Assembly, item gate.Item, took time.Duration) {
	q, ok := a.Queue.(folding)
	if !ok {
		return
	}
	hidden := functions.All().Queues[item.Queue].Hidden() - took
	if err := q.Sooner(ctx, conduct.Inbound, item.Record.ReceiptHandle, max(hidden, time.Second)); err != nil {
		slog.WarnContext(ctx, "an item that failed comes again later than it could", slog.String("queue", item.Queue), slog.String("error", err.Error()))
	}
}

var errBuried = errors.New("it lies among the dead letters")

func bury(ctx context.Context, a *assembly.Assembly, q folding, item gate.Item) error {
	if err := q.Bury(ctx, item.Queue, item.Sent()); err != nil {
		return err
	}
	if item.Command != "" { // whoever breaks over it has never settled it
		store.Settle(ctx, a.State, a.Now(), item.Command, errBuried, true)
	}
	slog.ErrorContext(ctx, "an item failed each time, and lies among the dead letters of its queue", slog.String("queue", item.Queue), slog.String("item", item.Body))
	return nil
}
