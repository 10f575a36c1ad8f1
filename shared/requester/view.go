package requester

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/text"
)

func unknown() *Refusal {
	return &Refusal{Rule: "order.unknown", Detail: "this portal has no such request", Do: "use the id that creating the request gave, within 30 days", Kind: Unknown}
}

// own loads an order of a portal: what another ordered does not exist.
func (d *Desk) own(ctx context.Context, portal, id string) (*placed, error) {
	p, err := d.order(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Portal != portal {
		return nil, unknown()
	}
	return p, err
}

// View tells what a portal may know of its order.
func (d *Desk) View(ctx context.Context, portal, id string) (*View, error) {
	p, r, err := d.both(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	return d.view(ctx, p, r)
}

// both loads an order with its exchange, nil when there is none yet.
func (d *Desk) both(ctx context.Context, portal, id string) (*placed, *conduct.Record, error) {
	p, err := d.own(ctx, portal, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := d.Keeper.Load(ctx, conduct.Key(exchange.Requester, id))
	if errors.Is(err, store.ErrNotFound) {
		return p, nil, nil
	}
	return p, r, err
}

func (d *Desk) view(ctx context.Context, p *placed, r *conduct.Record) (*View, error) {
	s, err := d.Settings.Requester(ctx)
	if err != nil {
		return nil, err
	}
	v := &View{ID: p.ID, State: AwaitingPerson, Created: p.Created, Questions: p.Questions, Choices: p.Choices}
	if r != nil {
		v.State, v.Code, v.Deadline, v.Available = r.State, r.Code, r.Due(), r.Available
		v.Documents = documents(r)
	} else {
		d.viewWaiting(v, p)
	}
	v.Final = v.State.Final()
	v.Reason = text.Reason(p.Order.Language, string(v.State), v.Code)
	v.PersonURL = personURL(p, r, s, v.State)
	return v, nil
}

// viewWaiting is the state of an order that has no exchange.
func (d *Desk) viewWaiting(v *View, p *placed) {
	switch {
	case p.Cancelled:
		v.State = exchange.Cancelled
	case d.late(p):
		v.State = exchange.Expired
	default:
		v.Deadline = p.Created.Add(Waits)
	}
}

// late reports whether nobody can begin an order any more.
func (d *Desk) late(p *placed) bool { return !d.Now().Before(p.Created.Add(Waits)) }

// personURL is where the portal sends the person now.
func personURL(p *placed, r *conduct.Record, s *Settings, state exchange.State) string {
	switch {
	case state.Final():
		return ""
	case p.Token != "":
		return s.People + "/journey/" + p.Token
	case state == exchange.Request2Sent:
		return previewURL(r)
	}
	return ""
}

// previewURL is the preview link as the person follows it. Before 2.0 the way
// back is part of its query (TDD 4.9 v1.2 §5).
func previewURL(r *conduct.Record) string {
	if r.Version == edm.V20 || r.ReturnURL == "" {
		return r.PreviewLink
	}
	link, fragment, parted := strings.Cut(r.PreviewLink, "#")
	sign := "?"
	if strings.Contains(link, "?") {
		sign = "&"
	}
	link += sign + "returnurl=" + url.QueryEscape(r.ReturnURL) + "&returnmethod=GET"
	if parted {
		link += "#" + fragment
	}
	return link
}

func documents(r *conduct.Record) []Document {
	if r.State != exchange.Delivered {
		return nil
	}
	list := make([]Document, len(r.Documents))
	for i, c := range r.Documents {
		list[i] = Document{
			Number: i + 1, Identifier: c.Identifier, Classification: c.Classification, Title: c.Title, MediaType: c.MediaType,
			Language: c.Language, ConformsTo: c.ConformsTo, Size: c.Size, SHA256: c.SHA256,
		}
	}
	return list
}

func wrongTime(r *conduct.Record, do string) *Refusal {
	state := AwaitingPerson
	if r != nil {
		state = r.State
	}
	return &Refusal{Rule: "order.state", Detail: "the request is in state " + string(state), Do: do, Kind: WrongTime}
}

// Confirm says that the portal has the evidence: it is deleted here. Confirming
// again changes nothing.
func (d *Desk) Confirm(ctx context.Context, portal, id string) (*View, error) {
	_, r, err := d.both(ctx, portal, id)
	if err != nil {
		return nil, err
	}
	if r == nil || r.State != exchange.Delivered && r.State != exchange.Confirmed {
		return nil, wrongTime(r, "confirm once the evidence is delivered and fetched")
	}
	entry := journal.Entry{Kind: journal.EvidenceDelivered, At: d.Now(), RequestID: r.RequestID(), ResponseID: r.ResponseID}
	for i := range r.Documents {
		entry.Parts = append(entry.Parts, part(&r.Documents[i]))
	}
	return d.happen(ctx, portal, id, conduct.Step{Event: exchange.Event{Kind: exchange.PortalConfirms, ID: "confirm"}, Entries: []journal.Entry{entry}})
}

// Cancel gives up. What has ended stays as it ended.
func (d *Desk) Cancel(ctx context.Context, portal, id string) (*View, error) {
	for range maxRaces {
		p, r, err := d.both(ctx, portal, id)
		switch {
		case err != nil:
			return nil, err
		case r != nil:
			return d.happen(ctx, portal, id, conduct.Step{Event: exchange.Event{Kind: exchange.PersonCancels, ID: "cancel"}})
		case p.Cancelled || d.late(p):
			return d.view(ctx, p, nil)
		}
		p.Cancelled = true
		change, err := d.orderChange(p)
		if err != nil {
			return nil, err
		}
		if _, err := d.State.Commit(ctx, []store.Change{change}, nil); err == nil {
			return d.view(ctx, p, nil)
		} else if !errors.Is(err, store.ErrConflict) {
			return nil, fmt.Errorf("cancel order: %w", err)
		}
		// The person began meanwhile.
	}
	return nil, fmt.Errorf("cancel order: %w %d times", store.ErrConflict, maxRaces)
}

// maxRaces bounds how often an order is looked at anew because somebody else
// changed it first.
const maxRaces = 4

// happen applies a step of a portal's order; what the state does not allow any
// more is seen in the view.
func (d *Desk) happen(ctx context.Context, portal, id string, s conduct.Step) (*View, error) {
	_, err := d.Keeper.Apply(ctx, conduct.Key(exchange.Requester, id), s)
	if ignored := (*exchange.Ignored)(nil); err != nil && !errors.As(err, &ignored) {
		return nil, err
	}
	return d.View(ctx, portal, id)
}
