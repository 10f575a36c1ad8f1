package commonservices

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// Simulator answers as the Common Services do, at /eb/rest/search and /dsd/rest/search (with a country between, as the testing services
// have it, or without) and at /sr/codelists/….
type Simulator struct {
	world  *World
	signer *signer
	now    func() time.Time

	mu    sync.Mutex
	fault Fault
	asked int
}

// New makes a simulator with keys of its own.
func New(w *World, random io.Reader, now func() time.Time) (*Simulator, error) {
	s, err := newSigner(random, now())
	if err != nil {
		return nil, err
	}
	return &Simulator{world: w, signer: s, now: now}, nil
}

// Root is the certificate that the signatures chain to.
func (s *Simulator) Root() *x509.Certificate { return s.signer.root() }

// Set switches a fault on; the zero Fault switches all off.
func (s *Simulator) Set(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Asked is how many requests came in.
func (s *Simulator) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// maxQuery bounds the query of a request.
const maxQuery = 16 << 10

// ServeHTTP answers one request.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	fault := s.fault
	s.mu.Unlock()
	if !fault.wait(r.Context()) {
		return
	}
	service, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	case len(r.URL.RawQuery) > maxQuery:
		http.Error(w, "the query is too long", http.StatusRequestURITooLong)
	case service == "sr":
		s.codeList(w, strings.TrimPrefix(path, "codelists/"))
	case (service == "eb" || service == "dsd") && (path == "rest/search" || strings.HasSuffix(path, "/rest/search")):
		body, err := s.answer(directory.Service(service), r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError) // a world with characters that XML cannot carry
			return
		}
		fault.send(w, s, body)
	default:
		http.NotFound(w, r)
	}
}

// answer builds the body of one answer.
func (s *Simulator) answer(service directory.Service, r *http.Request) ([]byte, error) {
	version, slot := negotiate(r.Header)
	q := &question{world: s.world, service: service, version: version}
	values, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case version == "":
		q.fail(q.code("0003"), "UNSUPPORTED_VERSION")
	case err != nil || !strings.Contains(r.Header.Get("Accept"), "application/x-ebrs+xml"):
		q.fail(q.code("0003"), "INVALID_REQUEST")
	default:
		q.parse(values)
	}
	if q.failure == nil {
		q.run()
	}
	return q.write(slot)
}

// negotiate chooses the newest version that is asked for and known; "" when there is none. Without Accept-Version the shape is that of
// 1.0, and the slot is left out.
func negotiate(h http.Header) (v directory.Version, slot bool) {
	asked := h.Values("Accept-Version")
	if len(asked) == 0 {
		return directory.V10, false
	}
	var best directory.Version
	for _, text := range strings.Split(strings.Join(asked, ","), ",") {
		v := directory.Version(strings.TrimSpace(text))
		if v.Known() && slices.Index(directory.Versions(), v) > slices.Index(directory.Versions(), best) {
			best = v
		}
	}
	return best, best != ""
}
