package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// partSize bounds the memory of a put: what is larger goes to S3 in parts of it.
// S3 takes 10,000 parts of at least 5 MiB; [store.MaxObject] makes 640.
const partSize = 8 << 20

// put is one object on its way.
type put struct {
	*Objects
	bucket *Bucket
	key    string
	once   bool
	body   source
	upload *string // id of the multipart upload
	parts  []types.CompletedPart
	named  bool // the upload has become the object
}

// Put stores an object: in one request if it is small, else in parts, which are
// put together under the name at the end.
func (o *Objects) Put(ctx context.Context, bucket, key string, body io.Reader, options store.PutOptions) (store.Object, error) {
	b, err := o.find(bucket, key)
	if err != nil {
		return store.Object{}, err
	}
	if err := store.CheckPut(key, options); err != nil {
		return store.Object{}, err
	}
	p := &put{
		Objects: o, bucket: b, key: key, once: options.Once || b.Locked,
		body: source{ctx: ctx, from: body, announced: options.Size, sum: sha256.New()},
	}
	if err := p.store(ctx); err != nil {
		return store.Object{}, wrap("put", bucket, key, err)
	}
	return o.Stat(ctx, bucket, key)
}

func (p *put) store(ctx context.Context) error {
	first, err := p.body.next()
	if err != nil {
		return err
	}
	if p.body.ended {
		return p.name(ctx, func() error { return p.whole(ctx, first) })
	}
	return p.inParts(ctx, first)
}

// name ends a put with the request that makes the object appear. With Once that
// fails if there is one already: then it must have equal octets. The answer may
// also have been lost and the request repeated by the SDK, so that the object is
// our own, and the upload gone.
func (p *put) name(ctx context.Context, request func() error) error {
	var cause error
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return errors.Join(err, cause)
		}
		cause = request()
		if s := status(cause); s != exists && s != contended && code(cause) != "NoSuchUpload" {
			return cause
		}
		equal, err := p.stands(ctx)
		switch {
		case err == nil && equal:
			return nil
		case err == nil && p.once:
			return store.ErrExists
		case err != nil && status(err) != notFound:
			return errors.Join(cause, err)
		case code(cause) == "NoSuchUpload":
			return cause
		}
	}
	return cause // what is there comes and goes
}

// stands tells whether the object that is there has the octets that were read.
func (p *put) stands(ctx context.Context) (bool, error) {
	out, err := p.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &p.bucket.Bucket, Key: &p.key})
	if err != nil {
		return false, err
	}
	defer out.Body.Close()
	if aws.ToInt64(out.ContentLength) != p.body.n {
		return false, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, out.Body); err != nil {
		return false, fmt.Errorf("compare with what is there: %w", err)
	}
	return bytes.Equal(sum.Sum(nil), p.body.sum.Sum(nil)), nil
}

func (p *put) ifNoneMatch() *string {
	if p.once {
		return aws.String("*")
	}
	return nil
}

// retention is asked for when the object is made, or when its upload begins.
func (p *put) retention() (types.ObjectLockMode, *time.Time) {
	if p.bucket.Retain == 0 {
		return "", nil
	}
	return types.ObjectLockMode(p.bucket.Mode), aws.Time(p.now().Add(p.bucket.Retain))
}
