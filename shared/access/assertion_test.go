package access

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

func TestAPortalThatProvesItselfGetsATokenThatIsRecognised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := w.ask(w.assertion(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if token.Life != TokenLife || token.Scope != Scope || token.Portal != "student-portal" {
		t.Errorf("%+v", token)
	}
	for _, at := range []time.Time{noon, noon.Add(TokenLife - time.Second)} {
		p, err := w.Verify(context.Background(), at, token.Value)
		if err != nil || p.ID != "student-portal" {
			t.Errorf("at %s: %v, %v", at, p, err)
		}
	}
}

func TestEveryListedAlgorithmIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := student(t, described(t, "k1", curve.Public()), described(t, "k2", modulus.Public()))
	w.book[p.ID] = &p
	for i, c := range []struct {
		alg jose.SignatureAlgorithm
		key any
		kid string
	}{{jose.ES256, curve, "k1"}, {jose.RS256, modulus, "k2"}, {jose.PS256, modulus, "k2"}} {
		claims := goodClaims()
		claims["jti"] = string(rune('a' + i))
		claims["aud"] = issuer
		if _, err := w.ask(signed(t, c.alg, c.key, map[jose.HeaderKey]any{"kid": c.kid, "typ": "JWT"}, claims)); err != nil {
			t.Errorf("%s: %v: %v", c.alg, err, errors.Unwrap(err))
		}
	}
}

func TestAnAssertionThatProvesNothingIsRefusedInTheSameWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	with := func(name string, v any) string {
		return w.assertion(t, func(c map[string]any) {
			if c[name] = v; v == nil {
				delete(c, name)
			}
		})
	}
	public, err := x509.MarshalPKIXPublicKey(w.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	kid := map[jose.HeaderKey]any{"kid": "k1"}
	raw := w.key.Public().(ed25519.PublicKey)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + strings.Split(w.assertion(t, nil), ".")[1] + "."
	parts := strings.Split(w.assertion(t, nil), ".")
	forged, _ := json.Marshal(map[string]any{"iss": "other-portal", "sub": "other-portal"})
	for name, c := range map[string]struct{ assertion, cause string }{
		"no JWT":                                  {"x", "read assertion"},
		"a JWT in JSON form":                      {`{"payload":"e30","signatures":[]}`, "read assertion"},
		"alg none":                                {none, "read assertion"},
		"HS256 with the public key as secret":     {signed(t, jose.HS256, []byte(raw), kid, goodClaims()), "HS256"},
		"HS256 with the public key's DER":         {signed(t, jose.HS256, public, kid, goodClaims()), "HS256"},
		"an algorithm that is not the key's":      {signed(t, jose.ES256, p256(t), kid, goodClaims()), "alg"},
		"another portal's key":                    {signed(t, jose.EdDSA, w.other, kid, goodClaims()), "verify assertion"},
		"a payload that was changed":              {parts[0] + "." + base64.RawURLEncoding.EncodeToString(forged) + "." + parts[2], "verify assertion"},
		"a key in the header":                     {signed(t, jose.EdDSA, w.other, map[jose.HeaderKey]any{"kid": "k1", "jwk": jose.JSONWebKey{Key: w.other.Public()}}, goodClaims()), "verify assertion"},
		"an unknown kid":                          {signed(t, jose.EdDSA, w.key, map[jose.HeaderKey]any{"kid": "k9"}, goodClaims()), "no key with kid"},
		"no kid":                                  {signed(t, jose.EdDSA, w.key, nil, goodClaims()), "no kid"},
		"a critical header":                       {signed(t, jose.EdDSA, w.key, map[jose.HeaderKey]any{"kid": "k1", "crit": []string{"x"}, "x": 1}, goodClaims()), "crit"},
		"the type of an access token":             {signed(t, jose.EdDSA, w.key, map[jose.HeaderKey]any{"kid": "k1", "typ": "at+jwt"}, goodClaims()), "typ"},
		"a huge token":                            {w.assertion(t, func(c map[string]any) { c["x"] = strings.Repeat("x", MaxToken) }), "access.MaxToken"},
		"a portal that is not there":              {with("sub", "nobody"), "no such portal"},
		"a sub that is no ID":                     {with("sub", "Student\nPortal"), "no portal's ID"},
		"iss that is not sub":                     {with("iss", "other-portal"), "iss is not sub"},
		"the audience of another node":            {with("aud", "https://api.node.example.ee"), "aud"},
		"two audiences":                           {with("aud", []string{issuer, "https://api.node.example.ee"}), "aud"},
		"no audience":                             {with("aud", nil), "aud"},
		"one that has expired":                    {with("exp", noon.Add(-ClockSkew).Unix()), "expired"},
		"one that lives for an hour":              {with("exp", noon.Add(time.Hour).Unix()), "more than 5m0s ahead"},
		"no exp":                                  {with("exp", nil), "exp or iat"},
		"no iat":                                  {with("iat", nil), "exp or iat"},
		"one of time to come":                     {with("iat", noon.Add(time.Minute).Unix()), "to come"},
		"one that is not valid yet":               {with("nbf", noon.Add(time.Minute).Unix()), "not valid yet"},
		"no jti":                                  {with("jti", nil), "jti"},
		"a long jti":                              {with("jti", strings.Repeat("j", MaxJTI+1)), "jti"},
		"claims of the wrong kind":                {with("exp", "soon"), "read claims"},
		"a text of wrong base64 between the dots": {parts[0] + ".***." + parts[2], "read assertion"},
	} {
		_, err := w.ask(c.assertion)
		var d *Denied
		if !errors.As(err, &d) || err.Error() != "invalid_client: client authentication failed" {
			t.Errorf("%s: %v", name, err)
		} else if cause := d.Unwrap(); cause == nil || !strings.Contains(cause.Error(), c.cause) {
			t.Errorf("%s: the log says %v, want %q in it", name, cause, c.cause)
		}
	}
	if n := len(w.state.(used)); n > 0 {
		t.Errorf("%d assertions that prove nothing are remembered", n)
	}
}

