package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Bucket configures one bucket.
type Bucket struct {
	Name   string // as functions call it
	Bucket string // as S3 calls it
	// Locked: the bucket has Object Lock, and so versions. Nothing in it is
	// replaced, and Delete looks until when an object is locked. Other buckets must
	// be unversioned, or what is deleted stays.
	Locked bool
	// Retain is the retention that each object is put with, on a bucket that is
	// Locked. 0: the bucket's default retention, which is whole days; that is for
	// production, where this process should not decide.
	Retain time.Duration
	// Mode of Retain: GOVERNANCE or COMPLIANCE.
	Mode string
}

func (b *Bucket) check() error {
	if err := store.CheckName("bucket", b.Name); err != nil {
		return err
	}
	if b.Bucket == "" || b.Retain < 0 || b.Retain > 0 && !b.Locked {
		return fmt.Errorf("bucket %s has no name in S3, or a retention without a lock", b.Name)
	}
	if b.Retain > 0 && b.Mode != string(types.ObjectLockModeGovernance) && b.Mode != string(types.ObjectLockModeCompliance) {
		return fmt.Errorf("bucket %s has the lock mode %q; GOVERNANCE and COMPLIANCE exist", b.Name, b.Mode)
	}
	return nil
}

// Objects is [store.Objects] on S3.
type Objects struct {
	now     func() time.Time
	client  *s3.Client
	buckets map[string]*Bucket
}

func newObjects(c Config) (*Objects, error) {
	o := &Objects{now: c.Now, buckets: make(map[string]*Bucket)}
	for _, b := range c.Buckets {
		if err := b.check(); err != nil {
			return nil, err
		}
		if o.buckets[b.Name] != nil {
			return nil, fmt.Errorf("bucket %s is configured twice", b.Name)
		}
		o.buckets[b.Name] = &b
	}
	return o, nil
}

func (o *Objects) bucket(name string) (*Bucket, error) {
	if b := o.buckets[name]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("bucket %q is not configured in this store", name)
}

func (o *Objects) find(bucket, key string) (*Bucket, error) {
	b, err := o.bucket(bucket)
	if err != nil {
		return nil, err
	}
	return b, store.CheckObjectKey(key)
}

// Stat describes an object.
func (o *Objects) Stat(ctx context.Context, bucket, key string) (store.Object, error) {
	b, err := o.find(bucket, key)
	if err != nil {
		return store.Object{}, err
	}
	found, _, err := o.head(ctx, b, key)
	if err != nil {
		return store.Object{}, wrap("stat", bucket, key, err)
	}
	return found, nil
}

// head also tells the version, where the bucket has any.
func (o *Objects) head(ctx context.Context, b *Bucket, key string) (store.Object, *string, error) {
	out, err := o.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.Bucket, Key: &key})
	if err != nil {
		return store.Object{}, nil, err
	}
	return describe(key, aws.ToInt64(out.ContentLength), out.LastModified, out.ObjectLockRetainUntilDate), out.VersionId, nil
}

func describe(key string, size int64, created, locked *time.Time) store.Object {
	return store.Object{Key: key, Size: size, Created: aws.ToTime(created).UTC(), LockedUntil: aws.ToTime(locked).UTC()}
}

// Open reads an object or a range of it.
func (o *Objects) Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error) {
	b, err := o.find(bucket, key)
	if err != nil {
		return nil, store.Object{}, err
	}
	if err := store.CheckRange(r); err != nil {
		return nil, store.Object{}, err
	}
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Bucket, Key: &key, Range: rangeHeader(r)})
	if status(err) == beyondEnd {
		return o.openEmpty(ctx, b, key)
	}
	if err != nil {
		return nil, store.Object{}, wrap("open", bucket, key, err)
	}
	return out.Body, describe(key, wholeSize(out), out.LastModified, out.ObjectLockRetainUntilDate), nil
}

// openEmpty is a range of which nothing is there.
func (o *Objects) openEmpty(ctx context.Context, b *Bucket, key string) (io.ReadCloser, store.Object, error) {
	found, _, err := o.head(ctx, b, key)
	if err != nil {
		return nil, store.Object{}, wrap("open", b.Name, key, err)
	}
	return io.NopCloser(bytes.NewReader(nil)), found, nil
}

// rangeHeader is as RFC 9110 §14.1.2 has it; nil for the whole.
func rangeHeader(r store.Range) *string {
	switch {
	case r == store.Range{}:
		return nil
	case r.Length == 0:
		return aws.String(fmt.Sprintf("bytes=%d-", r.From))
	}
	return aws.String(fmt.Sprintf("bytes=%d-%d", r.From, r.From+r.Length-1))
}

// wholeSize is the number behind the slash of Content-Range, if there is a range.
func wholeSize(out *s3.GetObjectOutput) int64 {
	_, whole, _ := strings.Cut(aws.ToString(out.ContentRange), "/")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		return n
	}
	return aws.ToInt64(out.ContentLength)
}

// Delete removes an object. In a locked bucket it names the version: without
// one, S3 would only hide the object behind a delete marker, locked or not.
func (o *Objects) Delete(ctx context.Context, bucket, key string) error {
	b, err := o.find(bucket, key)
	if err != nil {
		return err
	}
	in := &s3.DeleteObjectInput{Bucket: &b.Bucket, Key: &key}
	if b.Locked {
		found, version, err := o.head(ctx, b, key)
		if status(err) == notFound {
			return nil
		}
		if err == nil && found.LockedUntil.After(o.now()) {
			err = fmt.Errorf("%w, at %s", store.ErrLocked, found.LockedUntil.Format(time.RFC3339))
		}
		if err == nil && aws.ToString(version) == "" {
			err = errors.New("its version is not known; has the bucket Object Lock?")
		}
		if err != nil {
			return wrap("delete", bucket, key, err)
		}
		in.VersionId = version
	}
	if _, err := o.client.DeleteObject(ctx, in); err != nil {
		return wrap("delete", bucket, key, err)
	}
	return nil
}

// List describes objects in the order of S3, which is that of the octets. Until
// when they are locked is not looked up.
func (o *Objects) List(ctx context.Context, bucket, prefix, after string, limit int) ([]store.Object, error) {
	b, err := o.bucket(bucket)
	if err != nil {
		return nil, err
	}
	if err := store.CheckList(prefix, after, limit); err != nil {
		return nil, err
	}
	in := &s3.ListObjectsV2Input{Bucket: &b.Bucket, Prefix: &prefix}
	if after != "" {
		in.StartAfter = &after
	}
	var list []store.Object
	for len(list) < limit {
		in.MaxKeys = aws.Int32(int32(limit - len(list)))
		out, err := o.client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list %s/%s: %w", bucket, prefix, err)
		}
		for _, c := range out.Contents {
			list = append(list, describe(aws.ToString(c.Key), aws.ToInt64(c.Size), c.LastModified, nil))
		}
		if in.ContinuationToken = out.NextContinuationToken; !aws.ToBool(out.IsTruncated) || in.ContinuationToken == nil {
			break
		}
	}
	return list, nil
}
