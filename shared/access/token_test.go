package access

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestATokenThatIsNotOursIsRefusedInTheSameWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good, err := w.ask(w.assertion(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	kid := func() string {
		for id := range w.keys {
			return id
		}
		return ""
	}()
	ours := map[jose.HeaderKey]any{"kid": kid, "typ": tokenType}
	claims := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": issuer, "aud": issuer, "sub": "student-portal", "client_id": "student-portal", "scope": Scope, "iat": noon.Unix(), "exp": noon.Add(time.Minute).Unix()}
		change(c)
		return c
	}
	made := func(change func(map[string]any)) string { return signed(t, jose.EdDSA, w.signer, ours, claims(change)) }
	for name, c := range map[string]struct {
		token string
		at    time.Time
		cause string
	}{
		"nothing":                 {"", noon, "read token"},
		"one that has expired":    {good.Value, noon.Add(TokenLife), "expired"},
		"another node's key":      {signed(t, jose.EdDSA, w.other, ours, claims(func(map[string]any) {})), noon, "verify token"},
		"an assertion of portal":  {w.assertion(t, nil), noon, "typ"},
		"a token without type":    {signed(t, jose.EdDSA, w.signer, map[jose.HeaderKey]any{"kid": kid}, claims(func(map[string]any) {})), noon, "typ"},
		"an unknown kid":          {signed(t, jose.EdDSA, w.signer, map[jose.HeaderKey]any{"kid": "x", "typ": tokenType}, claims(func(map[string]any) {})), noon, "no key of this node"},
		"HS256 with a public key": {signed(t, jose.HS256, []byte(w.signer.Public().(ed25519.PublicKey)), ours, claims(func(map[string]any) {})), noon, "HS256"},
		"another audience":        {made(func(c map[string]any) { c["aud"] = "https://other" }), noon, "another node"},
		"another issuer":          {made(func(c map[string]any) { c["iss"] = "https://other" }), noon, "another node"},
		"another scope":           {made(func(c map[string]any) { c["scope"] = "ops" }), noon, "no token of a portal"},
		"no exp":                  {made(func(c map[string]any) { delete(c, "exp") }), noon, "no times"},
		"a portal that is gone":   {made(func(c map[string]any) { c["sub"], c["client_id"] = "gone", "gone" }), noon, "no such portal"},
		"a huge token":            {strings.Repeat("a", MaxToken+1), noon, "access.MaxToken"},
	} {
		_, err := w.Verify(context.Background(), c.at, c.token)
		var d *Denied
		if !errors.As(err, &d) || err.Error() != "invalid_token: the access token is not valid" {
			t.Errorf("%s: %v", name, err)
		} else if cause := d.Unwrap(); cause == nil || !strings.Contains(cause.Error(), c.cause) {
			t.Errorf("%s: the log says %v, want %q in it", name, cause, c.cause)
		}
	}
}

func TestATokenEndsWithItsPortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := w.ask(w.assertion(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	delete(w.book, "student-portal")
	if _, err := w.Verify(context.Background(), noon, token.Value); !errors.Is(err, ErrNoPortal) {
		t.Errorf("a portal that was removed: %v", err)
	}
}

func TestTokensOfTheFormerKeyAreRecognised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, err := w.ask(w.assertion(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	next := p256(t)
	a, err := NewAuthority(Settings{Issuer: issuer, Signer: next, Former: []crypto.PublicKey{w.signer.Public()}, Portals: w.book, State: used{}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(context.Background(), noon, token.Value); err != nil {
		t.Error(err, errors.Unwrap(err))
	}
	renewed, err := a.Token(context.Background(), noon, Credentials{GrantType: ClientCredentials, AssertionType: JWTBearer, Assertion: w.assertion(t, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(context.Background(), noon, renewed.Value); err != nil {
		t.Error(err, errors.Unwrap(err))
	}
}

func TestAnAuthorityIsNotMadeOfWhatCannotWork(t *testing.T) {
	t.Parallel()
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := Settings{Issuer: issuer, Signer: generated(t), Portals: book{}, State: used{}, Rand: rand.Reader}
	for want, change := range map[string]func(*Settings){
		"no URL":             func(s *Settings) { s.Issuer = "node" },
		"slash":              func(s *Settings) { s.Issuer += "/" },
		"needs a signer":     func(s *Settings) { s.Signer = nil },
		"Ed25519 or P-256":   func(s *Settings) { s.Signer = modulus },
		"must be Ed25519":    func(s *Settings) { s.Former = []crypto.PublicKey{modulus.Public()} },
		"and randomness":     func(s *Settings) { s.Rand = nil },
		"without a slash at": func(s *Settings) { s.Issuer = "" },
	} {
		s := good
		change(&s)
		if _, err := NewAuthority(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}
