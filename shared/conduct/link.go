package conduct

import (
	"context"
	"fmt"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// LinkAbove is up to how many octets a document leaves by a function's own answer,
// which has at most 6 MB, base64 included. Larger ones have a link, where the store
// makes links (architecture §3).
const LinkAbove = 4 << 20

// LinkLife is for how long a link is good.
const LinkLife = store.MaxLink

// linker is a store whose objects can be fetched without us.
type linker interface {
	Link(ctx context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error)
}

// Link is where a large document can be fetched for [LinkLife], as what it is to
// be shown. It is empty when the document is small, or the store makes no links:
// then its octets are read here. Whoever has the link needs no other right; it
// is for the answer to the one who may have the document, and for no log.
func (k *Keeper) Link(ctx context.Context, d *Document, as store.Shown) (string, error) {
	l, links := k.Objects.(linker)
	if !links || d.Size <= LinkAbove {
		return "", nil
	}
	link, err := l.Link(ctx, Bucket, d.Key, LinkLife, as)
	if err != nil {
		return "", fmt.Errorf("link to a document: %w", err)
	}
	return link, nil
}
