package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
)

// wait is how long a mapping waits at a queue.
const wait = time.Second

// mapping is what leads from a queue to a function in Lambda: an event source
// mapping that reports failures item by item.
type mapping struct {
	queues      queues
	queue       string
	arn         string
	batch       int
	concurrency int
	hidden      time.Duration
	to          invoker
}

type queues interface {
	Receive(ctx context.Context, queue string, max int, visibility time.Duration) ([]store.Message, error)
	Delete(ctx context.Context, queue, handle string) error
}

// run takes batches until ctx ends; those that were taken are finished.
func (m *mapping) run(ctx context.Context) {
	var group sync.WaitGroup
	for range max(m.concurrency, 1) {
		group.Go(func() {
			for ctx.Err() == nil {
				m.once(ctx)
			}
		})
	}
	group.Wait()
}

func (m *mapping) once(ctx context.Context) {
	messages, err := m.queues.Receive(ctx, m.queue, max(m.batch, 1), m.hidden)
	if err == nil && len(messages) > 0 {
		err = m.work(context.WithoutCancel(ctx), messages)
	}
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a batch failed and comes again", slog.String("queue", m.queue), slog.String("error", err.Error()))
		pause(ctx, wait)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (m *mapping) work(ctx context.Context, messages []store.Message) error {
	event, err := json.Marshal(m.event(messages))
	if err != nil {
		return err
	}
	answer, err := m.to.Invoke(ctx, event)
	if err != nil {
		return err
	}
	var said events.SQSEventResponse
	if err := json.Unmarshal(answer, &said); err != nil {
		return fmt.Errorf("read the function's answer: %w", err)
	}
	failed := map[string]bool{}
	for _, f := range said.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	for i, message := range messages {
		if !failed[strconv.Itoa(i)] {
			err = errors.Join(err, m.queues.Delete(ctx, m.queue, message.Handle))
		}
	}
	return err
}

func (m *mapping) event(messages []store.Message) events.SQSEvent {
	var e events.SQSEvent
	for i, message := range messages {
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: strconv.Itoa(i), ReceiptHandle: message.Handle, Body: string(message.Body), EventSource: "aws:sqs", EventSourceARN: m.arn, MessageAttributes: gate.Naming(message.Queue, message.Command),
			Attributes: map[string]string{"ApproximateReceiveCount": strconv.Itoa(message.Receives), "SentTimestamp": strconv.FormatInt(message.Sent.UnixMilli(), 10)},
		})
	}
	return e
}
