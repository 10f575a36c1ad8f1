package handler

import (
	"bytes"
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
	schema := theContract(f).schema(f, "/components/schemas/Order")
	portal := access.Portal{Procedures: []string{"T3", "00"}, ReturnHosts: []string{"bank-portal.example.lv", "student-portal.example.lv"}, AuthenticatesItself: true}
	s := &server{Options{Country: "LV", Now: func() time.Time { return noon }}}
	f.Fuzz(func(t *testing.T, octets []byte) {
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
	})
}
