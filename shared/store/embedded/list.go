package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/store"
)

// List describes objects in the order of their keys. It reads the folders on the
// way, so its cost grows with the number of objects beside the listed ones.
func (o *Objects) List(ctx context.Context, bucket, prefix, after string, limit int) ([]store.Object, error) {
	b := o.buckets[bucket]
	if b == nil {
		return nil, fmt.Errorf("bucket %q is not configured in this store", bucket)
	}
	if err := store.CheckList(prefix, after, limit); err != nil {
		return nil, err
	}
	top := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if top != "" && !isKey(top[:len(top)-1]) {
		return nil, nil // no key begins like this
	}
	if err := o.missing(bucket); err != nil {
		return nil, fmt.Errorf("list %s/%s: %w", bucket, prefix, err)
	}
	var list []store.Object
	w := walk{root: o.root, prefix: prefix, after: after, visit: func(key, _ string, info fs.FileInfo) error {
		list = append(list, b.describe(key, info))
		if len(list) == limit {
			return fs.SkipAll
		}
		return ctx.Err()
	}}
	err := w.folder(strings.TrimSuffix(filePath(bucket, top), "/"), top)
	if err != nil && err != fs.SkipAll {
		return nil, fmt.Errorf("list %s/%s: %w", bucket, prefix, err)
	}
	return list, nil
}

func isKey(s string) bool { return store.CheckObjectKey(s) == nil }

// walk visits the objects that begin with a prefix, in order, those after a key.
type walk struct {
	root          *os.Root
	prefix, after string
	visit         func(key, path string, info fs.FileInfo) error
}

// folder visits what is in dir, whose keys begin with lead.
func (w *walk) folder(dir, lead string) error {
	names, err := w.names(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		key, isFolder := strings.CutSuffix(lead+name, "/")
		switch {
		case isFolder && w.mayHold(lead+name):
			err = w.folder(filePath(dir, key[len(lead):])+dirMark, lead+name)
		case !isFolder && key > w.after && strings.HasPrefix(key, w.prefix):
			err = w.object(key, dir+"/"+name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// names lists a folder with segments of keys, folders ending in a slash, in the
// order of the keys. One that is gone is empty.
func (w *walk) names(dir string) ([]string, error) {
	d, err := w.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found, err := d.Readdirnames(-1)
	names := found[:0]
	for _, name := range found {
		if segment, isFolder := strings.CutSuffix(name, dirMark); isFolder {
			name = segment + "/"
		}
		if !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, errors.Join(err, d.Close())
}

// mayHold tells whether a key that begins with lead can be one to visit.
func (w *walk) mayHold(lead string) bool {
	return (strings.HasPrefix(lead, w.prefix) || strings.HasPrefix(w.prefix, lead)) &&
		(lead > w.after || strings.HasPrefix(w.after, lead))
}

func (w *walk) object(key, file string) error {
	info, err := w.root.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.visit(key, file, info)
}
