package identity

import (
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
)

// LegalEntry is what a register knows of one of its legal persons.
type LegalEntry struct {
	Handle string
	// Identifier is the registration number; of a foreign legal person with the issuing country before it: "EE/12345678".
	Identifier string
	Name       string
}

// FindLegal looks for the legal person among a register's entries. national is
// this country's code.
//
//  1. The eIDAS identifier's last part, when this country issued it, and else
//     issuing country and last part, is the entry's identifier.
//  2. The entry's name must agree: the same words, legal form, order, case and
//     accents aside. Otherwise somebody else is meant.
//
// A name alone names nobody: companies of several countries share it.
func FindLegal(person *edm.LegalPerson, national string, entries []LegalEntry) Match {
	id := registration(person, national)
	if id == "" {
		return Match{Outcome: None, Rule: "match.legal.identifier"}
	}
	var found []LegalEntry
	for _, e := range entries {
		if strings.EqualFold(e.Identifier, id) {
			found = append(found, e)
		}
	}
	switch {
	case len(found) == 0:
		return Match{Outcome: None, Rule: "match.legal.identifier"}
	case len(found) > 1:
		return Match{Outcome: Ambiguous, Rule: "match.legal.identifier"}
	case !slices.ContainsFunc(spellings(person.LegalName), func(name string) bool { return SameCompany(name, found[0].Name) }):
		return Match{Outcome: Doubtful, Rule: "match.legal.contradicted"}
	}
	return Match{Outcome: One, Handle: found[0].Handle, Rule: "match.legal.identifier"}
}

// registration is the identifier as a register of this country has it.
func registration(person *edm.LegalPerson, national string) string {
	if person.LegalPersonIdentifier == nil {
		return ""
	}
	parts := strings.SplitN(person.LegalPersonIdentifier.Value, "/", 3)
	switch {
	case len(parts) != 3 || len(parts[0]) != 2 || parts[2] == "":
		return ""
	case parts[0] == national:
		return parts[2]
	}
	return parts[0] + "/" + parts[2]
}

// legalForms are words that say what a company is, not which; folded.
var legalForms = strings.Fields(`sia as ab uab oy oyj ou ab gmbh ag kg sa sas sarl srl spa bv nv ltd plc llc ad ood eood ike ae epe ks tu ik mb vsi
	sabiedriba ar ierobezotu atbildibu akciju uzdaroji akcine bendrove osauhing aktsiaselts osakeyhtio julkinen limited company etaireia`)

// SameCompany reports whether two names are one company's: the same words in any
// order, legal form aside.
func SameCompany(a, b string) bool {
	x, y := fold(strings.ReplaceAll(a, ".", "")), fold(strings.ReplaceAll(b, ".", "")) // S.A. is SA
	for _, s := range x {
		for _, t := range y {
			if p, q := distinctive(s), distinctive(t); len(p) > 0 && slices.Equal(p, q) {
				return true
			}
		}
	}
	return false
}

func distinctive(folded string) []string {
	words := slices.DeleteFunc(strings.Fields(folded), func(w string) bool { return slices.Contains(legalForms, w) })
	slices.Sort(words)
	return words
}
