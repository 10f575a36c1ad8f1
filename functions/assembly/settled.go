package assembly

import (
	"context"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Settled handles items and notes in the outbox how that went ([store.Settle]): until
// an item was handled its command lies there, so that no queue can lose it.
func (a *Assembly) Settled(handle func(context.Context, gate.Item) error) func(context.Context, gate.Item) error {
	return func(ctx context.Context, item gate.Item) error {
		err := handle(ctx, item)
		if item.Command == "" {
			return err
		}
		last := item.Receives >= functions.All().Queues[item.Queue].Receives
		store.Settle(ctx, a.State, a.Now(), item.Command, err, last)
		return err
	}
}
