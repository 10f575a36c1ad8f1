// Package node runs any subset of the functions in one process: HTTP servers for
// the gateways, consumers for the queues, and the clock. The handlers are those
// of the functions, with the same event types; the receiver streams.
package node

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions"
	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	send "github.com/vienreiz/vienreiz/functions/as4-send/handler"
	"github.com/vienreiz/vienreiz/functions/assembly"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	exchange "github.com/vienreiz/vienreiz/functions/exchange/handler"
	health "github.com/vienreiz/vienreiz/functions/health/handler"
	people "github.com/vienreiz/vienreiz/functions/people/handler"
	portal "github.com/vienreiz/vienreiz/functions/portal/handler"
	provide "github.com/vienreiz/vienreiz/functions/provide/handler"
	resolve "github.com/vienreiz/vienreiz/functions/resolve/handler"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Queues are the embedded or cloud queues that a node consumes.
type Queues interface {
	Receive(ctx context.Context, queue string, max int, visibility time.Duration) ([]store.Message, error)
	Delete(ctx context.Context, queue, handle string) error
	// Arrived tells when something may be there, so that nobody need poll.
	Arrived(queue string) (<-chan struct{}, error)
}

// Node is one process.
type Node struct {
	Assembly *assembly.Assembly
	Queues   Queues
	// Intact, where set, says what of the process's own store is missing: of one that
	// others share nobody asks each process.
	Intact func() error
	// Only are the functions to run; empty: all.
	Only []string
	// Listen are the listeners by gateway; a gateway without one is not served.
	Listen map[string]net.Listener
	// TLS of gateways that speak it themselves, by gateway.
	TLS map[string]*tls.Config
	// Wrap, where set, goes around the handler of a gateway: a recorder of the wire.
	Wrap map[string]func(http.Handler) http.Handler
	// Every is the clock's interval; zero: a minute.
	Every time.Duration
	// Grace is how long requests that run may take to end when the node stops; zero: 10 s.
	Grace time.Duration
	// AtOnce is how many requests of as4 are worked on at once, which bounds the memory
	// that they take together; zero: as many as come.
	AtOnce int
}

// queued are the handlers of queues by function.
var queued = map[string]func(*assembly.Assembly) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error){
	"as4-send": send.New, "exchange": exchange.New, "resolve": resolve.New, "provide": provide.New,
}

// served are the handlers of gateways by function.
var served = map[string]func(*assembly.Assembly) (http.Handler, error){
	"as4-receive": func(a *assembly.Assembly) (http.Handler, error) { return receive.New(a), nil },
	"people":      func(a *assembly.Assembly) (http.Handler, error) { return people.New(a), nil },
	"health":      func(a *assembly.Assembly) (http.Handler, error) { return health.New(a), nil },
	"portal":      func(a *assembly.Assembly) (http.Handler, error) { return portal.Of(a), nil },
}

// shutdown is how long requests that run may take to end, unless Grace says otherwise.
const shutdown = 10 * time.Second

// arrival is how long a request may take to arrive whole: 100 MB at 3 Mbit/s.
const arrival = 5 * time.Minute

// Run serves until ctx ends, then lets what runs finish. The error is of what
// could not be started or broke.
func (n *Node) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failed := make(chan error, len(n.Listen)+1)
	if err := n.Check(); err != nil {
		return err
	}
	servers, err := n.servers()
	if err != nil {
		return err
	}
	n.closeUnserved(servers)
	for gateway, s := range servers {
		group.Go(func() {
			if err := n.serve(gateway, s); err != nil {
				failed <- err
				cancel()
			}
		})
	}
	n.consume(ctx, &group)
	if n.runs("clock") {
		group.Go(func() { n.tick(ctx) })
	}
	<-ctx.Done()
	err = n.stop(ctx, servers)
	group.Wait()
	close(failed)
	for e := range failed {
		err = errors.Join(err, e)
	}
	return err
}

// stop lets requests that run finish, at all gateways at once.
func (n *Node) stop(ctx context.Context, servers map[string]*http.Server) error {
	grace := cmp.Or(n.Grace, shutdown)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	ended := make(chan error, len(servers))
	for gateway, s := range servers {
		go func() {
			err := s.Shutdown(stopping)
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("gateway %s: a request had not ended %s after the node was told to stop, and is cut off; a partner has no receipt then and sends again", gateway, grace)
			}
			ended <- err
		}()
	}
	var err error
	for range servers {
		err = errors.Join(err, <-ended)
	}
	return err
}

// Check refuses functions that there are none of: a node that runs nothing looks healthy.
func (n *Node) Check() error {
	known := functions.All().Functions
	for _, name := range n.Only {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("there is no function %q; the functions are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// closeUnserved closes the listeners that no function of this node serves: who
// calls there is refused, and does not wait for nobody.
func (n *Node) closeUnserved(servers map[string]*http.Server) {
	for gateway, l := range n.Listen {
		if servers[gateway] == nil {
			_ = l.Close()
		}
	}
}

func (n *Node) runs(function string) bool {
	return len(n.Only) == 0 || slices.Contains(n.Only, function)
}

// servers are one a gateway, with every function that it leads to.
func (n *Node) servers() (map[string]*http.Server, error) {
	all := map[string]*http.Server{}
	for gateway, l := range n.Listen {
		f, err := n.front(gateway)
		if err != nil {
			return nil, err
		}
		if l == nil || len(f) == 0 {
			continue
		}
		h := http.Handler(f)
		if gateway == "as4" && n.AtOnce > 0 {
			h = &crowd{next: h, places: make(chan struct{}, n.AtOnce)}
		}
		if wrap := n.Wrap[gateway]; wrap != nil {
			h = wrap(h)
		}
		all[gateway] = &http.Server{Handler: n.alive(h), TLSConfig: n.TLS[gateway], ReadHeaderTimeout: 10 * time.Second, ReadTimeout: arrival, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
	}
	return all, nil
}

func (n *Node) serve(gateway string, s *http.Server) error {
	var err error
	if s.TLSConfig != nil {
		err = s.ServeTLS(n.Listen[gateway], "", "")
	} else {
		err = s.Serve(n.Listen[gateway])
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("gateway %s: %w", gateway, err)
}

func (n *Node) tick(ctx context.Context) {
	every := n.Every
	if every == 0 {
		every = time.Minute
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	handle := clock.New(n.Assembly)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			strike := func(ctx context.Context) error { return handle(ctx, events.CloudWatchEvent{}) }
			if err := n.Assembly.Observe.Call(ctx, "clock", strike); err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "the clock failed; it comes again", slog.String("error", err.Error()))
			}
		}
	}
}
