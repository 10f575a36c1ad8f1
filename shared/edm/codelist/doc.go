// Package codelist holds the code lists of the Technical Design Documents, chapter 3.5.1, as tables.
//
// The source is data/<line>/<ShortName>.gc, genericode 1.0. A folder is a line of the specification (1.0, 1.1, 1.2, 2.0); a list
// that a line does not have is that of the line before it. To take over a later official release, put its genericode files there
// and run go generate: no code changes.
package codelist

//go:generate go run ./gen -o tables_gen.go data

import (
	"cmp"
	"slices"
)

// Code is one row: the code, its name ("" when the list gives none) and, for lists that have it, a second property: the structure of a
// media type, the exception type of an error code.
type Code struct{ Code, Name, Structure string }

// List is one list of one line.
type List struct {
	// Line is the line of the specification that introduced this edition, such as "1.2".
	Line string
	// ShortName, Version and Source identify the edition.
	ShortName, Version, Source string

	codes []Code
}

// Has reports whether the list holds the code, compared exactly. No list is no restriction that anybody published: it holds nothing.
func (l *List) Has(code string) bool {
	_, ok := l.Find(code)
	return ok
}

// Find returns the row of a code.
func (l *List) Find(code string) (Code, bool) {
	if l == nil {
		return Code{}, false
	}
	i, ok := slices.BinarySearchFunc(l.codes, code, func(c Code, s string) int { return cmp.Compare(c.Code, s) })
	if !ok {
		return Code{}, false
	}
	return l.codes[i], true
}

// Codes returns the rows in the order of their codes. The slice is shared: do not change it.
func (l *List) Codes() []Code {
	if l == nil {
		return nil
	}
	return l.codes
}

// Of returns the edition of a list that is in force for a line ("1.0", "1.1", "1.2", "2.0"); nil when that line has none.
func Of(shortName, line string) *List {
	var found *List
	for i := range tables {
		if t := &tables[i]; t.ShortName == shortName && t.Line <= line {
			found = t
		}
	}
	return found
}

// All returns every edition of every list, by name and line.
func All() []List { return slices.Clone(tables) }
