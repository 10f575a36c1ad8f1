package embedded

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
)

// dirMark ends the name of a folder that stands for a segment of a key, so that
// the keys a and a/b can both be.
const dirMark = "+"

// filePath is where the object lies under the root.
func filePath(bucket, key string) string {
	return bucket + "/" + strings.ReplaceAll(key, "/", dirMark+"/")
}

// makeFolder makes a folder and what leads to it within its bucket, and has each new
// name on disk.
func makeFolder(root *os.Root, dir string) error {
	err := root.Mkdir(dir, 0o700)
	switch {
	case err == nil:
		return syncFolder(root, path.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist) || isBucket(path.Dir(dir)):
		return err
	}
	if err := makeFolder(root, path.Dir(dir)); err != nil {
		return err
	}
	return makeFolder(root, dir)
}

func isBucket(dir string) bool { return path.Dir(dir) == "." }

// pruneFolders removes the folders above a file that are empty now, up to the
// bucket. One that was filled meanwhile stays.
func pruneFolders(root *os.Root, file string) {
	for dir := path.Dir(file); !isBucket(dir); dir = path.Dir(dir) {
		if root.Remove(dir) != nil {
			return
		}
	}
}

func syncFolder(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
