package aws_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

func TestAConfigurationThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	queue := aws.Queue{Name: "work", URL: "u", Dead: "d"}
	bucket := aws.Bucket{Name: "journal", Bucket: "b", Locked: true}
	for name, c := range map[string]struct {
		config aws.Config
		want   string
	}{
		"a queue twice":               {aws.Config{Queues: []aws.Queue{queue, queue}}, "work"},
		"a queue without an address":  {aws.Config{Queues: []aws.Queue{{Name: "work", Dead: "d"}}}, "URL"},
		"a queue without dead":        {aws.Config{Queues: []aws.Queue{{Name: "work", URL: "u"}}}, "URL"},
		"a queue that waits too long": {aws.Config{Queues: []aws.Queue{{Name: "work", URL: "u", Dead: "d", Wait: time.Minute}}}, "20s"},
		"a queue of no name":          {aws.Config{Queues: []aws.Queue{{Name: "W", URL: "u", Dead: "d"}}}, `"W"`},
		"a bucket twice":              {aws.Config{Buckets: []aws.Bucket{bucket, bucket}}, "journal"},
		"a bucket without a name":     {aws.Config{Buckets: []aws.Bucket{{Name: "journal"}}}, "no name in S3"},
		"a retention without a lock":  {aws.Config{Buckets: []aws.Bucket{{Name: "journal", Bucket: "b", Retain: time.Hour, Mode: "COMPLIANCE"}}}, "lock"},
		"a mode that is none":         {aws.Config{Buckets: []aws.Bucket{{Name: "journal", Bucket: "b", Locked: true, Retain: time.Hour, Mode: "x"}}}, "GOVERNANCE"},
	} {
		if _, err := aws.Open(ctx, c.config, provision.Credentials); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := aws.Open(ctx, aws.Config{Queues: []aws.Queue{queue}, Buckets: []aws.Bucket{bucket}}, provision.Credentials); err != nil {
		t.Error(err)
	}
}
