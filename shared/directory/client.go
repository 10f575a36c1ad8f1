package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Defaults of a client.
const (
	// DefaultFresh is how long an answer is used without asking again.
	DefaultFresh = time.Hour
	// DefaultStale is how long an answer is used, flagged, while the service is out of reach.
	DefaultStale = 24 * time.Hour
	// CallTimeout bounds one try, Tries are made at most, and after them the service is left alone for BreakerPause.
	CallTimeout  = 10 * time.Second
	Tries        = 3
	FirstBackOff = time.Second
	BreakerPause = 30 * time.Second
)

// doer sends a request; *http.Client does. It must not follow redirects (package outward makes such).
type doer interface {
	Do(*http.Request) (*http.Response, error)
}

// locator says where a country's service is.
type locator interface {
	Base(ctx context.Context, country string, s Service, v Version) (string, error)
}

// Options are what a client needs.
type Options struct {
	HTTP   doer
	Locate locator
	// Versions are the lines to accept, newest first; none means 2.0.
	Versions []Version
	// Trust is whose signatures count. Unsigned turns verification off: for services of tests and rehearsals only.
	Trust    Trust
	Unsigned bool
	// Repository stands in for the Semantic Repository's hosts, where a rehearsal has its own; empty asks the real ones.
	Repository string
	// Fresh and Stale are how long answers are kept; zero means the defaults, a negative Fresh always asks.
	Fresh, Stale time.Duration
	// Now and Sleep are the clock.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Client asks the catalogues. It may be used by many at once.
type Client struct {
	o       Options
	cache   *cache
	flights flights
	breaker breaker
}

// NewClient makes a client. Without a pinned root it refuses to work, unless Unsigned says so.
func NewClient(o Options) (*Client, error) {
	if o.HTTP == nil || o.Locate == nil || o.Now == nil || o.Sleep == nil {
		return nil, errors.New("make a directory client: HTTP, Locate, Now and Sleep must be given")
	}
	if len(o.Trust.Roots) == 0 && !o.Unsigned {
		return nil, errors.New("make a directory client: no pinned root; without one no signature can be verified")
	}
	if len(o.Versions) == 0 {
		o.Versions = []Version{V20}
	}
	for _, v := range o.Versions {
		if !v.Known() {
			return nil, fmt.Errorf("make a directory client: %q is none of %v", v, Versions())
		}
	}
	if o.Fresh == 0 {
		o.Fresh = DefaultFresh
	}
	if o.Stale == 0 {
		o.Stale = DefaultStale
	}
	return &Client{o: o, cache: newCache()}, nil
}

// Provenance says where an answer comes from.
type Provenance struct {
	Service Service `json:"service"`
	// Version is the line of the answer.
	Version Version `json:"version"`
	// Verified says that the signature was checked; Signed is what it says.
	Verified bool   `json:"verified"`
	Signed   Signed `json:"signed,omitzero"`
	// FetchedAt is when it was fetched. Cached says that it was not fetched now, Stale that it is old and the service out of reach.
	FetchedAt time.Time `json:"fetchedAt"`
	Cached    bool      `json:"cached"`
	Stale     bool      `json:"stale"`
}

// Answer is what was found and where it comes from. Items are shared: do not change them.
type Answer[T any] struct {
	Items []T
	// Dropped are requirements of other procedures and countries that the answer held too.
	Dropped []Dropped
	Provenance
}

// Requirements asks the Evidence Broker what a procedure requires, and keeps of each requirement the frameworks that were asked for.
// The error is a *Refusal, a *Failure (with the Provenance of the answer) or an *Outage.
func (c *Client) Requirements(ctx context.Context, q RequirementsQuery) (Answer[Requirement], error) {
	built, err := q.build(c.o.Versions)
	if err != nil {
		return Answer[Requirement]{}, err
	}
	a, err := ask(ctx, c, built, ParseRequirements, func([]Requirement) error { return nil })
	a.Items, a.Dropped = q.keep(a.Items)
	return a, err
}

// keep drops the frameworks of other procedures and countries, and requirements without any left. What the Union declares holds
// everywhere.
func (q RequirementsQuery) keep(all []Requirement) (kept []Requirement, dropped []Dropped) {
	for _, r := range all {
		r.ReferenceFramework = slices.DeleteFunc(slices.Clone(r.ReferenceFramework), func(f ReferenceFramework) bool {
			where := f.Jurisdiction.AdminUnitLevel1
			return q.Procedure != "" && f.Procedure != q.Procedure || q.Country != "" && where != q.Country && where != union
		})
		if len(r.ReferenceFramework) == 0 {
			dropped = append(dropped, Dropped{r.Name.In(), ByProcedure, "no procedure declaration that was asked for rests on it"})
			continue
		}
		kept = append(kept, r)
	}
	return kept, dropped
}

// union is the country's code of what holds in all member states.
const union = "EU"

// EvidenceTypes asks the Evidence Broker what proves a requirement. Errors are those of Requirements.
func (c *Client) EvidenceTypes(ctx context.Context, q EvidenceTypesQuery) (Answer[Requirement], error) {
	built, err := q.build(c.o.Versions)
	if err != nil {
		return Answer[Requirement]{}, err
	}
	return ask(ctx, c, built, ParseEvidenceTypes, q.fits)
}

// DataServices asks the Data Service Directory who issues a type of evidence. Errors are those of Requirements; a *Failure with the
// code DSDAdditionalInput has Questions for the user.
func (c *Client) DataServices(ctx context.Context, q DataServicesQuery) (Answer[DataService], error) {
	built, err := q.build(c.o.Versions)
	if err != nil {
		return Answer[DataService]{}, err
	}
	a, err := ask(ctx, c, built, ParseDataServices, q.fits)
	if f, ok := errors.AsType[*Failure](err); ok {
		if wrong := q.fitsQuestions(f.Questions); wrong != nil {
			return Answer[DataService]{}, wrong
		}
	}
	return a, err
}

// ask takes a fresh answer from the cache, or asks; while the service is out of reach an old answer does, flagged.
func ask[T any](ctx context.Context, c *Client, q *query, parse func([]byte, []Version) ([]T, Version, error), fits func([]T) error) (Answer[T], error) {
	base, err := c.o.Locate.Base(ctx, q.country, q.service, slices.MaxFunc(c.o.Versions, compareVersions))
	if err != nil {
		return Answer[T]{}, refusedOrOut(q.service, err)
	}
	target := q.url(base)
	key := sha256.Sum256([]byte(acceptVersion(c.o.Versions) + "\n" + target)) // hashed: an address may hold answers of a user
	old, found := c.cache.get(key)
	if found && c.o.Now().Sub(old.at) < c.o.Fresh {
		return cached[T](old, false), nil
	}
	value, err := c.flights.do(ctx, key, func(ctx context.Context) (any, error) {
		a, size, err := fetch(ctx, c, q, target, parse, fits)
		if err == nil {
			c.cache.put(key, entry{value: a, at: a.FetchedAt, size: size})
		}
		return a, err
	})
	if _, out := errors.AsType[*Outage](err); out && found && c.o.Now().Sub(old.at) < c.o.Stale {
		return cached[T](old, true), nil
	}
	a, _ := value.(Answer[T])
	return a, err
}

func compareVersions(a, b Version) int {
	return slices.Index(Versions(), a) - slices.Index(Versions(), b)
}

func cached[T any](e entry, stale bool) Answer[T] {
	a, _ := e.value.(Answer[T])
	a.Cached, a.Stale = true, stale
	return a
}

// fetch asks the service and judges the answer.
func fetch[T any](ctx context.Context, c *Client, q *query, target string, parse func([]byte, []Version) ([]T, Version, error), fits func([]T) error) (Answer[T], int, error) {
	a := Answer[T]{Provenance: Provenance{Service: q.service}}
	var size int
	err := c.call(ctx, q.service, target, func(resp *http.Response, body []byte) error {
		a.FetchedAt, size = c.o.Now(), len(body)
		if !c.o.Unsigned {
			signed, err := c.o.Trust.Verify(resp.Header, body, a.FetchedAt)
			if err != nil {
				return err
			}
			a.Signed, a.Verified = signed, true
		}
		var err error
		if a.Items, a.Version, err = parse(body, c.o.Versions); err != nil {
			return err
		}
		return fits(a.Items)
	})
	if _, failed := errors.AsType[*Failure](err); err != nil && !failed {
		return Answer[T]{}, 0, err
	}
	return a, size, err
}

// refusedOrOut sorts what went wrong before a service was asked.
func refusedOrOut(s Service, err error) error {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r
	}
	return &Outage{s, err}
}
