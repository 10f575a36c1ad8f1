package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/store"
)

// matched is what matching found: personal, so it is an object and no state.
type matched struct{ Registry, Handle string }

func matchObject(r *conduct.Record) string { return r.Folder() + "/match" }

// Handle carries out one item of the queue provide: what to do, slash, key of
// the exchange. last says that the item comes no more: then a registry that
// cannot be asked ends the exchange with EDM:ERR:0008 (architecture §8).
func (d *Desk) Handle(ctx context.Context, do exchange.Do, key string, last bool) error {
	r, err := d.Keeper.Load(ctx, key)
	if err != nil {
		return err
	}
	switch {
	case do != exchange.Match && do != exchange.Fetch && do != exchange.BuildResponse:
		return fmt.Errorf("item %.80q of queue %s is of no known kind", do, conduct.Provide)
	case r.State.Final(): // what a slower copy of the item has stored meanwhile goes, too
		err = d.Keeper.End(ctx, key)
	case do == exchange.Match && r.State == exchange.Received:
		err = d.match(ctx, r)
	case do == exchange.Fetch && r.State == exchange.Answering:
		err = d.fetch(ctx, r)
	case do == exchange.BuildResponse && r.State == exchange.Answering:
		err = d.build(ctx, r)
	}
	return d.failed(ctx, r, do, err, last)
}

// failed ends an exchange whose registry cannot be asked.
func (d *Desk) failed(ctx context.Context, r *conduct.Record, do exchange.Do, err error, last bool) error {
	e := (*registry.Error)(nil)
	if err == nil || !last && (!errors.As(err, &e) || e.Temporary()) {
		return err
	}
	detail := "the data source cannot be asked now; try again later"
	if e != nil {
		detail = e.Rule + ": " + detail
	}
	event := exchange.Event{Kind: exchange.RegistryFailed, ID: string(do) + "/failed", Code: codeFailed}
	return errors.Join(notTold(err), d.apply(ctx, r.Key, conduct.Step{Event: event, Edit: func(r *conduct.Record) { r.Detail = detail }}))
}

// notTold keeps an error that is no registry's for the dead letters.
func notTold(err error) error {
	if e := (*registry.Error)(nil); errors.As(err, &e) {
		return nil
	}
	return err
}

// apply applies a step; one whose work was done before is no error, and leaves
// nothing behind where the exchange has ended meanwhile.
func (d *Desk) apply(ctx context.Context, key string, s conduct.Step) error {
	r, err := d.Keeper.Apply(ctx, key, s)
	if ignored := (*exchange.Ignored)(nil); !errors.As(err, &ignored) {
		return err
	}
	if r.State.Final() {
		return d.Keeper.End(ctx, key)
	}
	return nil
}

func (d *Desk) request(ctx context.Context, r *conduct.Record) (*edm.EvidenceRequest, error) {
	doc, _, err := d.Keeper.ReadDocument(ctx, r.Request)
	if err != nil {
		return nil, err
	}
	return doc.Request()
}

// match judges the request and finds the person: exactly one, or none.
func (d *Desk) match(ctx context.Context, r *conduct.Record) error {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return err
	}
	q, err := d.request(ctx, r)
	if err != nil {
		return err
	}
	reg, no := judge(q, s)
	if no != nil {
		return d.refuse(ctx, r, no)
	}
	query := queryOf(q)
	found, err := d.Registries.Search(ctx, *reg, query)
	if err != nil {
		return err
	}
	m := found.Match(&query, s.Country)
	if m.Outcome != identity.One {
		return d.unmatched(ctx, r, m)
	}
	if entry, ok := found.Entry(m.Handle); ok && entry.AvailableFrom.After(d.Now()) {
		return d.later(ctx, r, m, entry.AvailableFrom)
	}
	return d.offer(ctx, r, q, s, reg, m)
}

func queryOf(q *edm.EvidenceRequest) registry.Query {
	return registry.Query{
		RequestID: q.ID, EvidenceType: q.EvidenceType.EvidenceTypeClassification, Procedure: q.Procedure, Person: q.NaturalPerson, LegalPerson: q.LegalPerson,
		Representative: q.AuthorizedRepresentative, RepresentativeLegalPerson: q.AuthorizedRepresentativeLegalPerson, Answers: q.EvidenceProviderClassification,
	}
}

func (d *Desk) refuse(ctx context.Context, r *conduct.Record, no *refusal) error {
	return d.apply(ctx, r.Key, conduct.Step{
		Event: exchange.Event{Kind: exchange.RequestInvalid, ID: "match", Code: no.code}, Edit: func(r *conduct.Record) { r.Detail = no.detail },
	})
}

// judged is the entry of a matching: the rule that decided, never a candidate.
func (d *Desk) judged(m identity.Match) []journal.Entry {
	return []journal.Entry{{Kind: journal.PersonMatched, At: d.Now(), Fields: []journal.Field{{Name: "outcome", Value: string(m.Outcome)}, {Name: "rule", Value: m.Rule}}}}
}

func (d *Desk) unmatched(ctx context.Context, r *conduct.Record, m identity.Match) error {
	kind := exchange.AmbiguouslyMatched
	if m.Outcome == identity.None {
		kind = exchange.NotMatched
	}
	return d.apply(ctx, r.Key, conduct.Step{
		Event: exchange.Event{Kind: kind, ID: "match"}, Entries: d.judged(m),
		Edit: func(r *conduct.Record) { r.Detail = "no unique match of the person (Reg. (EU) 2022/1463 art. 16)" },
	})
}

func (d *Desk) later(ctx context.Context, r *conduct.Record, m identity.Match, at time.Time) error {
	return d.apply(ctx, r.Key, conduct.Step{Event: exchange.Event{Kind: exchange.EvidencePostponed, ID: "match", Available: at}, Entries: d.judged(m)})
}

// offer notes who was found and gives out a preview link, or goes on without
// where neither the request nor the evidence wants one.
func (d *Desk) offer(ctx context.Context, r *conduct.Record, q *edm.EvidenceRequest, s *Settings, reg *registry.Registry, m identity.Match) error {
	octets, err := json.Marshal(matched{reg.ID, m.Handle})
	if err != nil {
		return fmt.Errorf("write match: %w", err)
	}
	if err := d.Keeper.PutAt(ctx, matchObject(r), octets); err != nil {
		return err
	}
	t, _ := reg.Offers(r.EvidenceType)
	step := conduct.Step{Event: exchange.Event{Kind: exchange.MatchedDirectly, ID: "match"}, Entries: d.judged(m)}
	if q.PossibilityForPreview || !t.ExemptFromPreview {
		link := s.People + "/preview/" + d.NewToken()
		step.Event = exchange.Event{Kind: exchange.Matched, ID: "match", PreviewLocation: link}
		step.Effect.Changes = []store.Change{{Record: store.Record{Kind: LinkKind, Key: LinkKey(link), Body: []byte(r.Key), Expires: d.Now().Add(conduct.Keep)}}}
	}
	return d.apply(ctx, r.Key, step)
}
