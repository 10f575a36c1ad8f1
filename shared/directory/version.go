package directory

import (
	"fmt"
	"slices"
	"strings"
)

// Version is a line of the Common Services' interface, the literal of Accept-Version and SpecificationIdentifier (TDD 3.6.2).
type Version string

// The lines.
const (
	V10 Version = "oots-cs:v1.0"
	V11 Version = "oots-cs:v1.1"
	V12 Version = "oots-cs:v1.2"
	V20 Version = "oots-cs:v2.0"
)

// Versions returns the lines that are understood, oldest first.
func Versions() []Version { return []Version{V10, V11, V12, V20} }

// ParseVersion reads "oots-cs:v2.0", "v2.0" or "2.0".
func ParseVersion(s string) (Version, bool) {
	v := Version("oots-cs:v" + strings.TrimPrefix(strings.TrimPrefix(s, "oots-cs:"), "v"))
	return v, v.Known()
}

// Known reports whether the line is one of Versions.
func (v Version) Known() bool { return slices.Contains(Versions(), v) }

// Major is "1" or "2", as in the names of discovery.
func (v Version) Major() string {
	if v == V20 {
		return "2"
	}
	return "1"
}

// since reports whether v is w or a later line.
func (v Version) since(w Version) bool {
	return slices.Index(Versions(), v) >= slices.Index(Versions(), w)
}

// acceptVersion is the header for these lines, "" for 1.0 alone: a service that gets none answers in the shape of 1.0.
func acceptVersion(all []Version) string {
	if len(all) == 1 && all[0] == V10 {
		return ""
	}
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}

// Service is one of the two catalogues.
type Service string

// The catalogues, by the label that discovery uses.
const (
	EvidenceBroker       Service = "eb"
	DataServiceDirectory Service = "dsd"

	semanticRepository Service = "sr"
)

// String is the catalogue's name.
func (s Service) String() string {
	switch s {
	case EvidenceBroker:
		return "Evidence Broker"
	case DataServiceDirectory:
		return "Data Service Directory"
	case semanticRepository:
		return "Semantic Repository"
	}
	return fmt.Sprintf("service %q", string(s))
}
