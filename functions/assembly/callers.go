package assembly

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/outward"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// callers hold the clients of one configuration, so that connections and cached
// answers live as long as it does. Each reaches its own list of places only
// (architecture rule 13).
type callers struct {
	tenant *tenant.Live

	mu       sync.Mutex
	of       *tenant.Configuration
	partner  *http.Client
	registry *http.Client
	resolver *directory.Resolver
}

// renew forgets the clients of an older configuration.
func (c *callers) renew(now *tenant.Configuration) {
	if c.of != now {
		c.of, c.partner, c.registry, c.resolver = now, nil, nil, nil
	}
}

func (c *callers) partners(now *tenant.Configuration, wrap func(http.RoundTripper) http.RoundTripper) (*http.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew(now)
	if c.partner != nil {
		return c.partner, nil
	}
	client, err := client(now, now.Places.Partners)
	if err == nil && wrap != nil {
		client.Transport = wrap(client.Transport)
	}
	c.partner = client
	return client, err
}

func (c *callers) registries(now *tenant.Configuration) (*http.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew(now)
	if c.registry != nil {
		return c.registry, nil
	}
	client, err := client(now, now.Places.Registries)
	c.registry = client
	return client, err
}

func client(c *tenant.Configuration, places []string) (*http.Client, error) {
	listed, err := outward.ListPlaces(places...)
	if err != nil {
		return nil, err
	}
	return outward.NewClient(listed, trust(c)), nil
}

// trust is the machine's roots and those that the tenant adds.
func trust(c *tenant.Configuration) *tls.Config {
	if len(c.Roots) == 0 {
		return outward.TLSProfile(nil)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	for _, root := range c.Roots {
		pool.AddCert(root)
	}
	return outward.TLSProfile(pool)
}

// Resolve asks the Common Services.
func (c *callers) Resolve(ctx context.Context, of directory.Case) (*directory.Outcome, error) {
	now, err := c.tenant.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	r, err := c.directory(now)
	if err != nil {
		return nil, err
	}
	return r.Resolve(ctx, of)
}

func (c *callers) directory(now *tenant.Configuration) (*directory.Resolver, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew(now)
	if c.resolver != nil {
		return c.resolver, nil
	}
	dial, err := client(now, now.Places.Directory)
	if err != nil {
		return nil, err
	}
	versions := csVersions(now.Directory.Versions)
	asks, err := directory.NewClient(directory.Options{
		HTTP: dial, Locate: locator(now, c.tenant.Now), Versions: versions, Trust: directory.Trust{Roots: now.CSRoots}, Repository: now.Directory.Repository,
		Now: c.tenant.Now, Sleep: sleep,
	})
	if err != nil {
		return nil, err
	}
	c.resolver = &directory.Resolver{Ask: asks, Versions: versions}
	return c.resolver, nil
}

func csVersions(names []string) []directory.Version {
	var list []directory.Version
	for _, n := range names {
		if v, ok := directory.ParseVersion(n); ok {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return []directory.Version{directory.V20}
	}
	return list
}

// locator finds the services where the tenant says, else by discovery (TDD 3.4).
func locator(c *tenant.Configuration, now func() time.Time) *directory.Locator {
	l := &directory.Locator{Fixed: map[directory.Service]map[string]string{}, Environment: directory.Environment(c.Directory.Environment), Now: now}
	for service, base := range map[directory.Service]string{directory.EvidenceBroker: c.Directory.EvidenceBroker, directory.DataServiceDirectory: c.Directory.DataServices} {
		if base != "" {
			l.Fixed[service] = map[string]string{"": strings.TrimSuffix(base, "/")}
		}
	}
	if c.Directory.NameServer != "" {
		l.Lookup = directory.DNS{Server: c.Directory.NameServer}
	}
	return l
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
