package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// look opens every document that the page of the preview leads to, wherever it is.
func (b *browser) look(ctx context.Context, p *page) ([]Seen, error) {
	var addresses []string
	walk(p.root, func(n *html.Node) {
		if link := attribute(n, "href"); n.Data == "a" && strings.Contains(link, "/document/") {
			addresses = append(addresses, link)
		}
	})
	var seen []Seen
	for _, a := range slices.Compact(addresses) {
		target, err := p.url.Parse(a)
		if err != nil {
			return nil, err
		}
		s, err := b.open(ctx, target)
		if err != nil {
			return nil, err
		}
		seen = append(seen, *s)
	}
	return seen, nil
}

// open reads a document to its end.
func (b *browser) open(ctx context.Context, target *url.URL) (*Seen, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := b.client.Do(r)
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its own text holds the whole address, which may be a link to evidence
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("a document at %s answers %d", resp.Request.URL.Host, resp.StatusCode)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read a document of %s: %w", resp.Request.URL.Host, err)
	}
	return &Seen{MediaType: resp.Header.Get("Content-Type"), Size: n, SHA256: hex.EncodeToString(sum.Sum(nil)), Host: resp.Request.URL.Host}, nil
}
