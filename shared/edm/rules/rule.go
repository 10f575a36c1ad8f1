// Package rules judges evidence messages and their ebMS headers by the business rules of TDD chapters 4.6 and 4.7.2 (R-EDM-REQ, R-EDM-RESP,
// R-EDM-ERR, R-EDM-ebMS), natively: one table row a rule, for each line of the specification.
//
// The meaning of each rule is that of the published Schematron as far as it is known. Where several rules say one thing, the most specific one speaks
// and the others are silent, so that one fault gives one finding. Rules whose wording is unknown are listed in NotEnforced.
package rules

import (
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Level is how much a broken rule weighs.
type Level string

// Levels of chapter 4.6.
const (
	Fatal   Level = "fatal"   // the message is invalid
	Warning Level = "warning" // something that should be there is not
	Caution Level = "caution" // for information
)

// Lines is a set of lines of the specification.
type Lines uint8

const (
	in10 Lines = 1 << iota
	in11
	in12
	in20

	all     = in10 | in11 | in12 | in20
	since11 = in11 | in12 | in20
	since12 = in12 | in20
	until12 = in10 | in11 | in12
)

// Has reports whether the set holds the line.
func (l Lines) Has(v edm.Version) bool { return l&lineOf(v) != 0 }

func lineOf(v edm.Version) Lines {
	switch v {
	case edm.V10:
		return in10
	case edm.V11:
		return in11
	case edm.V12:
		return in12
	case edm.V20:
		return in20
	}
	return 0
}

// Rule is one row of the tables. An id whose level or meaning changed has a row for each.
type Rule struct {
	ID    string
	Level Level
	// In are the lines that have the rule.
	In Lines
	// Location is where the rule looks: a path below the root, with "rim:Slot=Name" for a slot.
	Location string
	// Text says what must be true.
	Text string
	// Fix says what to do when it is not.
	Fix string

	at   *path
	test test
}

// Finding is one broken rule at one place.
type Finding struct {
	Rule  string
	Level Level
	// Place is an XPath with the prefixes query, rim, rs, sdg, xsi, xlink, eb.
	Place string
	// Value is what broke the rule; "(withheld)" when it belongs to a person.
	Value string
	// Text says what must be true, Fix what to do.
	Text, Fix string
}

// breach is what a test returns for an element that breaks its rule.
type breach struct {
	// suffix is appended to the element's path, such as "/@schemeID".
	suffix string
	value  string
}

// test judges one element; nil means that the rule holds.
type test func(m *message, e *regrep.Element) *breach

// row makes a Rule. It is short because the tables are long.
func row(id string, level Level, in Lines, location, text, fix string, t test) Rule {
	return Rule{ID: id, Level: level, In: in, Location: location, Text: text, Fix: fix, at: pathOf(location), test: t}
}

// withheld replaces values of a person: findings are logged and sent to the other side.
const withheld = "(withheld)"

func (r *Rule) finding(e *regrep.Element, b *breach) Finding {
	value := regrep.Excerpt(b.value)
	if value != "" && b.suffix == "" && personal(e) {
		value = withheld
	}
	return Finding{Rule: r.ID, Level: r.Level, Place: e.Path() + b.suffix, Value: value, Text: r.Text, Fix: r.Fix}
}

// personal reports whether the element's text tells something about a person.
func personal(e *regrep.Element) bool {
	if e.Local == "LevelOfAssurance" {
		return false
	}
	for x := e; x != nil; x = x.Parent {
		if x.Space == regrep.NamespaceSDG && (x.Local == "Person" || x.Local == "NaturalPerson" || x.Local == "LegalPerson") {
			return true
		}
	}
	return false
}

// Rules returns the rows for a kind of message, those of every line.
func Rules(k edm.Kind) []Rule { return append([]Rule(nil), tables[k]...) }

// HeaderRules returns the rows for ebMS headers.
func HeaderRules() []Rule { return append([]Rule(nil), headerRules...) }

var tables = map[edm.Kind][]Rule{
	edm.KindRequest:  concat(requestStructure, requestSlots, requestContent, requestPersons, requestEvidenceType, requestClassification),
	edm.KindResponse: concat(responseStructure, responsePackaging, responseContent, responseMetadata),
	edm.KindError:    concat(errorStructure, errorContent),
}

func concat(parts ...[]Rule) []Rule {
	var out []Rule
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
