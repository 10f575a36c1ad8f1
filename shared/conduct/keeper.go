package conduct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// maxRaces bounds how often a step is judged anew because somebody else moved
// the exchange first.
const maxRaces = 16

// MaxDetail bounds, in characters, why an exchange ended: it may quote a partner.
const MaxDetail = 2000

// Step is one event and what goes with it.
type Step struct {
	Event exchange.Event
	// Edit notes on the record what the event taught, once the machine has taken it.
	Edit func(*Record)
	// Entries are journalled before the commit; subject and number are filled in.
	Entries []journal.Entry
	// Effect is committed with it, beside what the machine orders.
	Effect Effect
}

// Load gives an exchange as it is now: expired when its deadline has passed,
// although nobody has committed that yet. [store.ErrNotFound] if there is none.
func (k *Keeper) Load(ctx context.Context, key string) (*Record, error) {
	r, _, err := k.load(ctx, key)
	if err != nil {
		return nil, err
	}
	r.Exchange, _ = r.At(k.Now())
	return r, nil
}

func (k *Keeper) load(ctx context.Context, key string) (*Record, store.Version, error) {
	row, err := k.State.Load(ctx, Kind, key)
	if err != nil {
		return nil, 0, fmt.Errorf("load exchange %s: %w", key, err)
	}
	r := new(Record)
	if err := json.Unmarshal(row.Body, r); err != nil {
		return nil, 0, fmt.Errorf("read exchange %s: %w", key, err)
	}
	observe.Follow(ctx, r.Trace, r.Key)
	return r, row.Version, nil
}

// Start commits a new exchange with the commands that it starts with, after its
// entries. Its Key is set by the caller. [store.ErrConflict]: it exists, or something in the effect does.
func (k *Keeper) Start(ctx context.Context, r *Record, commands []exchange.Command, s Step) error {
	r.Began = k.Now()
	if r.Trace == "" {
		r.Trace = observe.TraceOf(ctx)
	}
	if s.Edit != nil {
		s.Edit(r)
	}
	for range maxRaces {
		r.Effective = nil
		err := k.commit(ctx, r, 0, commands, s)
		if !errors.Is(err, journal.ErrTaken) {
			return err
		}
		if _, _, gone := k.load(ctx, r.Key); !errors.Is(gone, store.ErrNotFound) {
			return errors.Join(store.ErrConflict, gone)
		}
		if err := k.pass(ctx, r); err != nil {
			return err
		}
	}
	return fmt.Errorf("start exchange %s: %w", r.Key, journal.ErrTaken)
}

// Apply lets an event happen to an exchange. The record is as it is afterwards.
// An [*exchange.Ignored] says that the event changed nothing, and may come with
// a record that has expired meanwhile.
func (k *Keeper) Apply(ctx context.Context, key string, s Step) (*Record, error) {
	return k.newest(ctx, key, func(r *Record, version store.Version) error { return k.step(ctx, r, version, s) })
}

// newest does something on the newest record, and again when somebody else moved
// it meanwhile.
func (k *Keeper) newest(ctx context.Context, key string, do func(*Record, store.Version) error) (*Record, error) {
	var cause error
	taken := store.Version(0) // of the record whose next number had another entry
	for range maxRaces {
		r, version, err := k.load(ctx, key)
		if err != nil {
			return nil, err
		}
		if version == taken {
			if err := k.pass(ctx, r); err != nil {
				return nil, err
			}
		}
		taken, cause = 0, do(r, version)
		switch {
		case errors.Is(cause, journal.ErrTaken):
			taken = version
		case !errors.Is(cause, store.ErrConflict):
			return r, cause
		}
	}
	return nil, fmt.Errorf("exchange %s was moved by others %d times: %w", key, maxRaces, errors.Join(store.ErrConflict, cause))
}

// pass steps over the numbers of entries whose writers died before the commit,
// or are about to lose it: they are spent. Only what the record's Effective names took
// effect.
func (k *Keeper) pass(ctx context.Context, r *Record) error {
	last, err := k.Journal.Last(ctx, r.Key, r.Entries)
	r.Entries = last
	return err
}

