// Package handler is the function as4-receive: POST /as4. It verifies, decrypts
// and stores a message, and answers the signed receipt or an ebMS error in the
// same HTTP exchange.
package handler

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/observe"
)

// New is the access point over HTTP. It streams: memory does not grow with the message.
func New(a *assembly.Assembly) http.Handler {
	return observe.Inbound(false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		receiver, err := a.Receiver(r.Context())
		if closed := (*assembly.ClosedError)(nil); errors.As(err, &closed) {
			slog.WarnContext(r.Context(), "a message was not taken", slog.String("error", err.Error()))
			w.Header().Set("Retry-After", "60")
			http.Error(w, "this access point is closed for a while; send the same message again later", http.StatusServiceUnavailable)
			return
		}
		if err != nil {
			slog.ErrorContext(r.Context(), "no configuration", slog.String("error", err.Error()))
			http.Error(w, "this access point has no usable configuration; its operator is told", http.StatusServiceUnavailable)
			return
		}
		(&as4.Handler{Receiver: receiver, Observe: tell}).ServeHTTP(w, r)
	}))
}

// tell logs every answer by its ids, never by its content.
func tell(r *http.Request, answer *as4.Answer) {
	var attrs []slog.Attr
	if h := answer.Header; h != nil {
		attrs = append(attrs, slog.String("messageId", h.MessageID), slog.String("conversationId", h.ConversationID), slog.String("partyFrom", h.From.ID.Value), slog.String("action", h.Action))
	}
	if cause := answer.Cause(); cause != nil {
		refused(r.Context(), cause, attrs)
		return
	}
	if !answer.Duplicate {
		observe.MessagesReceived.Add(r.Context(), 1)
	}
	slog.LogAttrs(r.Context(), slog.LevelInfo, "message received", append(attrs, slog.Bool("duplicate", answer.Duplicate))...)
}

// refused logs a refusal. What we could not do is our error, whatever was sent, and the
// sender was asked to send it again.
func refused(ctx context.Context, cause error, attrs []slog.Attr) {
	code, level, what := codeOf(cause), slog.LevelWarn, "message refused"
	if code == ebms.DeliveryFailure.Code {
		observe.Failed(ctx)
		level, what = slog.LevelError, "a message could not be taken, by our own fault; its sender is asked to send it again"
	}
	observe.MessagesRefused.Add(ctx, 1, code)
	slog.LogAttrs(ctx, level, what, append(attrs, slog.String("error", cause.Error()))...)
}

// codeOf is the ebMS error code of a refusal.
func codeOf(cause error) string {
	if e := (*ebms.Error)(nil); errors.As(cause, &e) {
		return e.Code.Code
	}
	return observe.Other
}
