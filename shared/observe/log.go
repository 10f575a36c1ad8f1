package observe

import (
	"context"
	"log/slog"
)

// Log adds to the lines of another handler what their context knows: function,
// tenant, trace, cause, exchange and messageKey, those that are not empty.
func Log(to slog.Handler) slog.Handler { return &handler{to} }

type handler struct{ slog.Handler }

// Handle writes one line.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	r = r.Clone()
	for _, f := range fields(ctx) {
		r.AddAttrs(slog.String(f[0], f[1]))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps adding.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps adding.
func (h *handler) WithGroup(name string) slog.Handler { return &handler{h.Handler.WithGroup(name)} }

// fields are names and values, in this order always.
func fields(ctx context.Context) [][2]string {
	var all [][2]string
	if c := callOf(ctx); c != nil {
		all = append(all, [2]string{"function", c.function}, [2]string{"tenant", c.node.Tenant})
		if x, _ := ctx.Value("x-amzn-trace-id").(string); x != "" { // the Lambda runtime's, beside ours
			all = append(all, [2]string{"xray", x})
		}
	}
	if w := workOf(ctx); w != nil {
		w.mu.Lock()
		all = append(all, [2]string{"trace", w.trace}, [2]string{"cause", w.cause}, [2]string{"exchange", w.exchange}, [2]string{"messageKey", w.message})
		w.mu.Unlock()
	}
	var known [][2]string
	for _, f := range all {
		if f[1] != "" {
			known = append(known, f)
		}
	}
	return known
}
