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
	return gate.Batch(conduct.Inbound, func(ctx context.Context, item gate.Item) error {
		if len(a.Folded) == 0 {
			return take(ctx, a, item)
		}
		began := a.Now()
		err := take(ctx, a, item)
		if err != nil {
			sooner(ctx, a, item, a.Now().Sub(began))
		}
		return err
	})
}

func take(ctx context.Context, a *assembly.Assembly, item gate.Item) error {
	if item.Queue != conduct.Inbound {
		return guest(ctx, a, item)
	}
	if err := a.Intake.Handle(ctx, item.Body); err != nil {
		return err
	}
	if key, ended := strings.CutPrefix(item.Body, conduct.Ended+"/"); ended {
		return a.Ended(ctx, key)
	}
	return nil
}
