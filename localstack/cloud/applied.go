package cloud

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// Applied is a stack that Terraform has made: the emulator runs the functions.
type Applied struct {
	*Deployed
	Functions map[string]string // names in Lambda
	Portals   map[string]string // API keys, by their plans
	// Lane, where set, receives in the place of the gateway as4; what the stack says of its
	// container is set when it starts.
	Lane *Process

	gateways map[string]api
	settings map[string]any // variables beside those of the file
	file     string         // that it was opened from; beside it the stack is applied again
}

// api is one REST API.
type api struct {
	ID    string `json:"id"`
	Stage string `json:"stage"`
}

// outputs are those of infra/terraform/tenant, as terraform output -json tells them.
type outputs struct {
	Table     output[string]            `json:"table"`
	Buckets   output[map[string]string] `json:"buckets"`
	Functions output[map[string]string] `json:"functions"`
	Gateways  output[map[string]api]    `json:"gateways"`
	Queues    output[map[string]queue]  `json:"queues"`
	APIKeys   output[map[string]string] `json:"api_keys"`
}

type output[V any] struct {
	Value V `json:"value"`
}

// queue is the URL to which a queue's items are sent, that of its dead letters, and of
// a folded queue its own.
type queue struct {
	URL  string `json:"url"`
	Dead string `json:"dead"`
	Idle string `json:"idle,omitempty"`
}

// Outputs tell of a stack as Terraform would, for [Open].
func (d *Deployed) Outputs() ([]byte, error) {
	o := outputs{Table: output[string]{d.Config.Table}, Buckets: output[map[string]string]{map[string]string{}}, Queues: output[map[string]queue]{map[string]queue{}}}
	for _, b := range d.Config.Buckets {
		o.Buckets.Value[b.Name] = b.Bucket
	}
	for _, q := range d.Config.Queues {
		o.Queues.Value[q.Name] = queue{q.URL, q.Dead, q.Idle}
	}
	return json.Marshal(o)
}

// Open opens what the file of a stack's outputs tells of.
func Open(ctx context.Context, name, file string) (*Applied, error) {
	o, err := outputsOf(file)
	if err != nil {
		return nil, err
	}
	c := aws.Config{Table: o.Table.Value}
	for name, q := range o.Queues.Value {
		c.Queues = append(c.Queues, aws.Queue{Name: name, URL: q.URL, Dead: q.Dead, Idle: q.Idle})
	}
	for bucket, b := range o.Buckets.Value {
		c.Buckets = append(c.Buckets, aws.Bucket{Name: bucket, Bucket: b, Locked: functions.All().Buckets[bucket].Lock > 0})
	}
	d, err := open(ctx, name, c)
	if err != nil {
		return nil, err
	}
	a := &Applied{Deployed: d, settings: map[string]any{}, file: file}
	a.take(o)
	return a, nil
}

func outputsOf(file string) (*outputs, error) {
	octets, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	o := new(outputs)
	if err := json.Unmarshal(octets, o); err != nil {
		return nil, fmt.Errorf("read what Terraform tells: %w", err)
	}
	return o, nil
}

func (a *Applied) take(o *outputs) {
	a.Functions, a.gateways, a.Portals = o.Functions.Value, o.Gateways.Value, o.APIKeys.Value
}

// Host is a [world.Host]: it configures the stack, gives its roles the keys as a
// ministry does, and serves the names in front of its gateways, which the emulator
// has under paths of its own.
func (a *Applied) Host(ctx context.Context, s *world.Site) (func(context.Context) error, error) {
	if err := a.Configure(ctx, s); err != nil {
		return nil, err
	}
	if err := a.apply(ctx, "-refresh=false"); err != nil { // nobody else has been there since
		return nil, err
	}
	handlers := map[string]http.Handler{}
	for name := range s.Listen {
		front, err := a.entrance(ctx, name)
		if err != nil {
			return nil, err
		}
		handlers[name] = front
	}
	return func(ctx context.Context) error {
		err := serve(ctx, s, handlers)
		if a.Lane != nil {
			err = errors.Join(err, a.Lane.Stop())
		}
		return err
	}, nil
}

// entrance is what stands behind a name: the lane, once it runs, or a gateway.
func (a *Applied) entrance(ctx context.Context, name string) (http.Handler, error) {
	if name != "as4" || a.Lane == nil {
		return a.front(name)
	}
	if err := a.Lane.Start(ctx); err != nil {
		return nil, err
	}
	return a.Lane.front(name), nil
}

// Behind is where the emulator has a gateway.
func (a *Applied) Behind(name string) (*url.URL, error) {
	g, ok := a.gateways[name]
	if !ok {
		return nil, fmt.Errorf("the stack has no gateway %s", name)
	}
	to, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL"))
	if err == nil {
		to.Path = path.Join("/_aws/execute-api", g.ID, g.Stage)
	}
	return to, err
}

// front passes requests on to a REST API as a name of its own would.
func (a *Applied) front(name string) (http.Handler, error) {
	to, err := a.Behind(name)
	if err != nil {
		return nil, err
	}
	transport, err := trusting(os.Getenv("AWS_CA_BUNDLE"))
	if err != nil {
		return nil, err
	}
	keys := map[string]string{}
	if name == "api" { // of whoever calls here, as the portals of a world have none
		keys = a.Portals
	}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			for _, key := range keys {
				r.Out.Header.Set("X-Api-Key", key)
			}
			if a := r.Out.Header.Get("Accept"); a == "" || a == "*/*" { // for which emulators give base64 on
				r.Out.Header.Set("Accept", "application/octet-stream")
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode < http.StatusBadRequest {
				return nil
			}
			slog.WarnContext(r.Request.Context(), "the emulator's gateway answered", slog.String("gateway", name), slog.Int("status", r.StatusCode))
			return nil
		},
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	return whole(proxy), nil
}

// trusting calls an emulator that speaks https by its own certificate, as the SDK does.
func trusting(bundle string) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if bundle == "" {
		return t, nil
	}
	octets, err := os.ReadFile(bundle)
	if err != nil {
		return nil, fmt.Errorf("read the certificates of AWS_CA_BUNDLE: %w", err)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(octets) {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %s holds no certificate", bundle)
	}
	return t, nil
}

// whole passes requests on when they have arrived, with their length, as API
// Gateway does.
func whole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a request through this gateway has at most %d octets", MaxBody))
			return
		}
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		next.ServeHTTP(w, r)
	})
}
