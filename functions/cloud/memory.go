package cloud

import (
	"runtime/debug"
	"strconv"
)

// collectAbove lets the garbage collector keep a function within the memory that
// Lambda gives it, in MB: without a limit it lets what lives double, however
// little there is. A tenth is for what is not on the heap. What is no number, as
// outside Lambda, limits nothing.
func collectAbove(memory string) {
	if mb, err := strconv.ParseInt(memory, 10, 64); err == nil && mb > 0 {
		debug.SetMemoryLimit(mb << 20 / 10 * 9)
	}
}
