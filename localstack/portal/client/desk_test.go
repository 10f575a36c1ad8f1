package client_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/portal/handler"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
)

// desk keeps orders; the document is there at once.
type desk struct {
	mu   sync.Mutex
	keys map[string]string
	all  map[string]*requester.View
}

var document = bytes.Repeat([]byte("%PDF evidence "), 10_000)

func (d *desk) Create(_ context.Context, p access.Portal, key string, _ requester.Order) (*requester.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id := d.keys[p.ID+" "+key]; key != "" && id != "" {
		return d.all[id], nil
	}
	digest := sha256.Sum256(document)
	v := &requester.View{
		ID: rand.Text(), State: exchange.Delivered, Created: time.Now(),
		Documents: []requester.Document{{Number: 1, Title: "Diploma", MediaType: "application/pdf", Size: int64(len(document)), SHA256: hex.EncodeToString(digest[:])}},
	}
	d.keys[p.ID+" "+key], d.all[v.ID] = v.ID, v
	return v, nil
}

func (d *desk) View(_ context.Context, _, id string) (*requester.View, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.all[id]; v != nil {
		return v, nil
	}
	return nil, &requester.Refusal{Rule: "order.unknown", Detail: "this portal has no such request", Do: "use the id that was given", Kind: requester.Unknown}
}

func (d *desk) Continue(ctx context.Context, portal, id string) (*requester.View, error) {
	return d.become(ctx, portal, id, exchange.Request2Sent)
}

func (d *desk) Confirm(ctx context.Context, portal, id string) (*requester.View, error) {
	return d.become(ctx, portal, id, exchange.Confirmed)
}

func (d *desk) Cancel(ctx context.Context, portal, id string) (*requester.View, error) {
	return d.become(ctx, portal, id, exchange.Cancelled)
}

func (d *desk) become(ctx context.Context, portal, id string, s exchange.State) (*requester.View, error) {
	v, err := d.View(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.State = s
	return &changed, nil
}

func (d *desk) Open(ctx context.Context, portal, id string, n int) (*requester.Opened, error) {
	v, err := d.View(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	return &requester.Opened{
		Document: v.Documents[n-1], Body: io.NopCloser(bytes.NewReader(document)), Shown: store.Shown{MediaType: "application/pdf", Disposition: "attachment"},
	}, nil
}

type book map[string]*access.Portal

func (b book) Portal(_ context.Context, id string) (*access.Portal, error) {
	if p := b[id]; p != nil {
		return p, nil
	}
	return nil, access.ErrNoPortal
}

type fresh struct{}

func (fresh) Commit(context.Context, []store.Change, []store.Command) (store.Version, error) {
	return 1, nil
}

// node is the API over a desk, and the portal that it knows.
type node struct {
	*httptest.Server
	key   ed25519.PrivateKey
	book  book
	ahead atomic.Int64 // of the machine's clock
	// wrap, where set, answers before the API does; it reports whether it did.
	wrap func(http.ResponseWriter, *http.Request) bool
}

func newNode(t testing.TB) *node {
	t.Helper()
	n := &node{key: newKey(t), book: book{}}
	n.register(t, n.key)
	var api http.Handler
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.wrap == nil || !n.wrap(w, r) {
			api.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(n.Close)
	_, signer, _ := ed25519.GenerateKey(rand.Reader)
	authority, err := access.NewAuthority(access.Settings{Issuer: n.URL, Signer: signer, Portals: n.book, State: fresh{}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	api = handler.New(handler.Options{
		Desk: &desk{keys: map[string]string{}, all: map[string]*requester.View{}}, Authority: authority, Country: "LT", Loopback: true,
		Now: n.now, NewID: rand.Text, Log: slog.New(slog.DiscardHandler),
	})
	return n
}

func (n *node) now() time.Time { return time.Now().Add(time.Duration(n.ahead.Load())) }

func newKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (n *node) register(t testing.TB, key ed25519.PrivateKey) {
	t.Helper()
	public, err := access.PublicKey("k1", key.Public())
	if err != nil {
		t.Fatal(err)
	}
	n.book["portal"] = &access.Portal{ID: "portal", Keys: []access.Key{public}, Procedures: []string{"T3"}, ReturnHosts: []string{"portal.example.lt"}}
}

func (n *node) client(t testing.TB, change func(*client.Options)) *client.Client {
	t.Helper()
	o := client.Options{API: n.URL, Portal: "portal", KeyID: "k1", Key: n.key, Now: n.now}
	if change != nil {
		change(&o)
	}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var order = client.Order{
	Procedure: "T3", Requirement: "https://sr.example.eu/requirements/1", Country: "LV", Language: "EN", ReturnUrl: "https://portal.example.lt/return",
}
