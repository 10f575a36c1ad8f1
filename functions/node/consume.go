package node

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
)

// idle is how often a queue is looked at that told of nothing: items whose
// delay or visibility ended tell of nothing.
const idle = time.Second

type handler func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// consume starts the consumer of every queue function that runs.
func (n *Node) consume(ctx context.Context, group *sync.WaitGroup) {
	for name, make := range queued {
		if !n.runs(name) {
			continue
		}
		trigger := functions.All().Functions[name].Trigger
		c := &consumer{
			queues: n.Queues, queue: trigger.Queue, batch: max(trigger.Batch, 1), hidden: functions.All().Queues[trigger.Queue].Hidden(), handle: n.observed(name, make(n.Assembly)),
			slots: newSlots(max(trigger.Concurrency, 1)), group: group,
		}
		group.Go(func() { c.run(ctx) })
	}
}

// observed measures each batch as one call of a function.
func (n *Node) observed(function string, h handler) handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		var answer events.SQSEventResponse
		err := n.Assembly.Observe.Call(ctx, function, func(ctx context.Context) (err error) {
			answer, err = h(ctx, e)
			return err
		})
		return answer, err
	}
}

func newSlots(n int) chan struct{} { return make(chan struct{}, n) }

// consumer takes from one queue, and hands batches to as many as have a slot.
type consumer struct {
	queues Queues
	queue  string
	batch  int
	hidden time.Duration
	handle handler
	slots  chan struct{}
	group  *sync.WaitGroup
}

func (c *consumer) run(ctx context.Context) {
	arrived, err := c.queues.Arrived(c.queue)
	if err != nil {
		slog.ErrorContext(ctx, "a queue tells of no arrivals and is only looked at from time to time", slog.String("queue", c.queue), slog.String("error", err.Error()))
	}
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case c.slots <- struct{}{}:
		}
		if c.once(ctx) {
			continue
		}
		<-c.slots
		timer.Reset(idle)
		select {
		case <-ctx.Done():
		case <-arrived:
		case <-timer.C:
		}
	}
}

// once takes one batch and lets it be handled, and reports whether there was
// something. What was taken is finished although the node stops.
func (c *consumer) once(ctx context.Context) bool {
	messages, err := c.queues.Receive(ctx, c.queue, c.batch, c.hidden)
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a queue cannot be received from", slog.String("queue", c.queue), slog.String("error", err.Error()))
	}
	if len(messages) == 0 {
		return false
	}
	c.group.Go(func() {
		defer func() { <-c.slots }()
		working, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.hidden)
		defer cancel()
		c.work(working, messages)
	})
	return true
}

func (c *consumer) work(ctx context.Context, messages []store.Message) {
	defer c.survive(ctx)
	answer, err := c.handle(ctx, event(messages))
	if err != nil {
		slog.ErrorContext(ctx, "a batch failed", slog.String("queue", c.queue), slog.String("error", err.Error()))
		return
	}
	c.delete(ctx, messages, answer)
}

// survive keeps a batch that breaks its handler from ending the node, as it would
// end one instance of a function only: its items come again, and then go to the
// dead letters. What broke may hold content, and is not logged: the place is.
func (c *consumer) survive(ctx context.Context) {
	if broken := recover(); broken != nil {
		slog.ErrorContext(ctx, "a handler broke over a batch, which comes again", slog.String("queue", c.queue), slog.String("kind", fmt.Sprintf("%T", broken)), slog.String("stack", string(debug.Stack())))
	}
}

// event is the SQS event that Lambda would get.
func event(messages []store.Message) events.SQSEvent {
	var e events.SQSEvent
	for i, m := range messages {
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: strconv.Itoa(i), ReceiptHandle: m.Handle, Body: string(m.Body), EventSource: "aws:sqs", MessageAttributes: gate.Naming(m.Queue, m.Command),
			Attributes: map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.Receives)},
		})
	}
	return e
}

// delete ends the items that did not fail.
func (c *consumer) delete(ctx context.Context, messages []store.Message, answer events.SQSEventResponse) {
	failed := map[string]bool{}
	for _, f := range answer.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	for i, m := range messages {
		if failed[strconv.Itoa(i)] {
			continue
		}
		if err := c.queues.Delete(ctx, c.queue, m.Handle); err != nil {
			slog.WarnContext(ctx, "an item was done and could not be deleted; it comes again", slog.String("queue", c.queue), slog.String("error", err.Error()))
		}
	}
}
