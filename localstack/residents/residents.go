// Package residents holds the invented people and companies of the simulated
// world: how the eIDAS node of their country signs them in, and what the registers
// of each state know of them. residents.yaml says which is for what.
package residents

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed residents.yaml
var invented []byte

// Residents are people and companies by key.
type Residents struct {
	Persons   map[string]*Person
	Companies map[string]*Company
}

// Text is a name in Latin letters with its writing in another script, if it has one.
type Text struct{ Value, Original string }

// Person is a natural person.
type Person struct {
	Key string `yaml:"-"`
	// Note says what the person is for.
	Note string
	// Country issued the eID, Number is the national identifier.
	Country, Number string
	FamilyName      Text `yaml:"familyName"`
	GivenName       Text `yaml:"givenName"`
	BirthName       Text `yaml:"birthName"`
	PlaceOfBirth    Text `yaml:"placeOfBirth"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth string `yaml:"dateOfBirth"`
	// Gender is Male, Female or Unspecified.
	Gender  string
	Address *Address
	Records Records
}

// Company is a legal person.
type Company struct {
	Key             string `yaml:"-"`
	Country, Number string
	Name            Text
	// Representatives are keys of persons who may act for it.
	Representatives []string
	Records         Records
}

// Address is where a person lives, in the country of the eID.
type Address struct {
	Thoroughfare      string
	LocatorDesignator string `yaml:"locatorDesignator"`
	PostCode          string `yaml:"postCode"`
	PostCityName      string `yaml:"postCityName"`
}

// Records are documents by country and type of evidence.
type Records map[string]map[string][]Record

// Record is one document that a register can issue.
type Record struct {
	// Provider is the key of the provider in the world that knows it; empty: every provider of the type.
	Provider string
	// Issued and ValidUntil are YYYY-MM-DD.
	Issued     string
	ValidUntil string `yaml:"validUntil"`
	// Ready is how long the register needs after it was first asked.
	Ready time.Duration
	// As is how the register writes the person.
	As Writing
	// Fields are values by the names of localstack/registries/certificate.yaml.
	Fields map[string]string
}

// Writing is how a register writes somebody; empty parts are as the person signs in.
type Writing struct {
	FamilyNames  []string `yaml:"familyNames"`
	GivenName    string   `yaml:"givenName"`
	PlaceOfBirth string   `yaml:"placeOfBirth"`
}

// Default are the residents that come with the package.
func Default() (*Residents, error) { return Load(invented) }

// Load reads residents and judges that they are whole.
func Load(b []byte) (*Residents, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	r := &Residents{}
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("read the residents: %w", err)
	}
	for key, p := range r.Persons {
		p.Key = key
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("read the residents: person %s: %w", key, err)
		}
	}
	for key, c := range r.Companies {
		c.Key = key
		if err := c.check(r); err != nil {
			return nil, fmt.Errorf("read the residents: company %s: %w", key, err)
		}
	}
	return r, nil
}

func (p *Person) check() error {
	if len(p.Country) != 2 || len(p.Number) < 6 || p.FamilyName.Value == "" || p.GivenName.Value == "" {
		return errors.New("country, number of at least six characters, familyName and givenName are needed")
	}
	if _, err := time.Parse(time.DateOnly, p.DateOfBirth); err != nil {
		return errors.New("dateOfBirth is no YYYY-MM-DD")
	}
	return p.Records.check()
}

func (c *Company) check(r *Residents) error {
	if len(c.Country) != 2 || len(c.Number) < 6 || c.Name.Value == "" || len(c.Representatives) == 0 {
		return errors.New("country, number of at least six characters, name and representatives are needed")
	}
	for _, key := range c.Representatives {
		if r.Persons[key] == nil {
			return fmt.Errorf("it names the unknown representative %s", key)
		}
	}
	return c.Records.check()
}

func (r Records) check() error {
	for country, types := range r {
		for key, records := range types {
			for _, x := range records {
				if _, err := time.Parse(time.DateOnly, x.Issued); err != nil || len(x.Fields) == 0 {
					return fmt.Errorf("record %s %s: issued is no YYYY-MM-DD, or there are no fields", country, key)
				}
			}
		}
	}
	return nil
}

// From lists persons: those of a country first, then by country, then by key.
func (r *Residents) From(country string) []*Person {
	list := slices.Collect(maps.Values(r.Persons))
	slices.SortFunc(list, func(a, b *Person) int {
		return compare(country, a.Country, a.Key, b.Country, b.Key)
	})
	return list
}

// CompaniesOf lists the companies that a person may act for, by key.
func (r *Residents) CompaniesOf(person string) []*Company {
	var list []*Company
	for _, key := range slices.Sorted(maps.Keys(r.Companies)) {
		if c := r.Companies[key]; slices.Contains(c.Representatives, person) {
			list = append(list, c)
		}
	}
	return list
}

func compare(first, countryA, keyA, countryB, keyB string) int {
	order := func(country, key string) string {
		if country == first {
			return " " + key
		}
		return country + " " + key
	}
	switch a, b := order(countryA, keyA), order(countryB, keyB); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
