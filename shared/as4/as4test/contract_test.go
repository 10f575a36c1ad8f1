package as4test

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
)

func TestTheInboxInMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	InboxContract(t, func(*testing.T) as4.Inbox { return &Inbox{} }, func(_ *testing.T, b as4.Inbox, key as4.MessageKey) [][]byte {
		if d := b.(*Inbox).Get(key); d != nil {
			return d.Parts
		}
		return nil
	})
}
