package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/vienreiz/vienreiz/shared/store"
)

// What the token endpoint takes.
const (
	ClientCredentials = "client_credentials"
	JWTBearer         = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" // RFC 7523 §2.2
)

// accepted are all algorithms that a portal may sign with.
var accepted = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.PS256, jose.RS256}

// assertionTypes are what the header typ of an assertion may be.
var assertionTypes = []any{nil, "JWT", "client-authentication+jwt"}

// Credentials are the parameters of a token request (RFC 6749 §4.4.2, RFC 7521 §4.2).
type Credentials struct {
	GrantType     string
	AssertionType string
	Assertion     string
	ClientID      string // may be empty
	Scope         string // may be empty: [Scope]
}

// check answers what no portal's key can mend.
func (c *Credentials) check() *Denied {
	switch {
	case c.GrantType == "" || c.AssertionType == "" || c.Assertion == "":
		return &Denied{Code: InvalidRequest, Description: "grant_type, client_assertion_type and client_assertion are needed, once each"}
	case c.GrantType != ClientCredentials:
		return &Denied{Code: UnsupportedGrantType, Description: "grant_type must be " + ClientCredentials}
	case c.AssertionType != JWTBearer:
		return &Denied{Code: InvalidRequest, Description: "client_assertion_type must be " + JWTBearer}
	case c.Scope != "" && c.Scope != Scope:
		return &Denied{Code: InvalidScope, Description: "scope must be " + Scope + ", or left out"}
	}
	return nil
}

// authenticate finds out which portal signed the assertion, and uses it up. The
// error is a [*Denied], or says what failed on our side.
func (a *Authority) authenticate(ctx context.Context, now time.Time, c *Credentials) (*Portal, error) {
	token, claims, err := readAssertion(c.Assertion)
	if err != nil {
		return nil, unproved("", err)
	}
	id := claims.Subject
	if !IsPortalID(id) {
		return nil, unproved("", because("sub is no portal's ID"))
	}
	if c.ClientID != "" && c.ClientID != id {
		return nil, unproved(id, because("client_id is not the assertion's sub"))
	}
	portal, err := a.portals.Portal(ctx, id)
	if errors.Is(err, ErrNoPortal) {
		return nil, unproved(id, err)
	}
	if err != nil {
		return nil, fmt.Errorf("look up portal: %w", err)
	}
	if err := portal.verify(token, claims); err != nil {
		return nil, unproved(id, err)
	}
	if err := a.judge(claims, now); err != nil {
		return nil, unproved(id, err)
	}
	return portal, a.use(ctx, claims)
}

// readAssertion parses within limits; nothing of it is proved yet.
func readAssertion(assertion string) (*jwt.JSONWebToken, *jwt.Claims, error) {
	if len(assertion) > MaxToken {
		return nil, nil, because("the assertion has %d octets, at most %d are read (access.MaxToken)", len(assertion), MaxToken)
	}
	token, err := jwt.ParseSigned(assertion, accepted)
	if err != nil {
		return nil, nil, because("read assertion: %v", err)
	}
	if err := plainHeader(token, assertionTypes); err != nil {
		return nil, nil, err
	}
	claims := new(jwt.Claims)
	if err := token.UnsafeClaimsWithoutVerification(claims); err != nil {
		return nil, nil, because("read claims: %v", err)
	}
	return token, claims, nil
}

// plainHeader refuses headers that change what the signature means.
func plainHeader(token *jwt.JSONWebToken, types []any) error {
	if len(token.Headers) != 1 {
		return because("%d signatures", len(token.Headers))
	}
	h := token.Headers[0]
	if !slices.Contains(types, h.ExtraHeaders["typ"]) {
		return because("typ is not one of %v", types)
	}
	for _, name := range []jose.HeaderKey{"crit", "b64", "zip", "cty"} {
		if _, there := h.ExtraHeaders[name]; there {
			return because("the header has %s", name)
		}
	}
	if h.KeyID == "" {
		return because("the header has no kid")
	}
	return nil
}

// verify holds the token's signature to the portal's key of that kid, and to the
// algorithms of that key; on success claims are what was signed.
func (p *Portal) verify(token *jwt.JSONWebToken, claims *jwt.Claims) error {
	h := token.Headers[0]
	i := slices.IndexFunc(p.Keys, func(k Key) bool { return k.ID == h.KeyID })
	if i < 0 {
		return because("the portal has no key with kid %q", h.KeyID)
	}
	public, algorithms, err := p.Keys[i].verifier()
	if err != nil {
		return because("the portal's key %q %v", h.KeyID, err)
	}
	if !slices.Contains(algorithms, jose.SignatureAlgorithm(h.Algorithm)) {
		return because("alg %q is not one of the key's, %v", h.Algorithm, algorithms)
	}
	if err := token.Claims(public, claims); err != nil {
		return because("verify assertion: %v", err)
	}
	return nil
}

// judge holds the claims to RFC 7523 §3 and to our times.
func (a *Authority) judge(c *jwt.Claims, now time.Time) error {
	switch {
	case c.Issuer != c.Subject:
		return because("iss is not sub")
	case len(c.Audience) != 1 || c.Audience[0] != a.TokenURL() && c.Audience[0] != a.issuer:
		return because("aud is not %s or %s alone", a.TokenURL(), a.issuer)
	case c.Expiry == nil || c.IssuedAt == nil:
		return because("exp or iat is missing")
	case !now.Before(c.Expiry.Time().Add(ClockSkew)):
		return because("it expired at %s", c.Expiry.Time().UTC().Format(time.RFC3339))
	case c.Expiry.Time().After(now.Add(MaxAssertionLife + ClockSkew)):
		return because("it expires at %s, more than %s ahead", c.Expiry.Time().UTC().Format(time.RFC3339), MaxAssertionLife)
	case c.IssuedAt.Time().After(now.Add(ClockSkew)):
		return because("it was issued at %s, which is to come", c.IssuedAt.Time().UTC().Format(time.RFC3339))
	case c.NotBefore != nil && c.NotBefore.Time().After(now.Add(ClockSkew)):
		return because("it is not valid yet")
	case c.ID == "" || len(c.ID) > MaxJTI:
		return because("jti has %d octets, 1 to %d are needed", len(c.ID), MaxJTI)
	}
	return nil
}

// use remembers the assertion until it has expired for sure. It comes last, so
// that only portals can make us write.
func (a *Authority) use(ctx context.Context, c *jwt.Claims) error {
	digest := sha256.Sum256([]byte(c.ID))
	_, err := a.state.Commit(ctx, []store.Change{{Record: store.Record{
		Kind: AssertionKind, Key: c.Subject + "/" + hex.EncodeToString(digest[:]), Body: []byte("{}"), Expires: c.Expiry.Time().Add(2 * ClockSkew),
	}}}, nil)
	if errors.Is(err, store.ErrConflict) {
		return unproved(c.Subject, because("jti was used before"))
	}
	if err != nil {
		return fmt.Errorf("remember assertion: %w", err)
	}
	return nil
}
