package edm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

func TestWritingRefusesWhatTheLineHasNot(t *testing.T) {
	t.Parallel()
	request := func(v edm.Version, f func(*edm.EvidenceRequest)) edm.Message {
		m := edmtest.Request(v)
		f(m)
		return m
	}
	response := func(v edm.Version, f func(*edm.EvidenceResponse)) edm.Message {
		m := edmtest.Response(v)
		f(m)
		return m
	}
	failure := func(v edm.Version, f func(*edm.ErrorResponse)) edm.Message {
		m := edmtest.Preview(v)
		f(m)
		return m
	}
	for _, c := range []struct {
		name, rule string
		message    edm.Message
	}{
		{"an unknown line", "R-EDM-REQ-C001", request(edm.V12, func(m *edm.EvidenceRequest) { m.SpecificationIdentifier = "oots-edm:v3.0" })},
		{"an unknown line of a response", "R-EDM-RESP-C002", response(edm.V12, func(m *edm.EvidenceResponse) { m.SpecificationIdentifier = "" })},
		{"an id that is no UUID", "R-EDM-REQ-S004", request(edm.V20, func(m *edm.EvidenceRequest) { m.ID = "1" })},
		{"no procedure", "R-EDM-REQ-S007", request(edm.V11, func(m *edm.EvidenceRequest) { m.Procedure = "" })},
		{"two subjects", "R-EDM-REQ-S016", request(edm.V20, func(m *edm.EvidenceRequest) { m.LegalPerson = edmtest.LegalRequest(edm.V20).LegalPerson })},
		{"xml:lang in 2.0", "R-EDM-REQ-S059", request(edm.V20, func(m *edm.EvidenceRequest) { m.Language = "EN" })},
		{"ReturnLocation in 1.2", "R-EDM-REQ-S019", request(edm.V12, func(m *edm.EvidenceRequest) { m.ReturnLocation = "https://a.example/" })},
		{"PreviewLocation alone in 2.0", "R-EDM-REQ-S062", request(edm.V20, func(m *edm.EvidenceRequest) { m.ReturnLocation = "" })},
		{"a location that is too long", "rim:StringValueType", request(edm.V20, func(m *edm.EvidenceRequest) { m.PreviewLocation = "https://" + strings.Repeat("a", 249) })},
		{"two forms in 1.2", "R-EDM-REQ-C032", request(edm.V12, func(m *edm.EvidenceRequest) {
			m.EvidenceType.DistributedAs = append(m.EvidenceType.DistributedAs, edm.DistributedAs{Format: "application/pdf"})
		})},
		{"wished languages in 1.2", "sdg:EvidenceTypeDistributionType", request(edm.V12, func(m *edm.EvidenceRequest) { m.EvidenceType.DistributedAs[0].Language = []string{"EN"} })},
		{"a subset in 2.0", "sdg:EvidenceTypeDistributionType", request(edm.V20, func(m *edm.EvidenceRequest) { m.EvidenceType.DistributedAs[0].Transformation = "https://a.example/" })},
		{"a requirement's description in 1.1", "R-EDM-REQ-S038", request(edm.V11, func(m *edm.EvidenceRequest) {
			m.Requirements[0].Description = []edm.LocalizedText{{Lang: "EN", Text: "why"}}
		})},
		{"a nationality in 1.0", "sdg:PersonType", request(edm.V10, func(m *edm.EvidenceRequest) { m.NaturalPerson.Nationality = []string{"BE"} })},
		{"a numeric gender in 1.2", "sdg:GenderType", request(edm.V12, func(m *edm.EvidenceRequest) { m.NaturalPerson.Gender = "2" })},
		{"a representing company in 1.0", "R-EDM-REQ-S049", request(edm.V10, func(m *edm.EvidenceRequest) {
			m.AuthorizedRepresentativeLegalPerson = edmtest.LegalRequest(edm.V10).LegalPerson
		})},
		{"an addressed provider", "R-EDM-REQ-S043", request(edm.V12, func(m *edm.EvidenceRequest) { m.EvidenceProvider.Classification = "EP" })},
		{"an answer to the directory without value", "R-EDM-REQ-C023", request(edm.V12, func(m *edm.EvidenceRequest) { m.EvidenceProviderClassification[1].StringValue = "" })},
		{"a package in 1.2", "rim:RegistryPackageType", response(edm.V12, func(m *edm.EvidenceResponse) { m.Packages[0].ID = edmtest.RequestID })},
		{"no main evidence in 2.0", "R-EDM-RESP-S047", response(edm.V20, func(m *edm.EvidenceResponse) { m.Packages[0].Objects = m.Packages[0].Objects[1:] })},
		{"a main evidence without date", "R-EDM-RESP-S062", response(edm.V20, func(m *edm.EvidenceResponse) { m.Packages[0].Objects[0].Metadata.IssuingDate = "" })},
		{"a companion with a data model", "R-EDM-RESP-S063", response(edm.V20, func(m *edm.EvidenceResponse) {
			m.Packages[0].Objects[1].Metadata.Distribution.ConformsTo = "https://a.example/"
		})},
		{"a status that is none", "R-EDM-RESP-S006", response(edm.V12, func(m *edm.EvidenceResponse) { m.Status = "Success" })},
		{"a time to ask again with evidence", "R-EDM-RESP-S014", response(edm.V12, func(m *edm.EvidenceResponse) { m.ResponseAvailableDateTime = edmtest.Issued })},
		{"no part named", "R-EDM-RESP-S034", response(edm.V12, func(m *edm.EvidenceResponse) { m.Packages[0].Objects[0].ContentID = "" })},
		{"no exception", "R-EDM-ERR-S008", failure(edm.V12, func(m *edm.ErrorResponse) { m.Exceptions = nil })},
		{"two exceptions in 1.0", "R-EDM-ERR-C011", failure(edm.V10, func(m *edm.ErrorResponse) { m.Exceptions = append(m.Exceptions, m.Exceptions[0]) })},
		{"a preview method in 2.0", "R-EDM-ERR-S027", failure(edm.V20, func(m *edm.ErrorResponse) { m.Exceptions[0].PreviewMethod = "GET" })},
		{"no preview method in 1.2", "R-EDM-ERR-S031", failure(edm.V12, func(m *edm.ErrorResponse) { m.Exceptions[0].PreviewMethod = "" })},
		{"no request id", "R-EDM-ERR-C025", failure(edm.V12, func(m *edm.ErrorResponse) { m.RequestID = "" })},
		{"an explanation that is too long", "rim:LocalizedString", failure(edm.V12, func(m *edm.ErrorResponse) { m.Exceptions[0].PreviewDescription[0].Value = strings.Repeat("a", 1025) })},
	} {
		var refused *regrep.Error
		if _, err := edm.Encode(c.message); !errors.As(err, &refused) || refused.Rule != c.rule {
			t.Errorf("%s: got %v, want %s", c.name, err, c.rule)
		}
	}
}

func TestAnInvalidRequestIsAnsweredWithoutItsID(t *testing.T) {
	t.Parallel()
	m := edmtest.Failure(edm.V20)
	m.RequestID, m.EvidenceRequester = "", nil
	m.Exceptions[0].Type, m.Exceptions[0].Code = "rs:InvalidRequestExceptionType", "EDM:ERR:0003"
	b, err := edm.Encode(m)
	if err != nil || strings.Contains(string(b), "requestId") {
		t.Errorf("got %v\n%s", err, b)
	}
}

func TestTextThatXMLCannotCarryIsRefused(t *testing.T) {
	t.Parallel()
	m := edmtest.Failure(edm.V20)
	m.Exceptions[0].Detail = "a\x00b"
	if _, err := edm.Encode(m); err == nil {
		t.Error("a NUL was written")
	}
}
