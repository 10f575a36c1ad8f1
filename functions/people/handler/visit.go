package handler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Kinds of records.
const (
	visitKind  = "visit"   // a browser, by the digest of its cookie
	signInKind = "sign-in" // a sign-in that is on its way, by the digest of its RelayState
)

// visitLife is how long a browser is known.
const visitLife = 2 * time.Hour

// Cookies. The second must come back with the identity provider's POST from
// another site, and holds nothing but a digest's preimage.
const (
	visitCookie  = "__Host-visit"
	signInCookie = "__Host-sign-in"
)

// visit is one browser: what it signed in for. It holds no personal data; who
// signed in for a journey is an object.
type visit struct {
	key      string
	token    string        // of the cookie; empty before the first
	version  store.Version // 0: not stored
	Admitted map[string]bool
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// visitOf finds the browser's visit, or a new one that is not stored yet.
func (p *pages) visitOf(r *http.Request) (*visit, error) {
	v := &visit{Admitted: map[string]bool{}}
	c, err := r.Cookie(visitCookie)
	if err != nil || len(c.Value) > 128 {
		return v, nil //nolint:nilerr // no cookie is a new visit
	}
	v.token, v.key = c.Value, digest(c.Value)
	row, err := p.State.Load(r.Context(), visitKind, v.key)
	if errors.Is(err, store.ErrNotFound) {
		return &visit{Admitted: map[string]bool{}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load visit: %w", err)
	}
	v.version = row.Version
	return v, json.Unmarshal(row.Body, v)
}

// keep stores a visit and gives the browser its cookie.
func (p *pages) keep(ctx context.Context, w http.ResponseWriter, v *visit) error {
	if v.token == "" {
		v.token = p.NewToken()
		v.key = digest(v.token)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write visit: %w", err)
	}
	change := store.Change{Record: store.Record{Kind: visitKind, Key: v.key, Body: body, Expires: p.Now().Add(visitLife)}, Expect: v.version}
	if v.version, err = p.State.Commit(ctx, []store.Change{change}, nil); err != nil {
		return fmt.Errorf("keep visit: %w", err)
	}
	http.SetCookie(w, &http.Cookie{Name: visitCookie, Value: v.token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return nil
}

// subjectObject is where who signed in for a journey is kept until they ask.
func (v *visit) subjectObject(target string) string {
	return "visit/" + v.key + "/" + digest(target)[:32]
}
