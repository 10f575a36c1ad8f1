package portal_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is somebody's browser; it follows redirects within the portal.
type browser struct {
	t      *testing.T
	portal *httptest.Server
	client *http.Client
}

func newBrowser(t *testing.T, s *httptest.Server) *browser {
	t.Helper()
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{t, s, &http.Client{Jar: jar, Transport: s.Client().Transport}}
}

// page is what the browser shows.
type page struct {
	status int
	path   string
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) *page {
	b.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	octets, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &page{resp.StatusCode, resp.Request.URL.RequestURI(), resp.Header, string(octets)}
}

func (b *browser) get(path string) *page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.portal.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, form url.Values) *page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, b.portal.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) upload(path, name string, octets []byte) *page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	file, err := m.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = file.Write(octets)
	m.Close()
	r, err := http.NewRequest(http.MethodPost, b.portal.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(r)
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// form opens the form of a procedure and fills it in.
func (b *browser) form(procedure string) url.Values {
	b.t.Helper()
	p := b.get("/apply?procedure=" + procedure)
	token := tokenField.FindStringSubmatch(p.body)
	if p.status != http.StatusOK || token == nil {
		b.t.Fatalf("no form: %d %s", p.status, p.body)
	}
	return url.Values{"token": {token[1]}, "procedure": {procedure}, "requirement": {diploma}, "country": {"LV"}, "language": {"EN"}, "by": {"once"}}
}

// apply begins an application of T3 with a request; it returns the application's path.
func (b *browser) apply() string {
	b.t.Helper()
	p := b.post("/apply", b.form("T3"))
	path, ok := strings.CutSuffix(p.path, "/leave")
	if p.status != http.StatusOK || !ok {
		b.t.Fatalf("nobody is led on: %d %s %s", p.status, p.path, p.body)
	}
	return path
}

// says fails unless a page has that status and these words.
func (p *page) says(t *testing.T, status int, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			t.Errorf("%s does not say %q:\n%s", p.path, w, p.body)
		}
	}
	if p.status != status {
		t.Errorf("%s: %d, want %d", p.path, p.status, status)
	}
}
