package access

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/vienreiz/vienreiz/shared/store"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const issuer = "https://api.node.example.lv"

type book map[string]*Portal

func (b book) Portal(_ context.Context, id string) (*Portal, error) {
	if p := b[id]; p != nil {
		return p, nil
	}
	return nil, ErrNoPortal
}

type used map[string]bool

func (u used) Commit(_ context.Context, changes []store.Change, _ []store.Command) (store.Version, error) {
	key := changes[0].Kind + " " + changes[0].Key
	if u[key] {
		return 0, store.ErrConflict
	}
	u[key] = true
	return 1, nil
}

// world is a node with two portals and their keys.
type world struct {
	*Authority
	book   book
	signer ed25519.PrivateKey
	key    crypto.Signer // student-portal, kid k1
	other  crypto.Signer // other-portal, kid k1 too
}

func generated(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{signer: generated(t), key: generated(t), other: generated(t)}
	p, o := student(t, described(t, "k1", w.key.Public())), student(t, described(t, "k1", w.other.Public()))
	o.ID = "other-portal"
	w.book = book{p.ID: &p, o.ID: &o}
	w.Authority = authority(t, w.book, w.signer, used{})
	return w
}

func authority(t testing.TB, b book, signer crypto.Signer, state records) *Authority {
	t.Helper()
	a, err := NewAuthority(Settings{Issuer: issuer, Signer: signer, Portals: b, State: state, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func goodClaims() map[string]any {
	return map[string]any{
		"iss": "student-portal", "sub": "student-portal", "aud": issuer + "/oauth2/token", "jti": "a",
		"iat": noon.Unix(), "exp": noon.Add(5 * time.Minute).Unix(),
	}
}

func signed(t testing.TB, alg jose.SignatureAlgorithm, key any, header map[jose.HeaderKey]any, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: header}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (w *world) assertion(t testing.TB, change func(claims map[string]any)) string {
	t.Helper()
	claims := goodClaims()
	if change != nil {
		change(claims)
	}
	return signed(t, jose.EdDSA, w.key, map[jose.HeaderKey]any{"kid": "k1"}, claims)
}

func (w *world) ask(assertion string) (*Token, error) {
	return w.Token(context.Background(), noon, Credentials{GrantType: ClientCredentials, AssertionType: JWTBearer, Assertion: assertion})
}
