package handler_test

import (
	"context"
	"io"
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

// linking is a store whose objects are at an origin of their own, as S3 has them.
type linking struct {
	store.Objects
	t      *testing.T
	origin string
	mu     sync.Mutex
	shown  []store.Shown // what was asked for
	given  int           // how often octets were
}

func (l *linking) Link(_ context.Context, bucket, key string, valid time.Duration, as store.Shown) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = append(l.shown, as)
	q := url.Values{"valid": {valid.String()}, "signature": {"secret"}, "type": {as.MediaType}, "disposition": {as.Disposition}}
	return l.origin + "/" + bucket + "/" + key + "?" + q.Encode(), nil
}

// ServeHTTP gives an object as the link says, to whoever has it.
func (l *linking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if len(r.Cookies()) > 0 || r.Header.Get("Referer") != "" || q.Get("signature") != "secret" || q.Get("valid") != "1m0s" {
		l.t.Errorf("the store is told more than the link, or less: %s %v", r.URL, r.Header)
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	body, _, err := l.Open(r.Context(), bucket, key, store.Range{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	defer body.Close()
	w.Header().Set("Content-Type", q.Get("type"))
	w.Header().Set("Content-Disposition", q.Get("disposition"))
	_, _ = io.Copy(w, body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.given++
}

func (l *linking) times() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.given
}

// large is a scene in which a country's PDFs are larger than a function may give,
// and its store makes links.
func large(t *testing.T) (*scene, *linking) {
	t.Helper()
	s := open(t, world.Options{})
	s.Scan("LV", conduct.LinkAbove)
	a := s.Tenants["LV"].Assembly
	l := &linking{t: t, Objects: a.Objects}
	origin := httptest.NewServer(l)
	t.Cleanup(origin.Close)
	l.origin = strings.Replace(origin.URL, "127.0.0.1", "localhost", 1) // as cookies tell hosts apart, and no ports
	a.Keeper.Objects = l
	return s, l
}

// download opens what is no page, and counts its octets.
func (p *person) download(address string) (int64, *http.Response) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	a, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	n, err := io.Copy(io.Discard, a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return n, a
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
	for _, d := range documents {
		target, _ := p.at.Parse(d)
		octets, a := p.download(target.String())
		if elsewhere := a.Request.URL.Host != p.at.Host; a.StatusCode != http.StatusOK || elsewhere != (octets > conduct.LinkAbove) || elsewhere && a.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%d, %d octets from %s: %v", a.StatusCode, octets, a.Request.URL.Host, a.Header)
		}
	}
	if l.times() != 1 {
		t.Errorf("%d of %d documents are at the store; the PDF is large, the XML is not", l.times(), len(documents))
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
		p.open(target.String()).is(http.StatusGone)
	}
	if l.times() != 1 {
		t.Error("a link was given after the decision")
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
		_, a := p.download(target.String())
		if a.StatusCode != http.StatusOK || a.Request.URL.Host != p.at.Host {
			t.Errorf("%s: %d from %s", d, a.StatusCode, a.Request.URL.Host)
		}
	}
}
