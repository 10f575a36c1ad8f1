package world

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Host runs a country's node somewhere else than in this process, such as on an
// emulated cloud. It returns when the node can work; what it returns serves
// until its context ends.
type Host func(ctx context.Context, s *Site) (serve func(context.Context) error, err error)

// Site is a country whose node a [Host] runs.
type Site struct {
	Country  string
	Document *tenant.Document        // names files of Folder
	Folder   string                  // configuration: documents, certificates, and keys in PEM
	Listen   map[string]net.Listener // by gateway
	TLS      map[string]*tls.Config  // of gateways that speak it themselves
}

// site describes a country as it was configured.
func (w *World) site(c *country) (*Site, error) {
	s := &Site{Country: c.code, Folder: filepath.Join(c.dir, "config"), Document: new(tenant.Document), Listen: w.listeners(c)}
	octets, err := os.ReadFile(filepath.Join(s.Folder, "tenant.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(octets, s.Document); err != nil {
		return nil, err
	}
	secure, err := w.authority.server(w.options.Now())
	s.TLS = map[string]*tls.Config{"people": secure}
	return s, err
}

// listeners are those of a country's gateways.
func (w *World) listeners(c *country) map[string]net.Listener {
	all := map[string]net.Listener{}
	for _, gateway := range []string{"as4", "api", "people"} {
		all[gateway] = w.sockets[c.code+"/"+gateway]
	}
	return all
}

// startHosted lets a host run a country's node.
func (w *World) startHosted(ctx context.Context, c *country, host Host) error {
	s, err := w.site(c)
	if err != nil {
		return err
	}
	serve, err := host(ctx, s)
	if err != nil {
		return err
	}
	w.group.Go(func() { w.note(serve(ctx)) })
	return nil
}

// startOpened runs a country's node in this process.
func (w *World) startOpened(ctx context.Context, c *country, t *Tenant) error {
	s, err := w.site(c)
	if err != nil {
		return err
	}
	n := &node.Node{Assembly: t.Assembly, Queues: t.Store.Queues, Intact: t.Store.Intact, TLS: s.TLS, Listen: s.Listen, Every: every}
	w.wrap(c, n)
	w.group.Go(func() { w.note(n.Run(ctx)) })
	w.group.Go(func() { t.Sweep(ctx) })
	return nil
}
