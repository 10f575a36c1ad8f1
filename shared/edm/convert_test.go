package edm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

func newIDs() edm.IDs {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("22222222-aaaa-4bbb-8ccc-%012d", n)
	}
}

func convert(t *testing.T, m edm.Message, to edm.Version) (edm.Message, []edm.Loss) {
	t.Helper()
	out, lost, err := edm.Convert(m, to, newIDs())
	if err != nil {
		t.Fatal(err)
	}
	return out, lost
}

func TestEveryMessageCanBeWrittenInEveryLine(t *testing.T) {
	t.Parallel()
	for _, from := range edm.Versions() {
		for _, to := range edm.Versions() {
			for name, m := range edmtest.Messages(from) {
				if name == "request" && from != edm.V20 && to == edm.V20 {
					continue // a second request of 1.x has no ReturnLocation, which 2.0 demands
				}
				before, err := edm.Encode(m)
				if err != nil {
					t.Fatal(err)
				}
				out, _ := convert(t, m, to)
				if _, err := edm.Encode(out); err != nil {
					t.Errorf("%s from %s to %s: %v", name, from, to, err)
				}
				if after, err := edm.Encode(m); err != nil || string(after) != string(before) {
					t.Errorf("%s from %s to %s: the original changed", name, from, to)
				}
			}
		}
	}
}

func TestNothingIsLostInTheSameLine(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		for name, m := range edmtest.Messages(v) {
			out, lost := convert(t, m, v)
			if diff := cmp.Diff(m, out); diff != "" || len(lost) > 0 {
				t.Errorf("%s %s: lost %v\n%s", v, name, lost, diff)
			}
		}
	}
}

// losses gives the last step of each place.
func losses(all []edm.Loss) string {
	var out []string
	for _, l := range all {
		out = append(out, l.Place[strings.LastIndexByte(l.Place, '/')+1:])
	}
	return strings.Join(out, " ")
}

func TestWhatIsLostIsReported(t *testing.T) {
	t.Parallel()
	second := edmtest.Preview(edm.V12)
	second.Exceptions = append(second.Exceptions, edmtest.Failure(edm.V12).Exceptions...)
	second.Exceptions[0].PreviewMethod = "PUT"
	for _, c := range []struct {
		name string
		m    edm.Message
		to   edm.Version
		want string
	}{
		{"a request to 1.2", edmtest.LegalRequest(edm.V20), edm.V12, "sdg:DistributedAs sdg:Language sdg:AssociatedDocumentRequest"},
		{"a second request to 1.2", edmtest.Request(edm.V20), edm.V12, "ReturnLocation sdg:DistributedAs sdg:Language sdg:AssociatedDocumentRequest"},
		{"a request to 1.1", edmtest.LegalRequest(edm.V12), edm.V11, "sdg:Description"},
		{"a request to 2.0", edmtest.LegalRequest(edm.V12), edm.V20, "sdg:Transformation"},
		{"a person to 1.0", edmtest.LegalRequest(edm.V11), edm.V10, "AuthorizedRepresentativeLegalPerson sdg:LegalPhoneNumber sdg:LegalEmailAddress"},
		{"a package to 1.2", edmtest.Response(edm.V20), edm.V12, "rim:RegistryObject[1] rim:RegistryObject[1] rim:RegistryObject[1]"},
		{"a response to 2.0", edmtest.Response(edm.V12), edm.V20, "sdg:Transformation"},
		{"a deferred response to 1.0", edmtest.Deferred(edm.V20), edm.V10, ""},
		{"an error to 1.0", second, edm.V10, "rs:Exception PreviewMethod"},
		{"an error to 2.0", second, edm.V20, "PreviewMethod"},
		{"an error to 1.1", edmtest.Preview(edm.V20), edm.V11, ""},
	} {
		_, lost := convert(t, c.m, c.to)
		if got := losses(lost); got != c.want {
			t.Errorf("%s: lost %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheWishedLanguageMovesBetweenTheLines(t *testing.T) {
	t.Parallel()
	up, _ := convert(t, edmtest.LegalRequest(edm.V12), edm.V20)
	if d := up.(*edm.EvidenceRequest).EvidenceType.DistributedAs[0]; len(d.Language) != 1 || d.Language[0] != "EN" {
		t.Errorf("up: %v", d.Language)
	}
	down, lost := convert(t, up, edm.V12)
	if m := down.(*edm.EvidenceRequest); m.Language != "EN" || len(lost) > 0 {
		t.Errorf("down: %q, lost %v", m.Language, lost)
	}
}

func TestFlatEvidenceIsPackedAndUnpacked(t *testing.T) {
	t.Parallel()
	m := edmtest.Response(edm.V12)
	m.Packages[0].Objects[0].Metadata.Distribution.Transformation = ""
	up, _ := convert(t, m, edm.V20)
	p := up.(*edm.EvidenceResponse).Packages[0]
	if p.ID == "" || p.Main() == nil || p.Main().Classification != edm.MainEvidence || p.Main().ClassificationID == "" {
		t.Errorf("packed: %+v", p)
	}
	down, lost := convert(t, up, edm.V12)
	if diff := cmp.Diff(edm.Message(m), down); diff != "" || len(lost) > 0 {
		t.Errorf("lost %v\n%s", lost, diff)
	}
}

func TestConvertingToAnUnknownLineIsRefused(t *testing.T) {
	t.Parallel()
	if _, _, err := edm.Convert(edmtest.Failure(edm.V20), "oots-edm:v0.9", newIDs()); err == nil {
		t.Error("converted")
	}
}
