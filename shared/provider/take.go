package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Take takes an evidence request. It may come any number of times.
func (d *Desk) Take(ctx context.Context, l *intake.Letter) error {
	if l.Document == nil || l.Document.Kind != edm.KindRequest {
		return d.unreadable(ctx, l)
	}
	q, err := l.Document.Request()
	if err != nil {
		return d.unreadable(ctx, l)
	}
	if n := d.size(l, q); n > MaxRequestBytes {
		asked := &edm.EvidenceRequest{ID: q.ID, SpecificationIdentifier: q.SpecificationIdentifier}
		return d.reply(ctx, l, asked, codeInvalid, fmt.Sprintf("names and titles of the request have %d octets, at most %d are taken (provider.MaxRequestBytes); shorten them", n, MaxRequestBytes))
	}
	if q.PreviewLocation != "" {
		return d.second(ctx, l, q)
	}
	return d.first(ctx, l, q)
}

// size is how many octets of state a request would take.
func (d *Desk) size(l *intake.Letter, q *edm.EvidenceRequest) int {
	octets, err := json.Marshal(d.record(l, q))
	if err != nil {
		return MaxRequestBytes + 1
	}
	return len(octets)
}

// first starts an exchange with request 1, whose timers run since it was received,
// however late its item comes; an invalid one is refused in the same commit.
func (d *Desk) first(ctx context.Context, l *intake.Letter, q *edm.EvidenceRequest) error {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return err
	}
	r := d.record(l, q)
	var commands []exchange.Command
	r.Exchange, commands = exchange.NewProvision(r.ID, l.Header.ConversationID, q.ID, l.Header.Timestamp, l.Received, s.Timers)
	if no := d.invalid(l); no != nil {
		r.Detail = no.detail
		if r.Exchange, commands, err = r.Apply(exchange.Event{Kind: exchange.RequestInvalid, ID: "rules/" + q.ID, Code: no.code}, l.Received); err != nil {
			return err
		}
	}
	used := d.used(l, q.ID)
	err = d.Keeper.Start(ctx, r, commands, conduct.Step{Effect: conduct.Effect{Changes: []store.Change{used}}})
	if errors.Is(err, store.ErrConflict) || errors.Is(err, journal.ErrTaken) {
		known, err := d.repeated(ctx, l, q, used.Key)
		if err != nil || known {
			return err
		}
		return d.reply(ctx, l, q, codeInvalid, "TDD 4.7.1 §2.5: the ExchangeId was used before; every request needs a new one")
	}
	return err
}

// record is what a request says that answers to it need.
func (d *Desk) record(l *intake.Letter, q *edm.EvidenceRequest) *conduct.Record {
	id := l.ExchangeID()
	if id == "" {
		id = q.ID // 1.x has no ExchangeId
	}
	r := &conduct.Record{
		Exchange: exchange.Exchange{ID: id}, Partner: l.Header.From.ID, Version: q.SpecificationIdentifier, Requester: requesterOf(q), Provider: q.EvidenceProvider,
		Procedure: q.Procedure, EvidenceType: q.EvidenceType.EvidenceTypeClassification, Title: text(q.EvidenceType.Title), Language: q.Language,
		Parts: l.Objects(),
	}
	if len(r.Parts) > 0 { // a message may have come without any
		r.Request = r.Parts[0]
	}
	r.Key = conduct.Key(exchange.Provider, digest(l.Header.From.ID, id)[:32])
	return r
}

// requesterOf is the agent that asks.
func requesterOf(q *edm.EvidenceRequest) edm.Agent {
	for _, a := range q.EvidenceRequester {
		if a.Classification == edm.ClassificationER {
			return a
		}
	}
	if len(q.EvidenceRequester) > 0 {
		return q.EvidenceRequester[0]
	}
	return edm.Agent{}
}

// text is the English of a text, or the first there is.
func text(list []edm.LocalizedText) string {
	for _, t := range list {
		if t.Lang == "EN" {
			return t.Text
		}
	}
	if len(list) > 0 {
		return list[0].Text
	}
	return ""
}

// digest names what a partner named: two partners' names are two names.
func digest(party ebms.PartyID, name string) string {
	sum := sha256.Sum256([]byte(party.Type + "\x00" + party.Value + "\x00" + name))
	return hex.EncodeToString(sum[:])
}

