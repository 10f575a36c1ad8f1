package handler_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/store"
)

// linking is a store whose objects are at an origin of their own.
type linking struct {
	store.Objects
	origin string
	mu     sync.Mutex
	shown  []store.Shown
}

func (l *linking) Link(_ context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = append(l.shown, as)
	return l.origin + "/" + bucket + "/" + key + "?" + url.Values{"valid": {valid.String()}, "signature": {"secret"}}.Encode(), nil
}

// large is a scene in which a country's PDFs are larger than a function may give,
// and its store makes links to an origin that answers with what it is asked for.
func large(t *testing.T) (*scene, *linking) {
	t.Helper()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 || r.Header.Get("Referer") != "" {
			t.Errorf("the store is told of the visit: %v", r.Header)
		}
		_, _ = w.Write([]byte("at the store: " + r.URL.RawQuery))
	}))
	t.Cleanup(origin.Close)
	s := open(t, world.Options{})
	s.Scan("LV", conduct.LinkAbove)
	a := s.Tenants["LV"].Assembly
	l := &linking{Objects: a.Objects, origin: strings.Replace(origin.URL, "127.0.0.1", "localhost", 1)} // as cookies tell hosts apart, and no ports
	a.Keeper.Objects = l
	return s, l
}

func TestALargeDocumentIsShownFromTheOriginOfTheStore(t *testing.T) {
	s, l := large(t)
	v := s.order(t, "T3", "tertiary-qualification", nil)
	p := s.person(t, "anna")
	link := linked(p, v)
	p.open(link).signIn(nil).says("Your evidence", "(PDF, 4 MB)").silent("signature", l.origin+"/")
	csp := p.header.Get("Content-Security-Policy")
	for _, directive := range []string{"img-src", "object-src", "frame-src"} {
		if !strings.Contains(csp+";", "; "+directive+" 'self' "+l.origin+";") {
			t.Errorf("%s: %s", directive, csp)
		}
	}
	if !strings.Contains(p.body, `<object data="`) {
		t.Error("the page does not show it")
	}
	documents := slices.Compact(p.links("/document/"))
	if len(documents) == 0 {
		t.Fatal("no document")
	}
	led := 0
	for _, d := range documents {
		target, _ := p.at.Parse(d)
		q := s.person(t, "anna")
		q.client = p.client
		if q.open(target.String()); q.at.Host == strings.TrimPrefix(l.origin, "http://") {
			led++
			q.is(http.StatusOK).says("at the store: signature=secret&valid=1m0s")
		}
	}
	if led != 1 {
		t.Errorf("%d of %d documents are at the store; the PDF is large, the XML is not", led, len(documents))
	}
	for _, as := range l.shown {
		if as.MediaType != "application/pdf" || !strings.HasPrefix(as.Disposition, "inline; filename=") {
			t.Errorf("it is shown as %+v", as)
		}
	}
	s.person(t, "anna").open(link + "/document/1").is(http.StatusForbidden).silent("signature")
	p.open(link).send("/decide", url.Values{"answer": {"none"}})
	for _, d := range documents {
		target, _ := p.at.Parse(d)
		p.open(target.String()).is(http.StatusGone).silent("at the store")
	}
}

func TestALargeDocumentHasALinkOnlyWhereTheStoreMakesNone(t *testing.T) {
	s := open(t, world.Options{})
	s.Scan("LV", conduct.LinkAbove)
	v := s.order(t, "T3", "tertiary-qualification", nil)
	p := s.person(t, "anna")
	p.open(linked(p, v)).signIn(nil).says("(PDF, 4 MB)")
	if csp := p.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; img-src 'self'; object-src 'self'; frame-src 'self'") || strings.Contains(p.body, "<object") {
		t.Errorf("%s\n%s", csp, p.text())
	}
	for _, d := range p.links("/document/") {
		target, _ := p.at.Parse(d)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusOK || a.Request.URL.Host != p.at.Host {
			t.Errorf("%s: %d from %s", d, a.StatusCode, a.Request.URL.Host)
		}
	}
}
