package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/vienreiz/vienreiz/shared/store"
)

// place is a file or folder of the store, as it was when the store was opened. An
// open one can be used although its name is gone or another's: what is written then
// is lost at the next start.
type place struct {
	path string
	was  fs.FileInfo
}

func placed(path string) (place, error) {
	info, err := os.Stat(path)
	return place{path, info}, err
}

// intact reports whether the name still leads to it.
func (p place) intact() error {
	now, err := os.Stat(p.path)
	if err == nil && os.SameFile(now, p.was) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%s is not what the store has open: it was deleted or replaced; %s", p.path, wayOut)
}

const wayOut = "stop the node, put back what is missing from a backup, and start it again"

// Intact reports whether what the store has open is still what lies in its folder.
func (s *Store) Intact() error {
	err := errors.Join(s.State.Intact(), s.Objects.Intact())
	for name := range s.Objects.buckets {
		err = errors.Join(err, s.Objects.missing(name))
	}
	return err
}

// Intact reports whether the database is still the file by its name.
func (s *State) Intact() error { return s.file.intact() }

// Intact reports whether the folder of the objects is still the one by its name. A
// bucket whose folder is gone is told by [Objects.List].
func (o *Objects) Intact() error {
	if err := o.folder.intact(); err != nil {
		return err
	}
	return o.missing(incoming)
}

// missing says that the folder of a bucket is gone. So what is not found in it was
// not deleted by the store.
func (o *Objects) missing(bucket string) error {
	_, err := o.root.Lstat(bucket)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s of the store's objects is gone; %s", bucket, wayOut)
	}
	return err
}

// notFound is for what is not there.
func (o *Objects) notFound(bucket string) error {
	if err := o.missing(bucket); err != nil {
		return err
	}
	return store.ErrNotFound
}

// wrap names what was asked for. What is not there is [store.ErrNotFound] only in a
// bucket that is.
func (o *Objects) wrap(verb, bucket, key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = o.notFound(bucket)
	}
	return fmt.Errorf("%s %s/%s: %w", verb, bucket, key, err)
}
