// Package handler is the function provide: items of the queue provide are what a
// provider's exchange needs of its registry.
package handler

import (
	"context"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// New handles SQS events. On an item's last reception a registry that cannot be
// asked ends the exchange.
func New(a *assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	receives := functions.All().Queues[conduct.Provide].Receives
	return gate.Batch(conduct.Provide, a.Settled(func(ctx context.Context, item gate.Item) error {
		do, key, _ := strings.Cut(item.Body, "/")
		return a.Provider.Handle(ctx, exchange.Do(do), key, item.Receives >= receives)
	}))
}
