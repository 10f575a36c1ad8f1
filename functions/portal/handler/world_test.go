package handler

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
	"github.com/vienreiz/vienreiz/shared/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const issuer = "https://api.node.example.lv"

// counter is a desk that keeps what it was asked, by portal.
type counter struct {
	requests map[string]*taken
	keys     map[string]string
	evidence []byte
	err      error // of every call, when set
}

type taken struct {
	portal string
	order  requester.Order
	view   requester.View
}

func (d *counter) Create(_ context.Context, portal access.Portal, key string, o requester.Order) (*requester.View, error) {
	if d.err != nil {
		return nil, d.err
	}
	if id := d.keys[portal.ID+" "+key]; key != "" && id != "" {
		return &d.requests[id].view, nil
	}
	id := fmt.Sprintf("r%d", len(d.requests)+1)
	d.keys[portal.ID+" "+key] = id
	d.requests[id] = &taken{portal.ID, o, requester.View{ID: id, State: requester.AwaitingPerson, Created: noon, PersonURL: "https://people.node.example.lv/journey/x"}}
	return &d.requests[id].view, nil
}

func (d *counter) find(portal, id string) (*requester.View, error) {
	if d.err != nil {
		return nil, d.err
	}
	if t := d.requests[id]; t != nil && t.portal == portal {
		return &t.view, nil
	}
	return nil, &requester.Refusal{Rule: "order.unknown", Detail: "this portal has no such request", Do: "use the id that was given", Kind: requester.Unknown}
}

func (d *counter) View(_ context.Context, portal, id string) (*requester.View, error) {
	return d.find(portal, id)
}

func (d *counter) Continue(_ context.Context, portal, id string) (*requester.View, error) {
	v, err := d.find(portal, id)
	if err == nil && v.State != exchange.PreviewRequired {
		return nil, &requester.Refusal{Rule: "order.continue", Detail: "there is no preview to go to", Do: "ask for the state", Kind: requester.WrongTime}
	}
	return v, err
}

func (d *counter) Open(_ context.Context, portal, id string, number int) (*requester.Opened, error) {
	v, err := d.find(portal, id)
	if err != nil {
		return nil, err
	}
	if number > len(v.Documents) {
		return nil, &requester.Refusal{Rule: "evidence.unknown", Detail: "no such document", Do: "use an href", Kind: requester.Unknown}
	}
	return &requester.Opened{
		Document: v.Documents[number-1], Body: io.NopCloser(bytes.NewReader(d.evidence)),
		Shown: store.Shown{MediaType: "application/pdf", Disposition: `attachment; filename="evidence-1.pdf"`},
	}, nil
}

func (d *counter) Confirm(_ context.Context, portal, id string) (*requester.View, error) {
	return d.become(portal, id, exchange.Confirmed)
}

func (d *counter) Cancel(_ context.Context, portal, id string) (*requester.View, error) {
	return d.become(portal, id, exchange.Cancelled)
}

func (d *counter) become(portal, id string, s exchange.State) (*requester.View, error) {
	v, err := d.find(portal, id)
	if err == nil {
		v.State, v.Final, v.Documents, v.PersonURL = s, true, nil, ""
	}
	return v, err
}

// deliver puts a document on the counter.
func (d *counter) deliver(id string, octets []byte) {
	digest := sha256.Sum256(octets)
	d.evidence = octets
	v := &d.requests[id].view
	v.State, v.PersonURL, v.Deadline = exchange.Delivered, "", noon.Add(24*time.Hour)
	v.Documents = []requester.Document{{Number: 1, Identifier: "e1", Title: "Diploma", MediaType: "application/pdf", Language: "ET", Size: int64(len(octets)), SHA256: hex.EncodeToString(digest[:])}}
}

type book map[string]*access.Portal

func (b book) Portal(_ context.Context, id string) (*access.Portal, error) {
	if p := b[id]; p != nil {
		return p, nil
	}
	return nil, access.ErrNoPortal
}

type once map[string]bool

func (o once) Commit(_ context.Context, c []store.Change, _ []store.Command) (store.Version, error) {
	if o[c[0].Key] {
		return 0, store.ErrConflict
	}
	o[c[0].Key] = true
	return 1, nil
}

// key is a fixed key, so that what is signed by it stays the same.
func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// world is the API before a fake desk: "student-portal" (key 1) sends people to
// sign in, "bank-portal" (key 2) authenticates them itself.
type world struct {
	*contract
	desk *counter
	book book
	log  *bytes.Buffer
	api  http.Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{contract: theContract(t), desk: &counter{requests: map[string]*taken{}, keys: map[string]string{}}, book: book{}, log: new(bytes.Buffer)}
	for i, id := range []string{"student-portal", "bank-portal"} {
		public, err := access.PublicKey("k1", key(byte(i+1)).Public())
		if err != nil {
			t.Fatal(err)
		}
		w.book[id] = &access.Portal{ID: id, Keys: []access.Key{public}, Procedures: []string{"T3", "00"}, ReturnHosts: []string{id + ".example.lv"}, AuthenticatesItself: id == "bank-portal"}
	}
	authority, err := access.NewAuthority(access.Settings{Issuer: issuer, Signer: key(9), Portals: w.book, State: once{}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	w.api = New(w.options(authority, w.desk))
	return w
}

func (w *world) options(a authority, d desk) Options {
	ids := 0
	return Options{
		Desk: d, Authority: a, Country: "LV", Now: func() time.Time { return noon }, Log: slog.New(slog.NewJSONHandler(w.log, nil)),
		NewID: func() string { ids++; return fmt.Sprintf("00000000-0000-4000-8000-%012d", ids) },
	}
}

// assertion is a portal's, made by the key of the seed.
func assertion(t testing.TB, portal string, seed byte, jti string) string {
	t.Helper()
	return signed(t, key(seed), "", jwt.Claims{Issuer: portal, Subject: portal, Audience: jwt.Audience{issuer}, ID: jti, IssuedAt: jwt.NewNumericDate(noon), Expiry: jwt.NewNumericDate(noon.Add(5 * time.Minute))})
}

func signed(t testing.TB, k ed25519.PrivateKey, kind jose.ContentType, claims any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithHeader("kid", "k1")
	if kind != "" {
		options = options.WithType(kind)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: k}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// token is what a portal gets at the token endpoint.
func (w *world) token(t testing.TB, portal string) string {
	t.Helper()
	seed := map[string]byte{"student-portal": 1, "bank-portal": 2}[portal]
	a := w.call(t, "POST", tokenPath, form(assertion(t, portal, seed, rand.Text())), "Content-Type", "application/x-www-form-urlencoded")
	var body struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil || a.Code != http.StatusOK {
		t.Fatalf("token: %d %s", a.Code, a.Body)
	}
	return body.Token
}

func form(assertion string) string {
	return "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + assertion
}

// call makes a call; whatever the answer, it must be as the contract says.
func (w *world) call(t testing.TB, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	a := httptest.NewRecorder()
	w.api.ServeHTTP(a, r)
	w.check(t, method, path, a)
	return a
}

// as makes a call of a portal.
func (w *world) as(t testing.TB, portal, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	return w.call(t, method, path, body, "Authorization", "Bearer "+w.token(t, portal), "Content-Type", "application/json")
}

// The desk is the one of the domain.
var _ desk = (*requester.Desk)(nil)

var errDisk = errors.New("disk is full of Anna Bērziņa")
