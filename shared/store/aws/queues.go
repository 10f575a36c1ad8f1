package aws

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// MaxWait is how long SQS lets a receiver wait.
const MaxWait = 20 * time.Second

// Queue configures one standard queue and its dead letters. How often an item may
// be received is in the redrive policy of the queue.
//
// A queue that nobody polls may be folded into another: URL is then the other's, so
// that what is sent travels there, and Idle its own. Each item names its queue in the
// message attribute [store.QueueAttribute].
type Queue struct {
	Name string // as functions call it
	URL  string // where its items are sent
	Dead string // URL of the dead-letter queue
	Idle string // its own URL where it is folded, from which it is received; empty: it is not
	// Wait is how long Receive waits for the first message, at most [MaxWait]. 0,
	// as the contract has it, asks a part of SQS's servers and may find nothing
	// although something is there; a consumer that does nothing else waits.
	Wait time.Duration
}

// Queues is [store.Queue] and [store.DeadLetters] on SQS.
type Queues struct {
	client *sqs.Client
	named  map[string]*Queue
}

func newQueues(c Config) (*Queues, error) {
	q := &Queues{named: make(map[string]*Queue)}
	for _, conf := range c.Queues {
		if err := store.CheckName("queue", conf.Name); err != nil {
			return nil, err
		}
		if conf.URL == "" || conf.Dead == "" || conf.Wait < 0 || conf.Wait > MaxWait || q.named[conf.Name] != nil {
			return nil, fmt.Errorf("queue %s is configured twice, without its two URLs, or with a wait of %s (at most %s)", conf.Name, conf.Wait, MaxWait)
		}
		q.named[conf.Name] = &conf
	}
	return q, nil
}

// own is the URL of the queue itself, wherever its items travel.
func (q *Queue) own() string {
	if q.Idle != "" {
		return q.Idle
	}
	return q.URL
}

func (q *Queues) queue(name string) (*Queue, error) {
	if found := q.named[name]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("queue %q is not configured in this store", name)
}

// seconds rounds up: nothing comes before its time.
func seconds(d time.Duration) int32 { return int32((d + time.Second - 1) / time.Second) }

// Send puts an item into the queue.
func (q *Queues) Send(ctx context.Context, name string, item store.Item, delay time.Duration) error {
	to, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckItem(name, item, delay); err != nil {
		return err
	}
	if err := q.send(ctx, to.URL, name, item, delay); err != nil {
		return fmt.Errorf("send to queue %s: %w", name, remedy(path.Base(to.URL), "sqs:SendMessage", err))
	}
	return nil
}

// send puts an item that names its queue into whichever it shall travel in.
func (q *Queues) send(ctx context.Context, url, name string, item store.Item, delay time.Duration) error {
	attributes := map[string]types.MessageAttributeValue{store.QueueAttribute: word(name)}
	if item.Command != "" { // SQS takes no empty value
		attributes[store.CommandAttribute] = word(item.Command)
	}
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &url, MessageBody: aws.String(string(item.Body)), DelaySeconds: seconds(delay), MessageAttributes: attributes,
	})
	return err
}

func word(s string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &s}
}

// Receive takes messages and hides them.
func (q *Queues) Receive(ctx context.Context, name string, limit int, visibility time.Duration) ([]store.Message, error) {
	from, err := q.queue(name)
	if err != nil {
		return nil, err
	}
	if err := store.CheckReceive(limit, visibility); err != nil {
		return nil, err
	}
	list, err := q.receive(ctx, from.own(), limit, visibility, from.Wait)
	if err != nil {
		return nil, fmt.Errorf("receive from queue %s: %w", name, err)
	}
	return list, nil
}

func (q *Queues) receive(ctx context.Context, url string, limit int, visibility, wait time.Duration) ([]store.Message, error) {
	out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: int32(limit), VisibilityTimeout: seconds(visibility), WaitTimeSeconds: seconds(wait),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{
			types.MessageSystemAttributeNameApproximateReceiveCount, types.MessageSystemAttributeNameSentTimestamp,
		},
		MessageAttributeNames: []string{store.QueueAttribute, store.CommandAttribute},
	})
	if err != nil {
		return nil, err
	}
	list := make([]store.Message, len(out.Messages))
	for i := range out.Messages {
		list[i] = messageOf(&out.Messages[i])
	}
	return list, nil
}

func messageOf(m *types.Message) store.Message {
	return store.Message{
		Handle:   aws.ToString(m.ReceiptHandle),
		Item:     store.Item{Body: []byte(aws.ToString(m.Body)), Command: aws.ToString(m.MessageAttributes[store.CommandAttribute].StringValue)},
		Receives: int(attribute(m.Attributes, string(types.MessageSystemAttributeNameApproximateReceiveCount))),
		Sent:     time.UnixMilli(attribute(m.Attributes, string(types.MessageSystemAttributeNameSentTimestamp))).UTC(),
		Queue:    aws.ToString(m.MessageAttributes[store.QueueAttribute].StringValue),
	}
}

// Extend hides a message longer, or gives it back. SQS counts its limit of 12
// hours from the reception, and answers beyond it as if the message were gone.
func (q *Queues) Extend(ctx context.Context, name, handle string, visibility time.Duration) error {
	from, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := store.CheckVisibility(visibility); err != nil {
		return err
	}
	err = q.hide(ctx, from.own(), handle, visibility)
	if gone(err) {
		err = errors.Join(store.ErrGone, err)
	}
	if err != nil {
		return fmt.Errorf("extend message of queue %s: %w", name, err)
	}
	return nil
}

func (q *Queues) hide(ctx context.Context, url, handle string, visibility time.Duration) error {
	_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: &handle, VisibilityTimeout: seconds(visibility)})
	return err
}

// Delete ends an item.
func (q *Queues) Delete(ctx context.Context, name, handle string) error {
	from, err := q.queue(name)
	if err != nil {
		return err
	}
	if err := q.delete(ctx, from.own(), handle); err != nil && !gone(err) {
		return fmt.Errorf("delete message of queue %s: %w", name, err)
	}
	return nil
}

func (q *Queues) delete(ctx context.Context, url, handle string) error {
	_, err := q.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: &handle})
	return err
}

// gone: of what is asked with a handle, only the handle can be wrong; the times
// were checked.
func gone(err error) bool {
	switch code(err) {
	case "InvalidParameterValue", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", "ReceiptHandleIsInvalid":
		return true
	}
	return false
}
