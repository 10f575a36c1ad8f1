package cloud_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// role calls AWS as one function may.
type role struct {
	a       *cloud.Applied
	s3      *s3.Client
	sqs     *sqs.Client
	dynamo  *dynamodb.Client
	kms     *kms.Client
	secrets *secretsmanager.Client
	lambda  *lambda.Client
}

// enforced tells whether the emulator holds roles to what they may do.
func enforced() bool { return os.Getenv("STRICT") != "" }

// assume takes the credentials of a function's role.
func assume(t *testing.T, a *cloud.Applied, function string) *role {
	t.Helper()
	return assumed(t, a, a.Functions[function]) // of the same name
}

// credentials are those of a role. On AWS only Lambda or Fargate may have them;
// MiniStack lets the account's root, too.
func credentials(t *testing.T, name string) awssdk.CredentialsProvider {
	t.Helper()
	arn := "arn:aws:iam::000000000000:role/" + name
	out, err := sts.NewFromConfig(sdk(t)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: awssdk.String("test")})
	if err != nil {
		t.Fatal(err)
	}
	return awssdk.CredentialsProviderFunc(func(context.Context) (awssdk.Credentials, error) {
		return awssdk.Credentials{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey, SessionToken: *out.Credentials.SessionToken}, nil
	})
}

func assumed(t *testing.T, a *cloud.Applied, name string) *role {
	t.Helper()
	as := sdk(t)
	as.Credentials = credentials(t, name)
	return &role{a, s3.NewFromConfig(as), sqs.NewFromConfig(as), dynamodb.NewFromConfig(as), kms.NewFromConfig(as), secretsmanager.NewFromConfig(as), lambda.NewFromConfig(as)}
}

// denied tells a refusal by IAM from every other error.
func denied(err error) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && (answer.ErrorCode() == "AccessDenied" || answer.ErrorCode() == "AccessDeniedException" || answer.ErrorCode() == "AWS.SimpleQueueService.AccessDenied")
}

func (r *role) bucket(name string) *string {
	for _, b := range r.a.Config.Buckets {
		if b.Name == name {
			return &b.Bucket
		}
	}
	panic("no bucket " + name)
}

func (r *role) queue(name string) *string {
	for _, q := range r.a.Config.Queues {
		if q.Name == name {
			return &q.URL
		}
	}
	panic("no queue " + name)
}

// call is what a role tries.
type call func(ctx context.Context, r *role) error

func get(bucket string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: r.bucket(bucket), Key: awssdk.String("nobody/there")})
		return err
	}
}

func put(bucket string, o ...func(*s3.PutObjectInput)) call {
	return func(ctx context.Context, r *role) error {
		in := &s3.PutObjectInput{Bucket: r.bucket(bucket), Key: awssdk.String("probe/" + fmt.Sprint(time.Now().UnixNano())), Body: bytes.NewReader([]byte("probe"))}
		for _, set := range o {
			set(in)
		}
		_, err := r.s3.PutObject(ctx, in)
		return err
	}
}

func once(in *s3.PutObjectInput) { in.IfNoneMatch = awssdk.String("*") }

func remove(bucket string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: r.bucket(bucket), Key: awssdk.String("nobody/there")})
		return err
	}
}

func list(bucket string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: r.bucket(bucket), MaxKeys: awssdk.Int32(1)})
		return err
	}
}

// send tries an empty message, which nobody gets: who may send is told of that.
func send(queue string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: r.queue(queue), MessageBody: awssdk.String("")})
		return err
	}
}

func look(queue string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: r.queue(queue)})
		return err
	}
}

func receive(queue string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: r.queue(queue)})
		return err
	}
}

func readRecord(ctx context.Context, r *role) error {
	_, err := r.dynamo.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.a.Config.Table, Key: map[string]dynamotypes.AttributeValue{"pk": &dynamotypes.AttributeValueMemberS{Value: "probe"}}})
	return err
}

func writeRecord(ctx context.Context, r *role) error {
	_, err := r.dynamo.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.a.Config.Table, Item: map[string]dynamotypes.AttributeValue{"pk": &dynamotypes.AttributeValueMemberS{Value: "probe"}}})
	return err
}

