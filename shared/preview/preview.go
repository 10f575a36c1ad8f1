// Package preview is the preview space (TDD 4.9; Regulation (EU) 2018/1724 art.
// 14(3)(f)): whoever comes by a link that was given out here, and is the person of the request,
// sees each piece of evidence and decides on it. What is shown is exactly what
// is sent; the decision is final.
package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/provider"
	"github.com/vienreiz/vienreiz/shared/store"
)

type states interface {
	Load(ctx context.Context, kind, key string) (store.Record, error)
}

type objects interface {
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
}

type fetcher interface {
	Fetch(ctx context.Context, r *conduct.Record) (*provider.Evidence, error)
}

// Space is the preview space of a node. Its fields are set before the first call.
type Space struct {
	Keeper   *conduct.Keeper
	State    states
	Objects  objects
	Provider fetcher
	Now      func() time.Time
}

// ErrUnknown is a link that was not given out here, or whose time is over.
var ErrUnknown = errors.New("this preview link is not known here")

// ErrOver is an exchange in which nothing can be previewed any more.
var ErrOver = errors.New("the time for this preview is over, or the decision was made")

// ErrPiece is a decision on a piece of evidence that was not shown.
var ErrPiece = errors.New("the decision names a piece of evidence that was not shown")

// ErrLater is evidence that the registry will only have later.
var ErrLater = errors.New("the evidence is not ready yet")

// Find gives the exchange of a preview link as it is now, in whatever state,
// so that the page can say how it ended.
func (s *Space) Find(ctx context.Context, link string) (*conduct.Record, error) {
	row, err := s.State.Load(ctx, provider.LinkKind, provider.LinkKey(link))
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("look for a preview link: %w", err)
	}
	return s.Keeper.Load(ctx, string(row.Body))
}

// Open reports whether the person can still look and decide.
func Open(r *conduct.Record) bool { return r.State == exchange.Offered || r.State == exchange.Bound }

// open is Open at this moment: a record that is being noted on may be overdue
// although nobody has committed that yet.
func (s *Space) open(r *conduct.Record) bool {
	x, _ := r.At(s.Now())
	return x.State == exchange.Offered || x.State == exchange.Bound
}

// Visit journals the first visit of the link (TDD 4.8 §3.2).
func (s *Space) Visit(ctx context.Context, r *conduct.Record) error {
	_, err := s.Keeper.Note(ctx, r.Key, func(r *conduct.Record) bool {
		was := r.Visited
		r.Visited = true
		return !was && s.open(r)
	}, journal.Entry{Kind: journal.PreviewVisited, At: s.Now()})
	return err
}

// Leave journals that the person left without a decision, the first time.
func (s *Space) Leave(ctx context.Context, r *conduct.Record) error {
	_, err := s.Keeper.Note(ctx, r.Key, func(r *conduct.Record) bool {
		was := r.Left
		r.Left = true
		return !was && s.open(r)
	}, journal.Entry{Kind: journal.PreviewLeft, At: s.Now()})
	return err
}

// Present is who stands in the preview space: what the sign-in gave.
type Present struct {
	Person         *edm.Person
	LegalPerson    *edm.LegalPerson
	Representative *edm.Person
	Assertion      string // SHA-256 of the assertion, hex
}

// Admit compares who signed in with whom the request is about, or who acts for
// them. Anybody else ends the exchange (Reg. 2022/1463 art. 16(3)).
func (s *Space) Admit(ctx context.Context, r *conduct.Record, p Present) (bool, error) {
	doc, _, err := s.Keeper.ReadDocument(ctx, r.Request)
	if err != nil {
		return false, err
	}
	q, err := doc.Request()
	if err != nil {
		return false, err
	}
	if same(q, p) {
		return true, nil
	}
	entry := journal.Entry{Kind: journal.PersonMatched, At: s.Now(), Fields: []journal.Field{{Name: "outcome", Value: "another"}, {Name: "rule", Value: "preview.person"}, {Name: "assertion", Value: p.Assertion}}}
	_, err = s.Keeper.Apply(ctx, r.Key, conduct.Step{
		Event: exchange.Event{Kind: exchange.PersonIsAnother, ID: "another"}, Entries: []journal.Entry{entry},
		Edit: func(r *conduct.Record) {
			r.Detail = "who signed in at the preview is not the person of the request (Reg. (EU) 2022/1463 art. 16)"
		},
	})
	if ignored := (*exchange.Ignored)(nil); errors.As(err, &ignored) {
		err = nil
	}
	return false, err
}

// same reports whether who is present is the subject, or the representative of
// the request.
func same(q *edm.EvidenceRequest, p Present) bool {
	if q.LegalPerson != nil && p.LegalPerson != nil {
		return sameCompany(q.LegalPerson, p.LegalPerson) // whoever acts for it; nobody acts for another here
	}
	for _, present := range []*edm.Person{p.Person, p.Representative} {
		for _, asked := range []*edm.Person{q.NaturalPerson, q.AuthorizedRepresentative} {
			if present != nil && asked != nil && identity.SamePerson(asked, present) {
				return q.LegalPerson == nil || q.AuthorizedRepresentative != nil
			}
		}
	}
	return false
}

