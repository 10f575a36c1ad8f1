package journal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// folders are as many as [key] spreads subjects over.
const folders = 256

// First visits entry 1 of every subject that begins so, if it was written at since
// or later (zero: each), folder by folder in no order of time. It lists all keys of
// such subjects and reads what is visited. The first error, of visit or of the
// store, ends it.
func (j *Journal) First(ctx context.Context, begins string, since time.Time, visit func(Entry) error) error {
	for folder := range folders {
		if err := j.firstIn(ctx, fmt.Sprintf("%02x/%s", folder, begins), since, visit); err != nil {
			return fmt.Errorf("read the journal of %s…: %w", begins, err)
		}
	}
	return nil
}

func (j *Journal) firstIn(ctx context.Context, prefix string, since time.Time, visit func(Entry) error) error {
	for after := ""; ; {
		list, err := j.Objects.List(ctx, Bucket, prefix, after, store.MaxList)
		if err != nil {
			return err
		}
		for _, o := range list {
			if !strings.HasSuffix(o.Key, number(1)) || o.Created.Before(since) {
				continue
			}
			e, err := j.read(ctx, o.Key)
			if err != nil {
				return fmt.Errorf("object %s: %w", o.Key, err)
			}
			if err := visit(e); err != nil {
				return err
			}
		}
		if len(list) < store.MaxList {
			return nil
		}
		after = list[len(list)-1].Key
	}
}
