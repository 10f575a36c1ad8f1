package requester

import (
	"context"
	"errors"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Codes of exchanges that end before a request leaves, beside those of the
// directory.
const (
	CodeChoose  = "vienreiz:choose"    // several can be asked: order again with a provider or an evidence type
	CodeStepUp  = "vienreiz:step-up"   // the sign-in is too weak
	CodeNobody  = "vienreiz:nobody"    // nobody issues such evidence there
	CodeInvalid = "vienreiz:invalid"   // our own request breaks a rule
	CodeForeign = "vienreiz:subject"   // the answer is about somebody else
	CodeBroken  = "vienreiz:incorrect" // the answer breaks a rule
)

// Resolve finds out whom to ask and sends request 1. An error means that the
// directory is to be asked again later, until the exchange expires.
func (d *Desk) Resolve(ctx context.Context, key string) error {
	r, err := d.Keeper.Load(ctx, key)
	switch {
	case err != nil:
		return err
	case r.State.Final(): // what a slower copy of the item has stored meanwhile goes, too
		return d.Keeper.End(ctx, key)
	case r.State != exchange.Created:
		return nil
	}
	p, err := d.order(ctx, r.ID)
	if err != nil {
		return err
	}
	subject, err := d.subject(ctx, r)
	if err != nil {
		return err
	}
	set, err := d.Settings.Requester(ctx)
	if err != nil {
		return err
	}
	found, no, err := d.Find(ctx, set, p.Order, subject.Assurance())
	if err != nil {
		return err
	}
	if no != nil {
		return d.unresolvable(ctx, r, p, no)
	}
	return d.ask(ctx, r, p, set, subject, found)
}

// ask builds request 1 and hands it over.
func (d *Desk) ask(ctx context.Context, r *conduct.Record, p *placed, set *Settings, subject *Subject, f *Found) error {
	q, err := d.request(r, p, set, subject, f)
	if err != nil {
		return err
	}
	if broken := wrong(q); broken != nil {
		return d.unresolvable(ctx, r, p, &Stop{Code: CodeInvalid, Why: broken.Rule + ": " + broken.Text})
	}
	content, err := d.Keeper.PutMessage(ctx, r.Folder(), q)
	if err != nil {
		return err
	}
	change, err := d.forget(p)
	if err != nil {
		return err
	}
	service := f.Candidate.Service
	r, err = d.Keeper.Apply(ctx, r.Key, conduct.Step{
		Event:   exchange.Event{Kind: exchange.Resolved, ID: "resolve", RequestID: q.ID},
		Entries: f.entries(d.Now()),
		Effect:  conduct.Effect{Changes: []store.Change{change}},
		Edit: func(r *conduct.Record) {
			r.Partner = ebms.PartyID{Type: service.AccessService.Identifier.SchemeID, Value: service.AccessService.Identifier.Value}
			r.Version, r.Requester, r.Provider = q.SpecificationIdentifier, q.EvidenceRequester[0], q.EvidenceProvider
			r.EvidenceType, r.Title = q.EvidenceType.EvidenceTypeClassification, service.Title.In("EN")
			r.Request, r.Contents = content.Key, []conduct.Content{content}
		},
	})
	if ignored := (*exchange.Ignored)(nil); errors.As(err, &ignored) && r.State.Final() {
		return d.Keeper.End(ctx, r.Key)
	}
	return quiet(err)
}

// forget is the change of an order whose directory was asked: the person's
// answers are of no more use, and leave the state (architecture rule 11).
func (d *Desk) forget(p *placed) (store.Change, error) {
	p.Order.Answers = nil
	return d.orderChange(p)
}

// quiet is for steps whose work was done before.
func quiet(err error) error {
	if ignored := (*exchange.Ignored)(nil); errors.As(err, &ignored) {
		return nil
	}
	return err
}

// wrong is the first rule that a request of ours breaks: it is judged before it leaves.
func wrong(q *edm.EvidenceRequest) *rules.Finding {
	octets, err := edm.Encode(q)
	if err != nil {
		return &rules.Finding{Rule: "edm.encode", Text: err.Error()}
	}
	found := rules.Examine(octets, nil, nil)
	for i := range found {
		if found[i].Level == rules.Fatal {
			return &found[i]
		}
	}
	return nil
}

// unresolvable ends an exchange that has nobody to ask. What the person can do
// about it is noted with the order.
func (d *Desk) unresolvable(ctx context.Context, r *conduct.Record, p *placed, no *Stop) error {
	p.Questions, p.Choices = no.Questions, no.Choices
	change, err := d.forget(p)
	if err != nil {
		return err
	}
	_, err = d.Keeper.Apply(ctx, r.Key, conduct.Step{
		Event:  exchange.Event{Kind: exchange.Unresolvable, ID: "resolve", Code: no.Code},
		Edit:   func(r *conduct.Record) { r.Detail = no.Why },
		Effect: conduct.Effect{Changes: []store.Change{change}}, Entries: no.entries(d.Now()),
	})
	return quiet(err)
}

// Carry orders what the machine tells the requester to send: request 1 and 2,
// with the id by which the answer will find the exchange.
func (d *Desk) Carry(_ context.Context, r *conduct.Record, do exchange.Do) (conduct.Effect, error) {
	if do != exchange.SendRequest1 && do != exchange.SendRequest2 {
		return conduct.Effect{}, fmt.Errorf("%q is nothing that a requester sends", do)
	}
	effect, err := d.Keeper.OrderFor(r, ebms.ExecuteQueryRequest, r.Requester.Identifier, r.Provider.Identifier)
	effect.Changes = append(effect.Changes, d.pointer(AskedKind, r.RequestID(), r.Key))
	return effect, err
}

// request is request 1 (TDD 4.5.1; values from where spec oots-edm §2.5 says).
func (d *Desk) request(r *conduct.Record, p *placed, set *Settings, subject *Subject, f *Found) (*edm.EvidenceRequest, error) {
	requester, err := set.requester(p.Portal)
	if err != nil {
		return nil, err
	}
	q := &edm.EvidenceRequest{
		ID: d.NewID(), SpecificationIdentifier: f.Candidate.Version, IssueDateTime: d.Now(), Procedure: p.Order.Procedure,
		PossibilityForPreview: !p.Order.NoPreview, ExplicitRequestGiven: true, Requirements: []edm.Requirement{f.requirement()},
		EvidenceRequester: []edm.Agent{requester, set.Platform}, EvidenceProvider: f.Candidate.Service.AccessService.Publisher.Agent(),
		EvidenceProviderClassification: f.Classification, NaturalPerson: subject.Person, LegalPerson: subject.LegalPerson,
		AuthorizedRepresentative: subject.Representative, EvidenceType: f.Candidate.EvidenceRequest(),
	}
	if q.SpecificationIdentifier == edm.V20 {
		companions(&q.EvidenceType)
	} else {
		q.Language = p.Order.Language
	}
	scope(q)
	return older(q)
}

// companions asks for a readable version beside structured evidence (2.0, R-EDM-REQ-C119).
func companions(t *edm.DataServiceEvidenceType) {
	for i := range t.DistributedAs {
		if t.DistributedAs[i].ConformsTo != "" {
			t.DistributedAs[i].AssociatedDocumentRequest = []string{edm.HumanReadableVersion}
		}
	}
}

// scope says for which procedure the representative's power was checked:
// exactly one code (R-EDM-REQ-C081).
func scope(q *edm.EvidenceRequest) {
	if q.AuthorizedRepresentative == nil {
		return
	}
	rep := *q.AuthorizedRepresentative
	rep.SectorSpecificAttribute = []edm.SectorSpecificAttribute{{AttributeName: edm.PowerOfRepresentationScope, AttributeURI: edm.PowerOfRepresentationScopeURI, AttributeValue: q.Procedure}}
	q.AuthorizedRepresentative = &rep
}

// older drops from a request what its line does not have.
func older(q *edm.EvidenceRequest) (*edm.EvidenceRequest, error) {
	v := q.SpecificationIdentifier
	if v == edm.V20 {
		return q, nil
	}
	m, _, err := edm.Convert(q, v, nil)
	if err != nil {
		return nil, fmt.Errorf("write the request in %s: %w", v, err)
	}
	converted, ok := m.(*edm.EvidenceRequest)
	if !ok {
		return nil, fmt.Errorf("write the request in %s: it became a %s", v, m.Kind())
	}
	return converted, nil
}

// requester is the ER agent of a portal.
func (s *Settings) requester(portal string) (edm.Agent, error) {
	for i := range s.Portals {
		if s.Portals[i].ID == portal {
			return s.Portals[i].Requester.EDM(), nil
		}
	}
	return edm.Agent{}, fmt.Errorf("portal %q is not configured any more", portal)
}
