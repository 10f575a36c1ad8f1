package client_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/portal/client"
)

func TestAProblemHasItsRuleAndTheWayOut(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	c := n.client(t, nil)
	wrong := order
	wrong.Procedure = "V2"
	_, err := c.Create(t.Context(), "", wrong)
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != 403 || p.Rule == "" || p.Do == "" || !strings.Contains(err.Error(), p.Rule) || !strings.Contains(err.Error(), p.Do) {
		t.Errorf("%v", err)
	}
	for name, call := range map[string]func() error{
		"view": func() error { _, err := c.View(t.Context(), "of-another"); return err }, "continue": func() error { _, err := c.Continue(t.Context(), "x"); return err },
		"fetch": func() error { _, err := c.Fetch(t.Context(), "x", 1); return err }, "confirm": func() error { _, err := c.Confirm(t.Context(), "x"); return err },
		"cancel": func() error { _, err := c.Cancel(t.Context(), "x"); return err },
	} {
		if err := call(); !errors.As(err, &p) || p.Status != 404 || p.Rule != "order.unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAnswerOfTheGatewayIsAProblemToo(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	n.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/oauth2/token" {
			return false
		}
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"message":"Too Many Requests"}`)
		return true
	}
	_, err := n.client(t, nil).View(t.Context(), "r")
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != 429 || p.Rule != "http.429" || p.RetryAfter != "7" || p.Do == "" {
		t.Errorf("%v", err)
	}
}

func TestATokenThatIsRefusedSaysWhereTheCauseIs(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	c := n.client(t, func(o *client.Options) { o.Key = newKey(t) })
	_, err := c.View(t.Context(), "r")
	var refused *client.TokenRefused
	if !errors.As(err, &refused) || refused.Status != 401 || refused.TokenError.Error != "invalid_client" || refused.RequestID == "" || !strings.Contains(err.Error(), refused.RequestID) {
		t.Errorf("%v", err)
	}
	n.wrap = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	if _, err := c.View(t.Context(), "r"); !errors.As(err, &refused) || refused.TokenError.Error != "http.502" {
		t.Errorf("%v", err)
	}
}

func TestATokenIsSharedUntilShortlyBeforeItsEnd(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	var tokens atomic.Int32
	n.wrap = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/oauth2/token" {
			tokens.Add(1)
		}
		return false
	}
	c := n.client(t, nil)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := c.Create(t.Context(), "", order); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if tokens.Load() != 1 {
		t.Errorf("%d tokens for 50 calls at once", tokens.Load())
	}
	for _, step := range []struct {
		after time.Duration
		want  int32
	}{{10*time.Minute - client.Margin - 5*time.Second, 1}, {10*time.Minute - client.Margin + 5*time.Second, 2}} {
		n.ahead.Store(int64(step.after))
		if _, err := c.Create(t.Context(), "", order); err != nil || tokens.Load() != step.want {
			t.Errorf("after %s: %d tokens, %v", step.after, tokens.Load(), err)
		}
	}
}

func TestATokenThatTheNodeForgotIsReplacedOnce(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	var refusals, calls atomic.Int32
	n.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/oauth2/token" {
			return false
		}
		calls.Add(1)
		if refusals.Add(-1) < 0 {
			return false
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"rule":"token.invalid","do":"get a new one","detail":"x","title":"Unauthorized","status":401,"type":"t"}`)
		return true
	}
	c := n.client(t, nil)
	refusals.Store(1)
	if _, err := c.Create(t.Context(), "", order); err != nil || calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	refusals.Store(2)
	var p *client.Problem
	if _, err := c.Create(t.Context(), "", order); !errors.As(err, &p) || p.Rule != "token.invalid" {
		t.Errorf("%v", err)
	}
}

