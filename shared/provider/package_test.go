package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/registry"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// numbering gives UUIDs in order.
func numbering() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("33333333-aaaa-4bbb-8ccc-%012d", n) }
}

func desk() *Desk {
	return &Desk{NewID: numbering(), Now: func() time.Time { return edmtest.Issued }}
}

// document is one document of a piece, which the person accepted.
func document(piece int, classification string) conduct.Document {
	id := fmt.Sprintf("44444444-aaaa-4bbb-8ccc-%06d%06d", piece, len(classification))
	d := conduct.Document{
		Piece: piece, Identifier: id, Classification: classification, Title: classification, MediaType: "application/pdf", Language: "EN", CID: id + "@vienreiz",
		IssuingDate: "2014-06-30", ValidFrom: "2014-06-30", ValidUntil: "2044-06-30", Accepted: true,
		Authority: edm.Agent{Identifier: edm.Identifier{SchemeID: unregisteredLV, Value: "LV-UNIVERSITY"}, Name: []edm.LocalizedText{{Lang: "EN", Text: "University"}}},
	}
	return d
}

func TestTheAcceptedDocumentsMakeAValidResponse(t *testing.T) {
	t.Parallel()
	declined, shown := document(2, edm.MainEvidence), document(1, edm.HumanReadableVersion)
	declined.Accepted, shown.ShownOnly = false, true
	for name, c := range map[string]struct {
		documents []conduct.Document
		want      map[edm.Version][]int // objects of each package
	}{
		"one piece": {[]conduct.Document{document(1, edm.MainEvidence)}, map[edm.Version][]int{edm.V12: {1}, edm.V20: {1}}},
		"two pieces, each with its companions": {
			[]conduct.Document{document(1, edm.MainEvidence), document(1, edm.HumanReadableVersion), document(2, edm.MainEvidence), document(2, edm.Annex)},
			map[edm.Version][]int{edm.V20: {2, 2}},
		},
		"one of two accepted":                      {[]conduct.Document{document(1, edm.MainEvidence), declined}, map[edm.Version][]int{edm.V12: {1}, edm.V20: {1}}},
		"a readable version that was only shown":   {[]conduct.Document{document(1, edm.MainEvidence), shown}, map[edm.Version][]int{edm.V12: {1}, edm.V20: {1}}},
		"two pieces, each by itself before 2.0":    {[]conduct.Document{document(1, edm.MainEvidence), document(2, edm.MainEvidence)}, map[edm.Version][]int{edm.V12: {1, 1}, edm.V20: {1, 1}}},
		"a piece without a period of its validity": {[]conduct.Document{undated()}, map[edm.Version][]int{edm.V12: {1}, edm.V20: {1}}},
	} {
		for version, want := range c.want {
			for subject, q := range map[string]*edm.EvidenceRequest{"natural": edmtest.Request(version), "legal": edmtest.LegalRequest(version)} {
				t.Run(fmt.Sprintf("%s of a %s person in %s", name, subject, version), func(t *testing.T) {
					t.Parallel()
					m := answer(q, c.documents)
					var objects []int
					for i := range m.Packages {
						objects = append(objects, len(m.Packages[i].Objects))
					}
					if diff := cmp.Diff(want, objects); diff != "" {
						t.Error(diff)
					}
					valid(t, m)
				})
			}
		}
	}
}

func undated() conduct.Document {
	d := document(1, edm.MainEvidence)
	d.ValidUntil = ""
	return d
}

// answer is the response that a request gets with documents.
func answer(q *edm.EvidenceRequest, documents []conduct.Document) *edm.EvidenceResponse {
	d := desk()
	r := &conduct.Record{Exchange: exchange.Exchange{Requests: []string{q.ID}}, Version: q.SpecificationIdentifier, Requester: requesterOf(q), Provider: q.EvidenceProvider, Documents: documents}
	m := d.response(r, registered(q), regrep.StatusSuccess)
	m.Packages = d.packages(r, q)
	return m
}

func valid(t *testing.T, m edm.Message) {
	t.Helper()
	octets, err := edm.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rules.Examine(octets, nil, nil) {
		if f.Level == rules.Fatal {
			t.Errorf("%s at %s: %s (%s)", f.Rule, f.Place, f.Text, f.Value)
		}
	}
}

func TestEveryAnswerWithoutEvidenceIsValid(t *testing.T) {
	t.Parallel()
	for _, version := range []edm.Version{edm.V12, edm.V20} {
		q := edmtest.Request(version)
		s := registered(q)
		record := func() *conduct.Record {
			return &conduct.Record{
				Exchange: exchange.Exchange{Requests: []string{q.ID}, PreviewLink: "https://people.example.lv/preview/1"}, Version: version,
				Requester: requesterOf(q), Provider: q.EvidenceProvider, Title: "Diploma",
			}
		}
		d := desk()
		valid(t, d.preview(record(), s))
		valid(t, d.response(record(), s, regrep.StatusSuccess))
		later := d.response(record(), s, regrep.StatusUnavailable)
		later.ResponseAvailableDateTime = edmtest.Issued.AddDate(0, 0, 2)
		valid(t, later)
		for _, code := range []string{codeUnauthenticated, codeUnauthorised, codeInvalid, codeNotFound, codeTimeout, codeUnresolved, codeUnsupported, codeFailed} {
			r := record()
			r.Code, r.Detail = code, "why, and what to do"
			valid(t, d.failure(r, s))
		}
		r := record()
		r.Code, r.Provider.Identifier.Value = codeUnresolved, "ELSEWHERE"
		if m := d.failure(r, s); m.ErrorProvider.Identifier.Value != s.Platform.Identifier.Value {
			t.Errorf("a request to nobody here is answered by %s", m.ErrorProvider.Identifier.Value)
		}
	}
}

func TestACompanionIsOfThePieceThatItNames(t *testing.T) {
	t.Parallel()
	e := &registry.Evidence{Documents: []registry.Document{
		{Identifier: "a", Classification: edm.MainEvidence}, {Identifier: "b", Classification: edm.MainEvidence},
		{Classification: edm.Annex, CompanionOf: "a"}, {Classification: edm.Annex, CompanionOf: "b"}, {Classification: edm.Annex, CompanionOf: "?"},
	}}
	if diff := cmp.Diff([]int{1, 2, 1, 2, 1}, numbered(e)); diff != "" {
		t.Error(diff)
	}
}
