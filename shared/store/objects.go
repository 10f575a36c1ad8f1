package store

import (
	"context"
	"io"
	"time"
)

// Limits of objects.
const (
	MaxObject    int64 = 5 << 30 // octets; what S3 takes in one put
	MaxObjectKey       = 512     // octets
	MaxSegment         = 200     // octets between two slashes of a key
	MaxList            = 1000    // entries of one List

	MaxLink = time.Minute // for which a link to an object may be good (architecture §3)
)

// Object describes what is stored.
type Object struct {
	Key         string
	Size        int64 // octets
	Created     time.Time
	LockedUntil time.Time // zero: not locked
}

// PutOptions are the conditions of a Put.
type PutOptions struct {
	Size int64 // octets, if known beforehand; 0: as many as come
	Once bool  // write-once: never replaces other content
}

// Range is a part of an object. The zero value is all of it.
type Range struct {
	From   int64 // first octet, counted from 0
	Length int64 // 0: to the end
}

// Shown is how whoever follows a link is given an object, whatever it was put as.
type Shown struct {
	MediaType   string // Content-Type
	Disposition string // Content-Disposition (RFC 6266)
}

// Objects is buckets of octets. Buckets are configured, with the time for which
// each locks what is put into it, and the age at which it drops it; any other
// name is refused. Keys are described at [CheckObjectKey].
//
// Consistency: Put is durable when it returns, an object appears whole or not at
// all, and Open, Stat and List see every Put and Delete that returned before.
// Concurrent puts of one key: one of them wins; with Once it is the first.
type Objects interface {
	// Put stores what it reads, in flat memory. Nothing is stored when the body
	// fails, ctx ends, or the size is not as announced. With Once, and always in a
	// locked bucket: an object with equal octets is left as it is and described;
	// with other octets [ErrExists].
	Put(ctx context.Context, bucket, key string, body io.Reader, o PutOptions) (Object, error)

	// Open reads an object or a range of it, or gives [ErrNotFound]. A range
	// beyond the end is empty. What was opened can be read to its end although it
	// is deleted or replaced.
	Open(ctx context.Context, bucket, key string, r Range) (io.ReadCloser, Object, error)

	// Stat describes an object, or gives [ErrNotFound].
	Stat(ctx context.Context, bucket, key string) (Object, error)

	// Delete removes an object; one that is not there is no error. [ErrLocked]
	// until its retention ends.
	Delete(ctx context.Context, bucket, key string) error

	// List describes at most limit objects whose key begins with the prefix and
	// is greater than after, in the order of the octets of their keys. Whether they
	// are locked may be left out: Stat tells.
	List(ctx context.Context, bucket, prefix, after string, limit int) ([]Object, error)
}
