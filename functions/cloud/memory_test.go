package cloud

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestTheGarbageIsCollectedBeforeLambdasMemoryIsFull(t *testing.T) {
	was := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(was) })
	for memory, want := range map[string]int64{"": math.MaxInt64, "much": math.MaxInt64, "-1": math.MaxInt64, "512": 483183819} {
		debug.SetMemoryLimit(math.MaxInt64)
		collectAbove(memory)
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("of %q MB: collected above %d octets, want %d", memory, got, want)
		}
	}
}
