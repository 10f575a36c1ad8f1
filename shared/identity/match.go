package identity

import (
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// Entry is what a register knows of one of its persons. Handle is the
// register's own name for it, and means nothing to anybody else.
type Entry struct {
	Handle       string
	Identifier   string   // national identifier, as the register has it
	FamilyNames  []string // the present one first; birth and former names behind
	GivenName    string
	DateOfBirth  string // YYYY-MM-DD
	PlaceOfBirth string
}

// Outcome is what matching came to.
type Outcome string

// The outcomes. Only One lets the evidence go on; the others are refused, and
// nobody is told more than that (Reg. art. 16(3)).
const (
	One       Outcome = "one"
	None      Outcome = "none"
	Ambiguous Outcome = "ambiguous"
	Doubtful  Outcome = "doubtful" // the identifier fits somebody whose names or birth do not
)

// Match is the outcome with the rule that decided, for the journal.
type Match struct {
	Outcome Outcome
	Handle  string // set when Outcome is One
	Rule    string // stable: "match.identifier", "match.attributes", "match.place", …
}

// Find looks for the person among a register's entries. national is this
// country's code: an eIDAS identifier counts as the register's own only when
// this country issued it (TDD 2.1; architecture: art. 16).
//
//  1. An identifier of this country that the register has: that entry, if family
//     name and date of birth agree with it, and otherwise nobody.
//  2. Else family name, given name and date of birth must all agree. Of several
//     entries the place of birth decides, when the person gave one.
//
// Exactly one is a match; everything else is not.
func Find(person *edm.Person, national string, entries []Entry) Match {
	if id := ownIdentifier(person, national); id != "" {
		return byIdentifier(person, id, entries)
	}
	found := filter(entries, func(e *Entry) bool { return agrees(person, e) && sameGiven(person, e) })
	if len(found) > 1 && person.PlaceOfBirth.Value != "" {
		placed := filter(found, func(e *Entry) bool { return SameName(person.PlaceOfBirth.Value, e.PlaceOfBirth) })
		return decide(placed, "match.place")
	}
	return decide(found, "match.attributes")
}

// ownIdentifier is the last part of AA/BB/… when AA is this country.
func ownIdentifier(person *edm.Person, national string) string {
	if person.Identifier == nil {
		return ""
	}
	parts := strings.SplitN(person.Identifier.Value, "/", 3)
	if len(parts) != 3 || parts[0] != national {
		return ""
	}
	return parts[2]
}

func byIdentifier(person *edm.Person, id string, entries []Entry) Match {
	found := filter(entries, func(e *Entry) bool { return e.Identifier != "" && strings.EqualFold(e.Identifier, id) })
	if len(found) == 1 && !agrees(person, &found[0]) {
		return Match{Outcome: Doubtful, Rule: "match.identifier.contradicted"}
	}
	return decide(found, "match.identifier")
}

func decide(found []Entry, rule string) Match {
	switch len(found) {
	case 0:
		return Match{Outcome: None, Rule: rule}
	case 1:
		return Match{Outcome: One, Handle: found[0].Handle, Rule: rule}
	}
	return Match{Outcome: Ambiguous, Rule: rule}
}

// agrees compares family name, present or former, and date of birth.
func agrees(person *edm.Person, e *Entry) bool {
	if person.DateOfBirth == "" || person.DateOfBirth != e.DateOfBirth {
		return false
	}
	for _, name := range spellings(person.FamilyName, person.BirthName) {
		if slices.ContainsFunc(e.FamilyNames, func(f string) bool { return SameName(name, f) }) {
			return true
		}
	}
	return false
}

// sameGiven lets the register have more given names than the person uses, not fewer.
func sameGiven(person *edm.Person, e *Entry) bool {
	for _, name := range spellings(person.GivenName) {
		if SameName(name, e.GivenName) {
			return true
		}
		first, _, more := strings.Cut(strings.TrimSpace(e.GivenName), " ")
		if more && SameName(name, first) {
			return true
		}
	}
	return false
}

// spellings are the values in Latin and in the original script that are there.
func spellings(texts ...edm.Text) []string {
	var list []string
	for _, t := range texts {
		for _, v := range []string{t.Value, t.NonLatin} {
			if strings.TrimSpace(v) != "" {
				list = append(list, v)
			}
		}
	}
	return list
}

func filter(entries []Entry, keep func(*Entry) bool) []Entry {
	var found []Entry
	for i := range entries {
		if keep(&entries[i]) {
			found = append(found, entries[i])
		}
	}
	return found
}

// SamePerson reports whether the person who stands in the preview space is the
// one of the request: same identifier when both have one from one issuer to one
// receiver, and names and date of birth in any case.
func SamePerson(request, present *edm.Person) bool {
	if request.Identifier != nil && present.Identifier != nil && sameIssue(request.Identifier.Value, present.Identifier.Value) && request.Identifier.Value != present.Identifier.Value {
		return false
	}
	e := Entry{FamilyNames: spellings(present.FamilyName, present.BirthName), GivenName: present.GivenName.Value, DateOfBirth: present.DateOfBirth}
	return agrees(request, &e) && sameGiven(request, &e)
}

// sameIssue: identifiers can be compared only when issuer and receiver are the same.
func sameIssue(a, b string) bool {
	x, y := strings.SplitN(a, "/", 3), strings.SplitN(b, "/", 3)
	return len(x) == 3 && len(y) == 3 && x[0] == y[0] && x[1] == y[1]
}
