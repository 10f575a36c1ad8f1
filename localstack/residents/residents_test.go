package residents_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
)

func load(t *testing.T) *residents.Residents {
	t.Helper()
	r, err := residents.Default()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheResidentsCoverWhatADemoNeeds(t *testing.T) {
	t.Parallel()
	r := load(t)
	countries := map[string]int{}
	scripts := map[string]bool{}
	for _, p := range r.Persons {
		countries[p.Country]++
		if p.FamilyName.Original != "" {
			scripts[p.Country] = true
		}
	}
	for _, c := range []string{"LV", "LT", "EE", "FI", "EL", "BG"} {
		if countries[c] == 0 {
			t.Errorf("nobody from %s", c)
		}
	}
	if len(r.Persons) < 12 || len(r.Companies) < 2 || !scripts["EL"] || !scripts["BG"] || len(r.Persons["nobody"].Records) > 0 {
		t.Errorf("%d persons, %d companies, scripts %v", len(r.Persons), len(r.Companies), scripts)
	}
	a, b := r.Persons["jonas-vilnius"], r.Persons["jonas-kaunas"]
	if a.FamilyName != b.FamilyName || a.GivenName != b.GivenName || a.DateOfBirth != b.DateOfBirth || a.Number == b.Number {
		t.Error("the two Jonas differ in the wrong things")
	}
}

func TestNobodyHasAnothersNumberAndCodesAreOfTheirLists(t *testing.T) {
	t.Parallel()
	r := load(t)
	seen := map[string]bool{}
	for key, p := range r.Persons {
		id := p.Identifier("IT")
		if seen[id] || strings.ContainsAny(id, " \t") || !codelist.Of("OOTSCountry", "2.0").Has(p.Country) || !codelist.Of("Gender", "1.0").Has(p.Gender) {
			t.Errorf("%s: identifier, country or gender", key)
		}
		seen[id] = true
	}
}

func TestRecordsAreOfTypesThatTheWorldHas(t *testing.T) {
	t.Parallel()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	check := func(who string, records residents.Records) {
		for country, types := range records {
			for key := range types {
				if w.States[country] == nil || w.States[country].Evidence[key] == nil {
					t.Errorf("%s: no type %s in %s", who, key, country)
				}
			}
		}
	}
	r := load(t)
	for key, p := range r.Persons {
		check(key, p.Records)
	}
	for key, c := range r.Companies {
		check(key, c.Records)
	}
}

func TestACountrysOwnPeopleComeFirst(t *testing.T) {
	t.Parallel()
	list := load(t).From("FI")
	if list[0].Key != "vaino" || !slices.IsSortedFunc(list[1:], func(a, b *residents.Person) int { return strings.Compare(a.Country+" "+a.Key, b.Country+" "+b.Key) }) {
		t.Errorf("first is %s", list[0].Key)
	}
	companies := load(t).CompaniesOf("anna")
	if len(companies) != 1 || companies[0].Key != "ziemelu-vejs" {
		t.Errorf("anna acts for %d companies", len(companies))
	}
}

func TestResidentsThatAreNotWholeAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []string{
		"people: {}",
		"persons: {a: {country: LV}}",
		"persons: {a: {country: LV, number: '123456', familyName: {value: A}, givenName: {value: B}, dateOfBirth: yesterday}}",
		"companies: {a: {country: LV, number: '123456', name: {value: A}, representatives: [b]}}",
		"companies: {a: {country: LV, number: '123456', name: {value: A}}}",
		"persons: {a: {country: LV, number: '123456', familyName: {value: A}, givenName: {value: B}, dateOfBirth: 2000-01-01, records: {LV: {birth: [{issued: never}]}}}}",
	} {
		if _, err := residents.Load([]byte(c)); err == nil {
			t.Errorf("%s: taken", c)
		}
	}
}
