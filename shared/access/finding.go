package access

import (
	"fmt"
	"strings"
	"unicode"
)

// Finding is one thing that is wrong with an entry, and what to write instead.
type Finding struct {
	Path   string `json:"path"`            // place in the entry, as "requester.address.country"
	Value  string `json:"value,omitempty"` // what stands there; never of a key
	Detail string `json:"detail"`          // what is wrong with it
	Do     string `json:"do"`              // what to do next
}

// String is the finding on one line.
func (f Finding) String() string {
	value := ""
	if f.Value != "" {
		value = fmt.Sprintf(" %q", f.Value)
	}
	return fmt.Sprintf("%s:%s %s: %s", f.Path, value, f.Detail, f.Do)
}

// findings collects.
type findings []Finding

func (f *findings) add(path, value, detail, do string) {
	*f = append(*f, Finding{path, clip(value), detail, do})
}

// clip makes a value fit for a screen.
func clip(s string) string {
	const most = 100
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
