package registries

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// maxRequest bounds the body of a call.
const maxRequest = 64 << 10

// ServeHTTP answers one call to a provider.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	token, scan := s.token, s.scan
	key, provider := s.provider(path.Base(r.URL.Path))
	var fault Fault
	if provider != nil {
		fault = s.fault.at(provider.ID)
	}
	s.mu.Unlock()
	switch {
	case provider == nil:
		http.NotFound(w, r)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
	case token != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1:
		http.Error(w, "no access", http.StatusUnauthorized)
	default:
		s.serve(w, r, &call{s: s, fault: fault, provider: provider, key: key, scan: scan})
	}
}

// provider finds a provider by identifier.
func (s *Simulator) provider(id string) (string, *commonservices.Provider) {
	for key, p := range s.state.Providers {
		if p.ID == id {
			return key, p
		}
	}
	return "", nil
}

func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, q *call) {
	if err := q.read(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !q.fault.wait(r.Context()) {
		return
	}
	answer, err := q.answer()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "cannot write the answer", http.StatusInternalServerError)
		return
	}
	q.fault.send(w, body)
}

// call is one call to a provider.
type call struct {
	s        *Simulator
	fault    Fault
	key      string
	scan     int
	provider *commonservices.Provider
	registry.Request
	kind     string
	evidence *commonservices.Evidence
}

// read reads the body as strictly as a careful registry does.
func (q *call) read(r *http.Request) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil || len(body) > maxRequest {
		return fmt.Errorf("the query is longer than %d octets or broke off", maxRequest)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&q.Request); err != nil {
		return fmt.Errorf("the query is not of the operation")
	}
	if q.RequestID == "" || !strings.HasPrefix(r.Header.Get(registry.IdempotencyKey), q.RequestID) {
		return fmt.Errorf("requestId or %s is missing", registry.IdempotencyKey)
	}
	for kind, e := range q.s.state.Evidence {
		if q.s.world.EvidenceTypeURL(q.s.country, kind) == q.EvidenceType && slices.Contains(e.Providers, q.key) {
			q.kind, q.evidence = kind, e
			return nil
		}
	}
	return fmt.Errorf("this type of evidence is not issued here")
}

func (q *call) answer() (any, error) {
	if q.Entry == "" {
		return q.search(), nil
	}
	return q.fetch()
}
