package directory_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/directory"
)

var today = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

// simulator is one world for all tests that only ask.
var simulator = sync.OnceValue(func() *commonservices.Simulator { return newSimulator(func() time.Time { return today }) })

func newSimulator(now func() time.Time) *commonservices.Simulator {
	w, err := commonservices.DefaultWorld()
	if err != nil {
		panic(err)
	}
	s, err := commonservices.New(w, rand.Reader, now)
	if err != nil {
		panic(err)
	}
	return s
}

var world = sync.OnceValue(func() *commonservices.World {
	w, err := commonservices.DefaultWorld()
	if err != nil {
		panic(err)
	}
	return w
})

// clock is a clock that tests turn.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return nil
}

// doFunc answers requests without a network.
type doFunc func(*http.Request) (*http.Response, error)

func (f doFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// through serves requests by a handler.
func through(h http.Handler) doFunc {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		resp := w.Result()
		resp.Request = r
		return resp, nil
	}
}

// places is a locator for https://cs.example.
type places struct{}

func (places) Base(_ context.Context, _ string, s directory.Service, _ directory.Version) (string, error) {
	return "https://cs.example/" + string(s), nil
}

// newClient makes a client of the simulator that tests may change before it is made.
func newClient(t testing.TB, change func(*directory.Options)) (*directory.Client, *clock) {
	t.Helper()
	c := &clock{t: today}
	o := directory.Options{
		HTTP: through(simulator()), Locate: places{}, Trust: directory.Trust{Roots: []*x509.Certificate{simulator().Root()}},
		Repository: "https://cs.example/sr", Now: c.now, Sleep: c.sleep,
	}
	if change != nil {
		change(&o)
	}
	client, err := directory.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return client, c
}

// body is what the simulator answers.
func body(t testing.TB, service directory.Service, v directory.Version, parameters ...string) []byte {
	t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	r := httptest.NewRequest(http.MethodGet, "/"+string(service)+"/rest/search?"+values.Encode(), nil)
	r.Header.Set("Accept", "application/x-ebrs+xml")
	if v != directory.V10 {
		r.Header.Set("Accept-Version", string(v))
	}
	w := httptest.NewRecorder()
	simulator().ServeHTTP(w, r)
	b, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("the simulator: %d, %v", w.Code, err)
	}
	return b
}

func evidenceType(country, key string) string { return world().EvidenceTypeURL(country, key) }
func requirement(key string) string           { return world().RequirementURL(key) }
func concept(key string) string               { return world().Concepts[key].ID }

// bodies are right answers of each kind, by name.
func bodies(t testing.TB, v directory.Version) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"requirements":   body(t, directory.EvidenceBroker, v, "queryId", directory.QueryRequirements, "procedure-id", "T2", "country-code", "LV"),
		"evidence types": body(t, directory.EvidenceBroker, v, "queryId", directory.QueryEvidenceTypes, "requirement-id", requirement("tertiary-qualification")),
		"no match":       body(t, directory.EvidenceBroker, v, "queryId", directory.QueryEvidenceTypes, "requirement-id", requirement("real-estate")),
		"broker failure": body(t, directory.EvidenceBroker, v, "queryId", directory.QueryRequirements, "procedure-id", "Z9"),
		"data services":  body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "LV", "evidence-type-classification", evidenceType("LV", "real-estate-extract")),
		"two services":   body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "FI", "evidence-type-classification", evidenceType("FI", "residence")),
		"school":         body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "LV", "evidence-type-classification", evidenceType("LV", "school-certificate"), concept("school"), "RIGA-1", concept("before-2000"), "true"),
		"questions":      body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "LV", "evidence-type-classification", evidenceType("LV", "school-certificate")),
		"place":          body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "DE", "evidence-type-classification", evidenceType("DE", "residence")),
		"failure":        body(t, directory.DataServiceDirectory, v, "queryId", directory.QueryDataServices, "country-code", "FI", "evidence-type-classification", evidenceType("LV", "birth")),
	}
}

// kindOf is the query that a body answers.
func kindOf(name string) string {
	switch name {
	case "requirements", "broker failure":
		return "requirements"
	case "evidence types", "no match":
		return "evidence types"
	}
	return "data services"
}

// change replaces the first occurrence, which must be there.
func change(t testing.TB, b []byte, old, replacement string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%q is not in the answer:\n%s", old, b)
	}
	return bytes.Replace(b, []byte(old), []byte(replacement), 1)
}

func cut(t testing.TB, b []byte, from, to string) []byte {
	t.Helper()
	i := bytes.Index(b, []byte(from))
	if i < 0 {
		t.Fatalf("%q is not in the answer:\n%s", from, b)
	}
	j := bytes.Index(b[i:], []byte(to))
	if j < 0 {
		t.Fatalf("%q does not follow %q", to, from)
	}
	return append(bytes.Clone(b[:i]), b[i+j+len(to):]...)
}

// breaks reports whether an error is the refusal by a rule.
func breaks(err error, rule string) bool {
	r, ok := errors.AsType[*directory.Refusal](err)
	return ok && r.Rule == rule
}

func mustContain(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in %q", p, text)
		}
	}
}
