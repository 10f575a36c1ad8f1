// Package handler is the function exchange: items of the queue inbound are
// received messages, messages that were sent, and exchanges that have ended.
package handler

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// New handles SQS events.
func New(a *assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return gate.Batch(conduct.Inbound, func(ctx context.Context, item gate.Item) error {
		if err := a.Intake.Handle(ctx, item.Body); err != nil {
			return err
		}
		if key, ended := strings.CutPrefix(item.Body, conduct.Ended+"/"); ended {
			return a.Ended(ctx, key)
		}
		return nil
	})
}
