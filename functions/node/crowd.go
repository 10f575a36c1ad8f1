package node

import (
	"net/http"
	"time"
)

// patience is how long a request waits for a place. A partner waits for its receipt
// meanwhile, and for no longer than a minute (architecture §6).
const patience = 20 * time.Second

// crowd lets in as many requests at once as there are places. A message that is
// received takes a buffer or two of the store's, whatever its size: so what a process
// needs is the number of them.
type crowd struct {
	next   http.Handler
	places chan struct{}
}

// ServeHTTP waits for a place, and refuses when none gets free. Nothing of the
// request's body is read meanwhile.
func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case c.places <- struct{}{}:
	case <-r.Context().Done():
		return
	case <-timer.C:
		w.Header().Set("Retry-After", "30")
		http.Error(w, "as many messages are being received as this access point takes at once; send again", http.StatusServiceUnavailable)
		return
	}
	defer func() { <-c.places }()
	c.next.ServeHTTP(w, r)
}
