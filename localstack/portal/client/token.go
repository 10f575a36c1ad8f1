package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/vienreiz/vienreiz/functions/portal/api"
)

// Margin is how long before its end a token is replaced; a token that lives
// shorter than twice that is replaced at half its life.
const Margin = 30 * time.Second

const assertionLife = time.Minute

// token is the access token that all calls share; who has the turn reads and
// replaces it.
type token struct {
	turn  chan struct{}
	value string
	until time.Time
}

// bearer is an access token that will do for a call.
func (c *Client) bearer(ctx context.Context) (string, error) {
	select {
	case c.token.turn <- struct{}{}:
		defer func() { <-c.token.turn }()
	case <-ctx.Done():
		return "", fmt.Errorf("wait for an access token: %w", ctx.Err())
	}
	now := c.options.Now()
	if c.token.value != "" && now.Before(c.token.until) {
		return c.token.value, nil
	}
	answer, err := c.issue(ctx, now)
	if err != nil {
		return "", err
	}
	life := time.Duration(answer.ExpiresIn) * time.Second
	c.token.value, c.token.until = answer.AccessToken, now.Add(max(life-Margin, life/2))
	return answer.AccessToken, nil
}

// forget drops a token that the node refused, unless it was replaced already.
func (c *Client) forget(value string) {
	c.token.turn <- struct{}{}
	if c.token.value == value {
		c.token.value = ""
	}
	<-c.token.turn
}

// issue asks for a token by a signed assertion (RFC 7523 §2.2).
func (c *Client) issue(ctx context.Context, now time.Time) (*api.Token, error) {
	tokenURL := c.options.API + "/oauth2/token"
	assertion, err := jwt.Signed(c.signer).Claims(jwt.Claims{
		Issuer: c.options.Portal, Subject: c.options.Portal, Audience: jwt.Audience{tokenURL}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(assertionLife)),
	}).Serialize()
	if err != nil {
		return nil, fmt.Errorf("sign assertion: %w", err)
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
	}
	a, err := c.send(ctx, http.MethodPost, tokenURL, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode()))
	if err != nil {
		return nil, err
	}
	defer done(a)
	if a.StatusCode != http.StatusOK {
		return nil, tokenRefused(a)
	}
	t := new(api.Token)
	if err := decode(a, t); err != nil {
		return nil, err
	}
	if t.AccessToken == "" || t.ExpiresIn <= 0 {
		return nil, fmt.Errorf("get an access token: the node's answer has none that lives")
	}
	return t, nil
}
