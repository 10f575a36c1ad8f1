// Package provision makes what a store on AWS consists of, on an emulator: for
// tests. What Terraform makes for a tenant is in infra/.
package provision

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// readyWait bounds how long a table may take.
const readyWait = time.Minute

// Tenant says what to make.
type Tenant struct {
	Prefix      string         // of every name; makes it unique
	Queues      []string       // as functions call them
	MaxReceives int            // before a message goes to the dead letters
	Receives    map[string]int // by queue, in place of MaxReceives
	Buckets     []string
	Locked      []string // buckets with Object Lock
	// Retain is the retention that the store asks for in those, in mode
	// GOVERNANCE. 0: they have one of a day by default, and the store asks for none.
	Retain time.Duration
}

type maker struct {
	Tenant
	dynamo *dynamodb.Client
	sqs    *sqs.Client
	s3     *s3.Client
	region string
	made   aws.Config
}

// Make makes it all where AWS_ENDPOINT_URL points to, and returns how to open it.
func Make(ctx context.Context, t Tenant) (aws.Config, error) {
	sdk, err := config.LoadDefaultConfig(ctx, Credentials)
	if err != nil {
		return aws.Config{}, err
	}
	m := &maker{Tenant: t, dynamo: dynamodb.NewFromConfig(sdk), sqs: sqs.NewFromConfig(sdk), s3: s3.NewFromConfig(sdk), region: sdk.Region}
	if err := m.table(ctx); err != nil {
		return aws.Config{}, fmt.Errorf("make the table: %w", err)
	}
	for _, name := range t.Queues {
		if err := m.queue(ctx, name); err != nil {
			return aws.Config{}, fmt.Errorf("make queue %s: %w", name, err)
		}
	}
	for _, name := range t.Buckets {
		if err := m.bucket(ctx, aws.Bucket{Name: name}); err != nil {
			return aws.Config{}, fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	for _, name := range t.Locked {
		b := aws.Bucket{Name: name, Locked: true, Retain: t.Retain, Mode: string(s3types.ObjectLockModeGovernance)}
		if err := m.bucket(ctx, b); err != nil {
			return aws.Config{}, fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	return m.made, nil
}

// Credentials are those that emulators take, and a region. The SDK's warnings are
// left out: LocalStack sends checksums of 0.
func Credentials(o *config.LoadOptions) error {
	o.Region = "eu-central-1"
	o.Logger = logging.Nop{}
	o.Credentials = awssdk.CredentialsProviderFunc(func(context.Context) (awssdk.Credentials, error) {
		return awssdk.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
	})
	return nil
}

// table is as infra/ has it: see the documentation of package aws.
func (m *maker) table(ctx context.Context) error {
	name := m.Prefix + "state"
	m.made.Table = name
	key := func(name string, t dynamotypes.KeyType) dynamotypes.KeySchemaElement {
		return dynamotypes.KeySchemaElement{AttributeName: &name, KeyType: t}
	}
	attribute := func(name string, t dynamotypes.ScalarAttributeType) dynamotypes.AttributeDefinition {
		return dynamotypes.AttributeDefinition{AttributeName: &name, AttributeType: t}
	}
	_, err := m.dynamo.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: dynamotypes.BillingModePayPerRequest,
		AttributeDefinitions: []dynamotypes.AttributeDefinition{
			attribute("pk", dynamotypes.ScalarAttributeTypeS), attribute("indexLane", dynamotypes.ScalarAttributeTypeS), attribute("indexTime", dynamotypes.ScalarAttributeTypeN),
		},
		KeySchema: []dynamotypes.KeySchemaElement{key("pk", dynamotypes.KeyTypeHash)},
		GlobalSecondaryIndexes: []dynamotypes.GlobalSecondaryIndex{{
			IndexName: awssdk.String(aws.Index),
			KeySchema: []dynamotypes.KeySchemaElement{key("indexLane", dynamotypes.KeyTypeHash), key("indexTime", dynamotypes.KeyTypeRange)},
			Projection: &dynamotypes.Projection{
				ProjectionType:   dynamotypes.ProjectionTypeInclude,
				NonKeyAttributes: []string{"commandQueue", "commandBody", "notBefore", "expiresAt"},
			},
		}},
	})
	if err := unlessThere(err, "ResourceInUseException", "exists"); err != nil {
		return err
	}
	if err := dynamodb.NewTableExistsWaiter(m.dynamo).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, readyWait); err != nil {
		return err
	}
	_, err = m.dynamo.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &name, TimeToLiveSpecification: &dynamotypes.TimeToLiveSpecification{AttributeName: awssdk.String("ttlSeconds"), Enabled: awssdk.Bool(true)},
	})
	return unlessThere(err, "ValidationException", "already enabled")
}

// unlessThere forgives what the SDK did twice: a few calls in a thousand find
// their connection closed by the emulator, and are repeated.
func unlessThere(err error, code, text string) error {
	var answer smithy.APIError
	if errors.As(err, &answer) && answer.ErrorCode() == code && strings.Contains(answer.ErrorMessage(), text) {
		return nil
	}
	return err
}

func (m *maker) queue(ctx context.Context, name string) error {
	dead, err := m.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: awssdk.String(m.Prefix + name + "-dead")})
	if err != nil {
		return err
	}
	arn := string(sqstypes.QueueAttributeNameQueueArn)
	out, err := m.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: dead.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn}})
	if err != nil {
		return err
	}
	receives := m.MaxReceives
	if n, ok := m.Receives[name]; ok {
		receives = n
	}
	made, err := m.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: awssdk.String(m.Prefix + name), Attributes: map[string]string{
		string(sqstypes.QueueAttributeNameRedrivePolicy): fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%q}`, out.Attributes[arn], strconv.Itoa(receives)),
	}})
	if err != nil {
		return err
	}
	m.made.Queues = append(m.made.Queues, aws.Queue{Name: name, URL: *made.QueueUrl, Dead: *dead.QueueUrl})
	return nil
}

func (m *maker) bucket(ctx context.Context, b aws.Bucket) error {
	b.Bucket = m.Prefix + b.Name
	_, err := m.s3.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: &b.Bucket, ObjectLockEnabledForBucket: &b.Locked,
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(m.region)},
	})
	err = unlessThere(err, "BucketAlreadyOwnedByYou", "")
	m.made.Buckets = append(m.made.Buckets, b)
	if err != nil || !b.Locked || b.Retain > 0 {
		return err
	}
	_, err = m.s3.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{Bucket: &b.Bucket, ObjectLockConfiguration: &s3types.ObjectLockConfiguration{
		ObjectLockEnabled: s3types.ObjectLockEnabledEnabled,
		Rule:              &s3types.ObjectLockRule{DefaultRetention: &s3types.DefaultRetention{Mode: s3types.ObjectLockRetentionModeGovernance, Days: awssdk.Int32(1)}},
	}})
	return err
}
