package assembly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Keys of the records of what was seen of others: functions call, and the function
// health tells, which is another process on AWS.
const (
	SeenKind  = "seen"
	Directory = "directory"
)

// Registry is the key of a registry.
func Registry(id string) string { return "registry-" + id }

// Key is the key of the record of our own keys in a section of the tenant document.
func Key(section string) string { return "key-" + section }

// KeySections are those sections.
var KeySections = []string{"signing", "decryption", "signIn", "tokens"}

// noteTime bounds the note of a key: who signs knows no context.
const noteTime = 2 * time.Second

// sawKey notes whether a key could be used, where each function has keys of its own
// and the function health has none.
func (a *Assembly) sawKey(section string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), noteTime)
	defer cancel()
	a.saw(ctx, Key(section), err == nil)
}

// Sighting is what calls have shown of somebody else.
type Sighting struct {
	Right      time.Time `json:",omitzero"` // when a call last was right
	WrongSince time.Time `json:",omitzero"` // when the first of the last calls went wrong; zero: the last was right
	Wrong      time.Time `json:",omitzero"` // when a call last went wrong
}

// Again is how often it is written that all is still as it was.
const Again = time.Minute

// sightings remembers what this process has written.
type sightings struct {
	mu   sync.Mutex
	last map[string]sight
}

type sight struct {
	at    time.Time
	right bool
}

// news reports whether what is seen now is worth a write.
func (s *sightings) news(key string, now time.Time, right bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, known := s.last[key]
	if known && was.right == right && now.Sub(was.at) < Again {
		return false
	}
	if s.last == nil {
		s.last = map[string]sight{}
	}
	s.last[key] = sight{now, right}
	return true
}

// saw notes what a call showed. That it could not be noted hinders nobody; who
// lost a race saw the same thing.
func (a *Assembly) saw(ctx context.Context, key string, right bool) {
	now := a.Now()
	if !a.sightings.news(key, now, right) {
		return
	}
	if err := a.note(ctx, key, now, right); err != nil && !errors.Is(err, store.ErrConflict) && a.Failed != nil {
		a.Failed(ctx, fmt.Errorf("note what was seen of %s: %w", key, err))
	}
}

func (a *Assembly) note(ctx context.Context, key string, now time.Time, right bool) error {
	row, err := a.State.Load(ctx, SeenKind, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var s Sighting
	_ = json.Unmarshal(row.Body, &s) // what cannot be read is written anew
	switch {
	case right:
		s = Sighting{Right: now}
	case s.WrongSince.IsZero():
		s.WrongSince, s.Wrong = now, now
	default:
		s.Wrong = now
	}
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = a.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: SeenKind, Key: key, Body: body}, Expect: row.Version}}, nil)
	return err
}

// Seen is what was noted; nothing when nobody has called yet.
func (a *Assembly) Seen(ctx context.Context, key string) (Sighting, error) {
	var s Sighting
	row, err := a.State.Load(ctx, SeenKind, key)
	if errors.Is(err, store.ErrNotFound) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(row.Body, &s)
	}
	return s, err
}

// watchedDirectory notes whether the Common Services answered.
type watchedDirectory struct{ a *Assembly }

// Resolve asks them.
func (w watchedDirectory) Resolve(ctx context.Context, of directory.Case) (*directory.Outcome, error) {
	o, err := w.a.callers.Resolve(ctx, of)
	w.a.saw(ctx, Directory, !outage(o, err))
	return o, err
}

// outage reports whether a catalogue was out of reach, although an old answer or
// another alternative may have helped.
func outage(o *directory.Outcome, err error) bool {
	if o == nil || err != nil {
		return isOutage(err)
	}
	if o.Stale {
		return true
	}
	for i := range o.Requirements {
		r := &o.Requirements[i]
		if isOutage(r.Err) {
			return true
		}
		for j := range r.Alternatives {
			for k := range r.Alternatives[j].Types {
				if isOutage(r.Alternatives[j].Types[k].Err) {
					return true
				}
			}
		}
	}
	return false
}

func isOutage(err error) bool {
	var o *directory.Outage
	return errors.As(err, &o)
}
