package registry

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/vienreiz/vienreiz/shared/outward"
)

// Client calls registries. It is safe for use by many calls at once.
type Client struct {
	// HTTP dials: [outward.NewClient], with the client certificate in its TLS configuration where a registry wants one.
	HTTP *http.Client
	// Secret gives the bearer token of a name; nil: no registry has one.
	Secret func(ctx context.Context, name string) (string, error)
	// Now judges times in answers; nil: the clock of this machine.
	Now func() time.Time
}

// Search asks whom a registry might mean. A temporary failure and a refused answer are *Error.
func (c *Client) Search(ctx context.Context, r Registry, q Query) (*Found, error) {
	subject, err := q.subject(&r)
	if err != nil {
		return nil, named(err, r.ID)
	}
	body, err := q.body(r.Country, func(*Request) {})
	if err != nil {
		return nil, fmt.Errorf("write the query: %w", err)
	}
	answer, err := c.call(ctx, &r, body, q.RequestID)
	if err != nil {
		return nil, named(err, r.ID)
	}
	found, err := ParseFound(answer, subject, c.now())
	return found, named(err, r.ID)
}

// Fetch asks for the documents of an entry that a search gave, in wished languages and in one or more of the formats. An
// answer without documents says from when they can be had.
func (c *Client) Fetch(ctx context.Context, r Registry, q Query, handle string, languages, formats []string) (*Evidence, error) {
	if _, err := q.subject(&r); err != nil {
		return nil, named(err, r.ID)
	}
	body, err := q.body(r.Country, func(w *Request) { w.Entry, w.Languages, w.Formats = handle, languages, formats })
	if err != nil {
		return nil, fmt.Errorf("write the query: %w", err)
	}
	answer, err := c.call(ctx, &r, body, q.RequestID+"/fetch")
	if err != nil {
		return nil, named(err, r.ID)
	}
	evidence, err := ParseEvidence(answer, formats, c.now())
	if err == nil && evidence.IssuingAuthority != nil && evidence.IssuingAuthority.Scheme == "" {
		evidence.IssuingAuthority.Scheme = r.scheme()
	}
	return evidence, named(err, r.ID)
}

// named puts the registry's ID into an error.
func named(err error, id string) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Registry = id
	}
	return err
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// subject is whom the query is about, if the registry has such evidence.
func (q *Query) subject(r *Registry) (Subject, error) {
	t, ok := r.Offers(q.EvidenceType)
	switch {
	case !ok:
		return "", misconfigured("evidenceType", "it is not listed with the type of evidence that is asked for")
	case (q.Person == nil) == (q.LegalPerson == nil):
		return "", misconfigured("subject", "the query is not about exactly one natural or legal person")
	case (t.Subject == Legal) != (q.LegalPerson != nil):
		return "", misconfigured("subject", "the evidence is about a %s person, and the query is not", t.Subject)
	case q.RequestID == "":
		return "", misconfigured("requestId", "the query has no id")
	}
	return t.Subject, nil
}

// call posts a body and gives the answer's.
func (c *Client) call(ctx context.Context, r *Registry, body []byte, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return nil, misconfigured("url", "its URL cannot be read")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set(IdempotencyKey, key)
	if err := c.authenticate(ctx, r, req); err != nil {
		return nil, err
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, undelivered(ctx, err)
	}
	defer resp.Body.Close()
	if err := checkHead(resp); err != nil {
		return nil, err
	}
	answer := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength, 0)+bytes.MinRead)) // an announced size was judged
	if _, err := answer.ReadFrom(io.LimitReader(resp.Body, MaxAnswerBytes+1)); err != nil {
		return nil, undelivered(ctx, err)
	}
	return answer.Bytes(), nil
}

// authenticate sends the bearer token, where the entry names one, and never in clear over a network.
func (c *Client) authenticate(ctx context.Context, r *Registry, req *http.Request) error {
	if r.TokenSecret == "" {
		return nil
	}
	if !isAddress(r.URL) {
		return misconfigured("url", "a token is sent over https only")
	}
	if c.Secret == nil {
		return misconfigured("token", "it names a secret, and there are no secrets")
	}
	token, err := c.Secret(ctx, r.TokenSecret)
	if err != nil {
		return temporary(Unreachable, "token", "the secret with its token cannot be read", err)
	}
	if token == "" || len(token) > MaxSecretBytes || bytes.ContainsFunc([]byte(token), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return misconfigured("token", "the secret holds no bearer token: printable ASCII without blanks, at most %d octets", MaxSecretBytes)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// checkHead judges what stands before the body.
func checkHead(resp *http.Response) error {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch code := resp.StatusCode; {
	case code >= 500 || code == http.StatusTooManyRequests:
		return temporary(Erring, "http.status", fmt.Sprintf("HTTP status %d", code), nil)
	case code >= 300 && code < 400:
		return misconfigured("http.redirect", "HTTP status %d: redirects are not followed", code)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return misconfigured("http.denied", "HTTP status %d: it does not accept our token or certificate", code)
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		return misconfigured("http.place", "HTTP status %d: the operation is not at its URL", code)
	case code != http.StatusOK:
		return bad("http.status", "HTTP status %d; an answer has 200, also when nobody is found", code)
	case err != nil || kind != "application/json":
		return bad("http.contentType", "the Content-Type is not application/json")
	case resp.Header.Get("Content-Encoding") != "" && resp.Header.Get("Content-Encoding") != "identity":
		return bad("http.contentEncoding", "a Content-Encoding was not asked for")
	case resp.ContentLength > MaxAnswerBytes:
		return bad("limit.answer", "the answer has more than %d octets", MaxAnswerBytes)
	}
	return nil
}

// undelivered sorts what a client says: addresses and certificates that are not trusted will not be so later.
func undelivered(ctx context.Context, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its own text holds the whole address
	}
	if r, ok := errors.AsType[*outward.Refusal](err); ok {
		return &Error{Kind: Misconfigured, Rule: "registry.address", Detail: r.Error(), Do: checkEntry, cause: r}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return misconfigured("tls", "its certificate is not trusted")
	}
	var timeout net.Error
	if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return temporary(Slow, "timeout", fmt.Sprintf("no whole answer within %s or the time that the caller has", CallTimeout), errors.Join(ctx.Err(), err))
	}
	return temporary(Unreachable, "unreachable", "no connection, or it broke", err)
}
