package edm

import "strings"

// Version is the specification identifier of a message, the literal on the wire (R-EDM-REQ-C001, R-EDM-RESP-C002, R-EDM-ERR-C001).
type Version string

// The four lines.
const (
	V10 Version = "oots-edm:v1.0"
	V11 Version = "oots-edm:v1.1"
	V12 Version = "oots-edm:v1.2"
	V20 Version = "oots-edm:v2.0"
)

// Versions returns the lines that are spoken, oldest first.
func Versions() []Version { return []Version{V10, V11, V12, V20} }

// ParseVersion reads "oots-edm:v1.2", "v1.2" or "1.2".
func ParseVersion(s string) (Version, bool) {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "oots-edm:"), "v")
	v := Version("oots-edm:v" + s)
	return v, v.Known()
}

// Known reports whether the line is one of the four.
func (v Version) Known() bool { return v == V10 || v == V11 || v == V12 || v == V20 }

// Line is the number of the line, such as "1.2".
func (v Version) Line() string { return strings.TrimPrefix(string(v), "oots-edm:v") }

// The switches between the lines (TDD changelogs). Each says what a message of the line may have.

// packages: evidence travels in registry packages with classifications and associations.
func (v Version) packages() bool { return v == V20 }

// returnLocation: the second request names where the preview space sends the user back.
func (v Version) returnLocation() bool { return v == V20 }

// distributionWishes: several DistributedAs, each with languages and companions.
func (v Version) distributionWishes() bool { return v == V20 }

// plainProcedure: the Procedure slot is a string and no longer an international string.
func (v Version) plainProcedure() bool { return v == V20 }

// genderCodes: Gender may be numeric.
func (v Version) genderCodes() bool { return v == V20 }

// requestLanguage: QueryRequest may carry xml:lang.
func (v Version) requestLanguage() bool { return v != V20 }

// transformation: a distribution may name a subset.
func (v Version) transformation() bool { return v != V20 }

// previewMethod: an exception may say how to open the preview.
func (v Version) previewMethod() bool { return v != V20 }

// requirementDescription: a requirement may have descriptions.
func (v Version) requirementDescription() bool { return v == V12 || v == V20 }

// extraIdentity: nationality, birth place details, residence, contact data, non-Latin names, representing legal persons.
func (v Version) extraIdentity() bool { return v != V10 }

// severalExceptions: an error response may carry more than one exception (since 1.1.2).
func (v Version) severalExceptions() bool { return v != V10 }
