package world_test

import (
	"log/slog"
	"testing"
)

// quiet keeps the log of a test that breaks things on purpose to itself.
func quiet(t *testing.T) {
	was := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(was) })
}
