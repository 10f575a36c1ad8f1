package assembly

import (
	"context"
	"time"

	"github.com/vienreiz/vienreiz/shared/rotation"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// writable is a configuration whose documents can be replaced.
type writable interface {
	tenant.Source
	Replace(ctx context.Context, name string, was, octets []byte) error
}

// Rotation is ready to move the partners of a configuration to our new
// certificate. It calls them by the client of the node itself: the same trust, the
// same places. Of our keys only those are opened that it signs with.
func Rotation(ctx context.Context, of writable, document string, now func() time.Time) (*rotation.Rotation, error) {
	live := &tenant.Live{Source: of, File: document, Now: now, AtFirstUse: true}
	c, err := live.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	a := New(Ports{Tenant: live, Now: now})
	worker, err := a.Worker(ctx)
	if err != nil {
		return nil, err
	}
	return &rotation.Rotation{Documents: of, Configuration: c, Sender: worker.Sender, NewID: a.NewID}, nil
}
