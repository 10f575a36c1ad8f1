package handler

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/requester"
)

type object = map[string]any

// bankOrder is a whole order of the portal that authenticates people itself.
func bankOrder(t testing.TB, change func(object)) string {
	t.Helper()
	o := object{
		"procedure": "T3", "requirement": "https://sr.oots.tech.ec.europa.eu/requirements/f8a6a284-34e9-42b9-9733-63b5c4f4aa42",
		"country": "EE", "evidenceType": "https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/EE/1", "provider": "70000740",
		"answers": object{"q1": "EE037"}, "formats": []any{"application/pdf", "application/xml"}, "languages": []any{"EN", "ET"},
		"language": "LV", "returnUrl": "https://bank-portal.example.lv/back?session=1", "noPreview": true,
		"subject": object{
			"naturalPerson": object{
				"levelOfAssurance": "High", "personIdentifier": "LV/EE/010190-12345", "familyName": "Bērziņa", "familyNameNonLatin": "Берзиня", "firstName": "Anna",
				"dateOfBirth": "1990-01-01", "birthName": "Kalniņa", "placeOfBirth": "Rīga", "gender": "Female", "nationality": []any{"LV"}, "countryOfBirth": "LV",
				"currentAddress": object{"fullAddress": "Example street 1", "locatorDesignator": "1", "adminUnitLevel1": "LV", "adminUnitLevel2": "LV00C"},
			},
			"representative": object{"levelOfAssurance": "Substantial", "familyName": "Ozols", "firstName": "Jānis", "dateOfBirth": "1980-02-29"},
		},
		"explicitRequest": object{"at": "2026-11-24T11:59:00Z", "language": "LV", "text": "Es lūdzu iegūt manu diplomu."},
	}
	if change != nil {
		change(o)
	}
	octets, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

func TestAnOrderReachesTheDeskWithEveryMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if a := w.as(t, "bank-portal", "POST", "/v1/requests", bankOrder(t, nil)); a.Code != http.StatusCreated {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	want := requester.Order{
		Procedure: "T3", Requirement: "https://sr.oots.tech.ec.europa.eu/requirements/f8a6a284-34e9-42b9-9733-63b5c4f4aa42", Country: "EE",
		EvidenceType: "https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/EE/1", Provider: "70000740", Answers: map[string]string{"q1": "EE037"},
		Formats: []string{"application/pdf", "application/xml"}, Languages: []string{"EN", "ET"}, Language: "LV",
		ReturnURL: "https://bank-portal.example.lv/back?session=1", NoPreview: true,
		Subject: &requester.Subject{
			Person: &edm.Person{
				LevelOfAssurance: "High", Identifier: &edm.Identifier{SchemeID: "eidas", Value: "LV/EE/010190-12345"},
				FamilyName: edm.Text{Value: "Bērziņa", NonLatin: "Берзиня"}, GivenName: edm.Text{Value: "Anna"}, DateOfBirth: "1990-01-01",
				BirthName: edm.Text{Value: "Kalniņa"}, PlaceOfBirth: edm.Text{Value: "Rīga"}, Gender: "Female", Nationality: []string{"LV"}, CountryOfBirth: "LV",
				CurrentAddress: &edm.Address{FullAddress: "Example street 1", LocatorDesignator: "1", AdminUnitLevel1: "LV", AdminUnitLevel2: "LV00C"},
			},
			Representative: &edm.Person{LevelOfAssurance: "Substantial", FamilyName: edm.Text{Value: "Ozols"}, GivenName: edm.Text{Value: "Jānis"}, DateOfBirth: "1980-02-29"},
		},
		ExplicitRequest: &requester.ExplicitRequest{At: noon.Add(-time.Minute), Language: "LV", Text: "Es lūdzu iegūt manu diplomu."},
	}
	if diff := cmp.Diff(want, w.desk.requests["r1"].order); diff != "" {
		t.Error(diff)
	}
}

func TestALegalPersonReachesTheDeskWithItsIdentifiers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.as(t, "bank-portal", "POST", "/v1/requests", bankOrder(t, func(o object) {
		o["subject"] = object{"legalPerson": object{
			"levelOfAssurance": "Substantial", "legalPersonIdentifier": "LV/EE/40003000000", "legalName": "SIA Piemērs", "vatRegistration": "LV40003000000", "lei": "529900T8BM49AURSDO55",
			"legalAddress": object{"fullAddress": "Example street 2", "adminUnitLevel1": "LV"},
		}}
	}))
	if a.Code != http.StatusCreated {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	want := &requester.Subject{LegalPerson: &edm.LegalPerson{
		LevelOfAssurance: "Substantial", LegalPersonIdentifier: &edm.Identifier{SchemeID: "eidas", Value: "LV/EE/40003000000"}, LegalName: edm.Text{Value: "SIA Piemērs"},
		Identifier:        []edm.Identifier{{SchemeID: "VAT", Value: "LV40003000000"}, {SchemeID: "LEI", Value: "529900T8BM49AURSDO55"}},
		RegisteredAddress: &edm.Address{FullAddress: "Example street 2", AdminUnitLevel1: "LV"},
	}}
	if diff := cmp.Diff(want, w.desk.requests["r1"].order.Subject); diff != "" {
		t.Error(diff)
	}
}

func TestAnOrderThatCannotBeRightIsRefusedByItsMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := func(name string, v any) func(object) {
		return func(o object) { o["subject"].(object)["naturalPerson"].(object)[name] = v }
	}
	set := func(name string, v any) func(object) { return func(o object) { o[name] = v } }
	for name, c := range map[string]struct {
		change       func(object)
		status       int
		rule, detail string
	}{
		"an unknown member":                   {set("urgent", true), 422, "order.field", "urgent is not known"},
		"a member in other letters":           {set("Procedure", "T3"), 422, "order.field", "Procedure is not known"},
		"an unknown member deep inside":       {person("firstNames", "Anna"), 422, "order.field", "subject.naturalPerson.firstNames is not known"},
		"an unknown member with a line break": {set("a\nb", 1), 422, "order.field", "a?b is not known"},
		"no language":                         {func(o object) { delete(o, "language") }, 422, "order.field", "language is missing"},
		"null":                                {set("provider", nil), 422, "order.field", "provider is not a text"},
		"an empty text":                       {set("provider", ""), 422, "order.field", "provider is empty"},
		"a number for a text":                 {set("procedure", 3), 422, "order.field", "procedure is not a text"},
		"a text for a list":                   {set("formats", "application/pdf"), 422, "order.field", "formats is not a list"},
		"a list for an object":                {set("subject", []any{}), 422, "order.field", "subject is not an object"},
		"a text for a truth":                  {set("noPreview", "true"), 422, "order.field", "noPreview is not true or false"},
		"a gender of no list":                 {person("gender", "F"), 422, "order.field", "subject.naturalPerson.gender is none of the values"},
		"a day for a moment":                  {func(o object) { o["explicitRequest"].(object)["at"] = "2026-11-24" }, 422, "order.field", "explicitRequest.at is no date and time"},
		"a click to come":                     {func(o object) { o["explicitRequest"].(object)["at"] = "2026-11-24T12:02:00Z" }, 422, "order.field", "explicitRequest.at is a time to come"},
		"a click on nothing":                  {func(o object) { o["explicitRequest"].(object)["text"] = " " }, 422, "order.field", "explicitRequest.text has no words"},
		"a language in lower case":            {set("language", "lv"), 422, "order.field", "language is no ISO 639-1 code"},
		"a requirement that is no URL":        {set("requirement", "diploma"), 422, "order.field", "requirement is no URL"},
		"a format of no list":                 {set("formats", []any{"application/pdf", "text/html"}), 422, "order.field", "formats[1] is no code of OOTSMediaTypes"},
		"many languages":                      {set("languages", many(MaxLanguages+1, "EN")), 422, "order.field", "languages has more than 32"},
		"a long answer":                       {set("answers", object{"q": strings.Repeat("x", MaxAnswer+1)}), 422, "order.field", "answers has 1025 characters"},
		"nobody":                              {set("subject", object{}), 422, "order.field", "subject has not exactly one"},
		"two subjects": {func(o object) {
			o["subject"].(object)["legalPerson"] = object{"levelOfAssurance": "Low", "legalPersonIdentifier": "LV/EE/1", "legalName": "SIA"}
		}, 422, "order.field", "subject has not exactly one"},
		"a day that is none":          {person("dateOfBirth", "1990-02-30"), 422, "order.field", "subject.naturalPerson.dateOfBirth is no day"},
		"an identifier of other form": {person("personIdentifier", "010190-12345"), 422, "order.field", "subject.naturalPerson.personIdentifier is no identifier of eIDAS"},
		"a name of one letter":        {person("familyName", "B"), 422, "order.field", "subject.naturalPerson.familyName has 1 characters"},
		"a name with a control":       {person("familyName", "Bē\u0000rz"), 422, "order.field", "subject.naturalPerson.familyName holds characters"},
		"a nationality of no list":    {person("nationality", []any{"XX"}), 422, "order.field", "subject.naturalPerson.nationality is no code"},
		"a region of no list":         {person("currentAddress", object{"adminUnitLevel1": "LV", "adminUnitLevel2": "LVXXX"}), 422, "order.field", "subject.naturalPerson.currentAddress.adminUnitLevel2 is no code of NUTS"},
		"a name beside its original":  {person("birthNameNonLatin", "Калныня"), 201, "", ""},
		"an original alone": {func(o object) {
			p := o["subject"].(object)["naturalPerson"].(object)
			delete(p, "birthName")
			p["birthNameNonLatin"] = "Калныня"
		}, 422, "order.field", "subject.naturalPerson.birthName is missing beside its original"},
		"a subject without a click":    {func(o object) { delete(o, "explicitRequest") }, 422, "order.explicitRequest", "explicitRequest: a subject needs"},
		"the own country":              {set("country", "LV"), 422, "order.ownCountry", "country: evidence of the own country"},
		"a country of no list":         {set("country", "XX"), 422, "order.country", "country: \"XX\""},
		"another portal's procedure":   {set("procedure", "S1"), 403, "portal.procedure", "procedure: this portal"},
		"a procedure of no list":       {set("procedure", "T9"), 422, "order.procedure", "procedure: \"T9\""},
		"a return to another's host":   {set("returnUrl", "https://evil.example/"), 403, "portal.returnHost", "returnUrl: this portal"},
		"a return over http":           {set("returnUrl", "http://bank-portal.example.lv/"), 422, "order.returnUrl", "returnUrl: it is no https address"},
		"the own country for a check":  {func(o object) { o["country"], o["procedure"] = "LV", "00" }, 201, "", ""},
		"an order without its options": {func(o object) { delete(o, "answers"); delete(o, "formats"); delete(o, "provider") }, 201, "", ""},
	} {
		a := w.as(t, "bank-portal", "POST", "/v1/requests", bankOrder(t, c.change))
		if a.Code == http.StatusCreated && c.status == a.Code {
			continue
		}
		if p := problemIn(t, a); a.Code != c.status || p.Rule != c.rule || !strings.HasPrefix(p.Detail, c.detail) {
			t.Errorf("%s: %d %s, want %d %s %q", name, a.Code, a.Body, c.status, c.rule, c.detail)
		}
	}
}

