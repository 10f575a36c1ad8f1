package conduct

import (
	"context"
	"errors"
	"fmt"

	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Note writes something on the record of an exchange that is no event of the
// machine: the documents that were fetched for a preview, a visit. Entries are
// journalled before. edit says whether there is anything to write; it may be
// asked again, on a newer record.
func (k *Keeper) Note(ctx context.Context, key string, edit func(*Record) bool, entries ...journal.Entry) (*Record, error) {
	skip, last := 0, store.Version(0)
	for range maxRaces {
		r, version, err := k.load(ctx, key)
		if err != nil {
			return nil, err
		}
		if !edit(r) {
			return r, nil
		}
		r.Entries += skip
		err = k.commit(ctx, r, version, nil, Step{Entries: entries})
		switch {
		case errors.Is(err, journal.ErrTaken) && version == last:
			skip++
		case errors.Is(err, journal.ErrTaken), errors.Is(err, store.ErrConflict):
			skip = 0
		default:
			return r, err
		}
		last = version
	}
	return nil, fmt.Errorf("note on exchange %s: %w %d times", key, store.ErrConflict, maxRaces)
}
