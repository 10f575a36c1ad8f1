package handler

import (
	"context"
	"net/http"
	"regexp"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// server answers the operations of the contract. Its errors are answered by
// handler.fail.
type server struct{ Options }

var _ api.StrictServerInterface = (*server)(nil)

var (
	requestID      = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)
	idempotencyKey = regexp.MustCompile(`^[!-~]{1,128}$`)
)

// CreateRequest takes an order.
func (s *server) CreateRequest(ctx context.Context, in api.CreateRequestRequestObject) (api.CreateRequestResponseObject, error) {
	key := in.Params.IdempotencyKey
	if key != "" && !idempotencyKey.MatchString(key) {
		return nil, &problem{http.StatusBadRequest, "http.idempotencyKey", "the header Idempotency-Key is not 1 to 128 visible ASCII characters", "send a UUID"}
	}
	portal := callOf(ctx).portal
	o, err := s.judged(&portal, in.Body)
	if err != nil {
		return nil, err
	}
	v, err := s.Desk.Create(ctx, portal, key, *o)
	if err != nil {
		return nil, err
	}
	return api.CreateRequest201JSONResponse{Body: shown(v), Headers: api.CreateRequest201ResponseHeaders{Location: address(v.ID)}}, nil
}

// judged is the order, if the portal may order it.
func (s *server) judged(portal *access.Portal, body *api.Order) (*requester.Order, error) {
	w := access.Wish{
		Procedure: body.Procedure, Country: body.Country, ReturnURL: body.ReturnUrl,
		Subject: body.Subject != nil, Explicit: body.ExplicitRequest != nil,
	}
	if refused := portal.Judge(w, access.Node{Country: s.Country, Loopback: s.Loopback}); refused != nil {
		return nil, refused
	}
	return orderOf(body, s.Now())
}

// ViewRequest tells how far a request is.
func (s *server) ViewRequest(ctx context.Context, in api.ViewRequestRequestObject) (api.ViewRequestResponseObject, error) {
	v, err := s.step(ctx, in.Id, s.Desk.View)
	if err != nil {
		return nil, err
	}
	return api.ViewRequest200JSONResponse{ViewJSONResponse: api.ViewJSONResponse(shown(v))}, nil
}

// ContinueRequest says where the person goes on to.
func (s *server) ContinueRequest(ctx context.Context, in api.ContinueRequestRequestObject) (api.ContinueRequestResponseObject, error) {
	v, err := s.step(ctx, in.Id, s.Desk.Continue)
	if err != nil {
		return nil, err
	}
	return api.ContinueRequest200JSONResponse{ViewJSONResponse: api.ViewJSONResponse(shown(v))}, nil
}

// ConfirmRequest lets the evidence be deleted.
func (s *server) ConfirmRequest(ctx context.Context, in api.ConfirmRequestRequestObject) (api.ConfirmRequestResponseObject, error) {
	v, err := s.step(ctx, in.Id, s.Desk.Confirm)
	if err != nil {
		return nil, err
	}
	return api.ConfirmRequest200JSONResponse{ViewJSONResponse: api.ViewJSONResponse(shown(v))}, nil
}

// CancelRequest gives a request up.
func (s *server) CancelRequest(ctx context.Context, in api.CancelRequestRequestObject) (api.CancelRequestResponseObject, error) {
	v, err := s.step(ctx, in.Id, s.Desk.Cancel)
	if err != nil {
		return nil, err
	}
	return api.CancelRequest200JSONResponse{ViewJSONResponse: api.ViewJSONResponse(shown(v))}, nil
}

// step does one thing to a request of the calling portal.
func (s *server) step(ctx context.Context, id string, do func(ctx context.Context, portal, id string) (*requester.View, error)) (*requester.View, error) {
	if !requestID.MatchString(id) {
		return nil, noRequest()
	}
	return do(ctx, callOf(ctx).portal.ID, id)
}
