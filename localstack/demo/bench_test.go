package demo_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
)

// BenchmarkExchanges is whole exchanges between two countries in one process,
// sign-ins, preview and submission included.
func BenchmarkExchanges(b *testing.B) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	w, err := world.Open(context.Background(), world.Options{Data: b.TempDir(), Names: []string{"LT", "LV"}})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	b.ResetTimer()
	d, err := demo.New(w.Running(), demo.Options{Count: b.N, Parallel: 16})
	if err != nil {
		b.Fatal(err)
	}
	r, err := d.Run(context.Background())
	if err != nil || r.Lost+r.Doubled+len(r.Errors) > 0 {
		b.Fatalf("%+v, %v", r, err)
	}
	b.ReportMetric(r.PerSecond, "exchanges/s")
}
