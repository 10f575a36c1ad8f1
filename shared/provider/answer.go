package provider

import (
	"context"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/regrep"
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
