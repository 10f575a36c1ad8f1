package access

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Times of tokens.
const (
	TokenLife        = 10 * time.Minute // of an access token
	MaxAssertionLife = 5 * time.Minute  // how far ahead an assertion may expire
	ClockSkew        = 30 * time.Second // by which a portal's clock may be wrong
)

// Limits of tokens.
const (
	MaxToken = 8 << 10 // octets of an assertion or an access token
	MaxJTI   = 128     // octets of an assertion's jti
)

// AssertionKind is the kind of the records that hold used assertions until they
// have expired.
const AssertionKind = "assertion"

// Scope is what a token allows; there is one.
const Scope = "evidence"

// ErrNoPortal is the answer of a configuration that has no such portal.
var ErrNoPortal = errors.New("no such portal")

// portals is the tenant's configuration as it is now: at most 60 s old (rule 14).
type portals interface {
	// Portal returns the portal, or [ErrNoPortal].
	Portal(ctx context.Context, id string) (*Portal, error)
}

// records remember assertions; a commit of one that is there is a conflict.
type records interface {
	Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error)
}

// Settings make an [Authority]. All but Former are needed.
type Settings struct {
	Issuer  string             // URL of the node's API without a slash at its end: iss and aud of its tokens
	Signer  crypto.Signer      // Ed25519 or P-256
	Former  []crypto.PublicKey // of signers whose tokens still live: [TokenLife] after a change
	Portals portals
	State   records
	Rand    io.Reader
}

// Authority gives access tokens to portals and recognises them again. It is
// safe for concurrent use.
type Authority struct {
	issuer  string
	signer  jose.Signer
	keys    map[string]verifyingKey
	portals portals
	state   records
	rand    io.Reader
}

type verifyingKey struct {
	public    any
	algorithm jose.SignatureAlgorithm
}

// NewAuthority checks the settings. The error says which cannot be used.
func NewAuthority(s Settings) (*Authority, error) {
	if u, err := url.Parse(s.Issuer); err != nil || u.Host == "" || strings.HasSuffix(s.Issuer, "/") {
		return nil, fmt.Errorf("issuer %q is no URL without a slash at its end", s.Issuer)
	}
	if s.Signer == nil || s.Portals == nil || s.State == nil || s.Rand == nil {
		return nil, errors.New("an authority needs a signer, portals, state and randomness")
	}
	a := &Authority{issuer: s.Issuer, keys: map[string]verifyingKey{}, portals: s.Portals, state: s.State, rand: s.Rand}
	for _, public := range append([]crypto.PublicKey{s.Signer.Public()}, s.Former...) {
		if _, err := a.trust(public); err != nil {
			return nil, err
		}
	}
	if err := a.signWith(s.Signer); err != nil {
		return nil, err
	}
	return a, nil
}

// TokenURL is the token endpoint: what assertions name as their audience.
func (a *Authority) TokenURL() string { return a.issuer + "/oauth2/token" }

// trust takes a key of the node's own and returns its id, the RFC 7638 thumbprint.
func (a *Authority) trust(public crypto.PublicKey) (string, error) {
	algorithms, err := algorithmsOf(public)
	if err != nil || len(algorithms) != 1 {
		return "", errors.New("the key of access tokens must be Ed25519 or P-256")
	}
	print, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("name the key of access tokens: %w", err)
	}
	id := base64.RawURLEncoding.EncodeToString(print)
	a.keys[id] = verifyingKey{public, algorithms[0]}
	return id, nil
}

func (a *Authority) signWith(signer crypto.Signer) error {
	id, err := a.trust(signer.Public())
	if err != nil {
		return err
	}
	options := (&jose.SignerOptions{}).WithType(tokenType).WithHeader("kid", id)
	a.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: a.keys[id].algorithm, Key: cryptosigner.Opaque(signer)}, options)
	if err != nil {
		return fmt.Errorf("make the signer of access tokens: %w", err)
	}
	return nil
}
