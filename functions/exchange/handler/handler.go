// Package handler is the function exchange: items of the queue inbound are
// received messages, messages that were sent, and exchanges that have ended.
//
// Other queues may be folded into inbound, so that fewer are polled: an item that
// names one of those is a guest, and is handed on to that queue's function.
package handler

import (
	"context"
	"strings"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/gate"
)

// New handles SQS events.
func New(a *assembly.Assembly) gate.Queued {
	own := a.Settled(func(ctx context.Context, item gate.Item) error { return handle(ctx, a, item.Body) })
	take := func(ctx context.Context, item gate.Item) error {
		if item.Queue == conduct.Inbound {
			return own(ctx, item)
		}
		return guest(ctx, a, item) // whoever it is handed to settles it
	}
	return gate.Batch(conduct.Inbound, func(ctx context.Context, item gate.Item) error {
		if len(a.Folded) == 0 {
			return take(ctx, item)
		}
		began := a.Now()
		err := take(ctx, item)
		if err != nil {
			sooner(ctx, a, item, a.Now().Sub(began))
		}
		return err
	})
}

func handle(ctx context.Context, a *assembly.Assembly, body string) error {
	if err := a.Intake.Handle(ctx, body); err != nil {
		return err
	}
	if key, ended := strings.CutPrefix(body, conduct.Ended+"/"); ended {
		return a.Ended(ctx, key)
	}
	return nil
}
