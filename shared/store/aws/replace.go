package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Replace puts an object in place of the one that has the octets that were read
// before, and of no other; with nil, in place of none. [store.ErrConflict] says that
// the object has others by now. It is for documents that people write, and holds them
// in memory. A bucket that is Locked replaces nothing.
func (o *Objects) Replace(ctx context.Context, bucket, key string, was, octets []byte) error {
	b, err := o.find(bucket, key)
	if err != nil {
		return err
	}
	if b.Locked {
		return fmt.Errorf("replace %s/%s: %w", bucket, key, store.ErrLocked)
	}
	if err := o.replace(ctx, b, key, was, octets); err != nil {
		return wrap("replace", bucket, key, err)
	}
	return nil
}

func (o *Objects) replace(ctx context.Context, b *Bucket, key string, was, octets []byte) error {
	in := &s3.PutObjectInput{Bucket: &b.Bucket, Key: &key}
	if was == nil {
		in.IfNoneMatch = aws.String("*")
	} else {
		found, tag, err := o.compare(ctx, b, key, was)
		if err != nil {
			return err
		}
		if !found {
			return store.ErrConflict
		}
		in.IfMatch = tag
	}
	var cause error
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return errors.Join(err, cause)
		}
		in.Body = bytes.NewReader(octets)
		_, cause = o.client.PutObject(ctx, in)
		switch status(cause) {
		case contended: // another write is going on, and may fail
		case exists, notFound:
			// What is there may be our own: its answer was lost, and the SDK asked again.
			ours, _, err := o.compare(ctx, b, key, octets)
			if err == nil && !ours {
				err = store.ErrConflict
			}
			return err
		default:
			return cause
		}
	}
	return fmt.Errorf("%w: %w", store.ErrConflict, cause)
}

// compare tells whether an object is there with these octets, and its entity tag.
func (o *Objects) compare(ctx context.Context, b *Bucket, key string, octets []byte) (bool, *string, error) {
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Bucket, Key: &key})
	if status(err) == notFound && code(err) != "NoSuchBucket" {
		return false, nil, nil
	}
	if err != nil {
		return false, nil, err
	}
	defer out.Body.Close()
	now, err := io.ReadAll(io.LimitReader(out.Body, int64(len(octets))+1))
	return bytes.Equal(now, octets), out.ETag, err
}
