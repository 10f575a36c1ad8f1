package world_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
)

// onAWSLeft is what a release left on AWS, as AWS itself gives it out: exchanges
// each of which stands at another step, with the items that lie in the queues. Keys
// are not in it.
type onAWSLeft struct {
	Now   time.Time
	Left  []leftExchange
	Nodes map[string]*cloudLeft
}

// leftExchange is one of them.
type leftExchange struct {
	Order string // id
	Lies  string // what waits for it: items of queues, or commands of the outbox that could not be sent
	Items bool   // whether those items are enough for it to go on; otherwise it is the clock's
}

type cloudLeft struct {
	Certificate []byte // with which the node signed, DER
	Items       []leftItem
	Table       []map[string]attribute
	Objects     map[string]map[string][]byte // bucket → key → octets
}

// leftItem is a message of SQS, without what SQS itself gives it.
type leftItem struct {
	Queue, Body string
	Attributes  map[string]string `json:",omitempty"` // message attributes, all of them text
}

// attribute is one of DynamoDB's, in its own form of JSON.
type attribute struct {
	S *string `json:",omitempty"`
	N *string `json:",omitempty"`
	B []byte  `json:",omitempty"`
}

// soil is what a node stands on, by the interfaces of AWS itself.
type soil struct {
	aws.Config
	sqs    *sqs.Client
	dynamo *dynamodb.Client
	s3     *s3.Client
	cert   *x509.Certificate // with which the node signs
	blocks string            // the queue that takes nothing
}

func newSoil(t *testing.T, c aws.Config) *soil {
	t.Helper()
	sdk, err := config.LoadDefaultConfig(t.Context(), provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	return &soil{Config: c, sqs: sqs.NewFromConfig(sdk), dynamo: dynamodb.NewFromConfig(sdk), s3: s3.NewFromConfig(sdk)}
}

var errBlocked = errors.New("the queue takes nothing")

// blocked is queues of which one may take nothing.
type blocked struct {
	store.Queue
	soil *soil
}

func (b blocked) Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error {
	if queue == b.soil.blocks {
		return errBlocked
	}
	return b.Queue.Send(ctx, queue, item, delay)
}

// take takes everything that waits in the queues.
func (s *soil) take(t *testing.T) []leftItem {
	t.Helper()
	var list []leftItem
	for _, q := range s.Queues {
		for more := true; more; {
			out, err := s.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &q.URL, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range out.Messages {
				list = append(list, itemOf(q.Name, &m))
				if _, err := s.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle}); err != nil {
					t.Fatal(err)
				}
			}
			more = len(out.Messages) > 0
		}
	}
	return list
}

func itemOf(queue string, m *sqstypes.Message) leftItem {
	item := leftItem{Queue: queue, Body: *m.Body, Attributes: map[string]string{}}
	for name, value := range m.MessageAttributes {
		item.Attributes[name] = awssdk.ToString(value.StringValue)
	}
	return item
}

// record notes down everything but queues and journal.
func (s *soil) record(t *testing.T, l *cloudLeft) {
	t.Helper()
	l.Certificate, l.Objects = s.cert.Raw, map[string]map[string][]byte{}
	pages := dynamodb.NewScanPaginator(s.dynamo, &dynamodb.ScanInput{TableName: &s.Table, ConsistentRead: awssdk.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			l.Table = append(l.Table, plain(t, item))
		}
	}
	slices.SortFunc(l.Table, func(a, b map[string]attribute) int { return strings.Compare(*a["pk"].S, *b["pk"].S) })
	for _, b := range s.Buckets {
		if !b.Locked {
			l.Objects[b.Name] = s.objects(t, b.Bucket)
		}
	}
}

func (s *soil) objects(t *testing.T, bucket string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	pages := s3.NewListObjectsV2Paginator(s.s3, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			out, err := s.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: o.Key})
			if err != nil {
				t.Fatal(err)
			}
			all[*o.Key], err = io.ReadAll(out.Body)
			if err := errors.Join(err, out.Body.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

// restore puts back what was recorded, past the store.
func (s *soil) restore(t *testing.T, l *cloudLeft) {
	t.Helper()
	for _, item := range l.Table {
		if _, err := s.dynamo.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.Table, Item: attributes(item)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range s.Buckets {
		for key, octets := range l.Objects[b.Name] {
			if _, err := s.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Bucket, Key: &key, Body: bytes.NewReader(octets)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	urls := map[string]string{}
	for _, q := range s.Queues {
		urls[q.Name] = cmp.Or(q.Idle, q.URL)
	}
	for _, item := range l.Items {
		in := &sqs.SendMessageInput{QueueUrl: awssdk.String(urls[item.Queue]), MessageBody: &item.Body, MessageAttributes: map[string]sqstypes.MessageAttributeValue{}}
		for name, value := range item.Attributes {
			in.MessageAttributes[name] = sqstypes.MessageAttributeValue{DataType: awssdk.String("String"), StringValue: &value}
		}
		if _, err := s.sqs.SendMessage(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
}

func plain(t *testing.T, item map[string]dynamotypes.AttributeValue) map[string]attribute {
	t.Helper()
	all := map[string]attribute{}
	for name, value := range item {
		switch v := value.(type) {
		case *dynamotypes.AttributeValueMemberS:
			all[name] = attribute{S: &v.Value}
		case *dynamotypes.AttributeValueMemberN:
			all[name] = attribute{N: &v.Value}
		case *dynamotypes.AttributeValueMemberB:
			all[name] = attribute{B: v.Value}
		default:
			t.Fatalf("%s is a %T; a fixture has text, numbers and octets", name, value)
		}
	}
	return all
}

func attributes(item map[string]attribute) map[string]dynamotypes.AttributeValue {
	all := map[string]dynamotypes.AttributeValue{}
	for name, a := range item {
		switch {
		case a.S != nil:
			all[name] = &dynamotypes.AttributeValueMemberS{Value: *a.S}
		case a.N != nil:
			all[name] = &dynamotypes.AttributeValueMemberN{Value: *a.N}
		default:
			all[name] = &dynamotypes.AttributeValueMemberB{Value: a.B}
		}
	}
	return all
}
