package directory_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/outward"
)

var admission = directory.RequirementsQuery{Procedure: "T2", Country: "LV"}

// rig is a client of a simulator of its own, whose faults a test switches.
func rig(t *testing.T, change func(*directory.Options)) (*directory.Client, *clock, *commonservices.Simulator) {
	t.Helper()
	var c *clock
	s := newSimulator(func() time.Time {
		if c == nil {
			return today
		}
		return c.now()
	})
	var client *directory.Client
	client, c = newClient(t, func(o *directory.Options) {
		o.HTTP, o.Trust = through(s), directory.Trust{Roots: []*x509.Certificate{s.Root()}}
		if change != nil {
			change(o)
		}
	})
	return client, c, s
}

func TestAnswersComeFromTheCacheForAnHourAndStaleForADay(t *testing.T) {
	t.Parallel()
	client, c, s := rig(t, nil)
	ask := func() directory.Answer[directory.Requirement] {
		t.Helper()
		a, err := client.Requirements(context.Background(), admission)
		if err != nil || len(a.Items) != 2 {
			t.Fatalf("%d requirements, %v", len(a.Items), err)
		}
		return a
	}
	if a := ask(); a.Cached || a.Stale || !a.Verified || a.Version != directory.V20 || a.Signed.By == "" || !a.FetchedAt.Equal(today) {
		t.Errorf("first: %+v", a.Provenance)
	}
	if a := ask(); !a.Cached || a.Stale || s.Asked() != 1 {
		t.Errorf("second: %+v, asked %d times", a.Provenance, s.Asked())
	}
	c.forward(directory.DefaultFresh)
	if a := ask(); a.Cached || s.Asked() != 2 {
		t.Errorf("after an hour: %+v, asked %d times", a.Provenance, s.Asked())
	}
	s.Set(commonservices.Fault{Broken: "status"})
	c.forward(directory.DefaultFresh)
	if a := ask(); !a.Stale || !a.Cached || s.Asked() != 2+directory.Tries {
		t.Errorf("out of reach: %+v, asked %d times", a.Provenance, s.Asked())
	}
	if a := ask(); !a.Stale || s.Asked() != 2+directory.Tries {
		t.Errorf("left alone: %+v, asked %d times", a.Provenance, s.Asked())
	}
	c.forward(directory.DefaultStale)
	_, err := client.Requirements(context.Background(), admission)
	if _, ok := errors.AsType[*directory.Outage](err); !ok {
		t.Errorf("after a day: %v", err)
	}
	c.forward(directory.BreakerPause)
	s.Set(commonservices.Fault{})
	if a := ask(); a.Stale || a.Cached {
		t.Errorf("back again: %+v", a.Provenance)
	}
	if c.slept[0] != time.Second || c.slept[1] != 2*time.Second {
		t.Errorf("paused %v", c.slept)
	}
}

func TestARefusedAnswerIsNeitherKeptNorReplacedByAnOldOne(t *testing.T) {
	t.Parallel()
	client, c, s := rig(t, nil)
	for _, broken := range []string{"body", "signature", "unsigned", "redirect", "content type", "truncated", "deep", "huge", "doctype", "version", "old signature"} {
		s.Set(commonservices.Fault{})
		if _, err := client.Requirements(context.Background(), admission); err != nil {
			t.Fatal(err)
		}
		c.forward(directory.DefaultFresh)
		s.Set(commonservices.Fault{Broken: broken})
		before := s.Asked()
		a, err := client.Requirements(context.Background(), admission)
		if _, refused := errors.AsType[*directory.Refusal](err); !refused || len(a.Items) > 0 || s.Asked() != before+1 {
			t.Errorf("%s: %v, %d items, asked %d times", broken, err, len(a.Items), s.Asked()-before)
		}
	}
}

func TestTheStatusInTheBodyDecides(t *testing.T) {
	t.Parallel()
	client, _, s := rig(t, nil)
	s.Set(commonservices.Fault{Broken: "status with answer"})
	if a, err := client.Requirements(context.Background(), admission); err != nil || len(a.Items) != 2 {
		t.Errorf("HTTP 500 around a right answer: %v", err)
	}
	_, err := client.Requirements(context.Background(), directory.RequirementsQuery{Procedure: "Z9"})
	if f, ok := errors.AsType[*directory.Failure](err); !ok || f.Code != directory.EBUnknownProcedure || s.Asked() != 2 {
		t.Errorf("a failure: %v, asked %d times", err, s.Asked())
	}
}

