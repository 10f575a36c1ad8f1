package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Codes of the list EDMErrorCodes that the provider answers with.
const (
	codeUnauthenticated = "EDM:ERR:0001"
	codeUnauthorised    = "EDM:ERR:0002"
	codeInvalid         = "EDM:ERR:0003"
	codeNotFound        = "EDM:ERR:0004"
	codeTimeout         = "EDM:ERR:0005"
	codeUnresolved      = "EDM:ERR:0006"
	codeUnsupported     = "EDM:ERR:0007"
	codeFailed          = "EDM:ERR:0008"
)

// Carry orders what the machine tells the provider to send.
func (d *Desk) Carry(ctx context.Context, r *conduct.Record, do exchange.Do) (conduct.Effect, error) {
	s, err := d.Settings.Provider(ctx)
	if err != nil {
		return conduct.Effect{}, err
	}
	switch do {
	case exchange.OfferPreview:
		return d.send(ctx, r, s, d.preview(r, s))
	case exchange.AnswerError:
		return d.send(ctx, r, s, d.failure(r, s))
	case exchange.AnswerEmpty:
		return d.send(ctx, r, s, d.response(r, s, regrep.StatusSuccess))
	case exchange.AnswerLater:
		m := d.response(r, s, regrep.StatusUnavailable)
		m.ResponseAvailableDateTime = r.Available
		return d.send(ctx, r, s, m)
	case exchange.SendResponse:
		return d.Keeper.OrderFor(r, ebms.ExecuteQueryResponse, r.Provider.Identifier, r.Requester.Identifier)
	}
	return conduct.Effect{}, fmt.Errorf("%q is nothing that a provider sends", do)
}

// send stores a document and orders the message that carries it alone.
func (d *Desk) send(ctx context.Context, r *conduct.Record, s *Settings, m edm.Message) (conduct.Effect, error) {
	c, err := d.Keeper.PutMessage(ctx, r.Folder(), m)
	if err != nil {
		return conduct.Effect{}, err
	}
	r.Contents = []conduct.Content{c}
	return d.Keeper.OrderFor(r, m.Kind().Action(), d.agent(r, s).Identifier, r.Requester.Identifier)
}

// agent is the provider of the request, or who runs this node when the request
// named nobody here.
func (d *Desk) agent(r *conduct.Record, s *Settings) edm.Agent {
	for i := range s.Registries {
		if s.Registries[i].ID == r.Provider.Identifier.Value {
			return s.Registries[i].Agent()
		}
	}
	return s.Platform
}

// response is one without documents.
func (d *Desk) response(r *conduct.Record, s *Settings, status string) *edm.EvidenceResponse {
	r.ResponseID = d.NewID()
	agent := d.agent(r, s)
	agent.Classification = edm.ClassificationEP
	return &edm.EvidenceResponse{
		RequestID: r.RequestID(), Status: status, SpecificationIdentifier: r.Version, EvidenceResponseIdentifier: r.ResponseID, IssueDateTime: d.Now(),
		EvidenceProvider: []edm.Agent{agent}, EvidenceRequester: named(r.Requester),
	}
}

// named is an agent's identifier and name.
func named(a edm.Agent) edm.Agent { return edm.Agent{Identifier: a.Identifier, Name: a.Name} }

// preview is EDM:ERR:0002 with the link (TDD 4.9 §2).
func (d *Desk) preview(r *conduct.Record, s *Settings) *edm.ErrorResponse {
	m := d.failure(r, s)
	e := &m.Exceptions[0]
	*e = d.exception(codeUnauthorised, "")
	e.Severity, e.PreviewLocation = edm.SeverityPreviewRequired, r.PreviewLink
	e.PreviewDescription = []edm.LocalizedString{{Lang: "EN", Value: fmt.Sprintf("%s: look at the evidence (%s) and decide whether it may be sent.", text(r.Provider.Name), r.Title)}}
	if r.Version != edm.V20 {
		e.PreviewMethod = "GET"
	}
	return m
}

// failure is an error response with the exchange's code and detail.
func (d *Desk) failure(r *conduct.Record, s *Settings) *edm.ErrorResponse {
	r.ResponseID = d.NewID()
	agent, requester := d.agent(r, s), named(r.Requester)
	agent.Classification = edm.ClassificationERRP
	return &edm.ErrorResponse{
		RequestID: r.RequestID(), SpecificationIdentifier: r.Version, EvidenceResponseIdentifier: r.ResponseID, ErrorProvider: agent,
		EvidenceRequester: &requester, Exceptions: []edm.Exception{d.exception(r.Code, r.Detail)},
	}
}

// exception has the type and the words that the list gives a code.
func (d *Desk) exception(code, detail string) edm.Exception {
	row, _ := codelist.Of("EDMErrorCodes", edm.V20.Line()).Find(code)
	return edm.Exception{Type: row.Structure, Severity: regrep.SeverityError, Code: code, Message: row.Name, Detail: detail, Timestamp: d.Now()}
}

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
		Version: r.Version, OriginalSender: m.ErrorProvider.Identifier, Recipient: recipient(l, q), RequestID: q.ID, ResponseID: r.ResponseID, Code: code,
		Contents: []conduct.Content{c},
	})
	if err != nil {
		return err
	}
	if err := d.commit(ctx, effect); err != nil {
		return errors.Join(err, d.Keeper.Drop(ctx, c.Key))
	}
	return d.Keeper.Drop(ctx, l.Objects()...)
}

// commit orders a reply once: one that was ordered before is nothing to do.
func (d *Desk) commit(ctx context.Context, e conduct.Effect) error {
	_, err := d.State.Commit(ctx, e.Changes, e.Commands)
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	if err == nil {
		_ = store.Dispatch(ctx, d.State, d.Queue, d.Now(), e.Commands) // what is not sent now is the clock's
	}
	return err
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
		detail = p.Rule + ": " + p.Text + "; " + p.Fix
	}
	return d.reply(ctx, l, &edm.EvidenceRequest{SpecificationIdentifier: versionOf(l)}, codeInvalid, detail)
}
