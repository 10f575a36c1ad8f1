package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// incoming holds what is being put; nothing in it outlives a start.
const incoming = ".incoming"

// Objects is [store.Objects] in a folder. Nothing leads out of it, by keys or by
// links.
type Objects struct {
	now     func() time.Time
	root    *os.Root
	folder  place
	buckets map[string]*bucket
	puts    atomic.Int64 // names what is incoming
}

func openObjects(dir string, c Config) (*Objects, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	o := &Objects{now: c.Now, root: root, buckets: make(map[string]*bucket)}
	if o.folder, err = placed(dir); err != nil {
		return o, err
	}
	if err := errors.Join(root.RemoveAll(incoming), makeFolder(root, incoming)); err != nil {
		return o, err
	}
	for _, conf := range c.Buckets {
		if o.buckets[conf.Name] != nil {
			return o, fmt.Errorf("bucket %s is configured twice", conf.Name)
		}
		if o.buckets[conf.Name], err = openBucket(root, conf, o.instant()); err != nil {
			return o, err
		}
	}
	return o, nil
}

// instant is now, as exact as it is kept.
func (o *Objects) instant() time.Time { return o.now().UTC().Truncate(time.Millisecond) }

// find returns the bucket and the path of a key.
func (o *Objects) find(bucket, key string) (*bucket, string, error) {
	b := o.buckets[bucket]
	if b == nil {
		return nil, "", fmt.Errorf("bucket %q is not configured in this store", bucket)
	}
	return b, filePath(bucket, key), store.CheckObjectKey(key)
}

// Stat describes an object.
func (o *Objects) Stat(_ context.Context, bucket, key string) (store.Object, error) {
	b, path, err := o.find(bucket, key)
	if err != nil {
		return store.Object{}, err
	}
	info, err := o.root.Lstat(path)
	if err != nil {
		return store.Object{}, o.wrap("stat", bucket, key, err)
	}
	return b.describe(key, info), nil
}

// Open reads an object or a range of it.
func (o *Objects) Open(_ context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error) {
	b, path, err := o.find(bucket, key)
	if err != nil {
		return nil, store.Object{}, err
	}
	if err := store.CheckRange(r); err != nil {
		return nil, store.Object{}, err
	}
	f, err := o.root.Open(path)
	if err != nil {
		return nil, store.Object{}, o.wrap("open", bucket, key, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, store.Object{}, errors.Join(o.wrap("open", bucket, key, err), f.Close())
	}
	length := max(0, info.Size()-r.From)
	if r.Length > 0 {
		length = min(length, r.Length)
	}
	return section{io.NewSectionReader(f, r.From, length), f}, b.describe(key, info), nil
}

// section is a part of a file.
type section struct {
	*io.SectionReader
	io.Closer
}

// Delete removes an object whose lock, if any, has ended.
func (o *Objects) Delete(ctx context.Context, bucket, key string) error {
	_, path, err := o.find(bucket, key)
	if err != nil {
		return err
	}
	found, err := o.Stat(ctx, bucket, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if found.LockedUntil.After(o.now()) {
		return fmt.Errorf("delete %s/%s: %w, at %s", bucket, key, store.ErrLocked, found.LockedUntil.Format(time.RFC3339))
	}
	return o.remove(bucket, key, path)
}

func (o *Objects) remove(bucket, key, file string) error {
	err := o.root.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return o.wrap("delete", bucket, key, err)
	}
	// A folder that goes, or is gone already, takes its names along.
	if err := syncFolder(o.root, parent(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return o.wrap("delete", bucket, key, err)
	}
	pruneFolders(o.root, file)
	return nil
}

// Sweep removes what is older than its bucket keeps and not locked. It looks at
// every object of the buckets that drop any, so call it every hour or day.
func (o *Objects) Sweep(ctx context.Context) error {
	now := o.now()
	for _, b := range o.buckets {
		if b.Expire == 0 {
			continue
		}
		w := walk{root: o.root, visit: func(key, path string, info fs.FileInfo) error {
			found := b.describe(key, info)
			if found.LockedUntil.After(now) || found.Created.Add(b.Expire).After(now) {
				return ctx.Err()
			}
			return o.remove(b.Name, key, path)
		}}
		if err := w.folder(b.Name, ""); err != nil {
			return fmt.Errorf("sweep bucket %s: %w", b.Name, err)
		}
	}
	return nil
}
