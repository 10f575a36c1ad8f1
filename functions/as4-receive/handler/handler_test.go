package handler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/observe"
)

// TestOnlyWhatWeCouldNotDoIsAFailure: whoever sends what is refused raises no alarm.
func TestOnlyWhatWeCouldNotDoIsAFailure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause error
		fails bool
	}{
		"a key that is denied": {fmt.Errorf("%w: %w", errors.New("give this role kms:Decrypt"), ebms.DeliveryFailure.Refuse("as4.delivery", "not processed", "send it again")), true},
		"a forged signature":   {ebms.FailedAuthentication.Refuse("as4.signature", "another digest", "sign what is sent"), false},
	} {
		var metrics bytes.Buffer
		n := &observe.Node{Metrics: &metrics, Few: true, Now: time.Now}
		_ = n.Call(t.Context(), "as4-receive", func(ctx context.Context) error { refused(ctx, c.cause, nil); return nil })
		if failed := strings.Contains(metrics.String(), `"Failures":1`); failed != c.fails {
			t.Errorf("%s: %s", name, metrics.String())
		}
	}
}
