// Package local is a node on one machine: over the embedded store, its configuration in a folder.
package local

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/folder"
)

// Node is a node on one machine: its configuration is a folder, its store another.
type Node struct {
	Tenant string // path of the tenant document; the files that it names lie beside it
	Data   string // folder of the store, made when it is not there
	Now    func() time.Time
	// Metrics is where a line for each measurement goes; nil: nowhere.
	Metrics io.Writer
	// Wrap, where set, goes around the client of the partners: a recorder of the wire.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// Opened is a node that could run.
type Opened struct {
	Assembly *assembly.Assembly
	Store    *embedded.Store
	source   *folder.Source
}

// Open opens configuration and store. A configuration that cannot be used is an error.
func (n Node) Open(ctx context.Context) (*Opened, error) {
	source, err := folder.Open(filepath.Dir(n.Tenant))
	if err != nil {
		return nil, err
	}
	live := &tenant.Live{Source: source, File: filepath.Base(n.Tenant), Now: n.Now}
	c, err := live.Configuration(ctx)
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	s, err := embedded.Open(ctx, n.Data, buckets(n.Now))
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	ports := assembly.Ports{State: s.State, Queue: s.Queues, Objects: s.Objects, Tenant: live, Now: n.Now, Secret: source.Secret, Failed: failed, Wrap: n.Wrap}
	ports.Observe = &observe.Node{Tenant: c.Name, Metrics: n.Metrics, Now: n.Now}
	return &Opened{assembly.New(ports), s, source}, nil
}

// failed logs what is left to the clock or the store's lifecycle.
func failed(ctx context.Context, err error) {
	slog.WarnContext(ctx, "left for later", slog.String("error", err.Error()))
}

// Close ends the store. Nothing may run on it any more.
func (o *Opened) Close() error { return errors.Join(o.Store.Close(), o.source.Close()) }

// buckets are the queues and buckets of the embedded store, by functions.yaml.
func buckets(now func() time.Time) embedded.Config {
	c := embedded.Config{Now: now}
	for name, q := range functions.All().Queues {
		c.Queues = append(c.Queues, embedded.Queue{Name: name, MaxReceives: q.Receives})
	}
	for name, b := range functions.All().Buckets {
		c.Buckets = append(c.Buckets, embedded.Bucket{Name: name, Lock: time.Duration(b.Lock) * time.Hour, Expire: time.Duration(b.Expire) * time.Hour})
	}
	return c
}

// Sweep removes what has expired until ctx ends, as the cloud's stores do by themselves.
func (o *Opened) Sweep(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := o.Store.State.Sweep(ctx)
		if n%60 == 0 {
			err = errors.Join(err, o.Store.Objects.Sweep(ctx))
		}
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "what has expired could not be removed", slog.String("error", err.Error()))
		}
	}
}
