package cloud

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/runtime"
)

// invoker runs a function.
type invoker interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// MaxBody is what a request may carry through the gateway: the event holds it in base64.
const MaxBody = runtime.MaxEvent/4*3 - 64<<10

// route is one path of a gateway and the function behind it.
type route struct {
	resource string
	to       invoker
}

// gateway turns HTTP into REST proxy events and their answers into HTTP, as API
// Gateway v1 does.
type gateway []route

// newGateway routes as functions.yaml says.
func newGateway(name string, run map[string]invoker) gateway {
	var g gateway
	for function, f := range functions.All().Functions {
		if f.Trigger.Gateway != name {
			continue
		}
		for _, resource := range f.Trigger.Paths {
			g = append(g, route{resource, run[function]})
		}
	}
	return g
}

// match is the route of a path.
func (g gateway) match(path string) *route {
	for i := range g {
		before, greedy := strings.CutSuffix(g[i].resource, "{proxy+}")
		if path == g[i].resource || greedy && strings.HasPrefix(path, before) && path != before {
			return &g[i]
		}
	}
	return nil
}

// ServeHTTP passes a request to its function.
func (g gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := g.match(r.URL.Path)
	if to == nil {
		refuse(w, http.StatusForbidden, "Missing Authentication Token")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a request through this gateway has at most %d octets", MaxBody))
		return
	}
	event, err := json.Marshal(proxyEvent(r, to.resource, body))
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	answer, err := to.to.Invoke(r.Context(), event)
	if err != nil {
		slog.ErrorContext(r.Context(), "a function behind a gateway failed", slog.String("resource", to.resource), slog.String("error", err.Error()))
		refuse(w, http.StatusBadGateway, "Internal server error")
		return
	}
	give(w, answer)
}

func proxyEvent(r *http.Request, resource string, body []byte) events.APIGatewayProxyRequest {
	headers := map[string]string{"Host": r.Host}
	multiple := map[string][]string{"Host": {r.Host}}
	for name, values := range r.Header {
		headers[name], multiple[name] = values[len(values)-1], values
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	e := events.APIGatewayProxyRequest{
		Resource: resource, Path: r.URL.Path, HTTPMethod: r.Method, Headers: headers, MultiValueHeaders: multiple,
		MultiValueQueryStringParameters: r.URL.Query(), Body: base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
	}
	e.RequestContext.Identity.SourceIP = host
	return e
}

// give writes a function's answer.
func give(w http.ResponseWriter, answer []byte) {
	var e events.APIGatewayProxyResponse
	if err := json.Unmarshal(answer, &e); err != nil || e.StatusCode == 0 {
		refuse(w, http.StatusBadGateway, "Internal server error")
		return
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			refuse(w, http.StatusBadGateway, "Internal server error")
			return
		}
	}
	for name, v := range e.Headers {
		w.Header().Set(name, v)
	}
	for name, values := range e.MultiValueHeaders {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(e.StatusCode)
	_, _ = w.Write(body) // a caller who is gone needs no answer
}

// refuse is the gateway's own answer.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message}) // as above
}