func many(n int, v any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}

func TestAMemberThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, body := range map[string]string{
		"country":    strings.Replace(studentOrder, `"country"`, `"country":"FI","country"`, 1),
		"answers.q1": strings.Replace(studentOrder, `"country"`, `"answers":{"q1":"a","q1":"b"},"country"`, 1),
	} {
		a := w.as(t, "student-portal", "POST", "/v1/requests", body)
		if p := problemIn(t, a); p.Rule != "order.field" || p.Detail != name+" stands there twice" {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}

func TestRule12APortalsWordIsNotAPersonsIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := strings.ReplaceAll(bankOrder(t, nil), "bank-portal", "student-portal")
	a := w.as(t, "student-portal", "POST", "/v1/requests", order)
	if p := problemIn(t, a); a.Code != http.StatusForbidden || p.Rule != "portal.identity" {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	if len(w.desk.requests) > 0 || strings.Contains(a.Body.String(), "Anna") {
		t.Error("the identity went on")
	}
}

func TestALaptopMayBeReturnedToOnlyInALaptopWorld(t *testing.T) {
	t.Parallel()
	for loopback, status := range map[bool]int{true: http.StatusCreated, false: http.StatusUnprocessableEntity} {
		w := newWorld(t)
		w.book["student-portal"].ReturnHosts = []string{"localhost:8080"}
		o := w.options(w.api.(*handler).Authority, w.desk)
		o.Loopback = loopback
		w.api = New(o)
		if a := w.as(t, "student-portal", "POST", "/v1/requests", strings.ReplaceAll(studentOrder, "https://student-portal.example.lv", "http://localhost:8080")); a.Code != status {
			t.Errorf("loopback %v: %d %s", loopback, a.Code, a.Body)
		}
	}
}
