package observe

import (
	"context"
	"net/http"
)

// Inbound lets every request begin its work: with the trace that its header
// traceparent brings, where the caller is trusted with that, else with a new one. An
// answer of 5xx is an error of the call.
func Inbound(trusted bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trace := ""
		if trusted {
			trace = Traceparent(r.Header)
		}
		ctx := Work(r.Context(), trace)
		s := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(s, r.WithContext(ctx))
		if s.status >= http.StatusInternalServerError {
			Failed(ctx)
		}
	})
}

// Served observes each request as one call of a function.
func (n *Node) Served(function string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = n.Call(r.Context(), function, func(ctx context.Context) error {
			next.ServeHTTP(w, r.WithContext(ctx))
			return nil
		})
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