// sameCompany compares what eIDAS says of a legal person. The identifier's middle
// part is the country that it was made for, which is another one here than there.
func sameCompany(asked, present *edm.LegalPerson) bool {
	a, b := registered(asked), registered(present)
	return a != "" && strings.EqualFold(a, b) && identity.SameCompany(asked.LegalName.Value, present.LegalName.Value)
}

// registered is the issuing country and the number of a legal person.
func registered(p *edm.LegalPerson) string {
	if p.LegalPersonIdentifier == nil {
		return ""
	}
	parts := strings.SplitN(p.LegalPersonIdentifier.Value, "/", 3)
	if len(parts) != 3 || parts[2] == "" {
		return ""
	}
	return parts[0] + "/" + parts[2]
}

// Evidence gives the documents to show, and fetches them the first time. From
// then on they are the same octets, for the person and for the answer.
func (s *Space) Evidence(ctx context.Context, r *conduct.Record) (*conduct.Record, error) {
	if !s.open(r) {
		return nil, ErrOver
	}
	if len(r.Documents) > 0 {
		return r, nil
	}
	e, err := s.Provider.Fetch(ctx, r)
	if err != nil {
		return nil, err
	}
	if e.Later.Kind != "" {
		return nil, ErrLater
	}
	after, err := s.Keeper.Note(ctx, r.Key, func(r *conduct.Record) bool {
		if len(r.Documents) > 0 || !s.open(r) {
			return false
		}
		r.Documents = e.Documents
		return true
	})
	if err == nil && !s.open(after) {
		return nil, ErrOver
	}
	return after, err
}

// document is one by its number from 1, as long as the person can decide on it.
func (s *Space) document(r *conduct.Record, number int) (*conduct.Document, error) {
	if number < 1 || number > len(r.Documents) || !s.open(r) {
		return nil, ErrOver
	}
	return &r.Documents[number-1], nil
}

// Document reads one document, by its number from 1.
func (s *Space) Document(ctx context.Context, r *conduct.Record, number int) (io.ReadCloser, error) {
	d, err := s.document(r, number)
	if err != nil {
		return nil, err
	}
	body, _, err := s.Objects.Open(ctx, conduct.Bucket, d.Key, store.Range{})
	return body, err
}

// Link is where a large document is shown, at the origin of the store, where
// nothing of ours runs and no cookie goes; as [conduct.Keeper.Link] has it.
func (s *Space) Link(ctx context.Context, r *conduct.Record, number int, as store.Shown) (string, error) {
	d, err := s.document(r, number)
	if err != nil {
		return "", err
	}
	return s.Keeper.Link(ctx, d, as)
}

// Decide takes the person's decision: the numbers of the pieces that may be
// sent; none is a decision too. Only the first counts.
func (s *Space) Decide(ctx context.Context, r *conduct.Record, pieces []int) (*conduct.Record, error) {
	accepted := map[int]bool{}
	for _, p := range pieces {
		accepted[p] = true
	}
	count, shown := 0, map[int]bool{}
	for i := range r.Documents {
		shown[r.Documents[i].Piece] = true
		if accepted[r.Documents[i].Piece] && !r.Documents[i].ShownOnly {
			count++
		}
	}
	for p := range accepted {
		if !shown[p] && Open(r) {
			return r, ErrPiece
		}
	}
	after, err := s.Keeper.Apply(ctx, r.Key, conduct.Step{
		Event:   exchange.Event{Kind: exchange.PersonDecides, ID: "decision", Accepted: count},
		Entries: []journal.Entry{s.decided(r, accepted)},
		Edit: func(r *conduct.Record) {
			for i := range r.Documents {
				r.Documents[i].Accepted = accepted[r.Documents[i].Piece]
			}
		},
	})
	if ignored := (*exchange.Ignored)(nil); errors.As(err, &ignored) {
		if ignored.Rule == "exchange.repeated" {
			return after, nil
		}
		return after, ErrOver
	}
	return after, err
}

// decided is the entry of the decision, piece by piece (Reg. art. 17(2)).
func (s *Space) decided(r *conduct.Record, accepted map[int]bool) journal.Entry {
	e := journal.Entry{Kind: journal.PreviewDecided, At: s.Now()}
	for i := range r.Documents {
		d := &r.Documents[i]
		word := "refused"
		if accepted[d.Piece] {
			word = "accepted"
		}
		e.Fields = append(e.Fields, journal.Field{Name: strings.Join([]string{"piece", strconv.Itoa(d.Piece), d.Identifier}, " "), Value: word})
	}
	return e
}

// Wanted is the sign-in that the request asks for: of a legal person or a
// natural one, and at what level at least.
func (s *Space) Wanted(ctx context.Context, r *conduct.Record) (legal bool, level string, err error) {
	doc, _, err := s.Keeper.ReadDocument(ctx, r.Request)
	if err != nil {
		return false, "", err
	}
	q, err := doc.Request()
	switch {
	case err != nil:
		return false, "", err
	case q.LegalPerson != nil:
		return true, q.LegalPerson.LevelOfAssurance, nil
	case q.NaturalPerson != nil:
		return false, q.NaturalPerson.LevelOfAssurance, nil
	}
	return false, "", errors.New("the request has no subject")
}
