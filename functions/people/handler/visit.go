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
	visitKind  = "visit"         // a browser, by the digest of its cookie
	signInKind = "sign-in"       // a sign-in that is on its way, by the digest of its RelayState
	ownerKind  = "journey-owner" // the visit that asked, by the digest of the journey link
)

// visitLife is how long a browser is known.
const visitLife = 2 * time.Hour

// Cookies; the node is behind the name, because two nodes on one host share their
// cookies, whatever their ports are. The second must come back with the identity
// provider's POST from another site, and holds nothing but a digest's preimage.
const (
	visitCookie  = "__Host-visit-"
	signInCookie = "__Host-sign-in-"
)

// cookie is the name of a cookie of this node.
func (p *pages) cookie(ctx context.Context, name string) (string, error) {
	base, err := p.base(ctx)
	return name + digest(base)[:8], err
}

// tokenLength is that of [assembly.Assembly.NewToken].
const tokenLength = 43

// visit is one browser: what it signed in for. It holds no personal data; who
// signed in for a journey is an object.
type visit struct {
	key     string        // digest of the cookie; empty before the first
	version store.Version // 0: not stored
	// Admitted says of each preview link and journey whether who signed in may go on.
	Admitted map[string]bool

	lang   string
	chosen bool // the language
	out    wayOut
	// root is the path of the pages' public URL, in front of every link: a gateway
	// without a name of its own has its stage there. What is handled never has it.
	root string
}

// goTo sends the browser to one of the pages.
func (v *visit) goTo(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, v.root+path, http.StatusSeeOther)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// visitOf finds the browser's visit, or a new one that is not stored yet. It is never nil.
func (p *pages) visitOf(r *http.Request) (*visit, error) {
	name, err := p.cookie(r.Context(), visitCookie)
	if err != nil {
		return &visit{Admitted: map[string]bool{}}, err
	}
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) != tokenLength {
		return &visit{Admitted: map[string]bool{}}, nil //nolint:nilerr // no cookie is a new visit
	}
	return p.visitAt(r.Context(), digest(c.Value))
}

// visitAt finds a visit by its key; one that is not known is a new one.
func (p *pages) visitAt(ctx context.Context, key string) (*visit, error) {
	v := &visit{Admitted: map[string]bool{}}
	if key == "" {
		return v, nil
	}
	row, err := p.State.Load(ctx, visitKind, key)
	if errors.Is(err, store.ErrNotFound) {
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("load visit: %w", err)
	}
	v.key, v.version = key, row.Version
	return v, json.Unmarshal(row.Body, v)
}

// maxRaces bounds how often a visit is written anew because another tab was first.
const maxRaces = 8

// admit notes whether the visit may go on with a target. A new visit gives the browser its cookie.
func (p *pages) admit(ctx context.Context, w http.ResponseWriter, v *visit, target string, ok bool) error {
	name, err := p.cookie(ctx, visitCookie)
	if err != nil {
		return err
	}
	token := ""
	if v.key == "" {
		token = p.NewToken()
		v.key = digest(token)
	}
	v.Admitted[target] = ok
	err = p.keep(ctx, v)
	for range maxRaces {
		if !errors.Is(err, store.ErrConflict) {
			break
		}
		fresh, loadErr := p.visitAt(ctx, v.key)
		if loadErr != nil {
			return loadErr
		}
		v.version, v.Admitted = fresh.version, fresh.Admitted
		v.Admitted[target] = ok
		err = p.keep(ctx, v)
	}
	if err == nil && token != "" {
		http.SetCookie(w, &http.Cookie{Name: name, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	return err
}

func (p *pages) keep(ctx context.Context, v *visit) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write visit: %w", err)
	}
	change := store.Change{Record: store.Record{Kind: visitKind, Key: v.key, Body: body, Expires: p.Now().Add(visitLife)}, Expect: v.version}
	if v.version, err = p.State.Commit(ctx, []store.Change{change}, nil); err != nil {
		return fmt.Errorf("keep visit: %w", err)
	}
	return nil
}

// owner is the visit that asked for a journey; empty when nobody has.
func (p *pages) owner(ctx context.Context, token string) (string, error) {
	row, err := p.State.Load(ctx, ownerKind, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for who asked: %w", err)
	}
	return string(row.Body), nil
}

// own makes a journey the visit's who asks: no other browser goes on with it.
func (p *pages) own(ctx context.Context, v *visit, token string) error {
	change := store.Change{Record: store.Record{Kind: ownerKind, Key: digest(token), Body: []byte(v.key), Expires: p.Now().Add(24 * time.Hour)}}
	_, err := p.State.Commit(ctx, []store.Change{change}, nil)
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	owner, err := p.owner(ctx, token)
	if err == nil && owner != v.key {
		return signFirst
	}
	return err
}