func TestEvidenceThatIsNotWhatWasAnnouncedEndsBadly(t *testing.T) {
	t.Parallel()
	right := "sha-256=:" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + ":"
	for name, c := range map[string]struct {
		header string
		open   bool // the fetch itself succeeds
	}{
		"another digest": {right, true}, "behind others": {"md5=:x:, " + right, true}, "none": {"", false}, "another algorithm": {"sha-512=:AAAA:", false},
		"no byte sequence": {"sha-256=AAAA", false}, "open": {"sha-256=:AAAA", false}, "short": {"sha-256=:AAAA:", false}, "no base64": {"sha-256=:!:", false},
	} {
		n := newNode(t)
		n.wrap = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/evidence/") {
				return false
			}
			w.Header().Set("Repr-Digest", c.header)
			_, _ = io.WriteString(w, "something else")
			return true
		}
		e, err := n.client(t, nil).Fetch(t.Context(), "r", 1)
		if (err == nil) != c.open {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if _, err := io.ReadAll(e); !errors.Is(err, client.ErrDigest) {
			t.Errorf("%s: %v", name, err)
		}
		e.Close()
	}
}

func TestEvidenceElsewhereIsFetchedWithoutTheToken(t *testing.T) {
	t.Parallel()
	var octets atomic.Value
	octets.Store(document)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.URL.Query().Get("signature") != "s" {
			t.Errorf("%v %s", r.Header, r.URL)
		}
		_, _ = w.Write(octets.Load().([]byte))
	}))
	t.Cleanup(elsewhere.Close)
	n := newNode(t)
	n.wrap = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/evidence/") {
			return false
		}
		http.Redirect(w, r, elsewhere.URL+"/x?signature=s", http.StatusSeeOther)
		return true
	}
	c := n.client(t, nil)
	v, err := c.Create(t.Context(), "", order)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, client.ErrDigest} {
		e, err := c.Fetch(t.Context(), v.Id, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(e); !errors.Is(err, want) || e.MediaType != "application/pdf" {
			t.Errorf("%v, want %v", err, want)
		}
		e.Close()
		octets.Store([]byte("something else"))
	}
	if _, err := c.Fetch(t.Context(), v.Id, 2); err == nil {
		t.Error("a document that the request does not list was fetched")
	}
	elsewhere.Close()
	if _, err := c.Fetch(t.Context(), v.Id, 1); err == nil || strings.Contains(err.Error(), "signature") {
		t.Errorf("an error that tells the link: %v", err)
	}
}

func TestManyCallsShareFewConnections(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	var opened atomic.Int32
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		opened.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	c := n.client(t, func(o *client.Options) {
		o.Transport = &http.Transport{DialContext: dial, MaxIdleConnsPerHost: client.MaxConnections}
	})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				v, err := c.Create(t.Context(), "", order)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = c.View(t.Context(), "unknown")
				e, err := c.Fetch(t.Context(), v.Id, 1)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, e)
				e.Close()
			}
		})
	}
	group.Wait()
	if opened.Load() > 16 {
		t.Errorf("%d connections for 8 at a time", opened.Load())
	}
}

func TestACallThatIsGivenUpEnds(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	asked, release := make(chan struct{}), make(chan struct{})
	n.wrap = func(http.ResponseWriter, *http.Request) bool { close(asked); <-release; return true }
	c := n.client(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { _, err := c.View(ctx, "r"); ended <- err }()
	<-asked
	go func() { _, err := c.View(ctx, "r"); ended <- err }() // waits for the token of the first
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	close(release)
}

func TestAClientThatCannotWorkIsNotMade(t *testing.T) {
	t.Parallel()
	good := client.Options{API: "https://api.example.lt", Portal: "p", KeyID: "k", Key: newKey(t)}
	for name, change := range map[string]func(*client.Options){
		"no address": func(o *client.Options) { o.API = "" }, "no scheme": func(o *client.Options) { o.API = "api.example.lt" }, "no URL": func(o *client.Options) { o.API = "https://%zz" },
		"no portal": func(o *client.Options) { o.Portal = "" }, "no key ID": func(o *client.Options) { o.KeyID = "" },
	} {
		o := good
		change(&o)
		if _, err := client.New(o); err == nil {
			t.Errorf("%s: made", name)
		}
	}
	if _, err := client.New(good); err != nil {
		t.Error(err)
	}
}
