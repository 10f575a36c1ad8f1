// Package handler is the function exchange: items of the queue inbound are
// received messages, messages that were sent, and exchanges that have ended.
package handler

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// New handles SQS events.
func New(a *assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return gate.Batch(conduct.Inbound, func(ctx context.Context, item gate.Item) error { return a.Intake.Handle(ctx, item.Body) })
}
