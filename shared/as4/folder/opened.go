package folder

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// Opened is an [as4.Inbox] for one message: it digests the parts and, when it
// has a folder, leaves them there if and only if the message is accepted.
type Opened struct {
	Dir   string // empty: digests only
	Parts []PartRecord

	mu   sync.Mutex
	sums []hash.Hash
}

// Begin starts the one attempt.
func (o *Opened) Begin(context.Context, as4.MessageKey) (as4.Attempt, error) {
	if o.Dir == "" {
		return o, nil
	}
	return o, os.MkdirAll(o.Dir, 0o700)
}

// Part writes to a hidden file until the message is accepted.
func (o *Opened) Part(n int, info ebms.PartInfo) (io.WriteCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.Parts) <= n {
		o.Parts = append(o.Parts, PartRecord{})
		o.sums = append(o.sums, sha256.New())
	}
	mime, _ := info.Property(ebms.MimeType)
	o.Parts[n] = PartRecord{CID: info.CID(), MimeType: mime}
	if o.Dir == "" {
		return digestOnly{o.sums[n]}, nil
	}
	o.Parts[n].File = filepath.Join(o.Dir, PartName(n))
	f, err := os.OpenFile(o.hidden(n), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &partFile{File: f, sum: o.sums[n]}, nil
}

func (o *Opened) hidden(n int) string { return filepath.Join(o.Dir, "."+PartName(n)+".unverified") }

type digestOnly struct{ hash.Hash }

func (digestOnly) Close() error { return nil }

// Commit releases the parts.
func (o *Opened) Commit(_ context.Context, m *as4.Message, receipt []byte) ([]byte, error) {
	o.Parts = records(m, o.Parts, o.sums)
	if o.Dir == "" {
		return receipt, nil
	}
	for n := range o.Parts {
		if err := os.Rename(o.hidden(n), o.Parts[n].File); err != nil {
			return nil, err
		}
	}
	return receipt, nil
}

// Discard removes what was written.
func (o *Opened) Discard() error {
	var errs []error
	for n := range o.Parts {
		if o.Dir == "" {
			break
		}
		if err := os.Remove(o.hidden(n)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	o.Parts = nil
	return errors.Join(errs...)
}
