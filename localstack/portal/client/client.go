// Package client calls the API for procedure portals as its contract
// (functions/portal/openapi.yaml) has it, and by nothing else.
package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/vienreiz/vienreiz/functions/portal/api"
)

// Order is what is asked for.
type Order = api.Order

// View is how a request stands.
type View = api.View

// Document is one document of a request.
type Document = api.Document

// MaxAnswer is how many octets of an answer are read; evidence has no bound
// here, its reader has.
const MaxAnswer = 1 << 20

// MaxConnections is how many connections to the node are kept for the next call.
const MaxConnections = 512

// Options say which node is called, and as which portal.
type Options struct {
	API       string             // base URL, as https://api.example.lv
	Portal    string             // client_id
	KeyID     string             // kid that the node knows the key by
	Key       ed25519.PrivateKey // proves the portal
	Transport http.RoundTripper  // nil: one that keeps MaxConnections open
	Now       func() time.Time   // nil: time.Now
}

// Client is one portal at one node. It is safe for use by many at once.
type Client struct {
	options Options
	http    *http.Client
	signer  jose.Signer
	token   token
}

// New is a client; it calls nothing yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.API)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("read the API's address %q: not an http or https URL", o.API)
	}
	if o.Portal == "" || o.KeyID == "" {
		return nil, errors.New("call an API: portal and key ID are needed")
	}
	o.API = strings.TrimSuffix(o.API, "/")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: o.Key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", o.KeyID))
	if err != nil {
		return nil, fmt.Errorf("use the portal's key: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Transport == nil {
		o.Transport = transport()
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{options: o, http: &http.Client{Transport: o.Transport, CheckRedirect: stay}, signer: signer, token: token{turn: make(chan struct{}, 1)}}, nil
}

func transport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		MaxIdleConnsPerHost: MaxConnections, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute, ForceAttemptHTTP2: true,
	}
}

// Create orders evidence. With the same key the same order is the same request;
// an empty key is none.
func (c *Client) Create(ctx context.Context, idempotencyKey string, o Order) (*View, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("write order: %w", err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if idempotencyKey != "" {
		header.Set("Idempotency-Key", idempotencyKey)
	}
	return c.view(ctx, call{http.MethodPost, "/v1/requests", header, body, http.StatusCreated})
}

// View says how far a request is.
func (c *Client) View(ctx context.Context, id string) (*View, error) {
	return c.view(ctx, call{http.MethodGet, address(id), http.Header{}, nil, http.StatusOK})
}

// Continue asks where to send the person who is to see a preview.
func (c *Client) Continue(ctx context.Context, id string) (*View, error) {
	return c.step(ctx, id, "/continue")
}

// Confirm says that the evidence is safe here: the node deletes its copy.
func (c *Client) Confirm(ctx context.Context, id string) (*View, error) {
	return c.step(ctx, id, "/confirm")
}

// Cancel gives a request up.
func (c *Client) Cancel(ctx context.Context, id string) (*View, error) {
	return c.step(ctx, id, "/cancel")
}

func (c *Client) step(ctx context.Context, id, name string) (*View, error) {
	return c.view(ctx, call{http.MethodPost, address(id) + name, http.Header{}, nil, http.StatusOK})
}

func address(id string) string { return "/v1/requests/" + url.PathEscape(id) }

// call is one call of the API.
type call struct {
	method, path string
	header       http.Header
	body         []byte
	want         int // status
}

// view makes a call that answers a view.
func (c *Client) view(ctx context.Context, k call) (*View, error) {
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	defer done(a)
	if a.StatusCode != k.want {
		return nil, problemOf(a)
	}
	v := new(View)
	if err := decode(a, v); err != nil {
		return nil, err
	}
	return v, nil
}

// do makes a call with the portal's token. One that the node knows no more, as
// after a change of its key, is replaced once.
func (c *Client) do(ctx context.Context, k call) (*http.Response, error) {
	for again := true; ; again = false {
		token, err := c.bearer(ctx)
		if err != nil {
			return nil, err
		}
		k.header.Set("Authorization", "Bearer "+token)
		a, err := c.send(ctx, k.method, c.options.API+k.path, k.header, k.body)
		if err != nil || a.StatusCode != http.StatusUnauthorized || !again {
			return a, err
		}
		done(a)
		c.forget(token)
	}
}

func (c *Client) send(ctx context.Context, method, address string, header http.Header, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("call the node: %w", err)
	}
	r.Header = header.Clone()
	a, err := c.http.Do(r)
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its own text holds the whole address, which may be a link to evidence
	}
	if err != nil {
		return nil, fmt.Errorf("call the node: %w", err)
	}
	return a, nil
}

func decode(a *http.Response, v any) error {
	octets, err := io.ReadAll(io.LimitReader(a.Body, MaxAnswer+1))
	if err != nil {
		return fmt.Errorf("read the node's answer: %w", err)
	}
	if len(octets) > MaxAnswer {
		return fmt.Errorf("read the node's answer: more than %d octets (client.MaxAnswer)", MaxAnswer)
	}
	if err := json.Unmarshal(octets, v); err != nil {
		return fmt.Errorf("read the node's answer: %w", err)
	}
	return nil
}

// done reads what is left of a small answer, so that its connection is used again.
func done(a *http.Response) {
	_, _ = io.CopyN(io.Discard, a.Body, MaxAnswer)
	a.Body.Close()
}
