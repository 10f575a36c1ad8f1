package registry

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/shared/edm"
)

func valid() Registry {
	return Registry{
		ID: "LV-EDUCATION", Name: map[string]string{"LV": "Paraugu reģistrs", "EN": "Register of examples"}, Country: "LV", URL: "https://registry.example/oots",
		EvidenceTypes: []EvidenceType{{
			Type: diploma, Titles: map[string]string{"LV": "Diploms", "EN": "Diploma"}, Subject: Natural, Assurance: "Substantial",
			Formats: []string{"application/json", "application/pdf"}, Procedures: []string{"T2"},
		}},
	}
}

func TestARightEntryHasNoFindingsInJSONAndYAML(t *testing.T) {
	t.Parallel()
	r := valid()
	if f := r.Validate(); len(f) > 0 {
		t.Fatal(f)
	}
	j, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var fromJSON, fromYAML Registry
	y, err := yaml.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(j, &fromJSON); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(y, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, fromJSON) + cmp.Diff(r, fromYAML); diff != "" {
		t.Error(diff)
	}
}

func TestAWrongEntrySaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for path, edit := range map[string]func(*Registry){
		"id":                          func(r *Registry) { r.ID = "two words" },
		"scheme":                      func(r *Registry) { r.Scheme = "EAS" },
		"country":                     func(r *Registry) { r.Country = "XX" },
		"name":                        func(r *Registry) { r.Name = nil },
		"name.EN":                     func(r *Registry) { r.Name = map[string]string{"EN": " "} },
		"url":                         func(r *Registry) { r.URL = "http://registry.example" },
		"tokenSecret":                 func(r *Registry) { r.TokenSecret = "Bearer x" },
		"evidenceTypes":               func(r *Registry) { r.EvidenceTypes = nil },
		"evidenceTypes[1].type":       func(r *Registry) { r.EvidenceTypes = append(r.EvidenceTypes, r.EvidenceTypes[0]) },
		"evidenceTypes[0].type":       func(r *Registry) { r.EvidenceTypes[0].Type = "diploma" },
		"evidenceTypes[0].titles":     func(r *Registry) { r.EvidenceTypes[0].Titles = nil },
		"evidenceTypes[0].subject":    func(r *Registry) { r.EvidenceTypes[0].Subject = "" },
		"evidenceTypes[0].assurance":  func(r *Registry) { r.EvidenceTypes[0].Assurance = "high" },
		"evidenceTypes[0].formats":    func(r *Registry) { r.EvidenceTypes[0].Formats = []string{"text/html"} },
		"evidenceTypes[0].procedures": func(r *Registry) { r.EvidenceTypes[0].Procedures = []string{"Z9"} },
	} {
		r := valid()
		edit(&r)
		f := r.Validate()
		if len(f) != 1 || f[0].Path != path || f[0].Do == "" || !strings.Contains(f[0].Error(), f[0].Do) {
			t.Errorf("%s: got %v", path, f)
		}
	}
}

func TestHTTPIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://registry.example/x": true, "http://localhost:8080/x": true, "http://127.0.0.1:1": true, "http://[::1]:1": true,
		"http://registry.example": false, "https://u:p@registry.example": false, "https://registry.example?a=b": false, "https://registry.example#a": false, "ftp://localhost": false, "https://": false, ":": false,
	} {
		if got := isAddress(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestATypeOfEvidenceAllowsAndAssures(t *testing.T) {
	t.Parallel()
	r := valid()
	e, ok := r.Offers(diploma)
	if !ok || !e.Allows("T2") || e.Allows("T1") || !(&EvidenceType{}).Allows("T1") {
		t.Error("offers or procedures")
	}
	if _, ok := r.Offers("other"); ok {
		t.Error("offers what it has not")
	}
	for level, want := range map[string]bool{"": false, "Low": false, "Substantial": true, "High": true, "Highest": false} {
		if e.Assured(level) != want {
			t.Errorf("%s is enough: %v", level, !want)
		}
	}
	want := edm.Agent{
		Identifier: edm.Identifier{SchemeID: "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV", Value: "LV-EDUCATION"}, Name: []edm.LocalizedText{{Lang: "EN", Text: "Register of examples"}, {Lang: "LV", Text: "Paraugu reģistrs"}},
		Address: &edm.Address{AdminUnitLevel1: "LV"}, Classification: "EP",
	}
	if diff := cmp.Diff(want, r.Agent()); diff != "" {
		t.Error(diff)
	}
}

func TestAQueryCarriesRepresentativesAndAnswers(t *testing.T) {
	t.Parallel()
	yes := true
	q := Query{
		RequestID: "r", EvidenceType: "t",
		LegalPerson:    &edm.LegalPerson{LegalPersonIdentifier: &edm.Identifier{Value: "EE/LV/1234567"}, LegalName: edm.Text{Value: "Näide OÜ"}, Identifier: []edm.Identifier{{SchemeID: "LEI", Value: "L"}}},
		Representative: &edm.Person{FamilyName: edm.Text{Value: "Nikolova", NonLatin: "Николова"}, CurrentAddress: &edm.Address{AdminUnitLevel1: "BG"}},
		Answers:        []edm.EvidenceProviderClassification{{Identifier: edm.Identifier{Value: "q1"}, BooleanValue: &yes}, {Identifier: edm.Identifier{Value: "q2"}, DateValue: "2020-01-01"}, {Identifier: edm.Identifier{Value: "q3"}, StringValue: "x"}},
	}
	body, err := q.body("LV", func(*Request) {})
	if err != nil {
		t.Fatal(err)
	}
	want := Request{
		RequestID: "r", EvidenceType: "t", Subject: Party{LegalPerson: &LegalPerson{Identifier: "EE/LV/1234567", Name: "Näide OÜ", Identifiers: map[string]string{"LEI": "L"}}},
		Representative: &Party{Person: &Person{FamilyName: "Nikolova", FamilyNameOriginal: "Николова", CurrentAddress: &Address{Country: "BG"}}},
		Answers:        []UserAnswer{{"q1", "true"}, {"q2", "2020-01-01"}, {"q3", "x"}},
	}
	var got Request
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
