package world_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	people "github.com/vienreiz/vienreiz/functions/people/handler"
)

// visitor is a person's browser before the pages of a node that may die. It follows
// no redirect by itself: each request is a step of its own.
type visitor struct {
	client *http.Client
	link   string // to the preview
}

// threshold leads to the pages of the node, and elsewhere over the network.
type threshold struct{ node **mortal }

// RoundTrip asks whom the address names.
func (d *threshold) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), (*d.node).People+"/") {
		return http.DefaultTransport.RoundTrip(r)
	}
	return brought(r, people.New((*d.node).Assembly))
}

// visitor comes with no cookie.
func (r *round) visitor(link string) *visitor {
	jar, _ := cookiejar.New(nil) // never fails without options
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{link: link, client: &http.Client{Jar: jar, Transport: &threshold{&r.lv}, CheckRedirect: stay}}
}

// get opens a page.
func (v *visitor) get(ctx context.Context, address string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	return v.do(r)
}

// post sends a form.
func (v *visitor) post(ctx context.Context, address string, fields url.Values) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(fields.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) do(r *http.Request) (string, error) {
	answer, err := v.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s answers %d: %s", r.Method, r.URL.Path, answer.StatusCode, octets)
	}
	return string(octets), err
}

var (
	hidden = regexp.MustCompile(`<input type="hidden" name="([A-Za-z]+)" value="([^"]*)"`)
	action = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
)

// form is where the first form of a page leads, and what it brings by itself.
func form(page string) (string, url.Values, error) {
	to := action.FindStringSubmatch(page)
	if to == nil {
		return "", nil, fmt.Errorf("no form: %s", page)
	}
	fields := url.Values{}
	for _, f := range hidden.FindAllStringSubmatch(page, -1) {
		fields.Set(f[1], html.UnescapeString(f[2]))
	}
	return html.UnescapeString(to[1]), fields, nil
}

// visit reads who asks for what.
func (v *visitor) visit(ctx context.Context) error {
	page, err := v.get(ctx, v.link)
	if err == nil && !strings.Contains(page, "/sign-in") {
		err = fmt.Errorf("nobody is asked to sign in: %s", page)
	}
	return err
}

// signIn goes through the national node, which does not die.
func (v *visitor) signIn(ctx context.Context) error {
	page, err := v.post(ctx, v.link+"/sign-in", nil)
	if err != nil {
		return err
	}
	to, fields, err := form(page)
	if err != nil {
		return err
	}
	fields.Set("resident", "anna")
	fields.Set("level", "Substantial")
	if page, err = v.post(ctx, to, fields); err != nil {
		return err
	}
	if to, fields, err = form(page); err != nil {
		return err
	}
	_, err = v.post(ctx, to, fields)
	return err
}

var (
	piece    = regexp.MustCompile(`name="piece" value="([0-9]+)"`)
	document = regexp.MustCompile(`/document/([0-9]+)"`)
)

// look reads the evidence and opens every document.
func (v *visitor) look(ctx context.Context) error {
	page, err := v.get(ctx, v.link)
	if err != nil {
		return err
	}
	if piece.FindStringSubmatch(page) == nil {
		return fmt.Errorf("there is no evidence: %s", page)
	}
	seen := map[string]bool{}
	for _, number := range document.FindAllStringSubmatch(page, -1) {
		if seen[number[1]] {
			continue
		}
		seen[number[1]] = true
		if _, err = v.get(ctx, v.link+"/document/"+number[1]); err != nil {
			return err
		}
	}
	if len(seen) == 0 {
		return fmt.Errorf("no document can be opened: %s", page)
	}
	return nil
}

// decide accepts every piece, unless that was heard already although no answer came.
func (v *visitor) decide(ctx context.Context) error {
	page, err := v.get(ctx, v.link)
	if err != nil {
		return err
	}
	if !strings.Contains(page, `/decide"`) {
		return nil
	}
	pieces := piece.FindAllStringSubmatch(page, -1)
	if len(pieces) == 0 {
		return errors.New("there is nothing to decide on")
	}
	decision := url.Values{"answer": {"chosen"}}
	for _, p := range pieces {
		decision.Add("piece", p[1])
	}
	_, err = v.post(ctx, v.link+"/decide", decision)
	return err
}
