package registries

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// known is somebody of whom the register has records of the type.
type known struct {
	person  *residents.Person  // or nil
	company *residents.Company // or nil
	records []residents.Record
}

// all are those whom the provider has records of, in a stable order.
func (q *call) all() []known {
	var list []known
	for _, p := range q.s.residents.From(q.s.country) {
		if r := q.records(p.Records); len(r) > 0 {
			list = append(list, known{person: p, records: r})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(q.s.residents.Companies)) {
		c := q.s.residents.Companies[key]
		if r := q.records(c.Records); len(r) > 0 {
			list = append(list, known{company: c, records: r})
		}
	}
	return list
}

func (q *call) records(all residents.Records) []residents.Record {
	var list []residents.Record
	for _, r := range all[q.s.country][q.kind] {
		if r.Provider == "" || r.Provider == q.key {
			list = append(list, r)
		}
	}
	return list
}

// search lists whom the query might mean.
func (q *call) search() *registry.Found {
	f := &registry.Found{Entries: []registry.Entry{}}
	for _, k := range q.all() {
		means := q.means(&k)
		if q.fault.Broken == "other person" {
			means = !means && len(f.Entries) == 0
		}
		if means || q.fault.Broken == "many" {
			f.Entries = append(f.Entries, q.entry(&k))
		}
	}
	for i := 0; q.fault.Broken == "many" && len(f.Entries) > 0 && len(f.Entries) <= registry.MaxEntries; i++ {
		again := f.Entries[0]
		again.Handle = derived(again.Handle, fmt.Sprint(i))
		f.Entries = append(f.Entries, again)
	}
	return f
}

// means reports whether the query might mean somebody: the register's own number decides where it is given, and else
// family name and day of birth.
func (q *call) means(k *known) bool {
	if k.company != nil {
		return q.Subject.LegalPerson != nil && q.meansCompany(k)
	}
	p := q.Subject.Person
	if p == nil {
		return false
	}
	if p.NationalIdentifier != "" {
		return p.NationalIdentifier == q.number(k.person.Country, k.person.Number)
	}
	if p.DateOfBirth != k.person.DateOfBirth {
		return false
	}
	for _, asked := range []string{p.FamilyName, p.FamilyNameOriginal, p.BirthName, p.BirthNameOriginal} {
		if slices.ContainsFunc(k.familyNames(), func(name string) bool { return identity.SameName(asked, name) }) {
			return true
		}
	}
	return false
}

func (q *call) meansCompany(k *known) bool {
	l := q.Subject.LegalPerson
	if l.NationalIdentifier != "" {
		return l.NationalIdentifier == q.number(k.company.Country, k.company.Number)
	}
	return identity.SameCompany(l.Name, k.company.Name.Value)
}

// number is an identifier as this country's registers have it: they know their own people's only.
func (q *call) number(country, number string) string {
	if country == q.s.country {
		return number
	}
	return ""
}

// familyNames are those in the register.
func (k *known) familyNames() []string {
	if names := k.records[0].As.FamilyNames; len(names) > 0 {
		return names
	}
	names := []string{k.person.FamilyName.Value}
	if k.person.BirthName.Value != "" {
		names = append(names, k.person.BirthName.Value)
	}
	return names
}

func (q *call) entry(k *known) registry.Entry {
	e := registry.Entry{Handle: q.handle(k), AvailableFrom: q.ready(k)}
	if c := k.company; c != nil {
		e.Identifier, e.Name = c.Number, c.Name.Value
		if c.Country != q.s.country {
			e.Identifier = c.Country + "/" + c.Number
		}
		return e
	}
	p, as := k.person, k.records[0].As
	e.Identifier, e.FamilyNames, e.DateOfBirth = q.number(p.Country, p.Number), k.familyNames(), p.DateOfBirth
	e.GivenName, e.PlaceOfBirth = or(as.GivenName, p.GivenName.Value), or(as.PlaceOfBirth, p.PlaceOfBirth.Value)
	return e
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// handle names somebody in this register, and nothing to anybody else.
func (q *call) handle(k *known) string {
	if k.company != nil {
		return derived("handle", q.s.country, q.key, q.kind, "company", k.company.Key)
	}
	return derived("handle", q.s.country, q.key, q.kind, k.person.Key)
}

// ready is when documents that need time can be had; zero when they can be now. The time runs from when they were first asked for.
func (q *call) ready(k *known) time.Time {
	var latest time.Time
	for i := range k.records {
		if wait := k.records[i].Ready; wait > 0 {
			at := q.s.since("ready", q.handle(k)).Add(wait)
			if at.After(latest) && at.After(q.s.now()) {
				latest = at
			}
		}
	}
	return latest
}
