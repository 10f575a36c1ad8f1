// Package gate lets one http.Handler serve behind API Gateway and on a socket:
// it turns a REST proxy event (API Gateway v1, payload 1.0) into an HTTP
// request and the answer back into the event's form. Octets pass untouched in
// both directions.
package gate

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// MaxResponseBytes is what Lambda takes as one answer, base64 and JSON included
// (6 MB); a handler must send anything larger by another way.
const MaxResponseBytes = 6 << 20

// MaxText is how many octets of text are given as such; JSON writes one as up to
// six.
const MaxText = MaxResponseBytes / 8

// ErrTooLarge is an answer beyond [MaxResponseBytes].
var ErrTooLarge = errors.New("answer is larger than a function may give")

// Handle returns a Lambda handler for REST proxy events.
func Handle(h http.Handler) func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return func(ctx context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		r, err := request(ctx, &e)
		if err != nil {
			return events.APIGatewayProxyResponse{StatusCode: http.StatusBadRequest, Body: err.Error()}, nil //nolint:nilerr // the answer carries it
		}
		w := &answer{header: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(w, r)
		return w.event()
	}
}

func request(ctx context.Context, e *events.APIGatewayProxyRequest) (*http.Request, error) {
	target := &url.URL{Path: e.Path, RawQuery: query(e).Encode()}
	r, err := http.NewRequestWithContext(ctx, e.HTTPMethod, target.String(), body(e))
	if err != nil {
		return nil, fmt.Errorf("read the gateway's event: %w", err)
	}
	for name, values := range headers(e) {
		for _, v := range values {
			r.Header.Add(name, v)
		}
	}
	r.Host, r.RequestURI = r.Header.Get("Host"), target.RequestURI()
	r.RemoteAddr = e.RequestContext.Identity.SourceIP
	r.ContentLength = length(e)
	return r, nil
}

// headers are those of the event, several values where it has them.
func headers(e *events.APIGatewayProxyRequest) map[string][]string {
	if len(e.MultiValueHeaders) > 0 {
		return e.MultiValueHeaders
	}
	list := make(map[string][]string, len(e.Headers))
	for name, v := range e.Headers {
		list[name] = []string{v}
	}
	return list
}

func query(e *events.APIGatewayProxyRequest) url.Values {
	if len(e.MultiValueQueryStringParameters) > 0 {
		return e.MultiValueQueryStringParameters
	}
	q := url.Values{}
	for name, v := range e.QueryStringParameters {
		q.Set(name, v)
	}
	return q
}

// body streams the octets of the event, so that they are decoded once and never
// held twice.
func body(e *events.APIGatewayProxyRequest) io.Reader {
	if e.IsBase64Encoded {
		return base64.NewDecoder(base64.StdEncoding, strings.NewReader(e.Body))
	}
	return strings.NewReader(e.Body)
}

func length(e *events.APIGatewayProxyRequest) int64 {
	if !e.IsBase64Encoded {
		return int64(len(e.Body))
	}
	padding := len(e.Body) - len(strings.TrimRight(e.Body, "="))
	return int64(len(e.Body)/4*3 - padding)
}

// answer is the http.ResponseWriter of one event.
type answer struct {
	header  http.Header
	status  int
	written bool
	body    bytes.Buffer
}

func (w *answer) Header() http.Header { return w.header }

func (w *answer) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, true
	}
}

func (w *answer) Write(p []byte) (int, error) {
	w.written = true
	if w.body.Len()+len(p) > MaxResponseBytes {
		return 0, ErrTooLarge
	}
	return w.body.Write(p)
}

// event gives text as it is and encodes everything else: what a gateway takes
// for binary differs, and some hand base64 on when a caller names no type that it
// accepts, as access points do. Text that escapes could make too long is encoded.
func (w *answer) event() (events.APIGatewayProxyResponse, error) {
	if w.header.Get("Content-Type") == "" && w.body.Len() > 0 {
		w.header.Set("Content-Type", http.DetectContentType(w.body.Bytes()))
	}
	r := events.APIGatewayProxyResponse{StatusCode: w.status, MultiValueHeaders: w.header}
	if w.body.Len() <= MaxText && isText(w.header.Get("Content-Type")) && utf8.Valid(w.body.Bytes()) {
		r.Body = w.body.String()
		return r, nil
	}
	r.Body, r.IsBase64Encoded = base64.StdEncoding.EncodeToString(w.body.Bytes()), true
	if len(r.Body) > MaxResponseBytes {
		return events.APIGatewayProxyResponse{}, fmt.Errorf("%w: %d octets, at most %d after base64", ErrTooLarge, len(r.Body), MaxResponseBytes)
	}
	return r, nil
}

// Octets are the body of an answer, as a gateway gives it on.
func Octets(r events.APIGatewayProxyResponse) ([]byte, error) {
	if !r.IsBase64Encoded {
		return []byte(r.Body), nil
	}
	return base64.StdEncoding.DecodeString(r.Body)
}

func isText(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+xml") || strings.HasSuffix(media, "json") || media == "application/xml")
}
