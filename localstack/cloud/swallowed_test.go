package cloud_test

import (
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/shared/conduct"
)

// swallowed destroys a queue with a message in it whose receipt has left: nobody takes
// from the queue until then. The outbox has the command still.
func (s stage) swallowed(t *testing.T, a *cloud.Applied) *waiter {
	t.Helper()
	const queue = conduct.Inbound
	gone, again := destroys(a, queue)
	taking(t, a, functions.All().Taker(queue), false)
	w := s.begin(t, fault{what: "the queue " + queue + " is destroyed with a message in it", from: theirs, to: ours, strike: func() { _ = strike(t, a) }})
	s.lies(t, queue)
	gone(t)
	w.waits(t)
	again(t) // Terraform makes the queue, and lets it be taken from
	t.Logf("%s, and made again", w.fault.what)
	return w
}

// taking lets a function take from its queue, or not.
func taking(t *testing.T, a *cloud.Applied, function string, may bool) {
	t.Helper()
	client := lambda.NewFromConfig(sdk(t))
	list, err := client.ListEventSourceMappings(t.Context(), &lambda.ListEventSourceMappingsInput{FunctionName: awssdk.String(a.Functions[function])})
	if err != nil || len(list.EventSourceMappings) != 1 {
		t.Fatalf("%s takes from %+v, %v", function, list, err)
	}
	if _, err := client.UpdateEventSourceMapping(t.Context(), &lambda.UpdateEventSourceMappingInput{UUID: list.EventSourceMappings[0].UUID, Enabled: &may}); err != nil {
		t.Fatal(err)
	}
}

// lies waits until an item waits in a queue.
func (s stage) lies(t *testing.T, queue string) {
	t.Helper()
	for range 60 {
		b, err := s.d.Store.Queues.Backlog(t.Context(), queue)
		if err != nil {
			t.Fatal(err)
		}
		if b.Waiting > 0 {
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatalf("nothing comes into queue %s", queue)
}
