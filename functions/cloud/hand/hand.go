// Package hand hands items of folded queues to their functions on AWS Lambda, and
// waits for what those say of them. It stands by itself, as one function needs it.
package hand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// Margin is for how long a function is waited for beyond its own time-out. Whoever
// waits has more time still (infra/terraform adds 15 s), so that it can tell.
const Margin = 10 * time.Second

type invoker interface {
	Invoke(ctx context.Context, in *lambda.InvokeInput, options ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// On gives what hands items on, by queue. to are the functions' names in Lambda. The
// SDK is opened only where there are any, and calls nobody yet.
func On(ctx context.Context, to map[string]string) (map[string]gate.Queued, error) {
	if len(to) == 0 {
		return nil, nil
	}
	sdk, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("configure the AWS SDK: %w", err)
	}
	client, all := lambda.NewFromConfig(sdk), map[string]gate.Queued{}
	for queue, function := range to {
		all[queue] = (&over{client, function, wait(queue)}).hand
	}
	return all, nil
}

// wait is how long the function of a queue is waited for.
func wait(queue string) time.Duration {
	list := functions.All()
	return time.Duration(list.Functions[list.Taker(queue)].Seconds)*time.Second + Margin
}

// over is the way to one function.
type over struct {
	lambda   invoker
	function string
	wait     time.Duration
}

// hand is of items that carry ids only, as all do (architecture rule 11). The error
// is of a function that could not be called, broke, or took too long: all of its
// items come again.
func (o *over) hand(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var answer events.SQSEventResponse
	payload, err := json.Marshal(e)
	if err != nil {
		return answer, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.wait)
	defer cancel()
	out, err := o.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &o.function, Payload: payload})
	if err != nil {
		return answer, fmt.Errorf("hand an item to function %s: %w", o.function, err)
	}
	if out.FunctionError != nil {
		return answer, fmt.Errorf("function %s broke over an item (%s); its log says why", o.function, kind(out.Payload))
	}
	if err := json.Unmarshal(out.Payload, &answer); err != nil {
		return answer, errors.Join(fmt.Errorf("function %s did not say what became of an item", o.function), err)
	}
	return answer, nil
}

// kind is that of an error of Lambda. Its message may hold anything.
func kind(payload []byte) string {
	var broken struct{ ErrorType string }
	if err := json.Unmarshal(payload, &broken); err != nil || broken.ErrorType == "" {
		return "of no known kind"
	}
	return broken.ErrorType
}
