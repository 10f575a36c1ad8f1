package aws

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	tries     = 5
	firstWait = 20 * time.Millisecond
)

// pause waits before all tries but the first, longer each time: at most 300 ms in
// all.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err()
	}
	longest := firstWait << (try - 1)
	timer := time.NewTimer(longest/2 + rand.N(longest/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
