package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// MaxDocument is how many octets one document may have (TDD 4.7).
const MaxDocument = 25 << 20

var (
	errAltered = errors.New("a document that arrived is not the one that was announced")
	errLarge   = fmt.Errorf("a document has more than %d octets (portal.MaxDocument)", MaxDocument)
)

// application is what somebody applies for.
type application struct {
	id    string
	token string // of its form: the Idempotency-Key of its request
	begun time.Time

	turn      sync.Mutex // who asks the node for it
	mu        sync.Mutex // of what follows
	chosen    choice
	request   string // id at the node; empty: none
	all       []document
	received  bool // everything that was delivered is among them
	confirmed bool // and the node knows
	submitted time.Time
}

// choice is what somebody chose on the first page.
type choice struct {
	Procedure, Requirement, Country, Language string
}

// document is one document of an application.
type document struct {
	Number    int
	Title     string
	MediaType string
	Language  string
	Name      string // of the file that somebody uploaded; empty: it came from an authority
	octets    []byte
}

// Size is how many octets it has.
func (d document) Size() int { return len(d.octets) }

// shown is what pages show of an application.
type shown struct {
	ID        string
	Chosen    choice
	Request   string
	Documents []document
	Received  bool
	Confirmed bool
	Submitted time.Time
}

func (a *application) shown() shown {
	a.mu.Lock()
	defer a.mu.Unlock()
	return shown{a.id, a.chosen, a.request, slices.Clone(a.all), a.received, a.confirmed, a.submitted}
}

func (a *application) documents() []document { return a.shown().Documents }

// change changes an application.
func (a *application) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

// add numbers documents and adds them; it returns their octets.
func (a *application) add(list []document) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, d := range list {
		d.Number = len(a.all) + 1
		a.all, n = append(a.all, d), n+len(d.octets)
	}
	return n
}

// empty forgets the documents; it returns their octets.
func (a *application) empty() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, d := range a.all {
		n += len(d.octets)
	}
	a.all = nil
	return n
}

// ask makes the request of an application, once.
func (p *portal) ask(ctx context.Context, a *application, c choice) error {
	a.turn.Lock()
	defer a.turn.Unlock()
	if a.shown().Request != "" {
		return nil
	}
	a.change(func() { a.chosen = c })
	v, err := p.Client.Create(ctx, a.token, client.Order{
		Procedure: c.Procedure, Requirement: c.Requirement, Country: c.Country, Language: c.Language, ReturnUrl: p.BaseURL + "/return",
	})
	if err != nil {
		return err
	}
	a.change(func() { a.request = v.Id })
	return nil
}

// collect gets all documents that were delivered, keeps them, and confirms: then
// the node deletes its copies. When one is wrong none is kept, and nothing is
// confirmed.
func (p *portal) collect(ctx context.Context, a *application) error {
	a.turn.Lock()
	defer a.turn.Unlock()
	x := a.shown()
	if x.Confirmed {
		return nil
	}
	v, err := p.Client.View(ctx, x.Request)
	if err != nil {
		return err
	}
	if !x.Received {
		var list []document
		for _, d := range v.Documents {
			octets, err := p.fetch(ctx, x.Request, &d)
			if err != nil {
				return fmt.Errorf("document %d: %w", d.Number, err)
			}
			list = append(list, document{Title: d.Title, MediaType: d.MediaType, Language: d.Language, octets: octets})
		}
		p.sessions.keep(a, list...)
		a.change(func() { a.received = true })
	}
	if _, err := p.Client.Confirm(ctx, x.Request); err != nil {
		return err
	}
	a.change(func() { a.confirmed = true })
	return nil
}

// fetch gets one document as it was announced.
func (p *portal) fetch(ctx context.Context, request string, d *client.Document) ([]byte, error) {
	if d.Size > MaxDocument {
		return nil, errLarge
	}
	e, err := p.Client.Fetch(ctx, request, d.Number)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	if e.SHA256 != d.Sha256 {
		return nil, errAltered
	}
	octets, err := io.ReadAll(io.LimitReader(e, MaxDocument+1))
	switch {
	case errors.Is(err, client.ErrDigest):
		return nil, errAltered
	case err != nil:
		return nil, fmt.Errorf("read: %w", err)
	case len(octets) > MaxDocument:
		return nil, errLarge
	}
	return octets, nil
}