// step judges the event on r and commits what came of it.
func (k *Keeper) step(ctx context.Context, r *Record, version store.Version, s Step) error {
	was := r.Transition
	x, commands, ignored := r.Exchange.Apply(s.Event, k.Now())
	r.Exchange = x
	if x.Transition == was {
		return ignored
	}
	if ignored != nil {
		s = Step{} // it expired; the event is not part of that
	} else if s.Edit != nil {
		s.Edit(r)
	}
	return errors.Join(k.commit(ctx, r, version, commands, s), ignored)
}

func (k *Keeper) commit(ctx context.Context, r *Record, version store.Version, commands []exchange.Command, s Step) error {
	if err := k.journal(ctx, r, s.Entries); err != nil {
		return err
	}
	effect, err := k.carry(ctx, r, commands, s.Effect)
	if err != nil {
		return err
	}
	change, err := k.change(r, version)
	if err != nil {
		return err
	}
	if _, err := k.State.Commit(ctx, append([]store.Change{change}, effect.Changes...), effect.Commands); err != nil {
		return fmt.Errorf("commit exchange %s: %w", r.Key, err)
	}
	if version == 0 {
		observe.ExchangesStarted.Add(ctx, 1, string(r.Role))
	}
	store.Offer(ctx, k.State, k.Queue, k.Now(), effect.Commands)
	return nil
}

// journal writes the intents (architecture rule 4) and numbers them.
func (k *Keeper) journal(ctx context.Context, r *Record, entries []journal.Entry) error {
	for _, e := range entries {
		r.Entries++
		e.Subject, e.Sequence, e.Exchange, e.ConversationID = r.Key, r.Entries, r.Key, r.ConversationID
		if err := k.Journal.Write(ctx, e); err != nil {
			return err
		}
		r.Effective = append(r.Effective, r.Entries)
	}
	return nil
}

// carry collects what the commands of the machine are on this node.
func (k *Keeper) carry(ctx context.Context, r *Record, commands []exchange.Command, more Effect) (Effect, error) {
	effect := Effect{Changes: more.Changes, Commands: more.Commands}
	for _, c := range commands {
		e, err := k.effect(ctx, r, c.Do)
		if err != nil {
			return Effect{}, fmt.Errorf("%s of exchange %s: %w", c.Do, r.Key, err)
		}
		effect.Changes = append(effect.Changes, e.Changes...)
		effect.Commands = append(effect.Commands, e.Commands...)
	}
	if r.State.Final() && r.EndedAt.IsZero() {
		r.EndedAt = k.Now().UTC().Truncate(time.Millisecond)
		r.Entries++
		r.EndEntry = r.Entries
		effect.Commands = append(effect.Commands, store.Command{ID: r.Key + "/" + Ended, Queue: Inbound, Body: []byte(Ended + "/" + r.Key)})
	}
	return effect, nil
}

// queues are the commands that other functions carry out. The portal is told by
// asking, and evidence is deleted when the exchange ends.
var queues = map[exchange.Do]string{exchange.Resolve: Requests, exchange.Match: Provide, exchange.Fetch: Provide, exchange.BuildResponse: Provide, exchange.TellPortal: "", exchange.DeleteEvidence: ""}

func (k *Keeper) effect(ctx context.Context, r *Record, do exchange.Do) (Effect, error) {
	name, queued := queues[do]
	switch {
	case !queued:
		return k.Carriers[r.Role](ctx, r, do)
	case name == "":
		return Effect{}, nil
	}
	id := fmt.Sprintf("%s/%d/%s", r.Key, r.Transition, do)
	return Effect{Commands: []store.Command{{ID: id, Queue: name, Body: []byte(string(do) + "/" + r.Key)}}}, nil
}

func (k *Keeper) change(r *Record, version store.Version) (store.Change, error) {
	r.Detail = shortened(r.Detail)
	body, err := json.Marshal(r)
	if err != nil {
		return store.Change{}, fmt.Errorf("write exchange %s: %w", r.Key, err)
	}
	c := store.Change{Record: store.Record{Kind: Kind, Key: r.Key, Body: body, Due: r.Due()}, Expect: version}
	if r.State.Final() {
		c.Expires = r.EndedAt.Add(Keep)
	}
	return c, nil
}

// shortened is a detail of at most [MaxDetail] characters.
func shortened(detail string) string {
	if len(detail) <= MaxDetail {
		return detail
	}
	if r := []rune(detail); len(r) > MaxDetail {
		return string(r[:MaxDetail-1]) + "…"
	}
	return detail
}
