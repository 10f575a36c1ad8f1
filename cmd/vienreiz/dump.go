package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

// dumper writes what passes through an HTTP client, octet for octet, to files
// that `as4 open` and `as4 receipt` read.
type dumper struct {
	next http.RoundTripper
	file string
}

func (d *dumper) RoundTrip(r *http.Request) (*http.Response, error) {
	f, err := os.Create(d.file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	fmt.Fprintf(f, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", r.Method, r.URL.RequestURI(), r.URL.Host, r.Header.Get("Content-Type"), r.ContentLength)
	copied := r.Clone(r.Context())
	copied.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, f), r.Body}
	resp, err := d.next.RoundTrip(copied)
	if err != nil {
		return nil, err
	}
	return resp, d.answer(resp)
}

func (d *dumper) answer(resp *http.Response) error {
	f, err := os.Create(d.file + ".answer")
	if err != nil {
		return err
	}
	fmt.Fprintf(f, "HTTP/1.1 %s\r\nContent-Type: %s\r\n\r\n", resp.Status, resp.Header.Get("Content-Type"))
	resp.Body = &dumpedBody{Reader: io.TeeReader(resp.Body, f), body: resp.Body, file: f}
	return nil
}

type dumpedBody struct {
	io.Reader
	body io.Closer
	file *os.File
}

func (b *dumpedBody) Close() error {
	_ = b.file.Close()
	return b.body.Close()
}
