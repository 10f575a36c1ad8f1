// Package demo walks the seven steps of the Once-Only Technical System without a
// screen: it is the person's browser and the procedure portal, and everything
// else is the world's nodes. Many at once are a load test.
package demo

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// Options say what is walked.
type Options struct {
	NoPreview bool   // evidence that may go without a preview
	Decline   bool   // the person sends nothing
	Look      bool   // the person opens every document of the preview
	Resident  string // who signs in; empty: one who has the evidence
	Count     int    // exchanges
	Parallel  int    // at once
	// Roots is a PEM file of more authorities that browser and portal trust; empty: none.
	Roots string
	// Patience is for how long an exchange may stay in one state; 0: a minute.
	Patience time.Duration
	// Journals read those of countries whose journal is no folder of the world.
	Journals map[string]Journal
	// Progress is told of each exchange that ended; nil: nobody.
	Progress func(done int)
}

// Journal reads the entries of a country since a time, by subject.
type Journal func(ctx context.Context, since time.Time) (map[string][]journal.Entry, error)

// Demo drives one running world.
type Demo struct {
	o         Options
	world     *world.Running
	api       *client.Client
	transport *http.Transport
	order     client.Order
}

// story is what is asked for: a procedure, its requirement, and who has the evidence.
type story struct{ procedure, requirement, resident string }

// stories are by the country that has the evidence; the first is with a preview.
var stories = map[string]story{
	"LV": {"T3", "tertiary-qualification", "anna"},
	"LT": {"V2", "vehicle-registration", "janis"},
	"FI": {"T3", "tertiary-qualification", "janis"},
}

// test is evidence that every country may give without a preview.
var test = story{"00", "test", "anna"}

// New prepares a walk through a running world. Nothing is asked yet.
func New(r *world.Running, o Options) (*Demo, error) {
	published, err := commonservices.DefaultWorld()
	if err != nil {
		return nil, err
	}
	d := &Demo{o: o, world: r}
	if err := d.trust(); err != nil {
		return nil, err
	}
	s, ok := stories[r.To]
	if !ok || o.NoPreview {
		s = test
	}
	if d.o.Resident == "" {
		d.o.Resident = s.resident
	}
	d.order = client.Order{
		Procedure: s.procedure, Requirement: published.RequirementURL(s.requirement), Country: r.To, Language: "EN", NoPreview: o.NoPreview,
		ReturnUrl: r.Portal + "/return",
	}
	return d, nil
}

// trust reads what the world is called with: the portal's key and the authority.
func (d *Demo) trust() error {
	octets, err := os.ReadFile(d.world.Authority())
	if err != nil {
		return err
	}
	roots, err := file.Certificates(octets)
	if err != nil {
		return err
	}
	if d.o.Roots != "" {
		more, err := os.ReadFile(d.o.Roots)
		if err != nil {
			return err
		}
		others, err := file.Certificates(more)
		if err != nil {
			return fmt.Errorf("read the authorities of %s: %w", d.o.Roots, err)
		}
		roots = append(roots, others...)
	}
	d.transport = trusting(roots...)
	if octets, err = os.ReadFile(d.world.PortalKey(d.world.From)); err != nil {
		return err
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		return err
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return errors.New("the portal's key is not of Ed25519")
	}
	d.api, err = client.New(client.Options{API: d.world.Tenants[d.world.From].API, Portal: world.PortalID, KeyID: "portal-1", Key: private, Transport: d.transport})
	return err
}

// Answers reports whether a world answers where its folder says it is.
func Answers(ctx context.Context, r *world.Running) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Portal, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return true
}

// Steps are the seven user steps, with what each took and the ids that travelled.
var stepNames = []string{"order and sign-in", "finding evidence", "explicit request", "redirect to the preview", "preview and decision", "evidence response", "submission"}

// Step is one step of one exchange.
type Step struct {
	Number  int           `json:"number"`
	Name    string        `json:"name"`
	Took    time.Duration `json:"-"`
	Seconds float64       `json:"seconds"`
	IDs     []string      `json:"ids,omitempty"`
}

// Walk is one exchange.
type Walk struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Seen  []Seen `json:"seen,omitempty"` // documents of the preview
	Got   []Seen `json:"got,omitempty"`  // documents that the portal fetched
	Steps []Step `json:"steps"`
	began time.Time
}

// Seen is a document that came whole.
type Seen struct {
	MediaType string `json:"mediaType"`
	Size      int64  `json:"size"` // octets
	SHA256    string `json:"sha256"`
	Host      string `json:"host,omitempty"` // that it came from in the end
}

// step ends a step that began when the one before ended.
func (w *Walk) step(number int, ids ...string) {
	took := time.Since(w.began)
	w.Steps = append(w.Steps, Step{Number: number, Name: stepNames[number-1], Took: took, Seconds: took.Seconds(), IDs: ids})
	w.began = time.Now()
}

func id(name, value string) string { return name + " " + value }

// short is an address without its query and with its token shortened: a link is a secret.
func short(link string) string {
	address, _, _ := strings.Cut(link, "?")
	if i := strings.LastIndex(address, "/"); i >= 0 && len(address)-i > 12 {
		return address[:i+9] + "…"
	}
	return address
}