func p256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAnAssertionIsUsedOnceOverARealStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, err := embedded.Open(t.Context(), t.TempDir(), embedded.Config{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := authority(t, w.book, w.signer, s.State)
	c := Credentials{GrantType: ClientCredentials, AssertionType: JWTBearer, Assertion: w.assertion(t, nil), ClientID: "student-portal", Scope: Scope}
	if _, err := a.Token(t.Context(), noon, c); err != nil {
		t.Fatal(err)
	}
	if _, err = a.Token(t.Context(), noon.Add(time.Second), c); err == nil || errors.Unwrap(err) == nil || errors.Unwrap(err).Error() != "jti was used before" {
		t.Errorf("the second use gives %v", err)
	}
	c.Assertion = signed(t, jose.EdDSA, w.other, map[jose.HeaderKey]any{"kid": "k1"}, map[string]any{
		"iss": "other-portal", "sub": "other-portal", "aud": issuer, "jti": "a", "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix(),
	})
	c.ClientID = ""
	if _, err := a.Token(t.Context(), noon, c); err != nil {
		t.Errorf("another portal's jti of the same text: %v", err)
	}
}

func TestARequestThatNoKeyCanMendSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := Credentials{GrantType: ClientCredentials, AssertionType: JWTBearer, Assertion: w.assertion(t, nil)}
	for want, change := range map[string]func(*Credentials){
		InvalidRequest + " (nothing)":     func(c *Credentials) { *c = Credentials{} },
		UnsupportedGrantType:              func(c *Credentials) { c.GrantType = "password" },
		InvalidRequest + " (secret)":      func(c *Credentials) { c.AssertionType = "client_secret" },
		InvalidScope:                      func(c *Credentials) { c.Scope = "evidence admin" },
		InvalidClient + " (another's id)": func(c *Credentials) { c.ClientID = "other-portal" },
	} {
		c := good
		change(&c)
		_, err := w.Token(context.Background(), noon, c)
		var d *Denied
		if !errors.As(err, &d) || !strings.HasPrefix(want, d.Code) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
