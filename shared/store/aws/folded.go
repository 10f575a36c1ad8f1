package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Folded tells whether the items of a queue travel in another.
func (q *Queues) Folded(name string) bool {
	of := q.named[name]
	return of != nil && of.Idle != ""
}

// Bury puts an item among the dead letters of its queue: of a folded one SQS counts
// the receptions in the queue that it travels in, which may allow more.
func (q *Queues) Bury(ctx context.Context, name string, item store.Item) error {
	of, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckItem(name, item, 0); err != nil {
		return err
	}
	if err := q.send(ctx, of.Dead, name, item, 0); err != nil {
		return fmt.Errorf("bury an item of queue %s: %w", name, err)
	}
	return nil
}

// Sooner gives a received message back after a time, if its queue would hide it for
// longer than that.
func (q *Queues) Sooner(ctx context.Context, name, handle string, hidden time.Duration) error {
	of, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckVisibility(hidden); err != nil {
		return err
	}
	url := of.own()
	out, err := q.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameVisibilityTimeout}})
	if err == nil && attribute(out.Attributes, string(types.QueueAttributeNameVisibilityTimeout)) > int64(seconds(hidden)) {
		err = q.hide(ctx, url, handle, hidden)
	}
	if err != nil {
		return fmt.Errorf("give a message of queue %s back: %w", name, err)
	}
	return nil
}

// Sweep gives what lies in folded queues themselves on to where their items travel,
// at most limit of each, and returns how many: what was there when they were folded,
// and dead letters that somebody has started to redrive. One may go twice, none is lost.
func (q *Queues) Sweep(ctx context.Context, limit int) (int, error) {
	done := 0
	var failed error
	for name, of := range q.named {
		if of.Idle == "" {
			continue
		}
		waiting, _, err := q.count(ctx, of.Idle)
		if err == nil && waiting > 0 { // to receive where nothing is would be to wait
			var n int
			n, err = q.move(ctx, of.Idle, of, min(waiting, limit))
			done += n
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("sweep queue %s: %w", name, err))
		}
	}
	return done, failed
}
