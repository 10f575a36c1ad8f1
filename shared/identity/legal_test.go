package identity

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
)

func TestOneCompanyIsFoundByItsNumberAndName(t *testing.T) {
	t.Parallel()
	companies := []LegalEntry{
		{"1", "40000000001", `SIA "Ziemeļu vējš"`},
		{"2", "40000000002", "Paraugs, AS"},
		{"3", "EE/12345678", "Näide OÜ"},
		{"4", "4444", "Divi"}, {"5", "4444", "Divi"},
	}
	for _, c := range []struct {
		name, id, legal, original string
		want                      Match
	}{
		{"by number, name in another order", "LV/IT/40000000001", "Ziemelu Vejs SIA", "", Match{One, "1", "match.legal.identifier"}},
		{"by number, legal form written out", "LV/IT/40000000002", "Akciju sabiedrība Paraugs", "", Match{One, "2", "match.legal.identifier"}},
		{"abroad by country and number", "EE/LV/12345678", "NAIDE OU", "", Match{One, "3", "match.legal.identifier"}},
		{"another's number", "LV/IT/40000000001", "Paraugs AS", "", Match{Doubtful, "", "match.legal.contradicted"}},
		{"a number of another country", "EE/LV/40000000001", "Ziemeļu vējš", "", Match{None, "", "match.legal.identifier"}},
		{"a number that is nobody's", "LV/IT/40000000009", "Paraugs", "", Match{None, "", "match.legal.identifier"}},
		{"a number that two have", "LV/IT/4444", "Divi", "", Match{Ambiguous, "", "match.legal.identifier"}},
		{"no number", "", "Paraugs", "", Match{None, "", "match.legal.identifier"}},
		{"half of a number", "LV/40000000002", "Paraugs", "", Match{None, "", "match.legal.identifier"}},
		{"the original name", "LV/IT/40000000002", "Sample", "Paraugs", Match{One, "2", "match.legal.identifier"}},
	} {
		p := &edm.LegalPerson{LegalName: edm.Text{Value: c.legal, NonLatin: c.original}}
		if c.id != "" {
			p.LegalPersonIdentifier = &edm.Identifier{Value: c.id}
		}
		if got := FindLegal(p, "LV", companies); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestCompaniesAreOneWithoutTheirLegalForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Παράδειγμα Α.Ε.", "PARADEIGMA AE", true}, {"Пример ООД", "OOD Primer", true}, {"Müller GmbH", "Mueller", true},
		{"SIA", "SIA", false}, {"SIA A", "SIA B", false}, {"Vējš un Ko", "Vējš", false}, {"", "", false},
	} {
		if SameCompany(c.a, c.b) != c.same || SameCompany(c.b, c.a) != c.same {
			t.Errorf("%q and %q: want %v", c.a, c.b, c.same)
		}
	}
}
