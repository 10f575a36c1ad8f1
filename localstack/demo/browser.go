package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// maxPage bounds a page that is read.
const maxPage = 4 << 20

// browser is a person's browser without a screen: it keeps cookies, follows
// redirects, and sends forms as they stand in the page.
type browser struct{ client *http.Client }

// newBrowser trusts the world's authority and nobody else. The transport may be shared.
func newBrowser(transport http.RoundTripper) *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{&http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
}

// trusting is a transport for many browsers.
func trusting(roots ...*x509.Certificate) *http.Transport {
	pool := x509.NewCertPool()
	for _, root := range roots {
		pool.AddCert(root)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
}

// page is what the browser shows.
type page struct {
	url    *url.URL
	status int
	root   *html.Node
}

func (b *browser) get(ctx context.Context, address string) (*page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return b.do(r)
}

func (b *browser) do(r *http.Request) (*page, error) {
	resp, err := b.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	root, err := html.Parse(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("read the page %s: %w", resp.Request.URL.Path, err)
	}
	p := &page{resp.Request.URL, resp.StatusCode, root}
	if resp.StatusCode >= 400 {
		return p, fmt.Errorf("the page at %s answers %d: %s", resp.Request.URL.Host, resp.StatusCode, p.text())
	}
	return p, nil
}

// submit sends the form whose action ends like that, with the values given in
// place of those in the page.
func (b *browser) submit(ctx context.Context, p *page, action string, values url.Values) (*page, error) {
	form := p.form(action)
	if form == nil {
		return nil, fmt.Errorf("the page at %s has no form for %q: %s", p.url.Host, action, p.text())
	}
	target, err := p.url.Parse(attribute(form, "action"))
	if err != nil {
		return nil, err
	}
	fields := inputs(form)
	for name, v := range values {
		fields[name] = v
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// has reports whether the page has a form whose action ends like that.
func (p *page) has(action string) bool { return p.form(action) != nil }

func (p *page) form(action string) *html.Node {
	return find(p.root, func(n *html.Node) bool {
		if n.Data != "form" {
			return false
		}
		u, err := url.Parse(attribute(n, "action"))
		return err == nil && strings.HasSuffix(u.Path, action)
	})
}

// inputs are the fields that a form has before anybody types: hidden ones and texts.
func inputs(form *html.Node) url.Values {
	v := url.Values{}
	walk(form, func(n *html.Node) {
		name := attribute(n, "name")
		kind := attribute(n, "type")
		if name == "" || n.Data != "input" || kind == "submit" || (kind == "radio" || kind == "checkbox") && !has(n, "checked") {
			return
		}
		v.Add(name, attribute(n, "value"))
	})
	return v
}

// fields are all values that a form offers for a name.
func (p *page) fields(name string) []string {
	var list []string
	walk(p.root, func(n *html.Node) {
		if n.Data == "input" && attribute(n, "name") == name {
			list = append(list, attribute(n, "value"))
		}
	})
	return list
}

// text is what the page says, shortened: for messages when something is wrong.
func (p *page) text() string {
	var b strings.Builder
	walk(p.root, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script" {
			b.WriteString(strings.TrimSpace(n.Data) + " ")
		}
	})
	words := strings.Join(strings.Fields(b.String()), " ")
	if len(words) > 300 {
		words = words[:300] + "…"
	}
	return words
}

func walk(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := range n.ChildNodes() {
		walk(c, visit)
	}
}

func find(n *html.Node, match func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && match(n) {
		return n
	}
	for c := range n.ChildNodes() {
		if found := find(c, match); found != nil {
			return found
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// leads is where the page sends the browser by itself (a meta refresh), or empty.
func (p *page) leads() string {
	n := find(p.root, func(n *html.Node) bool {
		return n.Data == "meta" && strings.EqualFold(attribute(n, "http-equiv"), "refresh")
	})
	if n == nil {
		return ""
	}
	_, address, _ := strings.Cut(attribute(n, "content"), "url=")
	return address
}
