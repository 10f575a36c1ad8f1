package portal_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/localstack/portal"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// node answers as the contract has it, with one request after the other.
type node struct {
	*httptest.Server
	mu       sync.Mutex
	keys     []string // Idempotency-Keys, as they came
	orders   []api.Order
	view     api.View // of every request
	octets   []byte   // of every document
	digest   []byte   // announced with them; nil: theirs
	calls    []string
	refuse   map[string]func(http.ResponseWriter) // by the end of the path
	requests map[string]string                    // by key
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{refuse: map[string]func(http.ResponseWriter){}, requests: map[string]string{}, view: api.View{
		State: api.StateAwaitingPerson, Created: time.Now(), Reason: "You have not asked yet.", PersonUrl: "https://people.example.lt/journey/t", Documents: []api.Document{},
	}}
	n.Server = httptest.NewServer(n)
	t.Cleanup(n.Close)
	return n
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, r.Method+" "+r.URL.Path)
	for end, refuse := range n.refuse {
		if strings.HasSuffix(r.URL.Path, end) {
			refuse(w)
			return
		}
	}
	id := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/requests/"), "/")[0]
	switch {
	case r.URL.Path == "/oauth2/token":
		answer(w, 200, api.Token{AccessToken: "t", TokenType: "Bearer", ExpiresIn: 600, Scope: "evidence"})
	case r.URL.Path == "/v1/requests":
		n.create(w, r)
	case strings.Contains(r.URL.Path, "/evidence/"):
		n.evidence(w)
	case strings.HasSuffix(r.URL.Path, "/confirm"):
		n.view.State, n.view.Final = api.StateConfirmed, true
		n.show(w, 200, id)
	case strings.HasSuffix(r.URL.Path, "/cancel"):
		n.view.State, n.view.Final, n.view.Reason = api.StateCancelled, true, "You ended it."
		n.show(w, 200, id)
	default:
		n.show(w, 200, id)
	}
}

func (n *node) create(w http.ResponseWriter, r *http.Request) {
	var o api.Order
	_ = json.NewDecoder(r.Body).Decode(&o)
	key := r.Header.Get("Idempotency-Key")
	n.keys, n.orders = append(n.keys, key), append(n.orders, o)
	if n.requests[key] == "" {
		n.requests[key] = fmt.Sprintf("r%d", len(n.requests)+1)
	}
	n.show(w, 201, n.requests[key])
}

func (n *node) evidence(w http.ResponseWriter) {
	digest := n.digest
	if digest == nil {
		sum := sha256.Sum256(n.octets)
		digest = sum[:]
	}
	w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest)+":")
	_, _ = w.Write(n.octets)
}

func (n *node) show(w http.ResponseWriter, status int, id string) {
	v := n.view
	v.Id = id
	answer(w, status, v)
}

// deliver puts documents at every request.
func (n *node) deliver(mediaType string, octets []byte, count int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := sha256.Sum256(octets)
	n.octets, n.view.State, n.view.PersonUrl = octets, api.StateDelivered, ""
	for i := range count {
		n.view.Documents = append(n.view.Documents, api.Document{
			Number: i + 1, Title: "Diploms <b>", MediaType: mediaType, Language: "LV", Size: int64(len(octets)), Sha256: hex.EncodeToString(sum[:]),
		})
	}
}

// change changes the node's answers.
func (n *node) change(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f()
}

// called is how often a call was made whose line ends like that.
func (n *node) called(end string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, c := range n.calls {
		if strings.HasSuffix(c, end) {
			count++
		}
	}
	return count
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	if status >= 400 {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// newPortal is a portal at the node: T3 can be proven by a diploma of LV.
func newPortal(t *testing.T, n *node) *httptest.Server {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Options{API: n.URL, Portal: "sample", KeyID: "k", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	h, err := portal.New(portal.Options{
		Name: portal.Text{"EN": "Sample portal", "LV": "Portāla paraugs"}, Country: "LT", Others: []string{"EE", "LV"}, Reachable: []string{"LV"},
		Procedures: []portal.Procedure{{"T3", portal.Text{"EN": "Recognition of diplomas"}}, {"V2", portal.Text{"EN": "Registering a motor vehicle"}}},
		Requirements: []portal.Requirement{
			{diploma, portal.Text{"EN": "Proof of tertiary education", "LV": "Augstākās izglītības apliecinājums"}, []string{"T3"}, []string{"LV"}},
			{roadworthiness, portal.Text{"EN": "Proof of roadworthiness"}, []string{"V2"}, nil},
		},
		Client: c, BaseURL: "https://portal.example.lt", Now: time.Now, NewID: rand.Text,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	return s
}

const (
	diploma        = "https://sr.example.eu/requirements/diploma"
	roadworthiness = "https://sr.example.eu/requirements/roadworthiness"
)