// used is the change that spends the id of a request.
func (d *Desk) used(l *intake.Letter, requestID string) store.Change {
	return store.Change{Record: store.Record{Kind: RequestKind, Key: digest(l.Header.From.ID, requestID), Body: []byte(l.Key), Expires: d.Now().Add(Used)}}
}

// repeated tells an item that came again, whose work is done, from a request id
// that was used before, which is refused (TDD 4.4). It reports whether it was either.
func (d *Desk) repeated(ctx context.Context, l *intake.Letter, q *edm.EvidenceRequest, used string) (bool, error) {
	row, err := d.State.Load(ctx, RequestKind, used)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for a request id: %w", err)
	case string(row.Body) == l.Key:
		return true, nil
	}
	return true, d.reply(ctx, l, q, codeInvalid, "R-EDM-REQ-S004: the id of this request was used before; every request needs a new one")
}

// second binds request 2 to the exchange whose link it brings.
func (d *Desk) second(ctx context.Context, l *intake.Letter, q *edm.EvidenceRequest) error {
	key, err := d.linked(ctx, q.PreviewLocation)
	if errors.Is(err, store.ErrNotFound) {
		return d.reply(ctx, l, q, exchange.UnresolvedReference, "slot PreviewLocation: this link was not given out here, or its time is over; ask for the evidence again")
	}
	if err != nil {
		return err
	}
	if no := d.invalid(l); no != nil {
		return d.reply(ctx, l, q, no.code, no.detail)
	}
	was, err := d.Keeper.Load(ctx, key)
	if err != nil {
		return err
	}
	if why := foreign(was, l, q); why != "" {
		return d.reply(ctx, l, q, exchange.UnresolvedReference, why)
	}
	used := d.used(l, q.ID)
	r, err := d.Keeper.Apply(ctx, key, conduct.Step{
		Event: exchange.Event{Kind: exchange.SecondRequest, ID: l.Key, Message: l.Header.Timestamp, RequestID: q.ID, PreviewLocation: q.PreviewLocation},
		Edit: func(r *conduct.Record) {
			r.Parts = append(r.Parts, l.Objects()...)
			if q.ReturnLocation != "" { // before 2.0 the person brings it, and may have been first
				r.ReturnURL = q.ReturnLocation
			}
		},
		Effect: conduct.Effect{Changes: []store.Change{used}},
	})
	return d.bound(ctx, l, q, r, used.Key, err)
}

// foreign says why a request with a known link is not of that exchange.
func foreign(r *conduct.Record, l *intake.Letter, q *edm.EvidenceRequest) string {
	switch {
	case r.Partner != l.Header.From.ID:
		return "eb:From: the link was given to another access point"
	case r.Version == edm.V20 && r.ID != l.ExchangeID():
		return "ExchangeId: the link belongs to another exchange; send the ExchangeId of the first request"
	case r.EvidenceType != q.EvidenceType.EvidenceTypeClassification:
		return "slot EvidenceRequest: the first request asked for another evidence type"
	}
	return ""
}

// bound judges what became of a second request.
func (d *Desk) bound(ctx context.Context, l *intake.Letter, q *edm.EvidenceRequest, r *conduct.Record, used string, err error) error {
	ignored := (*exchange.Ignored)(nil)
	switch {
	case errors.Is(err, store.ErrConflict):
		if known, again := d.repeated(ctx, l, q, used); again != nil || known {
			return again
		}
		return err // others moved the exchange all the time: the item comes again
	case !errors.As(err, &ignored):
		return err
	case ignored.Rule == "exchange.repeated":
		return nil
	case r.State == exchange.Expired:
		return d.reply(ctx, l, q, codeTimeout, "the time for the preview is over; ask for the evidence again")
	case r.State == exchange.Refused:
		return d.reply(ctx, l, q, r.Code, r.Detail)
	}
	return d.reply(ctx, l, q, exchange.UnresolvedReference, "slot PreviewLocation: the link was used before; ask for the evidence again")
}

// linked finds the exchange of a preview link.
func (d *Desk) linked(ctx context.Context, link string) (string, error) {
	row, err := d.State.Load(ctx, LinkKind, LinkKey(link))
	if err != nil {
		return "", fmt.Errorf("look for a preview link: %w", err)
	}
	return string(row.Body), nil
}

// LinkKey is the key of a preview link's record: state keeps no link.
func LinkKey(link string) string {
	sum := sha256.Sum256([]byte(link))
	return hex.EncodeToString(sum[:])
}
