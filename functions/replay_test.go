package functions_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	send "github.com/vienreiz/vienreiz/functions/as4-send/handler"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	exchange "github.com/vienreiz/vienreiz/functions/exchange/handler"
	health "github.com/vienreiz/vienreiz/functions/health/handler"
	people "github.com/vienreiz/vienreiz/functions/people/handler"
	portal "github.com/vienreiz/vienreiz/functions/portal/handler"
	provide "github.com/vienreiz/vienreiz/functions/provide/handler"
	resolve "github.com/vienreiz/vienreiz/functions/resolve/handler"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// Kinds of Lambda handlers, by what triggers them.
type (
	gatewayHandler = func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)
	queueHandler   = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)
	clockHandler   = func(context.Context, events.CloudWatchEvent) error
)

// cloud is one country's node as Lambda has it: handlers that get events.
type cloud struct {
	*world.Tenant
	gates  map[string]gatewayHandler
	queues map[string]queueHandler
	clock  clockHandler
	calls  map[string]*atomic.Int32 // by function
}

func newCloud(t *world.Tenant) *cloud {
	a := t.Assembly
	c := &cloud{
		Tenant: t, clock: clock.New(a), calls: map[string]*atomic.Int32{},
		gates:  map[string]gatewayHandler{"as4-receive": gate.Handle(receive.New(a)), "health": gate.Handle(health.New(a)), "portal": gate.Handle(portal.Of(a)), "people": gate.Handle(people.New(a))},
		queues: map[string]queueHandler{"as4-send": send.New(a), "exchange": exchange.New(a), "resolve": resolve.New(a), "provide": provide.New(a)},
	}
	for name := range functions.All().Functions {
		c.calls[name] = new(atomic.Int32)
	}
	return c
}

// gateway carries HTTP calls as a gateway does: an event in, an answer out. It
// takes the event of the folder, and puts the call's path, headers and octets in.
type gateway struct {
	t        *testing.T
	event    string
	function string
	to       func() *cloud
}

// RoundTrip is one call.
func (g gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	e := read[events.APIGatewayProxyRequest](g.t, g.event)
	var octets []byte
	if r.Body != nil {
		var err error
		if octets, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	e.HTTPMethod, e.Path, e.MultiValueHeaders = r.Method, r.URL.Path, r.Header
	e.Headers, e.Body, e.IsBase64Encoded = nil, base64.StdEncoding.EncodeToString(octets), true
	c := g.to()
	c.calls[g.function].Add(1)
	a, err := c.gates[g.function](r.Context(), again(g.t, e))
	if err != nil {
		return nil, err
	}
	if g.function == "as4-receive" { // delivered again it gets the same receipt, octet for octet
		if b, err := c.gates[g.function](r.Context(), e); err != nil || b.Body != a.Body {
			g.t.Errorf("the same message again: %d, %v", b.StatusCode, err)
		}
	}
	octets, err = gate.Octets(a)
	return &http.Response{
		StatusCode: a.StatusCode, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.MultiValueHeaders,
		Body: io.NopCloser(bytes.NewReader(octets)), ContentLength: int64(len(octets)), Request: r,
	}, err
}

// again is an event as it comes off the wire: written and read.
func again[E any](t *testing.T, e E) E {
	t.Helper()
	octets, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back E
	if err := json.Unmarshal(octets, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// drain gives every item of a function's queue to it, by the event of the folder
// with the item in it. It reports whether there was one.
func (c *cloud) drain(t *testing.T, function string) bool {
	t.Helper()
	queue := functions.All().Functions[function].Trigger.Queue
	list, err := c.Store.Queues.Receive(t.Context(), queue, 1, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		e := read[events.SQSEvent](t, function)
		e.Records = e.Records[:1]
		e.Records[0].Body, e.Records[0].Attributes["ApproximateReceiveCount"] = string(m.Body), strconv.Itoa(m.Receives)
		c.calls[function].Add(1)
		a, err := c.queues[function](t.Context(), again(t, e))
		if err != nil || len(a.BatchItemFailures) > 0 {
			t.Fatalf("%s of %s: item %s failed, %v", function, c.Country, m.Body, err)
		}
		if err := c.Store.Queues.Delete(t.Context(), queue, m.Handle); err != nil {
			t.Fatal(err)
		}
	}
	return len(list) > 0
}

// wire is what a node of the world reaches the other by.
type wire struct{ gateway }

// Client is the partner's gateway, in place of a connection.
func (w wire) Client(http.RoundTripper) http.RoundTripper { return w.gateway }

// Server is not asked: nothing listens.
func (w wire) Server(h http.Handler) http.Handler { return h }

// clouds are the two nodes of a world that stands still: nothing moves but by events.
func clouds(t *testing.T) (*world.World, map[string]*cloud) {
	t.Helper()
	all := map[string]*cloud{}
	other := map[string]string{"LT": "LV", "LV": "LT"}
	w, err := world.Open(t.Context(), world.Options{
		Data: t.TempDir(), Names: []string{"LT", "LV"}, Still: true,
		Wire: func(country string) world.Wire {
			return wire{gateway{t, "as4-receive", "as4-receive", func() *cloud { return all[other[country]] }}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	for country, tenant := range w.Tenants {
		all[country] = newCloud(tenant)
	}
	return w, all
}

// direct is the portal of LT that authenticates people itself; what it calls
// goes through the gateway of the API.
func direct(t *testing.T, w *world.World, lt *cloud) *client.Client {
	t.Helper()
	octets, err := os.ReadFile(w.Running().PortalKey("LT"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		t.Fatal(err)
	}
	api := apiGateway{gateway{t, "", "portal", func() *cloud { return lt }}}
	c, err := client.New(client.Options{API: lt.API, Portal: world.DirectID, KeyID: "portal-1", Key: key.(ed25519.PrivateKey), Transport: api})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// apiGateway knows the token's event from those of the requests.
type apiGateway struct{ gateway }

// RoundTrip is one call.
func (g apiGateway) RoundTrip(r *http.Request) (*http.Response, error) {
	g.event = "portal-create"
	if strings.HasSuffix(r.URL.Path, "/token") {
		g.event = "portal-token"
	}
	return g.gateway.RoundTrip(r)
}
