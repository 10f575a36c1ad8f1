package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/vienreiz/vienreiz/localstack/world"
)

// Recorder writes every wire message of both sides into a folder: below the
// country, sent and received, a file for what went out and one for the answer,
// as `vienreiz as4 open` and `as4 receipt` read them.
type Recorder struct {
	dir    string
	number atomic.Int64
}

// NewRecorder makes the folder.
func NewRecorder(dir string) (*Recorder, error) {
	return &Recorder{dir: dir}, os.MkdirAll(dir, 0o700)
}

// Of records one country's wire.
func (r *Recorder) Of(country string) world.Wire { return &wire{r, strings.ToLower(country)} }

type wire struct {
	recorder *Recorder
	country  string
}

// Client goes around the AS4 client.
func (w *wire) Client(next http.RoundTripper) http.RoundTripper { return &recordingClient{w, next} }

// Server goes around the AS4 server.
func (w *wire) Server(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(out, "the message broke off", http.StatusBadRequest)
			return
		}
		base, err := w.message("received", r, body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := &copying{ResponseWriter: out, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		_ = w.answer(base, answer.status, out.Header().Get("Content-Type"), answer.body.Bytes())
	})
}

// message writes a request; the base of its name is for the answer.
func (w *wire) message(direction string, r *http.Request, body []byte) (string, error) {
	dir := filepath.Join(w.recorder.dir, w.country, direction)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	base := filepath.Join(dir, fmt.Sprintf("%05d", w.recorder.number.Add(1)))
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", r.Method, r.URL.RequestURI(), r.Host, r.Header.Get("Content-Type"), len(body))
	return base, os.WriteFile(base+".mime", append([]byte(head), body...), 0o600)
}

func (w *wire) answer(base string, status int, contentType string, body []byte) error {
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", status, http.StatusText(status), contentType, len(body))
	return os.WriteFile(base+".answer", append([]byte(head), body...), 0o600)
}

type recordingClient struct {
	wire *wire
	next http.RoundTripper
}

// RoundTrip records what goes out and what comes back.
func (c *recordingClient) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	base, err := c.wire.message("sent", r, body)
	if err != nil {
		return nil, err
	}
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := c.next.RoundTrip(copied)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	return resp, c.wire.answer(base, resp.StatusCode, resp.Header.Get("Content-Type"), answer)
}

type copying struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copying) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(p []byte) (int, error) {
	c.body.Write(p)
	return c.ResponseWriter.Write(p)
}
