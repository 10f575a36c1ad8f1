package conduct

import (
	"context"

	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Note writes something on the record of an exchange that is no event of the
// machine: the documents that were fetched for a preview, a visit. Entries are
// journalled before. edit says whether there is anything to write; it may be
// asked again, on a newer record.
func (k *Keeper) Note(ctx context.Context, key string, edit func(*Record) bool, entries ...journal.Entry) (*Record, error) {
	return k.newest(ctx, key, func(r *Record, version store.Version) error {
		if !edit(r) {
			return nil
		}
		return k.commit(ctx, r, version, nil, Step{Entries: entries})
	})
}
