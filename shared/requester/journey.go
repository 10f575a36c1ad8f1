package requester

import (
	"context"
	"errors"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Journey is an order as the person sees it on our own pages.
type Journey struct {
	ID        string
	Token     string
	Portal    string // id
	Order     Order
	View      *View
	Title     string // of the evidence type, once it is known
	Provider  string // who is asked, once it is known
	PortalURL string // where the person goes back to in the end
}

// Journey finds the order of a journey link.
func (d *Desk) Journey(ctx context.Context, token string) (*Journey, error) {
	row, err := d.State.Load(ctx, JourneyKind, hash(token))
	if errors.Is(err, store.ErrNotFound) {
		return nil, unknown()
	}
	if err != nil {
		return nil, err
	}
	p, err := d.order(ctx, string(row.Body))
	if err != nil {
		return nil, err
	}
	p, r, err := d.both(ctx, p.Portal, p.ID)
	if err != nil {
		return nil, err
	}
	v, err := d.view(ctx, p, r)
	if err != nil {
		return nil, err
	}
	j := &Journey{ID: p.ID, Token: token, Portal: p.Portal, Order: p.Order, View: v, PortalURL: p.Order.ReturnURL}
	if r != nil {
		j.Title = r.Title
		if len(r.Provider.Name) > 0 {
			j.Provider = r.Provider.Name[0].Text
		}
	}
	return j, nil
}

// Propose asks the directory whom the order would go to, before the person asks
// explicitly: they must see who and what (Reg. 2022/1463 art. 12).
func (d *Desk) Propose(ctx context.Context, j *Journey, assurance string) (*Found, *Stop, error) {
	s, err := d.Settings.Requester(ctx)
	if err != nil {
		return nil, nil, err
	}
	return d.Find(ctx, s, j.Order, assurance)
}

// Ask is the person's explicit request on our own page. answers are to the
// directory's questions, provider is the one that was chosen; both may be empty.
func (d *Desk) Ask(ctx context.Context, j *Journey, s *Subject, explicit *ExplicitRequest, answers map[string]string, provider string) error {
	p, err := d.order(ctx, j.ID)
	if err != nil {
		return err
	}
	if p.Begun {
		return nil
	}
	if p.Cancelled || d.late(p) {
		return over(p)
	}
	if len(answers) > 0 {
		p.Order.Answers = answers
	}
	if provider != "" {
		p.Order.Provider = provider
	}
	err = d.begin(ctx, p, s, explicit)
	if errors.Is(err, store.ErrConflict) {
		now, loadErr := d.order(ctx, j.ID)
		switch {
		case loadErr != nil:
			return err
		case now.Begun:
			return nil // a second click
		case now.Cancelled:
			return over(now)
		}
	}
	return err
}

// over refuses to begin an order that was cancelled, or waited for too long.
func over(p *placed) *Refusal {
	state := exchange.Expired
	if p.Cancelled {
		state = exchange.Cancelled
	}
	return &Refusal{Rule: "order.state", Detail: "the request is in state " + string(state), Do: "start again at the portal", Kind: WrongTime}
}

// Leave is the person who gives up on our own page.
func (d *Desk) Leave(ctx context.Context, j *Journey) error {
	_, err := d.Cancel(ctx, j.Portal, j.ID)
	return err
}

// Return journals that the person came back from the preview space.
func (d *Desk) Return(ctx context.Context, j *Journey) error {
	r, err := d.Keeper.Load(ctx, conduct.Key(exchange.Requester, j.ID))
	if err != nil {
		return err
	}
	e := journal.Entry{Subject: r.Key + "-return", Sequence: 1, Kind: journal.ReturnToProcedure, At: d.Now(), Exchange: r.Key, ConversationID: r.ConversationID}
	if err := d.Journal.Write(ctx, e); err != nil && !errors.Is(err, journal.ErrTaken) {
		return err
	}
	return nil
}

// Go is the person's click to the preview space, on our own page: request 2
// leaves, and the link is where the browser goes.
func (d *Desk) Go(ctx context.Context, j *Journey) (string, error) {
	r, err := d.goOn(ctx, j.ID)
	if err != nil {
		return "", err
	}
	return previewURL(r), nil
}

// Continue is the same for a portal that authenticates people itself: the
// view's PersonURL is the preview link.
func (d *Desk) Continue(ctx context.Context, portal, id string) (*View, error) {
	p, r, err := d.both(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	if p.Token != "" && (r == nil || !r.State.Final()) {
		return d.view(ctx, p, r) // the person is on our own pages
	}
	if r == nil {
		return nil, wrongTime(r, "continue once the state is preview-required")
	}
	if _, err := d.goOn(ctx, id); err != nil {
		return nil, err
	}
	return d.View(ctx, portal, id)
}

// goOn sends request 2: request 1 with a new id, the link, and in 2.0 the way back.
func (d *Desk) goOn(ctx context.Context, id string) (*conduct.Record, error) {
	r, err := d.Keeper.Load(ctx, conduct.Key(exchange.Requester, id))
	if err != nil {
		return nil, err
	}
	if r.State == exchange.Request2Sent {
		return r, nil
	}
	if r.State != exchange.PreviewRequired {
		return nil, wrongTime(r, "continue in state preview-required only")
	}
	doc, _, err := d.Keeper.ReadDocument(ctx, r.Request)
	if err != nil {
		return nil, err
	}
	q, err := doc.Request()
	if err != nil {
		return nil, err
	}
	q.ID, q.IssueDateTime, q.PreviewLocation = d.NewID(), d.Now(), r.PreviewLink
	if r.Version == edm.V20 {
		q.ReturnLocation = r.ReturnURL
	}
	content, err := d.Keeper.PutMessage(ctx, r.Folder(), q)
	if err != nil {
		return nil, err
	}
	r, err = d.Keeper.Apply(ctx, r.Key, conduct.Step{
		Event: exchange.Event{Kind: exchange.PersonContinues, ID: "continue", RequestID: q.ID},
		Edit:  func(r *conduct.Record) { r.Contents = []conduct.Content{content} },
	})
	if quiet(err) != nil {
		return nil, err
	}
	if r.State != exchange.Request2Sent {
		return nil, wrongTime(r, "start again at the portal")
	}
	return r, nil
}
