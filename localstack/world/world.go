package world

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/residents"
)

// World is an open world. Close ends it.
type World struct {
	options   Options
	sockets   sockets
	authority *authority
	published *commonservices.World
	services  *commonservices.Simulator
	countries map[string]*country
	Tenants   map[string]*Tenant
	Residents *residents.Residents

	stop   context.CancelFunc
	group  sync.WaitGroup
	mu     sync.Mutex
	failed error
	broken chan struct{}
}

// Tenant is one running country.
type Tenant struct {
	*local.Opened // nil where a host runs it
	Country       string
	API           string // base URLs
	People        string
}

// Open starts a world. It is ready when Open returns.
func Open(ctx context.Context, o Options) (*World, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Fresh {
		if err := forget(o.Data); err != nil {
			return nil, err
		}
	}
	w := &World{options: o, broken: make(chan struct{}), countries: map[string]*country{}, Tenants: map[string]*Tenant{}}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// marker is what a folder of a world holds: nothing else is ever deleted.
const marker = "world.vienreiz"

// forget empties the folder of a world, and no other folder.
func forget(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || len(entries) == 0 && err == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("%s is no folder of a simulated world, so it is not emptied; choose another with --data", dir)
	}
	return os.RemoveAll(dir)
}

func (w *World) open(ctx context.Context) error {
	w.options.Progress("taking ports")
	var err error
	if w.sockets, err = w.options.listen(); err != nil {
		return err
	}
	if err := keep(filepath.Join(w.options.Data, marker), []byte("a simulated world with throw-away keys\n")); err != nil {
		return err
	}
	if w.published, err = commonservices.DefaultWorld(); err != nil {
		return err
	}
	if w.services, err = commonservices.New(w.published, rand.Reader, w.options.Now); err != nil {
		return err
	}
	if w.authority, err = openAuthority(w.options.Data, w.options.Now()); err != nil {
		return err
	}
	w.options.Progress("keys and certificates of two countries")
	for _, code := range w.options.Names {
		if w.countries[code], err = w.openCountry(code); err != nil {
			return err
		}
	}
	return w.start(ctx)
}

func (w *World) start(ctx context.Context) error {
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := w.simulate(ctx); err != nil {
		return err
	}
	w.serve(ctx, "common-services", w.services)
	for i, code := range w.options.Names {
		c, other := w.countries[code], w.countries[w.options.Names[1-i]]
		w.options.Progress("the node of " + code)
		if err := w.configure(c, other); err != nil {
			return err
		}
		if err := w.startTenant(ctx, c); err != nil {
			return err
		}
	}
	if err := w.startPortal(ctx, w.countries[w.options.Names[0]]); err != nil {
		return err
	}
	return w.announce()
}

// every is how often the clock of a node ticks: nobody waits for a minute here.
const every = time.Second

// startTenant runs a country's node on its own store, or lets its host do so.
func (w *World) startTenant(ctx context.Context, c *country) error {
	t := &Tenant{Country: c.code, API: w.sockets.url(c.code + "/api"), People: w.people(c.code)}
	w.Tenants[c.code] = t
	if host := w.options.Hosts[c.code]; host != nil {
		return w.startHosted(ctx, c, host)
	}
	n := local.Node{Tenant: filepath.Join(c.dir, "config", "tenant.yaml"), Data: filepath.Join(c.dir, "store"), Now: w.options.Now, Metrics: w.options.Metrics}
	if wire := w.wire(c); wire != nil {
		n.Wrap = wire.Client
	}
	var err error
	if t.Opened, err = n.Open(ctx); err != nil || w.options.Still {
		return err
	}
	return w.startOpened(ctx, c, t)
}

// wrap puts the recorder of the wire around a node, and the stage in front of its pages.
func (w *World) wrap(c *country, n *node.Node) {
	n.Wrap = map[string]func(http.Handler) http.Handler{"people": func(h http.Handler) http.Handler { return http.StripPrefix(w.options.Stage, h) }}
	if wire := w.wire(c); wire != nil {
		n.Wrap["as4"] = wire.Server
	}
}

// people is the URL below which a country's pages for people are.
func (w *World) people(code string) string { return w.sockets.url(code+"/people") + w.options.Stage }

func (w *World) wire(c *country) Wire {
	if w.options.Wire == nil {
		return nil
	}
	return w.options.Wire(c.code)
}

// serve runs a simulated part until the world closes.
func (w *World) serve(ctx context.Context, socket string, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug)}
	w.group.Go(func() {
		if err := s.Serve(w.sockets[socket]); !errors.Is(err, http.ErrServerClosed) {
			w.note(fmt.Errorf("%s: %w", socket, err))
		}
	})
	w.group.Go(func() {
		<-ctx.Done()
		w.note(s.Close())
	})
}

func (w *World) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.failed == nil {
		close(w.broken)
	}
	w.failed = errors.Join(w.failed, err)
}

// Close ends every part, lets what runs finish, and closes the stores. The
// error is of everything that went wrong while it ran.
func (w *World) Close() error {
	if w.stop != nil {
		w.stop()
		w.note(os.Remove(filepath.Join(w.options.Data, runningFile)))
	}
	w.group.Wait()
	w.sockets.close()
	for _, t := range w.Tenants {
		if t.Opened != nil {
			w.note(t.Close())
		}
	}
	return w.failed
}

// Published is what the countries have published in the Common Services.
func (w *World) Published() *commonservices.World { return w.published }

// Broken is closed when a part of the world breaks.
func (w *World) Broken() <-chan struct{} { return w.broken }

// URL is the address of the sample portal.
func (w *World) URL() string { return w.sockets.url("portal") }
