package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// While another command writes the same file, it is waited for: [turns] times.
const (
	turns = 100
	turn  = 20 * time.Millisecond
)

// Replace puts a file in place of what was read, and of nothing else: somebody else
// may have written meanwhile, which is [store.ErrConflict]. With nil there must be
// none. A reader sees the old or the new one whole.
//
// The new file is written beside the old one under a name that only one writer can
// take at a time. An editor does not ask for that name; its change is lost if it is
// made in the instant between comparing and renaming.
func (s *Source) Replace(ctx context.Context, name string, was, octets []byte) error {
	beside := name + ".new"
	f, err := s.take(ctx, beside)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.Write(octets)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = s.unchanged(ctx, name, was)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), s.root.Remove(beside))
	}
	if info, err := s.root.Stat(name); err == nil {
		_ = s.root.Chmod(beside, info.Mode().Perm()) // who could read it can read it still
	}
	return s.root.Rename(beside, name)
}

// take makes a file that is not there.
func (s *Source) take(ctx context.Context, name string) (*os.File, error) {
	for n := 0; ; n++ {
		f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		if n == turns {
			return nil, fmt.Errorf("%s is there: a command that wrote it was ended before it was done; remove it, and run this again", name)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(turn):
		}
	}
}

// unchanged sees that a file is as it was read.
func (s *Source) unchanged(ctx context.Context, name string, was []byte) error {
	now, err := s.Read(ctx, name)
	absent := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !absent:
		return err
	case absent != (was == nil) || !bytes.Equal(now, was):
		return store.ErrConflict
	}
	return nil
}
