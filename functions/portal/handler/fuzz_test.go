package handler

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/functions/portal/strict"
	"github.com/vienreiz/vienreiz/shared/access"
)

// FuzzOrder: whatever comes, an order that is taken is one that the contract
// allows, and nothing panics.
func FuzzOrder(f *testing.F) {
	f.Add([]byte(studentOrder))
	f.Add([]byte(bankOrder(f, nil)))
	f.Add([]byte(`{"procedure":"00","country":"LV","subject":{"legalPerson":{}}}`))
	f.Add([]byte("\xff{}"))
	judge := judging(f)
	f.Fuzz(func(t *testing.T, octets []byte) { judge(t, octets) })
}

// FuzzMember puts one text after the other into an order that is right.
func FuzzMember(f *testing.F) {
	for i := range len(places) {
		f.Add(uint(i), "Ā")
		f.Add(uint(i), "LV/EE/a\nb")
	}
	judge := judging(f)
	f.Fuzz(func(t *testing.T, place uint, value string) {
		judge(t, []byte(bankOrder(t, func(o object) {
			path := strings.Split(places[place%uint(len(places))], ".")
			for _, name := range path[:len(path)-1] {
				next, ok := o[name].(object)
				if !ok {
					next = object{"levelOfAssurance": "Low", "legalPersonIdentifier": "LV/EE/1", "legalName": "SIA"}
					o[name] = next
					delete(o, "naturalPerson")
				}
				o = next
			}
			o[path[len(path)-1]] = value
		})))
	})
}

// places are texts of an order.
var places = []string{
	"procedure", "requirement", "country", "evidenceType", "provider", "answers.q1", "language", "returnUrl", "explicitRequest.at", "explicitRequest.language",
	"explicitRequest.text", "subject.naturalPerson.levelOfAssurance", "subject.naturalPerson.personIdentifier", "subject.naturalPerson.familyName",
	"subject.naturalPerson.familyNameNonLatin", "subject.naturalPerson.dateOfBirth", "subject.naturalPerson.gender", "subject.naturalPerson.countryOfBirth",
	"subject.naturalPerson.phoneNumber", "subject.naturalPerson.currentAddress.adminUnitLevel1", "subject.naturalPerson.currentAddress.adminUnitLevel2",
	"subject.naturalPerson.currentAddress.locatorDesignator", "subject.legalPerson.legalPersonIdentifier", "subject.legalPerson.legalName", "subject.legalPerson.eori",
}

// judging judges an order; one that is taken must be as the contract has it.
func judging(f *testing.F) func(t *testing.T, octets []byte) {
	f.Helper()
	schema := theContract(f).schema(f, "/components/schemas/Order")
	portal := access.Portal{Procedures: []string{"T3", "00"}, ReturnHosts: []string{"bank-portal.example.lv", "student-portal.example.lv"}, AuthenticatesItself: true}
	s := &server{Options{Country: "LV", Now: func() time.Time { return noon }}}
	return func(t *testing.T, octets []byte) {
		t.Helper()
		var body api.Order
		if strict.JSON(octets, &body) != nil {
			return
		}
		if _, err := s.judged(&portal, &body); err != nil {
			return
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(octets))
		if err != nil {
			t.Fatalf("taken, and no JSON: %v", err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("taken, and not as the contract has it: %v\n%s", err, octets)
		}
	}
}
