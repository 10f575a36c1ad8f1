package world_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// onAWS moves a node onto a table, queues and buckets of its own. What the node
// calls there can be died of.
func onAWS(t *testing.T, m *mortal) {
	t.Helper()
	c := ground(t, m.Country, m.Assembly.Now)
	immortal, err := aws.Open(context.Background(), c, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	dying, err := aws.Open(context.Background(), c, provision.Credentials, everyCall)
	if err != nil {
		t.Fatal(err)
	}
	m.state, m.queues, m.objects, m.hidden, m.spare = immortal.State, immortal.Queues, immortal.Objects, time.Second, 1
	m.calls = assembly.Ports{State: dying.State, Queue: prompt{dying.Queues}, Objects: dying.Objects}
}

// ground makes table, queues and buckets for a country, where AWS_ENDPOINT_URL
// points to.
func ground(t *testing.T, country string, now func() time.Time) aws.Config {
	t.Helper()
	tenant := provision.Tenant{Prefix: fmt.Sprintf("world-%s-%d-", country, time.Now().UnixNano()), Receives: map[string]int{}, Locked: []string{"journal"}}
	tenant.Prefix = strings.ToLower(tenant.Prefix)
	for name, q := range functions.All().Queues {
		tenant.Queues, tenant.Receives[name] = append(tenant.Queues, name), q.Receives
	}
	for name, b := range functions.All().Buckets {
		if b.Lock == 0 {
			tenant.Buckets = append(tenant.Buckets, name)
		}
	}
	c, err := provision.Make(context.Background(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	c.Now = now
	return c
}

// prompt is queues in which nothing waits: SQS does not know the test's clock. A
// try that comes before its time does nothing, and the node's clock brings it again.
type prompt struct{ store.Queue }

func (p prompt) Send(ctx context.Context, queue string, item store.Item, _ time.Duration) error {
	return p.Queue.Send(ctx, queue, item, 0)
}

// everyCall lets the SDK ask before and after each call whether its caller lives.
// What the SDK repeats by itself is one call.
func everyCall(o *config.LoadOptions) error {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("die", die), middleware.After)
	})
	return nil
}

func die(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, meta middleware.Metadata, err error) {
	err = storetest.Life(call).Do(ctx, awsmiddleware.GetOperationName(ctx), func() (err error) {
		out, meta, err = next.HandleInitialize(ctx, in)
		return err
	})
	return out, meta, err
}

// The same over AWS, at each call to the SDK: both nodes on tables, queues and
// buckets of an emulator.
func TestWhereverANodeOnAWSIsKilledTheExchangeComesToItsEnd(t *testing.T) {
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: AWS_ENDPOINT_URL is not set; no node was killed over AWS; make contract-aws does it")
	}
	quiet(t)
	newRound(t, func(m *mortal) { onAWS(t, m) }).kill()
}

// What a release has left in table and buckets is gone on with by the code of today.
func TestRule15OldWorkSurvivesNewCodeOnAWS(t *testing.T) {
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: AWS_ENDPOINT_URL is not set; nothing of an old release was found on AWS; make contract-aws does it")
	}
	quiet(t)
	for _, file := range leftFiles(t) {
		goOn(t, file, func(country string, now func() time.Time) *aws.Store {
			s, err := aws.Open(context.Background(), ground(t, country, now), provision.Credentials)
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	}
}
