package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// abortWait bounds the removal of parts, which goes on when the caller's context
// has ended.
const abortWait = 5 * time.Second

// whole puts a small object in one request.
func (p *put) whole(ctx context.Context, octets []byte) error {
	mode, until := p.retention()
	_, err := p.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &p.bucket.Bucket, Key: &p.key, Body: bytes.NewReader(octets), IfNoneMatch: p.ifNoneMatch(),
		ObjectLockMode: mode, ObjectLockRetainUntilDate: until,
	})
	return err
}

// inParts puts a large object. Its parts are removed if it does not come to be.
func (p *put) inParts(ctx context.Context, first []byte) error {
	mode, until := p.retention()
	out, err := p.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &p.bucket.Bucket, Key: &p.key, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		ObjectLockMode: mode, ObjectLockRetainUntilDate: until,
	})
	if err != nil {
		return err
	}
	p.upload = out.UploadId
	err = p.uploadAll(ctx, first)
	if err == nil {
		err = p.name(ctx, func() error { return p.complete(ctx) })
	}
	if err != nil || !p.named {
		err = errors.Join(err, p.abort(ctx))
	}
	return err
}

func (p *put) uploadAll(ctx context.Context, octets []byte) (err error) {
	for len(octets) > 0 {
		if err := p.uploadPart(ctx, octets); err != nil {
			return err
		}
		if p.body.ended {
			return nil
		}
		if octets, err = p.body.next(); err != nil {
			return err
		}
	}
	return nil
}

func (p *put) uploadPart(ctx context.Context, octets []byte) error {
	n := aws.Int32(int32(len(p.parts) + 1))
	out, err := p.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &p.bucket.Bucket, Key: &p.key, UploadId: p.upload, PartNumber: n, Body: bytes.NewReader(octets),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return fmt.Errorf("part %d: %w", *n, err)
	}
	p.parts = append(p.parts, types.CompletedPart{PartNumber: n, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32})
	return nil
}

func (p *put) complete(ctx context.Context) error {
	_, err := p.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &p.bucket.Bucket, Key: &p.key, UploadId: p.upload, IfNoneMatch: p.ifNoneMatch(),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: p.parts},
	})
	p.named = err == nil
	return err
}

// abort removes the parts; an upload that is gone has none.
func (p *put) abort(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortWait)
	defer cancel()
	_, err := p.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &p.bucket.Bucket, Key: &p.key, UploadId: p.upload})
	if code(err) == "NoSuchUpload" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("abort its upload, whose parts stay until the bucket's lifecycle: %w", err)
	}
	return nil
}
