package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Put stores an object: written and synchronised aside, then named at once.
func (o *Objects) Put(ctx context.Context, bucket, key string, body io.Reader, options store.PutOptions) (store.Object, error) {
	b, file, err := o.find(bucket, key)
	if err != nil {
		return store.Object{}, err
	}
	if err := store.CheckPut(key, options); err != nil {
		return store.Object{}, err
	}
	tmp := incoming + "/" + strconv.FormatInt(o.puts.Add(1), 10)
	defer o.root.Remove(tmp) //nolint:errcheck // after a rename there is nothing to remove; what stays is removed at the next start
	if err := o.take(ctx, tmp, body, options.Size, b); err != nil {
		return store.Object{}, o.unput(bucket, key, err)
	}
	if options.Once || b.writeOnce() {
		err = o.create(tmp, file)
	} else {
		err = o.named(file, func() error { return o.root.Rename(tmp, file) })
	}
	if err != nil {
		return store.Object{}, o.unput(bucket, key, err)
	}
	return o.Stat(ctx, bucket, key)
}

// unput names what could not be put. A put finds nothing missing but folders that
// are there as long as the store is.
func (o *Objects) unput(bucket, key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(o.missing(bucket), o.missing(incoming), err)
	}
	return fmt.Errorf("put %s/%s: %w", bucket, key, err)
}

// take writes what comes to a file and has it on disk.
func (o *Objects) take(ctx context.Context, tmp string, body io.Reader, size int64, b *bucket) error {
	f, err := o.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(onlyWriter{f}, io.LimitReader(&untilDone{ctx, body}, store.MaxObject+1))
	switch {
	case err != nil:
	case n > store.MaxObject:
		err = fmt.Errorf("longer than %d octets (store.MaxObject)", store.MaxObject)
	case size > 0 && n != size:
		err = fmt.Errorf("%d octets came, %d were announced", n, size)
	default:
		err = o.finish(tmp, f, b)
	}
	return errors.Join(err, f.Close())
}

// finish gives the file its time and, in a locked bucket, makes it read-only.
func (o *Objects) finish(tmp string, f *os.File, b *bucket) error {
	now := o.instant()
	if err := o.root.Chtimes(tmp, now, now); err != nil {
		return err
	}
	if b.Lock > 0 {
		if err := f.Chmod(0o400); err != nil {
			return err
		}
	}
	return f.Sync()
}

// create names the file unless the name is taken; then the octets must be equal.
func (o *Objects) create(tmp, file string) error {
	err := o.named(file, func() error { return o.root.Link(tmp, file) })
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	equal, err := o.equal(tmp, file)
	if err != nil {
		return err
	}
	if !equal {
		return store.ErrExists
	}
	return syncFolder(o.root, parent(file)) // whoever was first may not have got so far
}

// named gives a file its name and has that on disk. A folder can vanish meanwhile,
// with the deletion of the last object in it; that of the bucket does not, and is not
// made anew: who looked into it would find nothing, and take that for the truth.
func (o *Objects) named(file string, name func() error) error {
	const tries = 100
	var err error
	for range tries {
		if err = nil; !isBucket(parent(file)) {
			err = makeFolder(o.root, parent(file))
		}
		if err == nil {
			err = name()
		}
		if err == nil {
			err = syncFolder(o.root, parent(file))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (o *Objects) equal(a, b string) (bool, error) {
	f, err := o.root.Open(a)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // only read
	g, err := o.root.Open(b)
	if err != nil {
		return false, err
	}
	defer g.Close() //nolint:errcheck // only read
	return equalOctets(f, g)
}

func equalOctets(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, errA := io.ReadFull(a, x)
		m, errB := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if atEnd(errA) && atEnd(errB) {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
	}
}

func atEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// parent is the folder of a file.
func parent(file string) string { return path.Dir(file) }

// untilDone stops reading when the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// onlyWriter hides ReadFrom, which would allocate by the reader's wish.
type onlyWriter struct{ io.Writer }
