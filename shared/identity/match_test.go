package identity

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/edm"
)

func TestNamesAreOneAcrossSpellingsAndScripts(t *testing.T) {
	t.Parallel()
	cases := []struct {
		a, b string
		same bool
	}{
		{"Bērziņš", "BERZINS", true},
		{"Müller", "Mueller", true}, {"Müller", "Muller", true}, {"Mueller", "Muller", false},
		{"Ångström", "Aangstroem", true}, {"Søren", "Soeren", true}, {"Strauß", "Strauss", true},
		{"Παπαδόπουλος", "Papadopoulos", true}, {"Ευαγγελία", "Evangelia", true}, {"Γιώργος", "Giorgos", true}, {"Χριστίνα", "Christina", true},
		{"Георгиев", "Georgiev", true}, {"Цветелина", "Tsvetelina", true}, {"Щерев", "Shterev", true},
		{"O'Neill", "O’Neill", true}, {"O'Neill", "ONEILL", true},
		{"de la Cruz", "De-la-Cruz", true}, {"Łukasz", "Lukasz", true}, {"Đorđe", "Dorde", true}, {"İbrahim", "Ibrahim", true},
		{"Ozols", "Ozola", false}, {"Anna", "Ann", false}, {"", "", false}, {" ", " ", false}, {"-", "-", false},
	}
	for _, c := range cases {
		if got := SameName(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %v, want %v (%q, %q)", c.a, c.b, got, c.same, fold(c.a), fold(c.b))
		}
		if SameName(c.a, c.b) != SameName(c.b, c.a) {
			t.Errorf("%q and %q: the order matters", c.a, c.b)
		}
	}
}

func TestEveryNameIsItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("aĀäßΣόουЖщ'’- ł")), 1, 40, -1).Draw(t, "name")
		if fold(name)[0] != "" && !SameName(name, name) {
			t.Fatalf("%q is not itself", name)
		}
	})
}

// register has twins by name, two of one identifier's spelling, and former names.
var register = []Entry{
	{Handle: "1", Identifier: "010190-12345", FamilyNames: []string{"Bērziņa", "Kalniņa"}, GivenName: "Anna Marija", DateOfBirth: "1990-01-01", PlaceOfBirth: "Rīga"},
	{Handle: "2", Identifier: "020280-11111", FamilyNames: []string{"Ozols"}, GivenName: "Jānis", DateOfBirth: "1980-02-02", PlaceOfBirth: "Cēsis"},
	{Handle: "3", Identifier: "020280-22222", FamilyNames: []string{"Ozols"}, GivenName: "Jānis", DateOfBirth: "1980-02-02", PlaceOfBirth: "Liepāja"},
	{Handle: "4", FamilyNames: []string{"Παπαδόπουλος"}, GivenName: "Γιώργος", DateOfBirth: "1975-05-05"},
}

func person(family, given, born string, edit ...func(*edm.Person)) *edm.Person {
	p := &edm.Person{FamilyName: edm.Text{Value: family}, GivenName: edm.Text{Value: given}, DateOfBirth: born}
	for _, e := range edit {
		e(p)
	}
	return p
}

func identified(id string) func(*edm.Person) {
	return func(p *edm.Person) { p.Identifier = &edm.Identifier{SchemeID: "eidas", Value: id} }
}

func bornIn(place string) func(*edm.Person) {
	return func(p *edm.Person) { p.PlaceOfBirth.Value = place }
}

