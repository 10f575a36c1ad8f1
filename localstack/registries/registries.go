// Package registries simulates the registers of a state for tests and for a world
// on one machine: every provider of the simulated world answers the operation of
// shared/registry at its own address, over the invented residents, with
// certificates in XML and as PDF in the person's language.
//
// The registers of Latvia are those for birth, residence, family status, vehicle
// registration, diploma, company extract, real-estate extract and social
// contributions, with school certificates and test evidence; other states have
// what the world says that they publish.
package registries

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// TokenSecret is the name of the secret that a node keeps the token of [Simulator.Require] under.
const TokenSecret = "registries"

// Simulator is the registers of one state. Each provider answers at …/<its identifier>.
type Simulator struct {
	world     *commonservices.World
	residents *residents.Residents
	country   string
	state     *commonservices.State
	words     *wording
	now       func() time.Time

	mu    sync.Mutex
	fault Fault
	token string
	asked int
	scan  int                  // octets
	first map[string]time.Time // when something was first asked
}

// New makes the registers of a country of the world.
func New(w *commonservices.World, r *residents.Residents, country string, now func() time.Time) (*Simulator, error) {
	state := w.States[country]
	if state == nil {
		return nil, fmt.Errorf("simulate registers: the world has no state %q", country)
	}
	words, err := loadWording()
	if err != nil {
		return nil, err
	}
	return &Simulator{world: w, residents: r, country: country, state: state, words: words, now: now, first: map[string]time.Time{}}, nil
}

// Set switches a fault on; the zero Fault switches all off.
func (s *Simulator) Set(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Require wants a bearer token from now on; "" wants none.
func (s *Simulator) Require(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// MaxScan is the largest scan with which a PDF is still no larger than OOTS allows.
const MaxScan = registry.MaxDocumentBytes - 256<<10

// Scan lets every PDF from now on have a scan of the original attached, of so many
// octets that do not compress and are the same for the same certificate; 0: none.
func (s *Simulator) Scan(octets int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scan = octets
}

// Asked is how many calls came in.
func (s *Simulator) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// exempt are types of evidence that go without a preview, so that a world has both ways.
var exempt = []string{"company-extract", "test"}

// legal are types of evidence about legal persons.
var legal = []string{"company-extract"}

// media are the forms of the world that are made here.
var media = map[string]string{"pdf": "application/pdf", "xml": "application/xml"}

// Registries are the entries of the tenant's configuration for the registers at a base URL, by provider.
func (s *Simulator) Registries(base string) []registry.Registry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []registry.Registry
	for _, key := range slices.Sorted(maps.Keys(s.state.Providers)) {
		p := s.state.Providers[key]
		r := registry.Registry{ID: p.ID, Scheme: scheme(p.Scheme), Name: p.Name, Country: s.country, URL: strings.TrimSuffix(base, "/") + "/" + p.ID}
		if s.token != "" {
			r.TokenSecret = TokenSecret
		}
		for _, kind := range slices.Sorted(maps.Keys(s.state.Evidence)) {
			if e := s.state.Evidence[kind]; slices.Contains(e.Providers, key) {
				r.EvidenceTypes = append(r.EvidenceTypes, s.evidenceType(kind, e))
			}
		}
		list = append(list, r)
	}
	return list
}

func (s *Simulator) evidenceType(kind string, e *commonservices.Evidence) registry.EvidenceType {
	t := registry.EvidenceType{
		Type: s.world.EvidenceTypeURL(s.country, kind), Titles: e.Title, Subject: registry.Natural, Assurance: e.Assurance,
		Formats: formats(e), ExemptFromPreview: slices.Contains(exempt, kind), Procedures: s.procedures(kind),
	}
	if slices.Contains(legal, kind) {
		t.Subject = registry.Legal
	}
	return t
}

// procedures are those whose requirements the type proves.
func (s *Simulator) procedures(kind string) []string {
	var all []string
	for requirement, lists := range s.state.Proves {
		if slices.ContainsFunc(lists, func(l commonservices.List) bool { return slices.Contains(l.Types, kind) }) {
			all = append(all, s.world.Requirements[requirement].Procedures...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func formats(e *commonservices.Evidence) []string {
	var list []string
	for _, form := range e.Forms {
		if m := media[form]; m != "" {
			list = append(list, m)
		}
	}
	return list
}

func scheme(s string) string {
	if code, ok := strings.CutPrefix(s, "EAS:"); ok {
		return "urn:cef.eu:names:identifier:EAS:" + code
	}
	return s
}

// maxRemembered bounds what is remembered of earlier calls.
const maxRemembered = 10_000

// since is when something was first asked, which is now when it is new.
func (s *Simulator) since(keys ...string) time.Time {
	key := derived(keys...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.first[key]; !known {
		if len(s.first) >= maxRemembered {
			clear(s.first)
		}
		s.first[key] = s.now().UTC()
	}
	return s.first[key]
}

// derived is a UUID that follows from the keys (version 8 of RFC 9562).
func derived(keys ...string) string {
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintf(h, "%d:%s", len(k), k)
	}
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

var _ http.Handler = (*Simulator)(nil)
