package registries

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/registry"
)

// Fault is what goes wrong, by switch. The zero Fault is none.
type Fault struct {
	// Slow holds each answer back.
	Slow time.Duration
	// Broken is one of Faults.
	Broken string
	// Registry is whom it befalls, by provider identifier; empty: all.
	Registry string
}

// Faults are the ways to be broken.
func Faults() []string {
	return []string{
		"error 500",      // HTTP 500
		"out of order",   // HTTP 503
		"denied",         // HTTP 401
		"redirect",       // HTTP 302
		"hang",           // no answer until the asker leaves
		"hang up",        // the connection ends in the middle of the answer
		"garbage",        // an answer that is no JSON
		"content type",   // text/html
		"huge",           // more than a client reads
		"other person",   // a search gives somebody else's entry only
		"many",           // a search gives everybody
		"bad document",   // a fetch gives a PDF that is none
		"no documents",   // a fetch gives nothing
		"other document", // a fetch gives a document in a form that was not asked for
	}
}

// Check judges that a fault exists.
func (f Fault) Check() error {
	if f.Broken != "" && !slices.Contains(Faults(), f.Broken) {
		return fmt.Errorf("no way to be broken is called %q; there are %s", f.Broken, strings.Join(Faults(), ", "))
	}
	return nil
}

// at is the fault that befalls a registry.
func (f Fault) at(provider string) Fault {
	if f.Registry != "" && f.Registry != provider {
		return Fault{}
	}
	return f
}

// wait holds the answer back, and reports false when the asker left.
func (f Fault) wait(ctx context.Context) bool {
	if f.Broken == "hang" {
		<-ctx.Done()
		return false
	}
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

// statuses are the faults that are an HTTP status only.
var statuses = map[string]int{
	"error 500": http.StatusInternalServerError, "out of order": http.StatusServiceUnavailable, "denied": http.StatusUnauthorized, "redirect": http.StatusFound,
}

// flood writes more than a client reads, and does not say before how much.
func flood(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	blanks := bytes.Repeat([]byte(" "), 1<<20)
	for range registry.MaxAnswerBytes>>20 + 1 {
		if _, err := w.Write(blanks); err != nil {
			return
		}
	}
}

// send writes an answer, broken where it is switched on.
func (f Fault) send(w http.ResponseWriter, body []byte) {
	if status := statuses[f.Broken]; status != 0 {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		return
	}
	kind := "application/json"
	switch f.Broken {
	case "garbage":
		body = []byte("%PDF-1.4 " + strings.Repeat("?", 100))
	case "content type":
		kind = "text/html"
	case "huge":
		flood(w)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if f.Broken == "hang up" {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}
