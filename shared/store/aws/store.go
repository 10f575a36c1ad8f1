package aws

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Config names what a store consists of. All of it exists already: the store
// makes nothing.
type Config struct {
	Now     func() time.Time
	Table   string // of DynamoDB
	Queues  []Queue
	Buckets []Bucket
}

// Store is the ports over one SDK configuration.
type Store struct {
	State   *State
	Queues  *Queues
	Objects *Objects
}

// Open reads the SDK's configuration, as the environment and the options have it,
// and checks c. It calls no service but, where the environment says so, for
// credentials.
func Open(ctx context.Context, c Config, options ...func(*config.LoadOptions) error) (*Store, error) {
	queues, err := newQueues(c)
	if err != nil {
		return nil, err
	}
	objects, err := newObjects(c)
	if err != nil {
		return nil, err
	}
	sdk, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("configure the AWS SDK: %w", err)
	}
	queues.client = sqs.NewFromConfig(sdk)
	objects.client = s3.NewFromConfig(sdk, func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true // ranges and objects of parts have none to check
	})
	state := &State{now: c.Now, table: c.Table, client: dynamodb.NewFromConfig(sdk)}
	return &Store{State: state, Queues: queues, Objects: objects}, nil
}
