package preview

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
)

func company(id, name string) *edm.LegalPerson {
	return &edm.LegalPerson{LegalPersonIdentifier: &edm.Identifier{SchemeID: "eidas", Value: id}, LegalName: edm.Text{Value: name}}
}

func TestWhoMayLookAtEvidenceOfACompany(t *testing.T) {
	anna := &edm.Person{FamilyName: edm.Text{Value: "Paraudziņa"}, GivenName: edm.Text{Value: "Anna"}, DateOfBirth: "1987-03-15"}
	janis := &edm.Person{FamilyName: edm.Text{Value: "Paraugs"}, GivenName: edm.Text{Value: "Jānis"}, DateOfBirth: "1984-02-02"}
	asked := &edm.EvidenceRequest{LegalPerson: company("LV/LT/40001", "SIA Vējš"), AuthorizedRepresentative: anna}
	for name, c := range map[string]struct {
		present Present
		want    bool
	}{
		"the company, whose identifier was made for another country": {Present{LegalPerson: company("LV/LV/40001", "Vējš, SIA"), Representative: anna}, true},
		"the company, with another representative":                   {Present{LegalPerson: company("LV/LV/40001", "SIA Vējš"), Representative: janis}, true},
		"another company of the same representative":                 {Present{LegalPerson: company("LV/LV/40002", "SIA Lietus"), Representative: anna}, false},
		"the same number of another country":                         {Present{LegalPerson: company("EE/LV/40001", "SIA Vējš"), Representative: anna}, false},
		"the same number with another name":                          {Present{LegalPerson: company("LV/LV/40001", "SIA Lietus"), Representative: anna}, false},
		"a company without an identifier":                            {Present{LegalPerson: &edm.LegalPerson{LegalName: edm.Text{Value: "SIA Vējš"}}}, false},
		"the representative, as a person":                            {Present{Person: anna}, true},
		"another person":                                             {Present{Person: janis}, false},
		"nobody":                                                     {Present{}, false},
	} {
		if got := same(asked, c.present); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if same(&edm.EvidenceRequest{LegalPerson: asked.LegalPerson}, Present{Person: anna}) {
		t.Error("a person looks at the evidence of a company that named nobody")
	}
}
