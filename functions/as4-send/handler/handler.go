// Package handler is the function as4-send: items of the queue outbound are keys
// of messages to sign once and push until they are acknowledged.
package handler

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/sending"
)

// New handles SQS events.
func New(a *assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return gate.Batch(sending.Queue, a.Settled(func(ctx context.Context, item gate.Item) error {
		worker, err := a.Worker(ctx)
		if err != nil {
			return err
		}
		return worker.Handle(ctx, item.Body)
	}))
}
