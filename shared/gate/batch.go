package gate

import (
	"cmp"
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
	Queue string
	// Command is the id of the command that ordered it; empty: none did, or a release
	// before 0.3 sent it.
	Command string
	Record  *events.SQSMessage
}

// Sent is the item as it was sent.
func (i *Item) Sent() store.Item { return store.Item{Body: []byte(i.Body), Command: i.Command} }

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

// Naming are the message attributes of an item that names its queue and its command;
// what is empty it does not name.
func Naming(queue, command string) map[string]events.SQSMessageAttribute {
	names := map[string]events.SQSMessageAttribute{}
	for attribute, value := range map[string]string{store.QueueAttribute: queue, store.CommandAttribute: command} {
		if value != "" {
			names[attribute] = events.SQSMessageAttribute{DataType: "String", StringValue: &value}
		}
	}
	return names
}

func itemOf(queue string, m *events.SQSMessage) Item {
	n, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
	return Item{
		Body: m.Body, Receives: n, Queue: cmp.Or(named(m, store.QueueAttribute), queue), Command: named(m, store.CommandAttribute), Record: m,
	}
}

func named(m *events.SQSMessage, attribute string) string {
	if value := m.MessageAttributes[attribute].StringValue; value != nil {
		return *value
	}
	return ""
}
