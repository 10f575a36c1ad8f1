package client

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ErrDigest is of octets that are not those that were announced.
var ErrDigest = errors.New("the document's octets are not those of its SHA-256")

// Evidence is the octets of one document. Read gives io.EOF when they are those
// of SHA256 and [ErrDigest] when not: whoever used them before the end must take
// that back. Close it.
type Evidence struct {
	io.ReadCloser
	MediaType string
	Size      int64  // octets; -1: not said
	SHA256    string // hex
	Host      string // that it comes from: the node's, or that of its store
}

// Fetch gets a document of a request, by its number.
func (c *Client) Fetch(ctx context.Context, id string, number int) (*Evidence, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: address(id) + "/evidence/" + strconv.Itoa(number), header: http.Header{}})
	if err != nil {
		return nil, err
	}
	switch a.StatusCode {
	case http.StatusOK:
		digest, err := reprDigest(a.Header)
		return evidence(a, digest, err)
	case http.StatusSeeOther:
		done(a)
		return c.elsewhere(ctx, id, number, a.Header.Get("Location"))
	}
	defer done(a)
	return nil, problemOf(a)
}

// elsewhere fetches what is at a pre-signed URL: without the token, and held to
// the digest that the request's state has.
func (c *Client) elsewhere(ctx context.Context, id string, number int, location string) (*Evidence, error) {
	v, err := c.View(ctx, id)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(c.options.API)
	if err != nil {
		return nil, err
	}
	target, err := base.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("follow the node to the document: %w", err)
	}
	for _, d := range v.Documents {
		if d.Number != number {
			continue
		}
		a, err := c.send(ctx, http.MethodGet, target.String(), http.Header{}, nil)
		if err != nil {
			return nil, err
		}
		if a.StatusCode != http.StatusOK {
			defer done(a)
			return nil, problemOf(a)
		}
		a.Header.Set("Content-Type", d.MediaType)
		digest, err := hex.DecodeString(d.Sha256)
		return evidence(a, digest, err)
	}
	return nil, fmt.Errorf("fetch document %d: the request has it no more", number)
}

func evidence(a *http.Response, digest []byte, err error) (*Evidence, error) {
	if err == nil && len(digest) != sha256.Size {
		err = errors.New("no SHA-256")
	}
	if err != nil {
		a.Body.Close()
		return nil, fmt.Errorf("read the document's digest: %w", err)
	}
	return &Evidence{
		ReadCloser: &verified{ReadCloser: a.Body, hash: sha256.New(), want: string(digest)},
		MediaType:  a.Header.Get("Content-Type"), Size: a.ContentLength, SHA256: hex.EncodeToString(digest),
		Host: a.Request.URL.Host,
	}, nil
}

// reprDigest finds the SHA-256 in a header Repr-Digest (RFC 9530 §3), which may
// hold others beside it.
func reprDigest(h http.Header) ([]byte, error) {
	for _, member := range strings.Split(strings.Join(h.Values("Repr-Digest"), ","), ",") {
		value, ok := strings.CutPrefix(strings.TrimSpace(member), "sha-256=:")
		if !ok {
			continue
		}
		value, ok = strings.CutSuffix(value, ":")
		if !ok {
			return nil, errors.New("Repr-Digest is no byte sequence")
		}
		return base64.StdEncoding.DecodeString(value)
	}
	return nil, errors.New("Repr-Digest has no sha-256")
}

// verified ends well only where the octets have the digest.
type verified struct {
	io.ReadCloser
	hash hash.Hash
	want string
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && string(v.hash.Sum(nil)) != v.want {
		return n, ErrDigest
	}
	return n, err
}