func TestEqualQuestionsAtOneTimeAreAskedOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	started, release := make(chan struct{}), make(chan struct{})
	client, _ := newClient(t, func(o *directory.Options) {
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
			if asked.Add(1) == 1 {
				close(started)
			}
			<-release
			return through(simulator())(r)
		})
	})
	leaver, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	results := make(chan error, 8)
	first := make(chan error, 1)
	go func() { _, err := client.Requirements(leaver, admission); first <- err }()
	<-started
	for range cap(results) {
		all.Go(func() { _, err := client.Requirements(context.Background(), admission); results <- err })
	}
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	all.Wait()
	close(results)
	for err := range results {
		if err != nil {
			t.Errorf("who stayed got %v", err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestARightAnswerToAnotherQuestionIsRefused(t *testing.T) {
	t.Parallel()
	swap := func(parameter, value string) func(*directory.Options) {
		return func(o *directory.Options) {
			o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
				q := r.URL.Query()
				q.Set(parameter, value)
				r.URL.RawQuery = q.Encode()
				return through(simulator())(r)
			})
		}
	}
	client, _ := newClient(t, swap("requirement-id", requirement("birth")))
	if _, err := client.EvidenceTypes(context.Background(), directory.EvidenceTypesQuery{Requirement: requirement("residence"), Country: "LV"}); !breaks(err, "answer.question") {
		t.Errorf("another requirement: %v", err)
	}
	client, _ = newClient(t, swap("evidence-type-classification", evidenceType("LV", "birth")))
	if _, err := client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "residence"), Country: "LV"}); !breaks(err, "answer.question") {
		t.Errorf("another type: %v", err)
	}
	client, _ = newClient(t, swap("evidence-type-classification", evidenceType("LV", "school-certificate")))
	if _, err := client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "residence"), Country: "LV"}); !breaks(err, "answer.question") {
		t.Errorf("questions about another type: %v", err)
	}
	client, _ = newClient(t, swap("country-code", "LV"))
	if _, err := client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "birth"), Country: "FI"}); !breaks(err, "answer.question") {
		t.Errorf("a provider of another country: %v", err)
	}
	client, _ = newClient(t, swap("procedure-id", "R1"))
	if a, err := client.Requirements(context.Background(), admission); err != nil || len(a.Items) != 0 {
		t.Errorf("another procedure: %d requirements, %v", len(a.Items), err)
	}
}

func TestTheClientRefusesPlacesAndCertificatesThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(simulator())
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(simulator())
	t.Cleanup(secure.Close)
	base := func(s *httptest.Server) func(*directory.Options) {
		return func(o *directory.Options) {
			o.Locate = &directory.Locator{Fixed: map[directory.Service]map[string]string{directory.EvidenceBroker: {"": s.URL + "/eb/"}}}
			o.HTTP = outward.NewClient(nil, outward.TLSProfile(nil))
		}
	}
	client, _ := newClient(t, base(plain))
	if _, err := client.Requirements(context.Background(), admission); !breaks(err, "outward.address") {
		t.Errorf("loopback: %v", err)
	}
	listed := func(o *directory.Options) {
		base(secure)(o)
		p, _ := outward.ListPlaces(strings.TrimPrefix(secure.URL, "https://"))
		o.HTTP = outward.NewClient(p, outward.TLSProfile(x509.NewCertPool()))
	}
	client, _ = newClient(t, listed)
	if _, err := client.Requirements(context.Background(), admission); !breaks(err, "http.tls") {
		t.Errorf("an unknown server certificate: %v", err)
	}
	client, _ = newClient(t, func(o *directory.Options) {
		listed(o)
		pool := x509.NewCertPool()
		pool.AddCert(secure.Certificate())
		p, _ := outward.ListPlaces(strings.TrimPrefix(secure.URL, "https://"))
		o.HTTP = outward.NewClient(p, outward.TLSProfile(pool))
	})
	if a, err := client.Requirements(context.Background(), admission); err != nil || len(a.Items) != 2 {
		t.Errorf("the pinned one: %v", err)
	}
}

func TestNetworkErrorsAreTriedThreeTimesAndTellNoAddress(t *testing.T) {
	t.Parallel()
	tries := 0
	client, _ := newClient(t, func(o *directory.Options) {
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
			tries++
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.ErrUnexpectedEOF}
		})
	})
	_, err := client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "birth"), Country: "LV", Answers: map[string]string{concept("school"): "SECRET"}})
	if _, ok := errors.AsType[*directory.Outage](err); !ok || tries != directory.Tries || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestAnswersThatAreNoneAreSortedByTheirStatus(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		status int
		header http.Header
		rule   string // "" for an outage
	}{
		"moved":             {http.StatusMovedPermanently, nil, "http.redirect"},
		"forbidden":         {http.StatusForbidden, nil, "http.status"},
		"too many requests": {http.StatusTooManyRequests, nil, ""},
		"a bad gateway":     {http.StatusBadGateway, nil, ""},
		"packed":            {http.StatusOK, http.Header{"Content-Encoding": {"gzip"}}, "http.content-encoding"},
		"no media type":     {http.StatusOK, http.Header{"Content-Type": {""}}, "http.content-type"},
	} {
		client, _ := newClient(t, func(o *directory.Options) {
			o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) {
				h := http.Header{"Content-Type": {"application/x-ebrs+xml"}}
				for k, v := range c.header {
					h[k] = v
				}
				return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(bytes.NewReader(nil)), Request: r}, nil
			})
		})
		_, err := client.Requirements(context.Background(), admission)
		_, out := errors.AsType[*directory.Outage](err)
		if out != (c.rule == "") || !out && !breaks(err, c.rule) {
			t.Errorf("%s: %v, want %q", what, err, c.rule)
		}
	}
}

func TestAClientWithoutTrustIsNotMade(t *testing.T) {
	t.Parallel()
	c := &clock{t: today}
	right := directory.Options{HTTP: through(simulator()), Locate: places{}, Now: c.now, Sleep: c.sleep}
	if _, err := directory.NewClient(right); err == nil {
		t.Error("a client without a root is made")
	}
	right.Unsigned = true
	client, err := directory.NewClient(right)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := client.Requirements(context.Background(), admission); err != nil || a.Verified {
		t.Errorf("unsigned: %+v, %v", a.Provenance, err)
	}
	right.Versions = []directory.Version{"oots-cs:v3.0"}
	if _, err := directory.NewClient(right); err == nil {
		t.Error("a client for an unknown line is made")
	}
	if _, err := directory.NewClient(directory.Options{}); err == nil {
		t.Error("a client of nothing is made")
	}
}
