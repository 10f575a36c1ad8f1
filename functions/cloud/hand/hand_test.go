package hand

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/functions"
)

// answers is Lambda: it notes what it is asked, and answers.
type answers struct {
	out   lambda.InvokeOutput
	err   error
	never bool

	in   *lambda.InvokeInput
	till time.Time
}

func (a *answers) Invoke(ctx context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	a.in = in
	a.till, _ = ctx.Deadline()
	if a.never {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &a.out, a.err
}

var event = events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: "resolve/a", Attributes: map[string]string{"ApproximateReceiveCount": "4"}}}}

func TestAnItemIsHandedOverAndWhatItsFunctionSaysIsHeard(t *testing.T) {
	t.Parallel()
	a := &answers{out: lambda.InvokeOutput{Payload: []byte(`{"batchItemFailures":[{"itemIdentifier":"1"}]}`)}}
	got, err := (&over{a, "lv-resolve", time.Minute}).hand(t.Context(), event)
	if err != nil || len(got.BatchItemFailures) != 1 || got.BatchItemFailures[0].ItemIdentifier != "1" {
		t.Errorf("%+v, %v", got, err)
	}
	var sent events.SQSEvent
	if err := json.Unmarshal(a.in.Payload, &sent); err != nil || *a.in.FunctionName != "lv-resolve" || a.in.InvocationType != "" {
		t.Errorf("%+v, %v", a.in, err)
	}
	if diff := cmp.Diff(event, sent); diff != "" {
		t.Error(diff)
	}
	if a.till.IsZero() {
		t.Error("it is waited for without end")
	}
}

func TestAFunctionThatDoesNotSayWhatBecameOfAnItemIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lambda answers
		says   string
	}{
		"it is throttled":           {answers{err: errors.New("TooManyRequestsException")}, "hand an item to function lv-resolve"},
		"it crashes":                {answers{out: lambda.InvokeOutput{FunctionError: aws.String("Unhandled"), Payload: []byte(`{"errorType":"Runtime.ExitError","errorMessage":"of Anna"}`)}}, "Runtime.ExitError"},
		"it takes too long":         {answers{out: lambda.InvokeOutput{FunctionError: aws.String("Unhandled"), Payload: []byte(`{"errorMessage":"2026-12-01 Task timed out"}`)}}, "lv-resolve broke"},
		"it never answers":          {answers{never: true}, "deadline"},
		"its answer is not of SQS":  {answers{out: lambda.InvokeOutput{Payload: []byte(`"done"`)}}, "did not say"},
		"its answer is not of JSON": {answers{out: lambda.InvokeOutput{}}, "did not say"},
	} {
		_, err := (&over{&c.lambda, "lv-resolve", 10 * time.Millisecond}).hand(t.Context(), event)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "Anna") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyIsWaitedForLessThanItMayTake(t *testing.T) {
	t.Parallel()
	for name, f := range functions.All().Functions {
		if q := f.Trigger.Queue; q != "" && wait(q) <= time.Duration(f.Seconds)*time.Second {
			t.Errorf("%s may take %d s, and is waited for %s", name, f.Seconds, wait(q))
		}
	}
}

func TestWhereNothingIsFoldedNothingIsOpened(t *testing.T) {
	t.Parallel()
	if on, err := On(t.Context(), nil); err != nil || on != nil {
		t.Errorf("%v, %v", on, err)
	}
	on, err := On(t.Context(), map[string]string{"requests": "lv-resolve"})
	if err != nil || len(on) != 1 || on["requests"] == nil {
		t.Errorf("%v, %v", on, err)
	}
}
