package cloud_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/shared/store"
)

// invoke calls a function without doing anything: that it is allowed is told.
func invoke(function string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: awssdk.String(r.a.Functions[function]), InvocationType: lambdatypes.InvocationTypeDryRun})
		return err
	}
}

// handing is what roles may and may not do where few queues are polled.
var handing = map[string]trial{
	"exchange": {
		may: map[string]call{"hand an item to resolve": invoke("resolve"), "hand an item to provide": invoke("provide"), "receive from inbound": receive("inbound")},
		not: map[string]call{"call as4-send": invoke("as4-send"), "call itself": invoke("exchange"), "receive from requests": receive("requests"), "send to requests itself": send("requests")},
	},
	"clock": {
		may: map[string]call{"sweep requests": receive("requests"), "send to inbound": send("inbound")},
		not: map[string]call{"call resolve": invoke("resolve"), "receive from inbound": receive("inbound"), "send to requests itself": send("requests")},
	},
	"resolve": {
		may: map[string]call{"send to inbound": send("inbound")},
		not: map[string]call{"receive from requests": receive("requests"), "receive from inbound": receive("inbound"), "call provide": invoke("provide")},
	},
}

// few lets the running stack poll few queues. What lies in one that is not polled any
// more is given on, dies when it must, in the dead letters of its own queue; and
// whole exchanges go on, with no permission too few and none too many.
func (s stage) few(t *testing.T, a *cloud.Applied, l *logReader) {
	t.Helper()
	if t.Failed() {
		return
	}
	began := time.Now()
	if err := a.Change(t.Context(), map[string]any{"queues": "few"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("the stack polls few queues after %.0f s", time.Since(began).Seconds())
	began = time.Now()
	s.walk(t, "few queues are polled, and the cloud has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "few queues are polled, and the cloud asks", ours, theirs, demo.Options{Count: 1})
	s.handedOn(t, l, began)
	l.nothingDenied(t, began)
	s.roles(t, a, handing)
	s.sweep(t, a)
	l.wait(t, "clock", began, []string{"which nobody polls"})
	l.wait(t, "exchange", began, []string{"lies among the dead letters of its queue", "nonsense/nobody"})
	s.elsewhere(t, a)
	if os.Getenv("VIENREIZ_SLOW") != "" {
		s.each(t, a, l)
	}
}

// each lets the stack poll every queue again.
func (s stage) each(t *testing.T, a *cloud.Applied, l *logReader) {
	t.Helper()
	if err := a.Change(t.Context(), map[string]any{"queues": "each"}); err != nil {
		t.Fatal(err)
	}
	began := time.Now().Add(time.Second)
	s.walk(t, "each queue is polled again, and the cloud has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "each queue is polled again, and the cloud asks", ours, theirs, demo.Options{Count: 1})
	l.nothingDenied(t, began)
}

// sweep leaves an item in a queue that nobody polls, as its sender of before would
// have, and lets the clock strike.
func (s stage) sweep(t *testing.T, a *cloud.Applied) {
	t.Helper()
	if err := a.Hide(t.Context(), functions.All().Queues[poisoned].Fold, 3*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := s.d.Store.Queues.Send(t.Context(), poisoned, store.Item{Body: []byte("nonsense/nobody")}, 0); err != nil {
		t.Fatal(err)
	}
	if broke := strike(t, a); broke != "" {
		t.Fatalf("the clock broke: %s", broke)
	}
	s.dead(t, 1)
	t.Log("what lay in a queue that nobody polls was swept, handed on, given back each time, and buried among the dead letters of its own queue")
}

// strike lets the clock strike, and returns why it could not do all that it had to.
func strike(t *testing.T, a *cloud.Applied) (broke string) {
	t.Helper()
	out, err := lambda.NewFromConfig(sdk(t)).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: awssdk.String(a.Functions["clock"]), Payload: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	if out.FunctionError != nil {
		return string(out.Payload)
	}
	return ""
}

// handedOn sees that items of other queues came by exchange.
func (s stage) handedOn(t *testing.T, l *logReader, since time.Time) {
	t.Helper()
	for queue, q := range functions.All().Queues {
		if q.Fold == "" || t.Failed() {
			continue
		}
		host, said := functions.All().Taker(q.Fold), regexp.MustCompile(`an item was handled.*queue"?[=:]"?`+queue+`\b`)
		if !slices.ContainsFunc(l.lines(t, host, since), said.MatchString) {
			t.Errorf("no item of %s came by %s", queue, host)
		}
	}
}
