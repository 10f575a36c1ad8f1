package directory

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// MaxCacheBytes bounds what the cache holds, counted in octets of the answers as they came. The oldest goes first.
const MaxCacheBytes = 64 << 20

type cacheKey = [sha256.Size]byte

// entry is one answer that was verified and right.
type entry struct {
	value any
	at    time.Time
	size  int
}

// cache keeps answers by address and version.
type cache struct {
	mu      sync.Mutex
	entries map[cacheKey]entry
	size    int
}

func newCache() *cache { return &cache{entries: map[cacheKey]entry{}} }

func (c *cache) get(k cacheKey) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[k]
	return e, ok
}

func (c *cache) put(k cacheKey, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(k)
	for c.size+e.size > MaxCacheBytes && len(c.entries) > 0 {
		c.drop(c.oldest())
	}
	c.entries[k] = e
	c.size += e.size
}

func (c *cache) drop(k cacheKey) {
	c.size -= c.entries[k].size
	delete(c.entries, k)
}

func (c *cache) oldest() cacheKey {
	var oldest cacheKey
	first := true
	for k, e := range c.entries {
		if first || e.at.Before(c.entries[oldest].at) {
			oldest, first = k, false
		}
	}
	return oldest
}

// flights collapse equal calls: who asks while another's call is under way gets its answer.
type flights struct {
	mu    sync.Mutex
	under map[cacheKey]*flight
}

type flight struct {
	done  chan struct{}
	value any
	err   error
}

// do runs call once for all who want it at the time. It outlives whoever started it, so that nobody's leaving fails the others.
func (f *flights) do(ctx context.Context, k cacheKey, call func(context.Context) (any, error)) (any, error) {
	f.mu.Lock()
	if f.under == nil {
		f.under = map[cacheKey]*flight{}
	}
	x, running := f.under[k]
	if !running {
		x = &flight{done: make(chan struct{})}
		f.under[k] = x
		go func() {
			x.value, x.err = call(context.WithoutCancel(ctx))
			f.mu.Lock()
			delete(f.under, k)
			f.mu.Unlock()
			close(x.done)
		}()
	}
	f.mu.Unlock()
	select {
	case <-x.done:
		return x.value, x.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
