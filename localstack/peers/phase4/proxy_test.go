//go:build interop

package phase4_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// between puts a proxy before the peer that sees its answers as they are.
func (p *pair) between(t *testing.T, see func(*http.Response) error) string {
	t.Helper()
	target, err := url.Parse(p.peerURL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.Out.URL.Host, r.Out.URL.Scheme = target.Host, target.Scheme },
		Transport:      &http.Transport{DisableCompression: true},
		ModifyResponse: see,
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL + target.Path
}

// change replaces words in an answer that may be compressed.
func change(r *http.Response, from, to string) error {
	body, err := plainBody(r)
	if err != nil {
		return err
	}
	body = bytes.ReplaceAll(body, []byte(from), []byte(to))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Del("Content-Encoding")
	r.Header.Del("Content-Length")
	return nil
}

// plainBody reads an answer and undoes gzip.
func plainBody(r *http.Response) ([]byte, error) {
	defer r.Body.Close()
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
