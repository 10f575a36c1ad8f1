package assembly

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/tenant"
)

func TestWhoHasNoStateNotesNothingOfKeys(t *testing.T) {
	t.Parallel()
	live := &tenant.Live{AtFirstUse: true}
	New(Ports{Tenant: live})
	if live.Tried != nil {
		t.Error("keys that are rotated without a store would be noted in it")
	}
}
