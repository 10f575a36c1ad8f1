package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

// Walk walks the seven steps once. What it returns is whole as far as it came.
func (d *Demo) Walk(ctx context.Context, key string) (*Walk, error) {
	w := &Walk{began: time.Now()}
	b := newBrowser(d.transport)
	v, err := d.api.Create(ctx, key, d.order)
	if err != nil {
		return w, fmt.Errorf("order: %w", err)
	}
	w.ID = v.Id
	p, err := d.signIn(ctx, b, v.PersonUrl)
	if err != nil {
		return w, fmt.Errorf("sign in for the order: %w", err)
	}
	w.step(1, id("request", v.Id))
	if !p.has("/ask") {
		return w, fmt.Errorf("nobody can be asked: %s", p.text())
	}
	w.step(2, id("provider", d.world.To))
	journey := v.PersonUrl
	if _, err = b.submit(ctx, p, "/ask", nil); err != nil {
		return w, fmt.Errorf("ask: %w", err)
	}
	if v, err = d.until(ctx, v.Id, "preview-required", "delivered"); err != nil {
		return w, err
	}
	w.step(3, id("state", string(v.State)))
	if v.State == "preview-required" {
		if v, err = d.preview(ctx, w, b, journey, v); err != nil {
			return w, err
		}
	}
	w.State = string(v.State)
	if v.State != "delivered" {
		w.step(7, id("reason", v.Reason))
		return w, nil
	}
	return w, d.submit(ctx, w, v)
}

// signIn goes through the national node: with all fields at once, as its form would send them.
func (d *Demo) signIn(ctx context.Context, b *browser, address string) (*page, error) {
	p, err := b.get(ctx, address)
	if err != nil {
		return nil, err
	}
	if p, err = b.submit(ctx, p, "/sign-in", nil); err != nil {
		return nil, err
	}
	if p, err = b.submit(ctx, p, "/sso", url.Values{"resident": {d.o.Resident}, "level": {"High"}}); err != nil {
		return nil, err
	}
	return b.submit(ctx, p, "/sign-in/acs", nil)
}

// preview is steps 4 to 6.
func (d *Demo) preview(ctx context.Context, w *Walk, b *browser, journey string, v *client.View) (*client.View, error) {
	p, err := b.get(ctx, journey)
	if err != nil {
		return v, fmt.Errorf("launch page: %w", err)
	}
	if p, err = b.submit(ctx, p, "/continue", nil); err != nil {
		return v, fmt.Errorf("continue: %w", err)
	}
	link := p.leads()
	if link == "" {
		return v, fmt.Errorf("the launch page leads nowhere: %s", p.text())
	}
	w.step(4, id("preview", short(link)))
	if p, err = d.signIn(ctx, b, link); err != nil {
		return v, fmt.Errorf("sign in at the preview: %w", err)
	}
	pieces := slices.Compact(p.fields("piece"))
	if len(pieces) == 0 {
		return v, fmt.Errorf("nothing to decide on: %s", p.text())
	}
	if d.o.Look {
		if w.Seen, err = b.look(ctx, p); err != nil {
			return v, fmt.Errorf("look at the evidence: %w", err)
		}
	}
	decision := url.Values{"piece": pieces, "answer": {"chosen"}}
	if d.o.Decline {
		decision = url.Values{"piece": nil, "answer": {"none"}}
	}
	if _, err = b.submit(ctx, p, "/decide", decision); err != nil {
		return v, fmt.Errorf("decide: %w", err)
	}
	w.step(5, id("pieces", fmt.Sprint(len(pieces))))
	if v, err = d.until(ctx, v.Id, "delivered", "declined"); err != nil {
		return v, err
	}
	w.step(6, id("state", string(v.State)))
	return v, nil
}

// submit is step 7: the portal fetches every document, and confirms.
func (d *Demo) submit(ctx context.Context, w *Walk, v *client.View) error {
	var ids []string
	for _, doc := range v.Documents {
		e, err := d.api.Fetch(ctx, v.Id, doc.Number)
		if err != nil {
			return fmt.Errorf("fetch document %d: %w", doc.Number, err)
		}
		n, err := io.Copy(io.Discard, e)
		if err := errors.Join(err, e.Close()); err != nil {
			return fmt.Errorf("fetch document %d: %w", doc.Number, err)
		}
		w.Got = append(w.Got, Seen{MediaType: e.MediaType, Size: n, SHA256: e.SHA256, Host: e.Host})
		ids = append(ids, id("evidence", fmt.Sprintf("%s, %s, %d octets", doc.Identifier, doc.MediaType, n)))
	}
	v, err := d.api.Confirm(ctx, v.Id)
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	w.State = string(v.State)
	w.step(7, ids...)
	return nil
}

// How long an exchange may stay in one state, and how often it is looked at.
const (
	usual   = 60 * time.Second
	look    = 10 * time.Millisecond
	longest = 320 * time.Millisecond
)

// until waits until a request is in one of the states, or has ended otherwise.
func (d *Demo) until(ctx context.Context, id string, states ...string) (*client.View, error) {
	patience := cmp.Or(d.o.Patience, usual)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for wait := look; ; wait = min(2*wait, longest) {
		v, err := d.api.View(ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.Contains(states, string(v.State)) {
			return v, nil
		}
		if v.Final {
			return nil, fmt.Errorf("the exchange ended as %s (%s): %s", v.State, v.Code, v.Reason)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the exchange is still %s after %s: %w", v.State, patience, ctx.Err())
		case <-time.After(wait):
		}
	}
}
