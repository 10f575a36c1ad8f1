package partners

import (
	"fmt"
	"slices"
	"strings"
)

// Severity says what a [Finding] means for the document.
type Severity string

// The severities.
const (
	Problem Severity = "problem" // the document cannot be used, or a partner is left out
	Warning Severity = "warning" // it works, and somebody should act
	Note    Severity = "note"    // a decision that was taken and could be taken otherwise
)

// Finding is one thing that is wrong or worth knowing.
type Finding struct {
	Severity Severity `json:"severity"`
	Path     string   `json:"path"`            // place in the document, the P-Mode or the trust store
	Value    string   `json:"value,omitempty"` // what stands there
	Detail   string   `json:"detail"`          // what is wrong with it
	Do       string   `json:"do"`              // what to do next
}

// String is the finding on one line.
func (f Finding) String() string {
	value := ""
	if f.Value != "" {
		value = fmt.Sprintf(" %q", f.Value)
	}
	return fmt.Sprintf("%s: %s:%s %s: %s", f.Severity, f.Path, value, f.Detail, f.Do)
}

// Invalid is the error for a document that cannot be used: everything that is
// wrong with it.
type Invalid struct {
	Findings []Finding
}

// Error gives one line per finding.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return "partners document is not valid:\n" + strings.Join(lines, "\n")
}

// findings collects.
type findings struct {
	list []Finding
}

func (f *findings) add(s Severity, path, value, detail, do string) {
	found := Finding{s, path, clip(printable(value)), detail, do}
	if len(f.list) == maxFindings {
		found = Finding{Problem, "findings", "", "go on, and are not listed", "correct these first"}
	}
	if len(f.list) <= maxFindings && !slices.Contains(f.list, found) {
		f.list = append(f.list, found)
	}
}

func (f *findings) problem(path, value, detail, do string) { f.add(Problem, path, value, detail, do) }
func (f *findings) warn(path, value, detail, do string)    { f.add(Warning, path, value, detail, do) }

// maxFindings bounds what is reported of a hostile file.
const maxFindings = 2000

func (f *findings) problems() []Finding { return only(f.list, Problem) }

func only(list []Finding, s Severity) []Finding {
	var some []Finding
	for _, x := range list {
		if x.Severity == s {
			some = append(some, x)
		}
	}
	return some
}

// Worst reports whether the list holds findings of that severity or a graver one.
func Worst(list []Finding, s Severity) bool {
	graver := map[Severity]bool{Problem: true, Warning: s != Problem, Note: s == Note}
	for _, f := range list {
		if graver[f.Severity] {
			return true
		}
	}
	return false
}

// clip cuts a foreign value where it gets long.
func clip(s string) string {
	const most = 100
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}
