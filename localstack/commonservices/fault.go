package commonservices

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is what goes wrong, by switch. The zero Fault is none.
type Fault struct {
	// Slow holds each answer back.
	Slow time.Duration
	// Broken is one of Faults.
	Broken string
}

// Faults are the ways to be broken.
func Faults() []string {
	return []string{
		"body",               // one octet is changed after signing
		"signature",          // the signature's last octets are changed
		"unsigned",           // there is no signature
		"old signature",      // it was signed three days ago
		"status",             // HTTP 503 and no answer
		"status with answer", // HTTP 500 around a right answer: the status in the body decides
		"redirect",           // HTTP 302
		"content type",       // text/html
		"truncated",          // signed, but half of the document
		"deep",               // signed, but a thousand elements deep
		"huge",               // signed, but more than a client reads
		"doctype",            // signed, but with a DOCTYPE
		"version",            // signed, but of another version than asked for
		"hang up",            // the connection ends in the middle of the answer
	}
}

// Check judges that a fault exists.
func (f Fault) Check() error {
	if f.Broken != "" && !slices.Contains(Faults(), f.Broken) {
		return fmt.Errorf("no way to be broken is called %q; there are %s", f.Broken, strings.Join(Faults(), ", "))
	}
	return nil
}

// wait holds the answer back, and reports false when the asker left.
func (f Fault) wait(ctx context.Context) bool {
	if f.Slow == 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(f.Slow):
		return true
	}
}

// send signs and writes an answer, broken where it is switched on.
func (f Fault) send(w http.ResponseWriter, s *Simulator, body []byte) {
	switch f.Broken {
	case "status":
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return
	case "redirect":
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
		return
	}
	body = f.spoil(body)
	at := s.now()
	if f.Broken == "old signature" {
		at = at.Add(-72 * time.Hour)
	}
	digest, signature, err := s.signer.headers(body, at)
	if err != nil {
		http.Error(w, "cannot sign", http.StatusInternalServerError)
		return
	}
	kind := "application/x-ebrs+xml"
	switch f.Broken {
	case "body":
		body[len(body)/2] ^= 1
	case "signature":
		signature = signature[:len(signature)-4] + "AAAA"
	case "content type":
		kind = "text/html"
	}
	w.Header().Set("Content-Type", kind)
	if f.Broken != "unsigned" {
		w.Header().Set("digest", digest)
		w.Header().Set("oots-response-sig", signature)
	}
	f.write(w, body)
}

func (f Fault) write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if f.Broken == "status with answer" {
		w.WriteHeader(http.StatusInternalServerError)
	}
	if f.Broken == "hang up" {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}

// spoil breaks a body before it is signed.
func (f Fault) spoil(body []byte) []byte {
	switch f.Broken {
	case "truncated":
		return body[:len(body)/2]
	case "deep":
		return []byte(strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000))
	case "huge":
		return append(body, bytes.Repeat([]byte("<!-- -->"), 1<<20)...)
	case "doctype":
		return bytes.Replace(body, []byte("<query:"), []byte("<!DOCTYPE q><query:"), 1)
	case "version":
		return bytes.Replace(body, []byte("<rim:Value>oots-cs:"), []byte("<rim:Value>oots-cs:v9."), 1)
	}
	return body
}
