package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// reply answers a request that is of no exchange, or of another. Whatever it
// brought is deleted.
func (d *Desk) reply(ctx context.Context, l *intake.Letter, q *edm.EvidenceRequest, code, detail string) error {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return err
	}
	r := d.record(l, q)
	if !r.Version.Known() {
		r.Version = versionOf(l)
	}
	r.Requests, r.Code, r.Detail, r.ConversationID = []string{q.ID}, code, detail, l.Header.ConversationID
	m := d.failure(r, s)
	if q.ID == "" || requesterOf(q).Identifier.Value == "" {
		m.EvidenceRequester = nil
	}
	c, err := d.Keeper.PutMessage(ctx, "reply/"+l.Key, m)
	if err != nil {
		return err
	}
	effect, err := d.Keeper.Order(conduct.Envelope{
		Key: "reply-" + l.Key, Action: ebms.ExceptionResponse, Partner: l.Header.From.ID, ConversationID: l.Header.ConversationID, ExchangeID: r.ID,
		Version: r.Version, OriginalSender: m.ErrorProvider.Identifier, Recipient: recipient(l, q), RequestID: q.ID, ResponseID: r.ResponseID, Code: code, Trace: observe.TraceOf(ctx),
		Contents: []conduct.Content{c},
	})
	if err != nil {
		return err
	}
	if err := d.commit(ctx, "reply-"+l.Key, effect, c); err != nil {
		return err
	}
	return d.Keeper.Drop(ctx, l.Objects()...)
}

// commit orders a reply once. The document of one that was ordered before is of
// no use; after any other error it may be what the order carries, and stays.
func (d *Desk) commit(ctx context.Context, key string, e conduct.Effect, c conduct.Content) error {
	_, err := d.State.Commit(ctx, e.Changes, e.Commands)
	if errors.Is(err, store.ErrConflict) {
		return d.unused(ctx, key, c)
	}
	if err == nil {
		store.Offer(ctx, d.State, d.Queue, d.Now(), e.Commands)
	}
	return err
}

// unused deletes a document that the order of the key does not carry.
func (d *Desk) unused(ctx context.Context, key string, c conduct.Content) error {
	m, err := sending.Load(ctx, d.State, key)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(m.Contents, func(o sending.Content) bool { return o.Key == c.Key }) {
		return nil
	}
	return d.Keeper.Drop(ctx, c.Key)
}

// recipient is who asked: as the header says where the body does not.
func recipient(l *intake.Letter, q *edm.EvidenceRequest) edm.Identifier {
	if id := requesterOf(q).Identifier; id.Value != "" {
		return id
	}
	for _, p := range l.Header.Properties {
		if p.Name == ebms.OriginalSender {
			return edm.Identifier{SchemeID: p.Type, Value: p.Value}
		}
	}
	return edm.Identifier{}
}

// versionOf is the line to answer a message in that names none.
func versionOf(l *intake.Letter) edm.Version {
	if v, ok := l.Header.Property(ebms.SpecificationID); ok && edm.Version(v).Known() {
		return edm.Version(v)
	}
	return edm.V12
}

// unreadable answers what is no evidence request: EDM:ERR:0003 without its id.
func (d *Desk) unreadable(ctx context.Context, l *intake.Letter) error {
	detail := "the first part is no evidence request; send a query:QueryRequest"
	if p := l.Problem(); p != nil {
		detail = explained(p)
	}
	return d.reply(ctx, l, &edm.EvidenceRequest{SpecificationIdentifier: versionOf(l)}, codeInvalid, detail)
}
