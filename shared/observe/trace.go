package observe

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
)

// work is what one request or queue item is about. Code below fills in what it
// learns, so that later lines of the same work carry it.
type work struct {
	mu                              sync.Mutex
	trace, cause, exchange, message string
}

type workKey struct{}

// Work begins something new in the context, with a trace: 32 hexadecimal digits as
// W3C Trace Context §3.2.2.3 has them. Empty: a trace is made.
func Work(ctx context.Context, trace string) context.Context {
	if trace == "" {
		trace = newTrace()
	}
	return context.WithValue(ctx, workKey{}, &work{trace: trace})
}

// Item is the work of a queue item: whose it is, is known when its record is read.
func Item(ctx context.Context) context.Context { return context.WithValue(ctx, workKey{}, &work{}) }

func workOf(ctx context.Context) *work {
	w, _ := ctx.Value(workKey{}).(*work)
	return w
}

// newTrace is random.
func newTrace() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// derived is the trace of a record that was written without one: always the same.
func derived(key string) string {
	sum := sha256.Sum256([]byte("vienreiz trace\x00" + key))
	return hex.EncodeToString(sum[:16])
}

// TraceOf is the trace of what is worked on in the context; empty outside any.
func TraceOf(ctx context.Context) string {
	w := workOf(ctx)
	if w == nil {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trace
}

// Follow notes that the work is about an exchange, and takes over the trace of its
// record; a record of an earlier release has none, and gets the one that its key
// gives. The trace that the work began with stays in the log as its cause.
func Follow(ctx context.Context, trace, exchange string) {
	follow(ctx, trace, exchange, func(w *work) { w.exchange = exchange })
}

// FollowMessage is [Follow] for a message's record. Its exchange, where it is of
// one, names the trace that it had to have.
func FollowMessage(ctx context.Context, trace, message, exchange string) {
	key := exchange
	if key == "" {
		key = message
	}
	follow(ctx, trace, key, func(w *work) {
		w.message = message
		if exchange != "" {
			w.exchange = exchange
		}
	})
}

func follow(ctx context.Context, trace, key string, note func(*work)) {
	w := workOf(ctx)
	if w == nil {
		return
	}
	if trace == "" {
		trace = derived(key)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cause == "" && w.trace != trace {
		w.cause = w.trace
	}
	w.trace = trace
	note(w)
}

// Traceparent is the trace of a request's header traceparent; empty unless it is
// there once and well formed (W3C Trace Context §3.2.2).
func Traceparent(h http.Header) string {
	values := h.Values("Traceparent")
	if len(values) != 1 {
		return ""
	}
	parts := strings.Split(values[0], "-")
	if len(parts) < 4 || !isHex(parts[0], 2) || parts[0] == "ff" || parts[0] == "00" && len(parts) != 4 ||
		!isHex(parts[1], 32) || !isHex(parts[2], 16) || !isHex(parts[3], 2) {
		return ""
	}
	if strings.Trim(parts[1], "0") == "" || strings.Trim(parts[2], "0") == "" {
		return ""
	}
	return parts[1]
}

func isHex(s string, digits int) bool {
	return len(s) == digits && strings.Trim(s, "0123456789abcdef") == ""
}
