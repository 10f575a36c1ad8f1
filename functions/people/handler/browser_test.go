package handler_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// scene is a world with a folder.
type scene struct {
	*world.World
	dir string
}

func open(t *testing.T, o world.Options) *scene {
	t.Helper()
	s := &scene{dir: t.TempDir()}
	o.Data, o.Names = s.dir, []string{"LT", "LV"}
	w, err := world.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	s.World = w
	return s
}

// orders makes an order of the portal whose people sign in with the node.
func (s *scene) order(t *testing.T, procedure, requirement string, edit func(*requester.Order)) *requester.View {
	t.Helper()
	ctx := context.Background()
	lt := s.Tenants["LT"].Assembly
	portal, err := lt.Tenant.Portal(ctx, world.PortalID)
	if err != nil {
		t.Fatal(err)
	}
	o := requester.Order{Procedure: procedure, Requirement: s.Published().RequirementURL(requirement), Country: "LV", Language: "EN", ReturnURL: "https://portal.example/procedure?step=3"}
	if edit != nil {
		edit(&o)
	}
	v, err := lt.Requester.Create(ctx, *portal, "", o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// person is somebody with a browser of their own.
type person struct {
	t      *testing.T
	client *http.Client
	key    string // resident
	lang   string

	at     *url.URL
	status int
	header http.Header
	body   string
	root   *html.Node
}

func (s *scene) person(t *testing.T, resident string) *person {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join(s.dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(octets)
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return &person{t: t, key: resident, client: &http.Client{Jar: jar, Timeout: time.Minute, Transport: transport}}
}

func (p *person) open(address string) *person {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(r)
}

func (p *person) do(r *http.Request) *person {
	p.t.Helper()
	if p.lang != "" {
		r.Header.Set("Accept-Language", p.lang)
	}
	resp, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	octets, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.at, p.status, p.header, p.body = resp.Request.URL, resp.StatusCode, resp.Header, string(octets)
	if p.root, err = html.Parse(strings.NewReader(p.body)); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// send submits the form whose action ends like that, with values over those in the page.
func (p *person) send(action string, values url.Values) *person {
	p.t.Helper()
	form := p.form(action)
	if form == nil {
		p.t.Fatalf("no form for %s at %s (%d): %s", action, p.at.Path, p.status, p.text())
	}
	fields := url.Values{}
	each(form, func(n *html.Node) {
		kind := attr(n, "type")
		if n.Data == "input" && attr(n, "name") != "" && (kind != "radio" && kind != "checkbox" || has(n, "checked")) {
			fields.Add(attr(n, "name"), attr(n, "value"))
		}
	})
	for k, v := range values {
		fields[k] = v
	}
	target, err := p.at.Parse(attr(form, "action"))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.post(target.String(), fields)
}

func (p *person) post(address string, fields url.Values) *person {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(fields.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

func (p *person) form(action string) *html.Node {
	var found *html.Node
	each(p.root, func(n *html.Node) {
		if n.Data != "form" || found != nil {
			return
		}
		if u, err := url.Parse(attr(n, "action")); err == nil && strings.HasSuffix(u.Path, action) {
			found = n
		}
	})
	return found
}

// signIn goes through the national sign-in from a page that leads there.
func (p *person) signIn(values url.Values) *person {
	p.t.Helper()
	p.toNode(values)
	return p.send("/sign-in/acs", nil)
}

// toNode goes as far as the answer of the national sign-in, which is not sent yet.
func (p *person) toNode(values url.Values) *person {
	p.t.Helper()
	choice := url.Values{"resident": {p.key}, "level": {"Substantial"}}
	ours := url.Values{}
	for k, v := range values {
		if k == "legal" {
			ours[k] = v
		} else {
			choice[k] = v
		}
	}
	return p.send("/sign-in", ours).send("/sso", choice)
}

// text is what the page says.
func (p *person) text() string {
	var b strings.Builder
	each(p.root, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script" && n.Parent.Data != "title" {
			b.WriteString(n.Data + " ")
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func (p *person) says(list ...string) *person {
	p.t.Helper()
	for _, s := range list {
		if !strings.Contains(p.text(), s) {
			p.t.Errorf("the page at %s (%d) does not say %q: %s", p.at.Path, p.status, s, p.text())
		}
	}
	return p
}

func (p *person) silent(list ...string) *person {
	p.t.Helper()
	for _, s := range list {
		if strings.Contains(p.body, s) {
			p.t.Errorf("the page at %s (%d) says %q: %s", p.at.Path, p.status, s, p.text())
		}
	}
	return p
}

func (p *person) is(status int) *person {
	p.t.Helper()
	if p.status != status {
		p.t.Errorf("the page at %s has status %d, not %d: %s", p.at.Path, p.status, status, p.text())
	}
	return p
}

// until reads the page anew, as the browser does by itself, until it has a form
// for an action, a link, or says something.
func (p *person) until(sign string) *person {
	p.t.Helper()
	for range 400 {
		if p.form(sign) != nil || strings.Contains(p.text(), sign) || strings.HasPrefix(sign, "/") && len(p.links(sign)) > 0 {
			return p
		}
		time.Sleep(20 * time.Millisecond)
		p.open(p.at.String())
	}
	p.t.Fatalf("the page at %s never came to %s: %s", p.at.Path, sign, p.text())
	return p
}

var refresh = regexp.MustCompile(`<meta http-equiv="refresh" content="0; url=([^"]+)"`)

// leads is where the page sends the browser by itself.
func (p *person) leads() string {
	p.t.Helper()
	m := refresh.FindStringSubmatch(p.body)
	if m == nil {
		p.t.Fatalf("the page at %s leads nowhere: %s", p.at.Path, p.text())
	}
	return html.UnescapeString(m[1])
}

// links are the addresses on the page that contain a text.
func (p *person) links(part string) []string {
	var list []string
	each(p.root, func(n *html.Node) {
		if href := attr(n, "href"); n.Data == "a" && strings.Contains(href, part) && !strings.Contains(href, "?lang=") {
			list = append(list, attr(n, "href"))
		}
	})
	return list
}

// choice is a value among those that the page offers.
func (p *person) choice(value string) url.Values {
	p.t.Helper()
	values := url.Values{}
	each(p.root, func(n *html.Node) {
		if n.Data == "input" && attr(n, "value") == value {
			values.Set(attr(n, "name"), value)
		}
	})
	if len(values) == 0 {
		p.t.Fatalf("the page does not offer %s: %s", value, p.text())
	}
	return values
}
