package as4

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// DrainBytes is how much of a refused message is still read, and thrown away,
// so that its sender gets to read the refusal.
const DrainBytes = 32 << 20

// Handler is the HTTP binding of a [Receiver]: POST, one message a request, the
// answer in the response. Observe, when set, is told of every answer; it must
// not keep the Answer's Body.
type Handler struct {
	Receiver *Receiver
	Observe  func(*http.Request, *Answer)
}

// ServeHTTP answers what is no AS4 request with a 4xx status and one sentence;
// everything else with a signal and 200, which is what products understand.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, why := h.unacceptable(r); status != 0 {
		http.Error(w, why, status)
		return
	}
	answer := h.Receiver.Receive(r.Context(), r.Header.Get("Content-Type"), r.Body)
	if answer.Message == nil {
		// A client that is still sending when the connection closes often never
		// reads why it was refused.
		_, _ = io.CopyN(io.Discard, r.Body, DrainBytes)
	}
	if h.Observe != nil {
		h.Observe(r, answer)
	}
	w.Header().Set("Content-Type", answer.ContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)))
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // a partner that went away sends the same message again
}

func (h *Handler) unacceptable(r *http.Request) (int, string) {
	limit := h.Receiver.Limits.orDefault().Message
	t := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Type")))
	switch {
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed, "This is an AS4 access point: it takes POST only."
	case !strings.HasPrefix(t, "multipart/related") && !strings.HasPrefix(t, soapMediaType):
		return http.StatusUnsupportedMediaType, "Content-Type must be multipart/related or application/soap+xml (eDelivery AS4 3.2.2)."
	case r.Header.Get("Content-Encoding") != "" && !strings.EqualFold(r.Header.Get("Content-Encoding"), "identity"):
		return http.StatusUnsupportedMediaType, "Content-Encoding is not taken; compress the parts as AS4 3.1 says."
	case r.ContentLength > limit:
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("The message is larger than %d octets (limit.message).", limit)
	}
	return 0, ""
}