func byTime(ctx context.Context, r *role) error {
	_, err := r.dynamo.Query(ctx, &dynamodb.QueryInput{TableName: &r.a.Config.Table, IndexName: awssdk.String(aws.Index), KeyConditionExpression: awssdk.String("indexLane = :l"),
		ExpressionAttributeValues: map[string]dynamotypes.AttributeValue{":l": &dynamotypes.AttributeValueMemberS{Value: "nothing"}}})
	return err
}

func everything(ctx context.Context, r *role) error {
	_, err := r.dynamo.Scan(ctx, &dynamodb.ScanInput{TableName: &r.a.Config.Table, Limit: awssdk.Int32(1)})
	return err
}

func secret(name string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
		return err
	}
}

func sign(use string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.kms.Sign(ctx, &kms.SignInput{KeyId: &r.a.Keys[use][0], Message: make([]byte, 32), MessageType: kmstypes.MessageTypeDigest, SigningAlgorithm: kmstypes.SigningAlgorithmSpecRsassaPkcs1V15Sha256})
		return err
	}
}

func public(use string) call {
	return func(ctx context.Context, r *role) error {
		_, err := r.kms.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &r.a.Keys[use][0]})
		return err
	}
}

// dataKey goes around the services that hold the data.
func dataKey(ctx context.Context, r *role) error {
	_, err := r.kms.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: awssdk.String("alias/emulated-data"), KeySpec: kmstypes.DataKeySpecAes256})
	return err
}

// trial is what one function may and may not do, in words of functions.yaml.
type trial struct {
	may, not map[string]call
}

var trials = map[string]trial{
	"as4-receive": {
		may: map[string]call{"read a record": readRecord, "write a record": writeRecord, "delete evidence": remove("evidence"), "sign": sign("sign"), "ask for the key that decrypts": public("decrypt")},
		not: map[string]call{"read the journal": get("journal"), "list the journal": list("journal"), "write the journal": put("journal", once), "send to outbound": send("outbound"), "receive from inbound": receive("inbound"),
			"read the outbox": get("outbox"), "read the secret of tokens": secret("emulated/tokens"), "read another tenant's secret": secret("other/sign"), "use the data key itself": dataKey, "look by time": byTime},
	},
	"as4-send": {
		may: map[string]call{"sign": sign("sign"), "read evidence": get("evidence")},
		not: map[string]call{"hide an entry of the journal": remove("journal"), "ask for the key that decrypts": public("decrypt"), "delete evidence": remove("evidence")},
	},
	"portal": {
		may: map[string]call{"read the secret of tokens": secret("emulated/tokens"), "send to requests": send("requests"), "list evidence": list("evidence")},
		not: map[string]call{"read the secret of the sign-in": secret("emulated/sign-in"), "read the secret that signs": secret("emulated/sign"), "sign": sign("sign"), "delete evidence": remove("evidence"), "read all records": everything, "receive from requests": receive("requests")},
	},
	"clock": {
		may: map[string]call{"look by time": byTime, "send to inbound": send("inbound"), "look at a queue": look("outbound"), "list the journal": list("journal")},
		not: map[string]call{"delete evidence": remove("evidence"), "read the secret of tokens": secret("emulated/tokens"), "sign": sign("sign"), "receive from outbound": receive("outbound"), "write the configuration": put("configuration")},
	},
	"health": {
		may: map[string]call{"look at a queue": look("outbound"), "read a record": readRecord, "list the journal": list("journal")},
		not: map[string]call{"write a record": writeRecord, "send to inbound": send("inbound"), "read evidence": get("evidence"), "read the journal": get("journal"), "write evidence": put("evidence")},
	},
}

// roles lets each role try what its function must not do, and what it must.
func (s stage) roles(t *testing.T, a *cloud.Applied, trials map[string]trial) {
	t.Helper()
	n := 0
	for function, of := range trials {
		n += s.tries(t, assume(t, a, function), function, of)
	}
	t.Logf("%d calls that a role must not make were refused", n)
}

// tries lets a role try, and returns how much it must not.
func (s stage) tries(t *testing.T, r *role, who string, of trial) int {
	t.Helper()
	for what, c := range of.may {
		if err := c(t.Context(), r); denied(err) {
			t.Errorf("%s must be able to %s: %v", who, what, err)
		}
	}
	for what, c := range of.not {
		if err := c(t.Context(), r); !denied(err) {
			t.Errorf("%s can %s: %v", who, what, err)
		}
	}
	return len(of.not)
}
