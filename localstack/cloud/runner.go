package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/runtime"
	"github.com/vienreiz/vienreiz/localstack/world"
)

// Runner runs the zips of a stack in the place of Lambda and API Gateway.
type Runner struct {
	Deployed *Deployed
	Zips     string    // folder of FUNCTION.zip
	Work     string    // folder for what is unpacked
	Output   io.Writer // what the functions write; it is written to from many at once
	Every    time.Duration
	// Hide, where set, is for how long items are hidden, in place of functions.yaml's.
	Hide time.Duration
	// Took, where set, is told how long each call of a function took; from many at once.
	Took func(function string, took time.Duration)
	// Lane, where set, receives in the place of the function behind the gateway as4.
	Lane *Process

	pools map[string]*runtime.Pool
}

// timed is a function whose calls somebody measures.
type timed struct {
	invoker
	took func(time.Duration)
}

// Invoke measures the call.
func (t *timed) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	began := time.Now()
	defer func() { t.took(time.Since(began)) }()
	return t.invoker.Invoke(ctx, event)
}

// function is what runs a function, measured if somebody wants that.
func (r *Runner) function(name string) invoker {
	if r.Took == nil {
		return r.pools[name]
	}
	return &timed{r.pools[name], func(took time.Duration) { r.Took(name, took) }}
}

// concurrency is how often a function behind a gateway runs at once.
const concurrency = 3

// Host is a [world.Host]: it configures the stack and starts every function.
func (r *Runner) Host(ctx context.Context, s *world.Site) (func(context.Context) error, error) {
	if err := r.Deployed.Configure(ctx, s); err != nil {
		return nil, err
	}
	env, err := r.Deployed.Environment()
	if err != nil {
		return nil, err
	}
	r.pools = map[string]*runtime.Pool{}
	for name, f := range functions.All().Functions {
		code := filepath.Join(r.Work, name)
		if err := runtime.Unpack(filepath.Join(r.Zips, name+".zip"), code); err != nil {
			return nil, fmt.Errorf("function %s: %w; make zip builds it", name, err)
		}
		of := runtime.Function{Name: r.Deployed.Name + "-" + name, Code: code, Env: env, Memory: f.Memory, Timeout: time.Duration(f.Seconds) * time.Second, Output: r.Output}
		most := concurrency
		if f.Trigger.Queue != "" {
			most = max(f.Trigger.Concurrency, 1)
		}
		r.pools[name] = runtime.NewPool(of, most)
	}
	if r.Lane != nil {
		if err := r.Lane.Start(ctx); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context) error { return r.serve(ctx, s) }, nil
}

// serve leads requests, items and ticks to the functions until ctx ends, and
// lets those that work finish.
func (r *Runner) serve(ctx context.Context, s *world.Site) error {
	var group sync.WaitGroup
	for name, f := range functions.All().Functions {
		switch {
		case f.Trigger.Queue != "":
			group.Go(func() { r.mapping(name, f).run(ctx) })
		case f.Trigger.Schedule != "":
			group.Go(func() { r.tick(ctx, r.function(name)) })
		}
	}
	run := map[string]invoker{}
	for name := range r.pools {
		run[name] = r.function(name)
	}
	handlers := map[string]http.Handler{}
	for name := range s.Listen {
		handlers[name] = newGateway(name, run)
	}
	if r.Lane != nil {
		handlers["as4"] = r.Lane.front("as4")
	}
	err := serve(ctx, s, handlers)
	group.Wait()
	if r.Lane != nil {
		err = errors.Join(err, r.Lane.Stop())
	}
	for _, pool := range r.pools {
		pool.Close()
	}
	return err
}

func (r *Runner) mapping(name string, f functions.Function) *mapping {
	queue := f.Trigger.Queue
	m := &mapping{
		queues: r.Deployed.Store.Queues, queue: queue, arn: "arn:aws:sqs:eu-central-1:000000000000:" + r.Deployed.Name + "-" + queue,
		batch: f.Trigger.Batch, concurrency: min(f.Trigger.Concurrency, concurrency), hidden: functions.All().Queues[queue].Hidden(), to: r.function(name),
	}
	if r.Hide > 0 {
		m.hidden = r.Hide
	}
	return m
}

// tick sends scheduled events.
func (r *Runner) tick(ctx context.Context, clock invoker) {
	event, err := json.Marshal(events.CloudWatchEvent{Version: "0", DetailType: "Scheduled Event", Source: "aws.events", Detail: json.RawMessage("{}")})
	if err != nil {
		panic(err) // it is a constant
	}
	for pause(ctx, r.Every); ctx.Err() == nil; pause(ctx, r.Every) {
		if _, err := clock.Invoke(context.WithoutCancel(ctx), event); err != nil {
			slog.ErrorContext(ctx, "the clock failed; it comes again", slog.String("error", err.Error()))
		}
	}
}

// serve serves the gateways of a site until ctx ends.
func serve(ctx context.Context, s *world.Site, handlers map[string]http.Handler) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for name, l := range s.Listen {
		server := &http.Server{Handler: handlers[name], TLSConfig: s.TLS[name], ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
		group.Go(func() {
			<-ctx.Done()
			stopping, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer stop()
			_ = server.Shutdown(stopping) // what has not ended by then is cut
		})
		group.Go(func() {
			err := listen(server, l)
			if !errors.Is(err, http.ErrServerClosed) {
				mu.Lock()
				failed = errors.Join(failed, fmt.Errorf("gateway %s: %w", name, err))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return failed
}

func listen(s *http.Server, l net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(l, "", "")
	}
	return s.Serve(l)
}
