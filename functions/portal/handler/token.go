package handler

import (
	"context"
	"errors"
	"net/http"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/access"
)

// IssueToken proves a portal and gives it an access token.
func (s *server) IssueToken(ctx context.Context, in api.IssueTokenRequestObject) (api.IssueTokenResponseObject, error) {
	token, err := s.Authority.Token(ctx, s.Now(), access.Credentials{
		GrantType: in.Body.GrantType, AssertionType: in.Body.ClientAssertionType, Assertion: in.Body.ClientAssertion,
		ClientID: in.Body.ClientId, Scope: in.Body.Scope,
	})
	if err != nil {
		return nil, err
	}
	callOf(ctx).portal.ID = token.Portal
	return api.IssueToken200JSONResponse{
		Body:    api.Token{AccessToken: token.Value, TokenType: "Bearer", ExpiresIn: int(token.Life.Seconds()), Scope: token.Scope},
		Headers: api.IssueToken200ResponseHeaders{CacheControl: "no-store"},
	}, nil
}

// refuseToken answers as RFC 6749 §5.2 has it, also what is no fault of the
// credentials.
func refuseToken(w http.ResponseWriter, p *problem, err error) {
	body := api.TokenError{Error: access.InvalidRequest, ErrorDescription: p.detail + "; " + p.do}
	status := p.status
	var denied *access.Denied
	switch {
	case errors.As(err, &denied):
		body = api.TokenError{Error: denied.Code, ErrorDescription: denied.Description}
		if denied.Code != access.InvalidClient {
			status = http.StatusBadRequest
		}
	case p.status == http.StatusUnprocessableEntity:
		status = http.StatusBadRequest
	case p == failed:
		body = api.TokenError{Error: "server_error", ErrorDescription: p.detail}
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="vienreiz"`)
	}
	write(w, status, "application/json", body)
}
