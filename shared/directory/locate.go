package directory

import (
	"context"
	"sync"
	"time"
)

// DiscoveryFresh is how long a discovered address is used.
const DiscoveryFresh = time.Hour

// naptrLookup looks the NAPTR records of a name up; DNS does.
type naptrLookup interface {
	NAPTR(ctx context.Context, name string) ([]NAPTR, error)
}

// Locator finds services: by its own list, else by discovery (TDD 3.4). It may be used by many at once.
type Locator struct {
	// Fixed are base URLs by service and country; the country "" stands for all others.
	Fixed map[Service]map[string]string
	// Lookup and Environment are for discovery; without Lookup there is none.
	Lookup      naptrLookup
	Environment Environment
	// Now is the clock.
	Now func() time.Time

	mu    sync.Mutex
	found map[string]located
}

type located struct {
	base string
	at   time.Time
}

// Base returns the base URL of a country's service. The error is a *Refusal, or why the name server gave no answer.
func (l *Locator) Base(ctx context.Context, country string, s Service, v Version) (string, error) {
	for _, c := range []string{country, ""} {
		if base := l.Fixed[s][c]; base != "" {
			return base, nil
		}
	}
	switch {
	case l.Lookup == nil:
		return "", refuse("discovery.none", s.String(), "no address is set for country %q, and there is no discovery", country)
	case !members.Has(country):
		return "", refuse("discovery.country", s.String(), "discovery goes by the country; name one of OOTS_Country")
	}
	name := DiscoveryName(country, s, v, l.Environment)
	if base, ok := l.fresh(name); ok {
		return base, nil
	}
	records, err := l.Lookup.NAPTR(ctx, name)
	if err != nil {
		return "", err
	}
	base, err := BaseOf(name, records)
	if err != nil {
		return "", err
	}
	l.keep(name, base)
	return base, nil
}

func (l *Locator) fresh(name string) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.found[name]
	return f.base, ok && l.Now().Sub(f.at) < DiscoveryFresh
}

func (l *Locator) keep(name, base string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found == nil {
		l.found = map[string]located{}
	}
	l.found[name] = located{base, l.Now()}
}
