package aws_test

import (
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// folded is a stack of two queues, before and after guest is folded into host.
func folded(t *testing.T) (before, after *aws.Store, urls map[string]aws.Queue) {
	t.Helper()
	c := tenant(t, []string{"host", "guest"}, nil, nil)
	before, urls = open(t, c), map[string]aws.Queue{}
	for _, q := range c.Queues {
		urls[q.Name] = q
	}
	guest := urls["guest"]
	guest.Idle, guest.URL = guest.URL, urls["host"].URL
	c.Queues = []aws.Queue{urls["host"], guest}
	return before, open(t, c), urls
}

// take receives one item of a queue and deletes it.
func take(t *testing.T, s *aws.Store, queue string) store.Message {
	t.Helper()
	m := receive(t, s, queue, 3*time.Second) // an answer may get lost
	if err := s.Queues.Delete(ctx, queue, m.Handle); err != nil {
		t.Fatal(err)
	}
	return m
}

// receive receives one item, within ten seconds.
func receive(t *testing.T, s *aws.Store, queue string, hidden time.Duration) store.Message {
	t.Helper()
	for range 100 {
		list, err := s.Queues.Receive(ctx, queue, 1, hidden)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			return list[0]
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("queue %s has nothing", queue)
	return store.Message{}
}

func is(t *testing.T, m store.Message, queue, body string) {
	t.Helper()
	if m.Queue != queue || string(m.Body) != body {
		t.Errorf("item %q of %q, want %q of %q", m.Body, m.Queue, body, queue)
	}
}

func send(t *testing.T, s *aws.Store, queue, body string) {
	t.Helper()
	if err := s.Queues.Send(ctx, queue, store.Item{Body: []byte(body)}, 0); err != nil {
		t.Fatal(err)
	}
}

func TestAnItemOfAFoldedQueueTravelsInAnotherAndNamesItsOwn(t *testing.T) {
	emulated(t)
	t.Parallel()
	before, after, _ := folded(t)
	send(t, before, "guest", "polled")
	is(t, take(t, before, "guest"), "guest", "polled")
	send(t, after, "guest", "folded")
	is(t, take(t, after, "host"), "guest", "folded")
	send(t, after, "host", "own")
	is(t, take(t, after, "host"), "host", "own")
	if before.Queues.Folded("guest") || !after.Queues.Folded("guest") || after.Queues.Folded("host") {
		t.Error("a queue does not know whether it is folded")
	}
}

// What lay in a queue when it was folded, also of a release that named none, and a
// dead letter that is given back, travel on: nothing is lost.
func TestWhatLiesInAFoldedQueueIsGivenOn(t *testing.T) {
	emulated(t)
	t.Parallel()
	before, after, urls := folded(t)
	sdk, err := config.LoadDefaultConfig(ctx, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := after.Queues.Sweep(ctx, 10); n != 0 || err != nil {
		t.Errorf("%d were given on from an empty queue, %v", n, err)
	}
	if _, err := sqs.NewFromConfig(sdk).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: awssdk.String(urls["guest"].URL), MessageBody: awssdk.String("old")}); err != nil {
		t.Fatal(err)
	}
	swept(t, after)
	is(t, take(t, after, "host"), "guest", "old")
	send(t, before, "guest", "left")
	swept(t, after)
	is(t, take(t, after, "host"), "guest", "left")

	if err := after.Queues.Bury(ctx, "guest", store.Item{Body: []byte("dead"), Command: "of the dead"}); err != nil {
		t.Fatal(err)
	}
	if n, err := after.Queues.Redrive(ctx, "guest", 10); n != 1 || err != nil {
		t.Errorf("%d were given back, %v", n, err)
	}
	is(t, take(t, after, "host"), "guest", "dead")
	if err := after.Queues.Bury(ctx, "nobody", store.Item{Body: []byte("dead")}); err == nil {
		t.Error("a queue that is not there has dead letters")
	}
}

// swept sweeps until one was given on: SQS counts about.
func swept(t *testing.T, s *aws.Store) {
	t.Helper()
	for range 100 {
		n, err := s.Queues.Sweep(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("nothing was given on")
}

// An item that failed is given back when its own queue would, and never later than the
// one in which it travels does.
func TestAGuestThatFailedComesAgainAsSoonAsInItsOwnQueue(t *testing.T) {
	emulated(t)
	t.Parallel()
	_, after, urls := folded(t)
	sdk, err := config.LoadDefaultConfig(ctx, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	hides := func(seconds string) {
		if _, err := sqs.NewFromConfig(sdk).SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: awssdk.String(urls["host"].URL), Attributes: map[string]string{"VisibilityTimeout": seconds}}); err != nil {
			t.Fatal(err)
		}
	}
	hides("120")
	send(t, after, "guest", "failed")
	held := receive(t, after, "host", 2*time.Minute)
	if err := after.Queues.Sooner(ctx, "host", held.Handle, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	hides("2")
	held = receive(t, after, "host", 2*time.Second) // long before it would
	if err := after.Queues.Sooner(ctx, "host", held.Handle, time.Minute); err != nil {
		t.Fatal(err)
	}
	is(t, receive(t, after, "host", 2*time.Second), "guest", "failed")
}

// A guest that died in its host's dead letters is still its own queue's when it is given back.
func TestAGuestKeepsItsNameAmongTheDeadLettersOfItsHost(t *testing.T) {
	emulated(t)
	t.Parallel()
	_, after, urls := folded(t)
	c := aws.Config{Now: time.Now, Queues: []aws.Queue{{Name: "guest", URL: urls["host"].Dead, Dead: urls["guest"].Dead, Idle: urls["guest"].URL}}}
	send(t, open(t, c), "guest", "stuck")
	if n, err := after.Queues.Redrive(ctx, "host", 10); n != 1 || err != nil {
		t.Errorf("%d were given back, %v", n, err)
	}
	is(t, take(t, after, "host"), "guest", "stuck")
}
