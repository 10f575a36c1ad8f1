// Package cloud assembles a function on AWS from its environment:
//
//	VIENREIZ_TABLE    name of the DynamoDB table
//	VIENREIZ_QUEUES   JSON: queue → {"url": …, "dead": …}; of a queue that is folded into another, url is that
//	                  one's, and there are "idle", its own, and "function", its function's name in Lambda
//	VIENREIZ_BUCKETS  JSON: bucket → name in S3
//	VIENREIZ_TENANT   object of the tenant document in the bucket configuration; default tenant.yaml
//	VIENREIZ_NAME     name of the tenant in log lines and metrics; empty: none
//	VIENREIZ_METRICS  few: only what alarms look at becomes a metric in CloudWatch, which charges for each; default all
//
// Which buckets are locked stands in functions.yaml; for how long is the
// bucket's default retention.
package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/gate"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
)

// Hands makes what hands items of folded queues on, by queue, from the names of
// their functions in Lambda.
type Hands func(ctx context.Context, to map[string]string) (map[string]gate.Queued, error)

// Start assembles a function and hands its handler to the Lambda runtime. It
// does not return. hands is for a function of whose queue others are guests.
func Start[H any](function string, handler func(*assembly.Assembly) H, hands ...Hands) {
	slog.SetDefault(slog.New(observe.Log(lambdacontext.NewLogHandler())))
	collectAbove(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
	ctx := context.Background()
	a, err := Assemble(ctx, os.Getenv, hands...)
	if err != nil {
		slog.ErrorContext(ctx, "the function cannot be assembled", slog.String("error", err.Error()))
		os.Exit(1)
	}
	lambda.Start(&observed{a.Observe, function, lambda.NewHandler(handler(a))})
}

// observed measures each call of a function.
type observed struct {
	node     *observe.Node
	function string
	handler  lambda.Handler
}

// Invoke lets the handler work.
func (o *observed) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var answer []byte
	err := o.node.Call(ctx, o.function, func(ctx context.Context) (err error) {
		answer, err = o.handler.Invoke(ctx, payload)
		return err
	})
	return answer, err
}

// Assemble opens the store and the keys that the environment names.
func Assemble(ctx context.Context, env func(string) string, hands ...Hands) (*assembly.Assembly, error) {
	o, err := Open(ctx, env, Settings{Metrics: os.Stdout, Hands: hands})
	if err != nil {
		return nil, err
	}
	return o.Assembly, nil
}

// Settings are what the environment does not say.
type Settings struct {
	Metrics io.Writer     // where CloudWatch finds them; nil: nowhere
	Wait    time.Duration // how long a consumer waits at a queue that is empty, at most [aws.MaxWait]
	Hands   []Hands       // at most one; none: what comes as a guest stays
}

// Opened is a node over AWS that could run.
type Opened struct {
	Assembly *assembly.Assembly
	Queues   *aws.Queues
}

// Open is [Assemble] for a process that consumes queues itself.
func Open(ctx context.Context, env func(string) string, set Settings) (*Opened, error) {
	c, to, err := configuration(env)
	if err != nil {
		return nil, err
	}
	for i := range c.Queues {
		c.Queues[i].Wait = set.Wait
	}
	s, err := aws.Open(ctx, *c)
	if err != nil {
		return nil, err
	}
	keys, err := kms.Open(ctx)
	if err != nil {
		return nil, err
	}
	document := env("VIENREIZ_TENANT")
	if document == "" {
		document = "tenant.yaml"
	}
	live := &tenant.Live{Source: &bucket.Source{Objects: s.Objects, Keys: keys}, File: document, Now: time.Now, AtFirstUse: true}
	p := assembly.Ports{State: s.State, Queue: s.Queues, Objects: s.Objects, Tenant: live, Now: time.Now, Secret: keys.Text, Failed: failed, Observe: watched(env, set.Metrics)}
	for _, hands := range set.Hands {
		if p.Folded, err = hands(ctx, to); err != nil {
			return nil, err
		}
	}
	return &Opened{Assembly: assembly.New(p), Queues: s.Queues}, nil
}

// watched is the node as its metrics name it: of a function on standard output,
// where CloudWatch finds them among the log lines.
func watched(env func(string) string, metrics io.Writer) *observe.Node {
	return &observe.Node{Tenant: env("VIENREIZ_NAME"), Metrics: metrics, Few: env("VIENREIZ_METRICS") == "few", Now: time.Now}
}

// failed logs what is left to the clock or the store's lifecycle.
func failed(ctx context.Context, err error) {
	slog.WarnContext(ctx, "left for later", slog.String("error", err.Error()))
}

// configuration reads the environment: where the store is, and the functions of
// folded queues. The error names every variable that is missing or wrong.
func configuration(env func(string) string) (*aws.Config, map[string]string, error) {
	c, to := &aws.Config{Now: time.Now, Table: env("VIENREIZ_TABLE")}, map[string]string{}
	var queues map[string]struct{ URL, Dead, Idle, Function string }
	var buckets map[string]string
	err := errors.Join(need("VIENREIZ_TABLE", c.Table), read(env, "VIENREIZ_QUEUES", &queues), read(env, "VIENREIZ_BUCKETS", &buckets))
	for name, q := range queues {
		if q.URL == "" {
			err = errors.Join(err, fmt.Errorf("VIENREIZ_QUEUES: queue %q has no url", name))
		}
		if (q.Idle == "") != (q.Function == "") {
			err = errors.Join(err, fmt.Errorf("VIENREIZ_QUEUES: queue %q has one of idle and function: a folded queue has both, another neither", name))
		}
		if q.Function != "" {
			to[name] = q.Function
		}
		c.Queues = append(c.Queues, aws.Queue{Name: name, URL: q.URL, Dead: q.Dead, Idle: q.Idle})
	}
	for name, b := range buckets {
		c.Buckets = append(c.Buckets, aws.Bucket{Name: name, Bucket: b, Locked: functions.All().Buckets[name].Lock > 0})
	}
	return c, to, err
}

func need(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s is not set", name)
	}
	return nil
}

func read[V any](env func(string) string, name string, into *map[string]V) error {
	if err := need(name, env(name)); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(env(name)), into); err != nil {
		return fmt.Errorf("%s is not the JSON that is expected: %w", name, err)
	}
	if *into == nil {
		return fmt.Errorf("%s names none: write a JSON object", name)
	}
	return nil
}
