// Package handler is the function resolve: items of the queue requests are
// exchanges whose request is to be built, after asking the directory.
package handler

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// New handles SQS events.
func New(a *assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return gate.Batch(conduct.Requests, a.Settled(func(ctx context.Context, item gate.Item) error {
		do, key, ok := strings.Cut(item.Body, "/")
		if !ok || exchange.Do(do) != exchange.Resolve {
			return fmt.Errorf("item %.80q is of no known kind", item.Body)
		}
		return a.Requester.Resolve(ctx, key)
	}))
}
