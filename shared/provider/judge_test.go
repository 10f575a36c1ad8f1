package provider

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// registered are settings in which the sample requests may be answered.
func registered(q *edm.EvidenceRequest) *Settings {
	subject := registry.Natural
	if q.LegalPerson != nil {
		subject = registry.Legal
	}
	return &Settings{
		Country: "LV", People: "https://people.example.lv",
		Platform: edm.Agent{Identifier: edm.Identifier{SchemeID: unregisteredLV, Value: "LV-PLATFORM"}, Name: []edm.LocalizedText{{Lang: "EN", Text: "Platform"}}, Address: &edm.Address{AdminUnitLevel1: "LV"}},
		Registries: []registry.Registry{{
			ID: q.EvidenceProvider.Identifier.Value, Name: map[string]string{"EN": "Registry"}, Country: "LV",
			EvidenceTypes: []registry.EvidenceType{{Type: q.EvidenceType.EvidenceTypeClassification, Subject: subject, Assurance: "Substantial", Formats: []string{"application/xml"}, Procedures: []string{"T3", "00"}}},
		}},
	}
}

const unregisteredLV = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"

func TestARequestThatMayBeAnsweredNamesItsRegistry(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		for name, q := range map[string]*edm.EvidenceRequest{"natural": edmtest.Request(v), "legal": edmtest.LegalRequest(v)} {
			r, no := judge(q, registered(q))
			if no != nil || r.ID != q.EvidenceProvider.Identifier.Value {
				t.Errorf("%s in %s: %+v, %+v", name, v, r, no)
			}
		}
	}
}

func TestARequestIsRefusedWithItsCodeAndTheValueThatBrokeTheRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*edm.EvidenceRequest, *Settings)
		code  string
		says  []string
	}{
		"the provider is not served here": {func(q *edm.EvidenceRequest, _ *Settings) { q.EvidenceProvider.Identifier.Value = "ELSEWHERE" }, codeUnresolved, []string{`"ELSEWHERE"`, "ask the Data Service Directory again"}},
		"the provider does not issue the type": {func(q *edm.EvidenceRequest, _ *Settings) {
			q.EvidenceType.EvidenceTypeClassification = "https://sr.example/other"
		}, codeUnresolved, []string{`"https://sr.example/other"`}},
		"the requester is of the own country":         {func(q *edm.EvidenceRequest, _ *Settings) { q.EvidenceRequester[0].Address.AdminUnitLevel1 = "LV" }, codeUnauthorised, []string{"own country", "national services"}},
		"the evidence is not for the procedure":       {func(q *edm.EvidenceRequest, _ *Settings) { q.Procedure = "R1" }, codeUnauthorised, []string{`"R1"`}},
		"nobody asked explicitly":                     {func(q *edm.EvidenceRequest, _ *Settings) { q.ExplicitRequestGiven = false }, codeUnauthorised, []string{"ExplicitRequestGiven is false"}},
		"the sign-in was too weak":                    {func(q *edm.EvidenceRequest, _ *Settings) { q.NaturalPerson.LevelOfAssurance = "Low" }, codeUnauthenticated, []string{`"Low"`, "Substantial or higher"}},
		"the sign-in has no level":                    {func(q *edm.EvidenceRequest, _ *Settings) { q.NaturalPerson.LevelOfAssurance = "" }, codeUnauthenticated, []string{`""`}},
		"the subject is a natural person":             {func(_ *edm.EvidenceRequest, s *Settings) { s.Registries[0].EvidenceTypes[0].Subject = registry.Legal }, codeUnsupported, []string{"legal person"}},
		"no form that is wished is there":             {func(q *edm.EvidenceRequest, _ *Settings) { q.EvidenceType.DistributedAs[0].Format = "image/png" }, codeUnsupported, []string{"application/xml"}},
		"no form is wished":                           {func(q *edm.EvidenceRequest, _ *Settings) { q.EvidenceType.DistributedAs = nil }, codeUnsupported, []string{"DistributedAs"}},
		"the power is for another procedure":          {func(q *edm.EvidenceRequest, _ *Settings) { power(q).AttributeValue = "T1,T2" }, codeUnauthorised, []string{"PowerOfRepresentationScope", `"T3"`}},
		"the power is for one with a longer name":     {func(q *edm.EvidenceRequest, _ *Settings) { power(q).AttributeValue = "T33" }, codeUnauthorised, []string{`"T3"`}},
		"the representative says nothing of a power":  {func(q *edm.EvidenceRequest, _ *Settings) { q.AuthorizedRepresentative.SectorSpecificAttribute = nil }, codeUnauthorised, []string{`"T3"`}},
		"the attribute is another than that of power": {func(q *edm.EvidenceRequest, _ *Settings) { power(q).AttributeURI = "urn:other" }, codeUnauthorised, []string{`"T3"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := edmtest.Request(edm.V20)
			s := registered(q)
			c.spoil(q, s)
			r, no := judge(q, s)
			if no == nil || r != nil || no.code != c.code {
				t.Fatalf("%+v, %+v; want %s", r, no, c.code)
			}
			for _, words := range c.says {
				if !strings.Contains(no.detail, words) {
					t.Errorf("%q does not say %q", no.detail, words)
				}
			}
			for _, personal := range []string{"Peeters", "1990-05-17", "AB1234567"} {
				if strings.Contains(no.detail, personal) {
					t.Errorf("%q holds personal data", no.detail)
				}
			}
		})
	}
}

func power(q *edm.EvidenceRequest) *edm.SectorSpecificAttribute {
	return &q.AuthorizedRepresentative.SectorSpecificAttribute[0]
}

func TestTheSystemCheckMayStayInOneCountry(t *testing.T) {
	t.Parallel()
	q := edmtest.Request(edm.V20)
	q.Procedure, q.EvidenceRequester[0].Address.AdminUnitLevel1 = systemCheck, "LV"
	power(q).AttributeValue = systemCheck
	if _, no := judge(q, registered(q)); no != nil {
		t.Errorf("%+v", no)
	}
}

func TestABrokenRuleIsExplainedWithItsValueUnlessItMayBeAPersons(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		finding rules.Finding
		want    string
	}{
		"a business rule with its value":           {rules.Finding{Rule: "R-EDM-REQ-C003", Place: "/a", Value: "T99", Text: "it is a code", Fix: "send T3"}, `R-EDM-REQ-C003 at /a: it is a code (here: "T99"); send T3`},
		"one without":                              {rules.Finding{Rule: "R-EDM-REQ-C003", Place: "/a", Text: "it is a code", Fix: "send T3"}, "R-EDM-REQ-C003 at /a: it is a code; send T3"},
		"a reader's words, which may quote anyone": {rules.Finding{Rule: "read", Value: "Peeters", Text: "it can be read", Fix: "send it again"}, "read: it can be read; send it again"},
	} {
		c.finding.Level = rules.Fatal
		no := (&Desk{}).invalid(&intake.Letter{Findings: []rules.Finding{{Rule: "a warning"}, c.finding}})
		if no == nil || no.code != codeInvalid || no.detail != c.want {
			t.Errorf("%s: %+v, want %s", name, no, c.want)
		}
	}
}
