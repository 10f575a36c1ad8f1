package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Bucket configures one bucket.
type Bucket struct {
	Name string
	// Lock is how long what is put from now on can be neither deleted nor
	// replaced; 0: not at all. Another value than before changes nothing for the
	// objects that are there.
	Lock time.Duration
	// Expire is the age at which [Objects.Sweep] removes an object, unless it is
	// locked; 0: never.
	Expire time.Duration
}

// bucket is a folder and the history of its lock. How long an object is locked
// follows from the time of its file and the history, so that a put need not
// write, and synchronise, a second file.
type bucket struct {
	Bucket
	locks []lockPeriod
}

// lockPeriod says for how long objects are locked that were made since then.
type lockPeriod struct {
	Since time.Time `json:"since"`
	Lock  string    `json:"lock"` // as of [time.Duration]
	lock  time.Duration
}

const lockFile = "/.lock.json" // in the bucket's folder; no key begins with a dot

// openBucket makes the folder and notes a change of its lock.
func openBucket(root *os.Root, c Bucket, now time.Time) (*bucket, error) {
	if err := store.CheckName("bucket", c.Name); err != nil {
		return nil, err
	}
	if c.Lock < 0 || c.Expire < 0 {
		return nil, fmt.Errorf("bucket %s is configured with a negative time", c.Name)
	}
	b := &bucket{Bucket: c}
	if err := b.readLocks(root); err != nil {
		return nil, fmt.Errorf("read the lock of bucket %s: %w", c.Name, err)
	}
	if b.last() == c.Lock {
		return b, makeFolder(root, c.Name)
	}
	if _, err := root.Lstat(c.Name); errors.Is(err, fs.ErrNotExist) {
		now = time.Time{} // a clock that is set back opens no lock
	}
	b.locks = append(b.locks, lockPeriod{Since: now, Lock: c.Lock.String(), lock: c.Lock})
	if err := errors.Join(makeFolder(root, c.Name), b.writeLocks(root)); err != nil {
		return nil, fmt.Errorf("note the lock of bucket %s: %w", c.Name, err)
	}
	return b, nil
}

func (b *bucket) last() time.Duration {
	if len(b.locks) == 0 {
		return 0
	}
	return b.locks[len(b.locks)-1].lock
}

func (b *bucket) readLocks(root *os.Root) error {
	octets, err := root.ReadFile(b.Name + lockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(octets, &b.locks)
	}
	for i := range b.locks {
		if err == nil {
			b.locks[i].lock, err = time.ParseDuration(b.locks[i].Lock)
		}
	}
	return err
}

func (b *bucket) writeLocks(root *os.Root) error {
	octets, err := json.MarshalIndent(b.locks, "", "  ")
	if err != nil {
		return err
	}
	tmp := incoming + "/" + b.Name + ".lock.json"
	f, err := root.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(octets)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return errors.Join(root.Rename(tmp, b.Name+lockFile), syncFolder(root, b.Name))
}

// lockedUntil is when an object made then can be deleted; zero: always could be.
func (b *bucket) lockedUntil(created time.Time) time.Time {
	for i := len(b.locks) - 1; i >= 0; i-- {
		if p := b.locks[i]; !p.Since.After(created) {
			if p.lock == 0 {
				return time.Time{}
			}
			return created.Add(p.lock)
		}
	}
	return time.Time{}
}

// writeOnce: nothing in a bucket that ever was locked is replaced.
func (b *bucket) writeOnce() bool { return len(b.locks) > 0 }

// describe makes the words of a file.
func (b *bucket) describe(key string, info fs.FileInfo) store.Object {
	created := info.ModTime().UTC()
	return store.Object{Key: key, Size: info.Size(), Created: created, LockedUntil: b.lockedUntil(created)}
}
