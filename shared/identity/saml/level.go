package saml

import "strings"

// Level is an eIDAS level of assurance, as the evidence request writes it.
type Level string

// The levels, lowest first.
const (
	Low         Level = "Low"
	Substantial Level = "Substantial"
	High        Level = "High"
)

const levelPrefix = "http://eidas.europa.eu/LoA/"

var rank = map[Level]int{Low: 1, Substantial: 2, High: 3}

// URI is the AuthnContextClassRef.
func (l Level) URI() string { return levelPrefix + strings.ToLower(string(l)) }

// AtLeast reports whether a level is known and no lower than another.
func (l Level) AtLeast(other Level) bool { return rank[l] > 0 && rank[l] >= rank[other] }

// levelOf reads an AuthnContextClassRef.
func levelOf(uri string) (Level, bool) {
	for l := range rank {
		if l.URI() == uri {
			return l, true
		}
	}
	return "", false
}
