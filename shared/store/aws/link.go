package aws

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Link is a pre-signed URL: whoever has it can GET this object, for the time that
// it is good, at S3 and without credentials. Media type and disposition are part
// of what is signed. The URL is a secret: it must not be logged. It ends before
// its time when the credentials do that signed it, and gives 404 once the object
// is deleted. Nothing is called to make it, and the object is not looked at.
func (o *Objects) Link(ctx context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error) {
	b, err := o.find(bucket, key)
	if err != nil {
		return "", err
	}
	if err := store.CheckLink(valid, as); err != nil {
		return "", fmt.Errorf("link to %s: %w", bucket, err)
	}
	signed, err := s3.NewPresignClient(o.client).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.Bucket, Key: &key, ResponseContentType: &as.MediaType, ResponseContentDisposition: &as.Disposition, ResponseCacheControl: aws.String("no-store"),
	}, s3.WithPresignExpires(valid))
	if err != nil {
		return "", wrap("link to", bucket, key, err)
	}
	return signed.URL, nil
}
