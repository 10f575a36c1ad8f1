package handler

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/store"
)

// reacher is a store's queues: asking one changes nothing in it.
type reacher interface {
	Reach(ctx context.Context, queue string) error
}

// intact is a store on one machine, which knows whether what it has open is still
// what lies in its folder.
type intact interface{ Intact() error }

// look asks everything at once, each within [Patience].
func (h *health) look(ctx context.Context) []Dependency {
	checks := []func(context.Context) []Dependency{h.state, h.configuration}
	for _, b := range slices.Sorted(maps.Keys(functions.All().Buckets)) {
		checks = append(checks, func(ctx context.Context) []Dependency { return h.bucket(ctx, b) })
	}
	for _, q := range slices.Sorted(maps.Keys(functions.All().Queues)) {
		checks = append(checks, func(ctx context.Context) []Dependency { return h.queue(ctx, q) })
	}
	found := make([][]Dependency, len(checks))
	var group sync.WaitGroup
	for i, check := range checks {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, Patience)
			defer cancel()
			found[i] = check(ctx)
		})
	}
	group.Wait()
	return slices.Concat(found...)
}

// found is a dependency of ours. Why it is down stands in the log, as it may name
// what is nobody's business out there.
func found(ctx context.Context, name string, err error, do string) Dependency {
	if err == nil {
		return Dependency{Name: name, State: OK}
	}
	slog.ErrorContext(ctx, "a dependency does not answer", slog.String("dependency", name), slog.String("error", err.Error()))
	return Dependency{Name: name, State: Down, Do: do}
}

// state reads a record that is not there.
func (h *health) state(ctx context.Context) []Dependency {
	_, err := h.State.Load(ctx, "health", "health")
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if s, ok := h.State.(intact); ok {
		err = errors.Join(err, s.Intact())
	}
	return []Dependency{found(ctx, "state", err, "look whether the table or the database file is there and may be read; the log says why not")}
}

// bucket lists what is never there: to read objects is not needed for that.
func (h *health) bucket(ctx context.Context, bucket string) []Dependency {
	_, err := h.Objects.List(ctx, bucket, "health/", "", 1)
	if o, ok := h.Objects.(intact); ok {
		err = errors.Join(err, o.Intact())
	}
	return []Dependency{found(ctx, "bucket "+bucket, err, "look whether the bucket or folder is there and may be read; the log says why not")}
}

func (h *health) queue(ctx context.Context, queue string) []Dependency {
	err := errors.New("the queues of this store cannot be asked")
	if q, ok := h.Queue.(reacher); ok {
		err = q.Reach(ctx, queue)
	}
	return []Dependency{found(ctx, "queue "+queue, err, "look whether the queue is there and may be asked; the log says why not")}
}

// configuration is how the documents and keys stand, and with them whom they name:
// what the functions have seen of the directory and of registries.
func (h *health) configuration(ctx context.Context) []Dependency {
	standing := h.Tenant.Standing(ctx)
	document, keys := Dependency{Name: "configuration", State: OK}, Dependency{Name: "keys", State: OK}
	if !standing.Read.IsZero() {
		document.LastGood = instant(standing.Read)
	}
	if standing.Keys != nil {
		keys = found(ctx, "keys", standing.Keys, "look whether each key and certificate that the tenant document names is there, may be used, and fits the other; the log says which is not")
	}
	h.used(ctx, &keys)
	if standing.Documents != nil {
		last := document.LastGood
		document = found(ctx, "configuration", standing.Documents, "correct the tenant or partner document; the log says what to write. The last right one stays in force")
		document.LastGood = last
	}
	list := []Dependency{document, keys, h.seen(ctx, "directory", assembly.Directory)}
	if c, err := h.Tenant.Configuration(ctx); err == nil {
		if c.Closed != "" {
			list = append(list, Dependency{Name: "as4", State: Down, Do: "take closed out of the tenant document when messages may come again; partners send theirs again meanwhile", foreign: true})
		}
		for _, r := range c.Registries {
			list = append(list, h.seen(ctx, "registry "+r.ID, assembly.Registry(r.ID)))
		}
	}
	return list
}

// Recent is for how long a key that could not be used is down. After that nobody
// has tried, as nobody may while health keeps callers away, and it is worth a try.
const Recent = 10 * time.Minute

// used adds what the functions have seen of keys that they alone may use.
func (h *health) used(ctx context.Context, keys *Dependency) {
	for _, section := range assembly.KeySections {
		s, err := h.Seen(ctx, assembly.Key(section))
		if err != nil || s.WrongSince.IsZero() || h.Now().Sub(s.Wrong) > Recent {
			continue
		}
		if keys.Since == nil || s.WrongSince.Before(*keys.Since) {
			keys.Since = instant(s.WrongSince)
		}
		keys.State, keys.Do = Down, "see the log of the functions that use keys."+section+" of the tenant document: it says which could not be used, and what to permit"
	}
}

// seen is what a function last saw of somebody else. Whom nobody has asked yet is
// taken for well; where the records cannot be read, the state is down already.
func (h *health) seen(ctx context.Context, name, key string) Dependency {
	d := Dependency{Name: name, State: OK, foreign: true}
	s, err := h.Seen(ctx, key)
	if err != nil {
		return d
	}
	if !s.Right.IsZero() {
		d.LastGood = instant(s.Right)
	}
	if !s.WrongSince.IsZero() {
		d.State, d.Since, d.Do = Down, instant(s.WrongSince), "ask its operator; the log of the function that calls it says what it answered"
	}
	return d
}

func instant(t time.Time) *time.Time {
	t = t.UTC().Truncate(time.Second)
	return &t
}
