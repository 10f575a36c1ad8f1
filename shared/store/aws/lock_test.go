package aws_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// byDefault is a locked bucket whose retention is the bucket's own.
func byDefault(t *testing.T) aws.Config {
	t.Helper()
	c, err := provision.Make(ctx, provision.Tenant{Prefix: unique(), Locked: []string{storetest.LockedBucket}})
	if err != nil {
		t.Fatal(err)
	}
	c.Now = time.Now
	return c
}

func TestABucketsDefaultRetentionLocksWhatIsPut(t *testing.T) {
	emulated(t)
	t.Parallel()
	s := open(t, byDefault(t))
	o, err := s.Objects.Put(ctx, storetest.LockedBucket, "x", strings.NewReader("entry"), store.PutOptions{})
	if until := o.LockedUntil.Sub(o.Created); err != nil || until < 24*time.Hour-time.Minute || until > 24*time.Hour+time.Minute {
		t.Errorf("locked for %s, %v", until, err)
	}
	if err := s.Objects.Delete(ctx, storetest.LockedBucket, "x"); !errors.Is(err, store.ErrLocked) {
		t.Errorf("deletion answers %v", err)
	}
}

// Whose clock runs ahead is refused by S3 itself, and hides nothing.
func TestAClockThatRunsAheadOpensNoLock(t *testing.T) {
	emulated(t)
	t.Parallel()
	c := byDefault(t)
	now := open(t, c)
	c.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
	if _, err := now.Objects.Put(ctx, storetest.LockedBucket, "x", strings.NewReader("entry"), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := open(t, c).Objects.Delete(ctx, storetest.LockedBucket, "x"); err == nil {
		t.Error("S3 has deleted it")
	}
	if o, err := now.Objects.Stat(ctx, storetest.LockedBucket, "x"); err != nil || o.Size != 5 {
		t.Errorf("it is %+v, %v", o, err)
	}
}

// A deletion takes the octets along, and leaves no marker behind.
func TestWhatIsDeletedAfterItsLockHasNoVersionLeft(t *testing.T) {
	emulated(t)
	t.Parallel()
	c := tenant(t, nil, nil, []string{storetest.LockedBucket})
	c.Buckets[0].Retain = time.Second
	s := open(t, c)
	if _, err := s.Objects.Put(ctx, storetest.LockedBucket, "x", strings.NewReader("entry"), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	err := store.ErrLocked
	for range 20 {
		if err = s.Objects.Delete(ctx, storetest.LockedBucket, "x"); err == nil {
			break
		}
		time.Sleep(500 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	sdk, err := config.LoadDefaultConfig(ctx, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	left, err := s3.NewFromConfig(sdk).ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &c.Buckets[0].Bucket})
	if err != nil || len(left.Versions)+len(left.DeleteMarkers) > 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}
