package aws_test

import (
	"context"
	"crypto/rand"
	"flag"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

var ctx = context.Background()

// lockTime is short, so that a test can wait for its end.
const lockTime = 12 * time.Second

// emulated skips a test where no emulator is named.
func emulated(t testing.TB) {
	t.Helper()
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: needs an emulator of AWS; `make contract-aws` starts two and runs this, or set AWS_ENDPOINT_URL=http://127.0.0.1:4566")
	}
}

// unique begins the names of a tenant.
func unique() string { return "t" + strings.ToLower(rand.Text()[:12]) + "-" }

// tenant makes table, queues and buckets of its own.
func tenant(t testing.TB, queues, buckets, locked []string) aws.Config {
	t.Helper()
	c, err := provision.Make(ctx, provision.Tenant{
		Prefix: unique(), Queues: queues, MaxReceives: storetest.MaxReceives,
		Buckets: buckets, Locked: locked, Retain: lockTime,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Now = time.Now
	return c
}

func open(t testing.TB, c aws.Config, options ...func(*config.LoadOptions) error) *aws.Store {
	t.Helper()
	s, err := aws.Open(ctx, c, append([]func(*config.LoadOptions) error{provision.Credentials}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// flaws are those of the emulators.
func flaws(t testing.TB) map[string]string {
	t.Helper()
	answer, err := http.Get(os.Getenv("AWS_ENDPOINT_URL") + "/_ministack/health")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return map[string]string{
			"a link without its signature is refused":    "MiniStack lets in who shows nothing, unless it is strict; S3 does not",
			"a large object is locked as a small one is": "MiniStack does not lock what was uploaded in parts; S3 does",
		}
	}
	return map[string]string{
		"an opened object is read to its end after deletion": "LocalStack ends an answer when its object is deleted; S3 does not",
	}
}

// world has the machine's time: SQS and S3 have no other.
func world(t testing.TB) storetest.World {
	s := open(t, tenant(t, []string{storetest.WorkQueue}, []string{storetest.PlainBucket}, []string{storetest.LockedBucket}))
	return storetest.World{
		State: s.State, Queue: s.Queues, DeadLetters: s.Queues, Objects: s.Objects, Lock: lockTime,
		Now: time.Now, Advance: func(_ testing.TB, d time.Duration) { time.Sleep(d) },
		Lag: 10 * time.Second, NoAges: true, AtLeastOnce: true, Lacks: flaws(t), Close: func() {},
	}
}

// stateWorld has a clock moved by hand: a table knows no time but that of its TTL,
// which takes the machine's. So nothing expires there before it does here.
func stateWorld(t testing.TB) storetest.World {
	var ms atomic.Int64
	ms.Store(time.Now().Add(time.Hour).UnixMilli())
	c := tenant(t, nil, nil, nil)
	c.Now = func() time.Time { return time.UnixMilli(ms.Load()).UTC() }
	s := open(t, c)
	return storetest.World{
		State: s.State, Now: c.Now, Advance: func(_ testing.TB, d time.Duration) { ms.Add(d.Milliseconds()) },
		Lag: 10 * time.Second, Close: func() {},
	}
}

// TestMain makes the models' histories few: each call goes over the network, to a
// program in Python. `-rapid.checks 100` makes them many.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// On real AWS the index lags, and this would fail.
func TestStateModel(t *testing.T) {
	emulated(t)
	t.Parallel()
	storetest.StateModel(t, stateWorld)
}

func TestObjectsModel(t *testing.T) {
	emulated(t)
	t.Parallel()
	storetest.ObjectsModel(t, world)
}

func TestObjects(t *testing.T) { emulated(t); storetest.Objects(t, world) }
func TestLinks(t *testing.T)   { emulated(t); storetest.Links(t, world) }
func TestState(t *testing.T)   { emulated(t); storetest.State(t, stateWorld) }
func TestOutbox(t *testing.T)  { emulated(t); storetest.Outbox(t, world) }
func TestQueue(t *testing.T)   { emulated(t); storetest.Queue(t, world) }
