package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/outward"
)

// mediaType is what the catalogues speak (TDD 3.6.2).
const mediaType = "application/x-ebrs+xml"

// call gets an address, tries again after network errors and 5xx, and gives the answer to use. An *Outage is what is left after
// the last try; everything else is final at once.
func (c *Client) call(ctx context.Context, s Service, target string, use func(*http.Response, []byte) error) error {
	host := string(s) + " " + hostOf(target) // one machine may serve both catalogues
	if !c.breaker.closed(host, c.o.Now()) {
		return &Outage{s, fmt.Errorf("it failed less than %s ago", BreakerPause)}
	}
	pause := FirstBackOff
	for try := 1; ; try++ {
		err := c.try(ctx, s, target, use)
		out, isOut := errors.AsType[*Outage](err)
		if !isOut {
			c.breaker.mend(host)
			return err
		}
		if try == Tries || s == semanticRepository || ctx.Err() != nil { // a question can be shown without its list: nobody waits for it
			c.breaker.open(host, c.o.Now())
			return out
		}
		if err := c.o.Sleep(ctx, pause); err != nil {
			return &Outage{s, err}
		}
		pause *= 2
	}
}

func hostOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Host
}

// try makes one call.
func (c *Client) try(ctx context.Context, s Service, target string, use func(*http.Response, []byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return refuse("http.url", "address", "the service's address is no URL")
	}
	c.head(req, s)
	resp, err := c.o.HTTP.Do(req)
	if err != nil {
		return unreachable(s, err)
	}
	defer resp.Body.Close()
	if err := checkHead(resp, s); err != nil {
		return outageFor5xx(s, resp, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswerBytes+1))
	if err != nil {
		return unreachable(s, err)
	}
	if len(body) > MaxAnswerBytes {
		return refuse("xml.limit.bytes", "body", "the answer has more than %d octets", MaxAnswerBytes)
	}
	// The status in the body decides, whatever the HTTP status is (TDD 3.6.2).
	return outageFor5xx(s, resp, use(resp, body))
}

// head says what is wanted. The Semantic Repository is a web server: it knows neither the media type nor the versions.
func (c *Client) head(req *http.Request, s Service) {
	if s == semanticRepository {
		req.Header.Set("Accept", "application/xml")
		return
	}
	req.Header.Set("Accept", mediaType)
	if v := acceptVersion(c.o.Versions); v != "" {
		req.Header.Set("Accept-Version", v)
	}
}

// checkHead judges what stands before the body.
func checkHead(resp *http.Response, s Service) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return refuse("http.redirect", "HTTP status", "%d: redirects are not followed; set the service's address anew", resp.StatusCode)
	}
	if e := resp.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return refuse("http.content-encoding", "Content-Encoding", "%.40q was not asked for", e)
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode >= 400 || s == semanticRepository:
		return nil // judged by its body
	case err != nil, kind != mediaType && kind != "application/xml" && kind != "text/xml":
		return refuse("http.content-type", "Content-Type", "%.80q; it must be %s", resp.Header.Get("Content-Type"), mediaType)
	}
	return nil
}

// outageFor5xx turns the refusal of what came with a server error into an outage, and names the status of other errors.
func outageFor5xx(s Service, resp *http.Response, err error) error {
	r, isRefusal := errors.AsType[*Refusal](err)
	switch {
	case !isRefusal || resp.StatusCode < 400:
		return err
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return &Outage{s, fmt.Errorf("HTTP status %d and no answer in it", resp.StatusCode)}
	}
	return refuse("http.status", "HTTP status", "%d and no answer in it: %s", resp.StatusCode, r.Detail)
}

// unreachable sorts what a client says: addresses and certificates that are not trusted are refusals, the rest is an outage.
func unreachable(s Service, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its own text holds the whole address
	}
	if r, ok := errors.AsType[*outward.Refusal](err); ok {
		return refuse("outward.address", "address", "%v", r)
	}
	if t, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return refuse("http.tls", "TLS", "%v", t)
	}
	return &Outage{s, err}
}

// breaker leaves a service at a host alone for a while after it failed.
type breaker struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (b *breaker) closed(host string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !now.Before(b.until[host])
}

func (b *breaker) open(host string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until == nil {
		b.until = map[string]time.Time{}
	}
	b.until[host] = now.Add(BreakerPause)
}

func (b *breaker) mend(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.until, host)
}
