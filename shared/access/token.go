package access

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// tokenType keeps access tokens apart from whatever else a key signs (RFC 9068 §2.1).
const tokenType = "at+jwt"

// Token is an access token as the portal gets it.
type Token struct {
	Value  string
	Life   time.Duration
	Scope  string
	Portal string
}

type tokenClaims struct {
	jwt.Claims
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

// Token proves a portal and gives it an access token. The error is a [*Denied],
// or says what failed on our side.
func (a *Authority) Token(ctx context.Context, now time.Time, c Credentials) (*Token, error) {
	if d := c.check(); d != nil {
		return nil, d
	}
	portal, err := a.authenticate(ctx, now, &c)
	if err != nil {
		return nil, err
	}
	value, err := a.sign(portal.ID, now)
	if err != nil {
		return nil, err
	}
	return &Token{Value: value, Life: TokenLife, Scope: Scope, Portal: portal.ID}, nil
}

func (a *Authority) sign(portal string, now time.Time) (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(a.rand, id[:]); err != nil {
		return "", fmt.Errorf("make the id of an access token: %w", err)
	}
	claims := tokenClaims{
		Claims: jwt.Claims{
			Issuer: a.issuer, Audience: jwt.Audience{a.issuer}, Subject: portal, ID: hex.EncodeToString(id[:]),
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(TokenLife)),
		},
		ClientID: portal, Scope: Scope,
	}
	value, err := jwt.Signed(a.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign access token: %w", err)
	}
	return value, nil
}

// Verify recognises an access token and returns its portal as it is configured
// now. The error is a [*Denied], or says what failed on our side.
func (a *Authority) Verify(ctx context.Context, now time.Time, token string) (*Portal, error) {
	claims, err := a.read(token)
	if err != nil {
		return nil, unknownToken("", err)
	}
	if err := a.living(claims, now); err != nil {
		return nil, unknownToken(claims.Subject, err)
	}
	portal, err := a.portals.Portal(ctx, claims.Subject)
	if errors.Is(err, ErrNoPortal) {
		return nil, unknownToken(claims.Subject, err)
	}
	if err != nil {
		return nil, fmt.Errorf("look up portal: %w", err)
	}
	return portal, nil
}

// read checks the signature; claims are ours then.
func (a *Authority) read(value string) (*tokenClaims, error) {
	if len(value) > MaxToken {
		return nil, because("the token has %d octets, at most %d are read (access.MaxToken)", len(value), MaxToken)
	}
	token, err := jwt.ParseSigned(value, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
	if err != nil {
		return nil, because("read token: %v", err)
	}
	if err := plainHeader(token, []any{tokenType}); err != nil {
		return nil, err
	}
	h := token.Headers[0]
	key, known := a.keys[h.KeyID]
	if !known || h.Algorithm != string(key.algorithm) {
		return nil, because("it is signed with kid %q and alg %q, which is no key of this node", h.KeyID, h.Algorithm)
	}
	claims := new(tokenClaims)
	if err := token.Claims(key.public, claims); err != nil {
		return nil, because("verify token: %v", err)
	}
	return claims, nil
}

func (a *Authority) living(c *tokenClaims, now time.Time) error {
	switch {
	case c.Issuer != a.issuer || len(c.Audience) != 1 || c.Audience[0] != a.issuer:
		return because("it is of another node")
	case !IsPortalID(c.Subject) || c.ClientID != c.Subject || c.Scope != Scope:
		return because("it is no token of a portal")
	case c.Expiry == nil || c.IssuedAt == nil || c.IssuedAt.Time().After(now.Add(ClockSkew)):
		return because("it has no times, or was issued in time to come")
	case !now.Before(c.Expiry.Time()):
		return because("it expired at %s", c.Expiry.Time().UTC().Format(time.RFC3339))
	}
	return nil
}
