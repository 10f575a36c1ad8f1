package gate

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/shared/observe"
)

// Item is one message of a queue.
type Item struct {
	Body string
	// Receives is how often it was received, this time included; 0 when the event does not say.
	Receives int
}

// Batch returns a Lambda handler for SQS events that handles each item by
// itself, and reports those that failed, which then come again
// (ReportBatchItemFailures). queue names it in the log.
func Batch(queue string, handle func(context.Context, Item) error) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		r := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}} // not null, which MiniStack does not know
		for i := range e.Records {
			m := &e.Records[i]
			n, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
			ctx := observe.Item(ctx)
			if err := handle(ctx, Item{m.Body, n}); err != nil {
				observe.Failed(ctx)
				slog.WarnContext(ctx, "an item failed and will come again", slog.String("queue", queue), slog.String("item", m.Body), slog.Int("receives", n), slog.String("error", err.Error()))
				r.BatchItemFailures = append(r.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
				continue
			}
			slog.InfoContext(ctx, "an item was handled", slog.String("queue", queue), slog.Int("receives", n))
		}
		return r, nil
	}
}
