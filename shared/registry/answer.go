package registry

import (
	"time"

	"github.com/vienreiz/vienreiz/shared/identity"
)

// Found is what a search gave: whom the registry might mean. None is an answer too.
type Found struct {
	Entries []Entry `json:"entries"`
}

// Entry is one natural or legal person whom a registry knows.
type Entry struct {
	// Handle is the registry's own name for the entry, at most MaxTextRunes; it is given back in a fetch.
	Handle string `json:"handle"`
	// Identifier is the national identifier as the registry has it; of a foreign legal person with the issuing
	// country before it, "EE/12345678".
	Identifier string `json:"identifier,omitempty"`
	// FamilyNames are those of a natural person, the present one first.
	FamilyNames  []string `json:"familyNames,omitempty"`
	GivenName    string   `json:"givenName,omitempty"`
	DateOfBirth  string   `json:"dateOfBirth,omitempty"` // YYYY-MM-DD; an entry without one matches nobody
	PlaceOfBirth string   `json:"placeOfBirth,omitempty"`
	// Name is that of a legal person.
	Name string `json:"name,omitempty"`
	// AvailableFrom is set when the evidence exists but needs time: ask again then (Regulation (EU) 2022/1463 art. 15(5)).
	AvailableFrom time.Time `json:"availableFrom,omitzero"`
}

// Persons are the entries to match a natural person with.
func (f *Found) Persons() []identity.Entry {
	list := make([]identity.Entry, len(f.Entries))
	for i, e := range f.Entries {
		list[i] = identity.Entry{Handle: e.Handle, Identifier: e.Identifier, FamilyNames: e.FamilyNames, GivenName: e.GivenName, DateOfBirth: e.DateOfBirth, PlaceOfBirth: e.PlaceOfBirth}
	}
	return list
}

// LegalPersons are the entries to match a legal person with.
func (f *Found) LegalPersons() []identity.LegalEntry {
	list := make([]identity.LegalEntry, len(f.Entries))
	for i, e := range f.Entries {
		list[i] = identity.LegalEntry{Handle: e.Handle, Identifier: e.Identifier, Name: e.Name}
	}
	return list
}

// Match judges which entry is the query's subject, for a registry of a country: exactly one, or none.
func (f *Found) Match(q *Query, country string) identity.Match {
	if q.LegalPerson != nil {
		return identity.FindLegal(q.LegalPerson, country, f.LegalPersons())
	}
	return identity.Find(q.Person, country, f.Persons())
}

// Entry finds an entry by its handle.
func (f *Found) Entry(handle string) (*Entry, bool) {
	for i := range f.Entries {
		if f.Entries[i].Handle == handle {
			return &f.Entries[i], true
		}
	}
	return nil, false
}

// Evidence is what a fetch gave: documents with who issued them, or the time from which they can be had.
type Evidence struct {
	Documents        []Document `json:"documents,omitempty"`
	IssuingAuthority *Authority `json:"issuingAuthority,omitempty"`
	AvailableFrom    time.Time  `json:"availableFrom,omitzero"`
}

// Authority issued the documents.
type Authority struct {
	Identifier string `json:"identifier"`
	// Scheme is the identifier's schemeID; empty: that of the registry.
	Scheme string `json:"scheme,omitempty"`
	// Name is by language.
	Name map[string]string `json:"name"`
}

// Document is one file of the evidence.
type Document struct {
	// Identifier is a lower-case UUID, the same each time this request asks.
	Identifier string `json:"identifier"`
	Title      string `json:"title"`
	// MediaType is one of the formats asked for, a code of OOTSMediaTypes.
	MediaType string `json:"mediaType"`
	// Language is a code of LanguageCode; empty when the document has no language.
	Language string `json:"language,omitempty"`
	// ConformsTo is the data model's URL of XML and JSON, and of nothing else.
	ConformsTo string `json:"conformsTo,omitempty"`
	// Classification is MainEvidence (also when empty), HumanReadableVersion, Annex or Translation.
	Classification string `json:"classification,omitempty"`
	// CompanionOf is the identifier of the main evidence of a companion; it may be left out when there is one only.
	CompanionOf string `json:"companionOf,omitempty"`
	IssuingDate string `json:"issuingDate"`          // YYYY-MM-DD
	ValidFrom   string `json:"validFrom,omitempty"`  // YYYY-MM-DD
	ValidUntil  string `json:"validUntil,omitempty"` // YYYY-MM-DD, inclusive
	// AsOf is when the data was right.
	AsOf time.Time `json:"asOf,omitzero"`
	// Content is the file, base64 on the wire.
	Content []byte `json:"content"`
}
