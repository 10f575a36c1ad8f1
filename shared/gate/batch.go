package gate

import (
	"context"
	"log/slog"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Queued handles the items of a queue, and names those that shall come again.
type Queued = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// Item is one message of a queue.
type Item struct {
	Body string
	// Receives is how often it was received, this time included; 0 when the event does not say.
	Receives int
	// Queue is the one whose item it is: another than it was received from where it
	// travels as a guest. An item that names none is of the queue that it lies in.
	Queue  string
	Record *events.SQSMessage
}

// Batch returns a Lambda handler for SQS events that handles each item by
// itself, and reports those that failed, which then come again
// (ReportBatchItemFailures). queue is where they come from.
func Batch(queue string, handle func(context.Context, Item) error) Queued {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		r := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}} // not null, which MiniStack does not know
		for i := range e.Records {
			item := itemOf(queue, &e.Records[i])
			ctx := observe.Item(ctx)
			if err := handle(ctx, item); err != nil {
				observe.FailedItem(ctx)
				slog.WarnContext(ctx, "an item failed and will come again", slog.String("queue", item.Queue), slog.String("item", item.Body), slog.Int("receives", item.Receives), slog.String("error", err.Error()))
				r.BatchItemFailures = append(r.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: item.Record.MessageId})
				continue
			}
			slog.InfoContext(ctx, "an item was handled", slog.String("queue", item.Queue), slog.Int("receives", item.Receives))
		}
		return r, nil
	}
}

// Naming are the message attributes of an item that names its queue; empty: it names none.
func Naming(queue string) map[string]events.SQSMessageAttribute {
	if queue == "" {
		return nil
	}
	return map[string]events.SQSMessageAttribute{store.QueueAttribute: {DataType: "String", StringValue: &queue}}
}

func itemOf(queue string, m *events.SQSMessage) Item {
	n, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
	if named := m.MessageAttributes[store.QueueAttribute].StringValue; named != nil && *named != "" {
		queue = *named
	}
	return Item{Body: m.Body, Receives: n, Queue: queue, Record: m}
}
