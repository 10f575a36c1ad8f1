package client

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/vienreiz/vienreiz/functions/portal/api"
)

// Problem is a refusal of the API (RFC 9457). Matches with errors.As.
type Problem struct {
	api.Problem
	RetryAfter string // of a gateway that has too much to do
}

// Error gives rule, reason and the way out.
func (p *Problem) Error() string {
	return fmt.Sprintf("the node refuses, %d %s: %s; %s", p.Status, p.Rule, p.Detail, p.Do)
}

// problemOf is what an answer is refused with; a gateway's own answer is no
// problem document, so it gets the rule http.STATUS.
func problemOf(a *http.Response) *Problem {
	p := &Problem{RetryAfter: a.Header.Get("Retry-After")}
	octets, _ := io.ReadAll(io.LimitReader(a.Body, MaxAnswer))
	if json.Unmarshal(octets, &p.Problem) != nil || p.Rule == "" {
		p.Problem = api.Problem{
			Rule: fmt.Sprintf("http.%d", a.StatusCode), Title: http.StatusText(a.StatusCode),
			Detail: "the answer is not the API's own", Do: "try again later, or ask the node's operator",
		}
	}
	p.Status = a.StatusCode
	return p
}

// TokenRefused is a refusal of the token endpoint (RFC 6749 §5.2). Matches with errors.As.
type TokenRefused struct {
	api.TokenError
	Status    int
	RequestID string // under which the node's log has the cause
}

// Error gives the code, what it says, and where the cause is.
func (t *TokenRefused) Error() string {
	return fmt.Sprintf("the node gives no access token, %d %s: %s; its log has more under %s", t.Status, t.TokenError.Error, t.ErrorDescription, t.RequestID)
}

func tokenRefused(a *http.Response) *TokenRefused {
	t := &TokenRefused{Status: a.StatusCode, RequestID: a.Header.Get("X-Request-Id")}
	octets, _ := io.ReadAll(io.LimitReader(a.Body, MaxAnswer))
	if json.Unmarshal(octets, &t.TokenError) != nil || t.TokenError.Error == "" {
		t.TokenError = api.TokenError{Error: fmt.Sprintf("http.%d", a.StatusCode), ErrorDescription: "the answer is not the token endpoint's own"}
	}
	return t
}