func TestExactlyOneOrNone(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		person *edm.Person
		want   Match
	}{
		{"our own identifier", person("Berzina", "Anna", "1990-01-01", identified("LV/EE/010190-12345")), Match{One, "1", "match.identifier"}},
		{"our own identifier, other given name", person("Berzina", "Other", "1990-01-01", identified("LV/EE/010190-12345")), Match{One, "1", "match.identifier"}},
		{"our own identifier of somebody else", person("Ozols", "Jānis", "1980-02-02", identified("LV/EE/010190-12345")), Match{Doubtful, "", "match.identifier.contradicted"}},
		{"our own identifier that nobody has does not fall back on names", person("Berzina", "Anna", "1990-01-01", identified("LV/EE/000000-00000")), Match{None, "", "match.identifier"}},
		{"a foreign identifier is no identifier of ours", person("Berzina", "Anna", "1990-01-01", identified("EE/LV/010190-12345")), Match{One, "1", "match.attributes"}},
		{"a malformed identifier is none", person("Berzina", "Anna", "1990-01-01", identified("LV")), Match{One, "1", "match.attributes"}},
		{"a former name", person("Kalnina", "Anna", "1990-01-01"), Match{One, "1", "match.attributes"}},
		{"the first of two given names", person("Bērziņa", "Anna", "1990-01-01"), Match{One, "1", "match.attributes"}},
		{"the second of two given names alone", person("Bērziņa", "Marija", "1990-01-01"), Match{None, "", "match.attributes"}},
		{"more given names than the register", person("Ozols", "Jānis Pēteris", "1980-02-02"), Match{None, "", "match.attributes"}},
		{"two of one name", person("Ozols", "Janis", "1980-02-02"), Match{Ambiguous, "", "match.attributes"}},
		{"two of one name, told apart by place", person("Ozols", "Janis", "1980-02-02", bornIn("CESIS")), Match{One, "2", "match.place"}},
		{"two of one name, neither born there", person("Ozols", "Janis", "1980-02-02", bornIn("Rīga")), Match{None, "", "match.place"}},
		{"the place does not matter for one alone", person("Berzina", "Anna", "1990-01-01", bornIn("Elsewhere")), Match{One, "1", "match.attributes"}},
		{"another date", person("Berzina", "Anna", "1990-01-02"), Match{None, "", "match.attributes"}},
		{"no date", person("Berzina", "Anna", ""), Match{None, "", "match.attributes"}},
		{"another script", person("Papadopoulos", "Giorgos", "1975-05-05"), Match{One, "4", "match.attributes"}},
		{"the original script beside the Latin", &edm.Person{FamilyName: edm.Text{Value: "Papadop", NonLatin: "Παπαδόπουλος"}, GivenName: edm.Text{Value: "George", NonLatin: "Γιώργος"}, DateOfBirth: "1975-05-05"}, Match{One, "4", "match.attributes"}},
		{"nobody", &edm.Person{}, Match{None, "", "match.attributes"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Find(c.person, "LV", register); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// Whatever the register holds: only One names an entry, and it is one that agrees.
func TestAMatchAlwaysAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Ozols", "OZOLS", "Ozola", "Müller", "Mueller", ""})
		date := rapid.SampledFrom([]string{"1980-02-02", "1980-02-03", ""})
		var entries []Entry
		for i := range rapid.IntRange(0, 5).Draw(t, "entries") {
			entries = append(entries, Entry{Handle: string(rune('a' + i)), Identifier: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "identifier"), FamilyNames: []string{name.Draw(t, "family")}, GivenName: name.Draw(t, "given"), DateOfBirth: date.Draw(t, "born")})
		}
		p := person(name.Draw(t, "family"), name.Draw(t, "given"), date.Draw(t, "born"))
		if rapid.Bool().Draw(t, "identified") {
			identified("LV/EE/" + rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id"))(p)
		}
		m := Find(p, "LV", entries)
		if (m.Outcome == One) != (m.Handle != "") {
			t.Fatalf("outcome %s with handle %q", m.Outcome, m.Handle)
		}
		for _, e := range entries {
			if e.Handle == m.Handle && (e.DateOfBirth != p.DateOfBirth || !SameName(e.FamilyNames[0], p.FamilyName.Value)) {
				t.Fatalf("%+v was matched with %+v", p, e)
			}
		}
	})
}

func TestThePersonInThePreviewIsTheOneOfTheRequest(t *testing.T) {
	t.Parallel()
	request := person("Bērziņa", "Anna", "1990-01-01", identified("EE/LV/1"))
	for name, c := range map[string]struct {
		present *edm.Person
		same    bool
	}{
		"the same":                           {person("BERZINA", "Anna", "1990-01-01", identified("EE/LV/1")), true},
		"without an identifier":              {person("Berzina", "Anna", "1990-01-01"), true},
		"an identifier for another receiver": {person("Berzina", "Anna", "1990-01-01", identified("EE/FI/2")), true},
		"another identifier for us":          {person("Berzina", "Anna", "1990-01-01", identified("EE/LV/2")), false},
		"another date":                       {person("Berzina", "Anna", "1990-01-02", identified("EE/LV/1")), false},
		"another given name":                 {person("Berzina", "Ilze", "1990-01-01", identified("EE/LV/1")), false},
		"nobody":                             {&edm.Person{}, false},
	} {
		if got := SamePerson(request, c.present); got != c.same {
			t.Errorf("%s: %v, want %v", name, got, c.same)
		}
	}
}
