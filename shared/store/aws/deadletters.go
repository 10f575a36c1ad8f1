package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// redriveHold hides a dead letter while it is given back. If that fails it comes
// again after this time.
const redriveHold = 30 * time.Second

// redriveWait makes SQS ask all of its servers.
const redriveWait = time.Second

// Backlog counts a queue, about. When the oldest waiting item was sent SQS tells
// only by its metric ApproximateAgeOfOldestMessage; the oldest dead one is that of
// up to ten that SQS shows. Items of a folded queue are counted where they travel.
func (q *Queues) Backlog(ctx context.Context, name string) (store.Backlog, error) {
	of, err := q.queue(name)
	if err != nil {
		return store.Backlog{}, err
	}
	waiting, hidden, err := q.count(ctx, of.own())
	deadWaiting, deadHidden, deadErr := q.count(ctx, of.Dead)
	b := store.Backlog{Waiting: waiting, Hidden: hidden, Dead: deadWaiting + deadHidden}
	err = errors.Join(err, deadErr)
	if err == nil && b.Dead > 0 {
		b.OldestDead, err = q.oldestDead(ctx, of)
	}
	if err != nil {
		return store.Backlog{}, fmt.Errorf("count queue %s: %w", name, err)
	}
	return b, nil
}

// Reach asks a queue for its attributes, and changes nothing. The error says why it
// cannot be asked.
func (q *Queues) Reach(ctx context.Context, name string) error {
	of, err := q.queue(name)
	if err != nil {
		return err
	}
	if _, _, err = q.count(ctx, of.own()); err != nil {
		return remedy(path.Base(of.own()), "sqs:GetQueueAttributes", err)
	}
	return nil
}

func (q *Queues) count(ctx context.Context, url string) (waiting, hidden int, err error) {
	out, err := q.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
	}})
	if err != nil {
		return 0, 0, err
	}
	n := func(name types.QueueAttributeName) int { return int(attribute(out.Attributes, string(name))) }
	return n(types.QueueAttributeNameApproximateNumberOfMessages),
		n(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible) + n(types.QueueAttributeNameApproximateNumberOfMessagesDelayed), nil
}

// oldestDead looks and gives back at once; a dead-letter queue loses nothing by
// receptions. (To receive with a visibility time of 0 the SDK leaves it out, and
// the queue's own is taken.)
func (q *Queues) oldestDead(ctx context.Context, of *Queue) (time.Time, error) {
	list, err := q.receive(ctx, of.Dead, store.MaxReceive, redriveHold, 0)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	for _, m := range list {
		err = errors.Join(err, q.hide(ctx, of.Dead, m.Handle, 0))
	}
	return slices.MinFunc(list, bySent).Sent, err
}

func bySent(a, b store.Message) int { return cmp.Compare(a.Sent.UnixMilli(), b.Sent.UnixMilli()) }

// Redrive gives dead letters back one by one: sent, then deleted, so that one may
// come twice and none is lost. SQS's own task to move messages knows no limit and
// ends some time; an operator who wants all starts it in the console.
func (q *Queues) Redrive(ctx context.Context, name string, limit int) (int, error) {
	of, err := q.queue(name)
	if err != nil {
		return 0, err
	}
	n, err := q.move(ctx, of.Dead, of, limit)
	if err != nil {
		err = fmt.Errorf("redrive queue %s: %w", name, err)
	}
	return n, err
}

// move sends what lies at a URL on to a queue, oldest first, at most limit, and
// returns how many.
func (q *Queues) move(ctx context.Context, from string, to *Queue, limit int) (int, error) {
	done := 0
	for done < limit {
		list, err := q.receive(ctx, from, min(limit-done, store.MaxReceive), redriveHold, redriveWait)
		if err != nil || len(list) == 0 {
			return done, err
		}
		slices.SortFunc(list, bySent)
		for _, m := range list {
			if err := q.giveBack(ctx, from, to, m); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}

// giveBack keeps the name of an item that died as a guest in another queue. One
// without a name is of the queue that it lies in (architecture rule 15).
func (q *Queues) giveBack(ctx context.Context, from string, to *Queue, m store.Message) error {
	if m.Queue == "" {
		m.Queue = to.Name
	}
	if err := q.send(ctx, to.URL, m.Queue, m.Item, 0); err != nil {
		return err
	}
	return q.delete(ctx, from, m.Handle)
}

// attribute is a number; 0 where there is none.
func attribute(of map[string]string, name string) int64 {
	n, _ := strconv.ParseInt(of[name], 10, 64)
	return n
}
