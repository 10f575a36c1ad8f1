package conduct

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Wake lets an exchange whose time has come expire. One that moved meanwhile is
// left alone.
func (k *Keeper) Wake(ctx context.Context, key string) error {
	_, err := k.Apply(ctx, key, Step{Event: exchange.Event{Kind: exchange.DeadlinePassed}})
	if ignored := (*exchange.Ignored)(nil); errors.As(err, &ignored) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// End finishes an exchange: it journals the outcome and deletes what is
// personal, unless a message that is not sent yet needs it. It may be called
// any number of times.
func (k *Keeper) End(ctx context.Context, key string) error {
	r, err := k.conclude(ctx, key)
	if err != nil || !r.State.Final() {
		return err
	}
	if sent, err := k.sent(ctx, r); err != nil || !sent {
		return err
	}
	return k.purge(ctx, r)
}

// conclude journals the outcome. The number that was kept for it may be spent by
// somebody who journalled and then lost the race against the end, or died: then
// the outcome gets the next one.
func (k *Keeper) conclude(ctx context.Context, key string) (*Record, error) {
	for range maxRaces {
		r, version, err := k.load(ctx, key)
		if err != nil || !r.State.Final() {
			return r, err
		}
		err = k.Journal.Write(ctx, r.outcome())
		if !errors.Is(err, journal.ErrTaken) {
			return r, err
		}
		if err := k.renumber(ctx, r, version); err != nil && !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("end exchange %s: %w", key, journal.ErrTaken)
}

// renumber keeps the next free number for the outcome.
func (k *Keeper) renumber(ctx context.Context, r *Record, version store.Version) error {
	if err := k.pass(ctx, r); err != nil {
		return err
	}
	r.Entries++
	r.EndEntry = r.Entries
	change, err := k.change(r, version)
	if err != nil {
		return err
	}
	if _, err := k.State.Commit(ctx, []store.Change{change}, nil); err != nil {
		return fmt.Errorf("end exchange %s: %w", r.Key, err)
	}
	return nil
}

// outcome is the same entry whenever it is written.
func (r *Record) outcome() journal.Entry {
	e := journal.Entry{
		Subject: r.Key, Sequence: r.EndEntry, Kind: journal.ExchangeEnded, At: r.EndedAt, Exchange: r.Key, ConversationID: r.ConversationID,
		RequestID: r.RequestID(), ResponseID: r.ResponseID, Code: r.Code, Detail: r.Detail,
	}
	e.Fields = []journal.Field{{Name: "state", Value: string(r.State)}, {Name: "role", Value: string(r.Role)}, {Name: "exchangeId", Value: r.ID}, {Name: "effective", Value: numbers(r.Effective)}}
	for _, d := range r.Documents {
		if r.Role == exchange.Requester || d.Sent() {
			e.Parts = append(e.Parts, journal.Part{ContentID: d.CID, MimeType: d.MediaType, Evidence: d.Identifier, Size: d.Size})
		}
	}
	return e
}

func numbers(list []int) string {
	text := make([]string, len(list))
	for i, n := range list {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, " ")
}

// sent reports whether no message of the exchange needs its contents any more.
func (k *Keeper) sent(ctx context.Context, r *Record) (bool, error) {
	for _, key := range r.Outgoing {
		m, err := sending.Load(ctx, k.State, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		if err == nil && !m.State.Final() {
			return false, nil
		}
	}
	return true, nil
}

// purge deletes every object of an exchange.
func (k *Keeper) purge(ctx context.Context, r *Record) error {
	if err := k.Drop(ctx, r.Parts...); err != nil {
		return err
	}
	for {
		list, err := k.Objects.List(ctx, Bucket, r.Folder()+"/", "", store.MaxList)
		if err != nil {
			return fmt.Errorf("purge exchange %s: %w", r.Key, err)
		}
		var keys []string
		for _, o := range list {
			keys = append(keys, o.Key)
		}
		if err := k.Drop(ctx, keys...); err != nil || len(list) < store.MaxList {
			return err
		}
	}
}

// Drop deletes objects of [Bucket]; what is not there is no error.
func (k *Keeper) Drop(ctx context.Context, keys ...string) error {
	var errs []error
	for _, key := range keys {
		errs = append(errs, k.Objects.Delete(ctx, Bucket, key))
	}
	return errors.Join(errs...)
}
