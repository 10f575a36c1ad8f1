package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/outward"
)

const diploma = "https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/LV/7e3a86a6-3a0f-4b12-8f5e-0d8f9f2f3c11"

func anna() Query {
	return Query{RequestID: "r-1", EvidenceType: diploma, Procedure: "T2", Person: &edm.Person{
		Identifier: &edm.Identifier{SchemeID: "eidas", Value: "LV/IT/010190-00001"}, FamilyName: edm.Text{Value: "Piemera"}, GivenName: edm.Text{Value: "Anna"}, DateOfBirth: "1990-01-01", LevelOfAssurance: "High",
	}}
}

// serve runs a registry and gives the entry that leads to it.
func serve(t *testing.T, h http.HandlerFunc) (*Client, Registry) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	places, err := outward.ListPlaces(strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	secret := func(_ context.Context, name string) (string, error) { return "secret-of-" + name, nil }
	r := valid()
	r.URL = s.URL
	return &Client{HTTP: outward.NewClient(places, nil), Secret: secret, Now: func() time.Time { return now }}, r
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

func TestASearchAndAFetchAreTwoPostsOfOneRequest(t *testing.T) {
	t.Parallel()
	_, answers := examples(t)
	var asked []Request
	var keys []string
	c, r := serve(t, func(w http.ResponseWriter, req *http.Request) {
		var q Request
		b, _ := io.ReadAll(req.Body)
		if err := json.Unmarshal(b, &q); err != nil || req.Method != http.MethodPost || req.Header.Get("Authorization") != "Bearer secret-of-diplomas" {
			t.Errorf("%s %v %v", req.Method, req.Header, err)
		}
		asked, keys = append(asked, q), append(keys, req.Header.Get(IdempotencyKey))
		if q.Entry == "" {
			answer(w, answers["foundPersons"])
			return
		}
		answer(w, answers["documents"])
	})
	r.TokenSecret = "diplomas"
	q := anna()
	found, err := c.Search(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	m := found.Match(&q, "LV")
	if m.Outcome != identity.One || m.Handle != "p-17" {
		t.Fatalf("got %+v", m)
	}
	e, err := c.Fetch(t.Context(), r, q, m.Handle, []string{"LV"}, []string{"application/json"})
	if err != nil || len(e.Documents) != 2 || e.IssuingAuthority.Scheme != unregistered+"LV" {
		t.Fatalf("got %+v, %v", e, err)
	}
	person := &Person{Identifier: "LV/IT/010190-00001", NationalIdentifier: "010190-00001", FamilyName: "Piemera", GivenName: "Anna", DateOfBirth: "1990-01-01", LevelOfAssurance: "High"}
	search := Request{RequestID: "r-1", EvidenceType: diploma, Procedure: "T2", Subject: Party{Person: person}}
	fetch := search
	fetch.Entry, fetch.Languages, fetch.Formats = "p-17", []string{"LV"}, []string{"application/json"}
	if diff := cmp.Diff([]Request{search, fetch}, asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"r-1", "r-1/fetch"}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestFailuresAreSortedByWhatHelps(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		kind Kind
		rule string
	}{
		{"a server error", status(500), Erring, "registry.http.status"},
		{"too many calls", status(429), Erring, "registry.http.status"},
		{"a redirect", func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, "/elsewhere", http.StatusFound) }, Misconfigured, "registry.http.redirect"},
		{"no access", status(401), Misconfigured, "registry.http.denied"},
		{"nothing there", status(404), Misconfigured, "registry.http.place"},
		{"a refused query", status(400), BadAnswer, "registry.http.status"},
		{"no content", status(204), BadAnswer, "registry.http.status"},
		{"another content type", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>")) }, BadAnswer, "registry.http.contentType"},
		{"garbage", func(w http.ResponseWriter, _ *http.Request) { answer(w, []byte("{]")) }, BadAnswer, "registry.json"},
		{"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Unreachable, "registry.unreachable"},
		{"half of an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			answer(w, []byte("{"))
		}, Unreachable, "registry.unreachable"},
	} {
		client, r := serve(t, c.h)
		_, err := client.Search(t.Context(), r, anna())
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != c.kind || e.Rule != c.rule || e.Registry != r.ID || strings.Contains(e.Error(), "Piemera") {
			t.Errorf("%s: %v", c.name, err)
		}
		if ok && e.Temporary() != (c.kind == Erring || c.kind == Unreachable) {
			t.Errorf("%s: temporary is %v", c.name, e.Temporary())
		}
	}
}

func TestAHangingRegistryIsSlow(t *testing.T) {
	t.Parallel()
	arrived, left := make(chan struct{}), make(chan struct{})
	client, r := serve(t, func(_ http.ResponseWriter, req *http.Request) {
		close(arrived)
		<-left
	})
	defer close(left)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := client.Search(ctx, r, anna())
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Slow || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWrongEntriesAreNotCalled(t *testing.T) {
	t.Parallel()
	client, right := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	for rule, edit := range map[string]func(*Registry, *Query){
		"registry.evidenceType": func(r *Registry, _ *Query) { r.EvidenceTypes = nil },
		"registry.subject":      func(_ *Registry, q *Query) { q.Person, q.LegalPerson = nil, &edm.LegalPerson{} },
		"registry.requestId":    func(_ *Registry, q *Query) { q.RequestID = "" },
		"registry.address":      func(r *Registry, _ *Query) { r.URL = "http://127.0.0.1:1/" },
		"registry.url":          func(r *Registry, _ *Query) { r.URL, r.TokenSecret = "http://registry.example/", "x" },
		"registry.token":        func(r *Registry, _ *Query) { r.TokenSecret = "two words" },
	} {
		r, q := right, anna()
		edit(&r, &q)
		_, err := client.Search(t.Context(), r, q)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Misconfigured || e.Rule != rule {
			t.Errorf("%s: %v", rule, err)
		}
		if _, err := client.Fetch(t.Context(), r, q, "p-17", nil, nil); err == nil {
			t.Errorf("%s: fetched", rule)
		}
	}
}

func TestAnErrorTellsNoTokenAndNoAddressOfAPerson(t *testing.T) {
	t.Parallel()
	client, r := serve(t, nil)
	r.TokenSecret = "x"
	client.Secret = func(context.Context, string) (string, error) { return "", fmt.Errorf("open /run/secrets/x") }
	_, err := client.Search(t.Context(), r, anna())
	if err == nil || strings.Contains(err.Error(), "/run/secrets") {
		t.Errorf("got %v", err)
	}
}
