package rules

import (
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
)

// swollen are messages as large as the limits allow, each aimed at a look-up that could cost quadratic time. A test that hangs tells.
func swollen(t testing.TB) map[string][]byte {
	t.Helper()
	swell := func(m edm.Message, mark, piece string, n int) []byte {
		b, err := edm.Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		before, after, ok := strings.Cut(string(b), mark)
		if !ok {
			t.Fatalf("no %s", mark)
		}
		return []byte(before + strings.Repeat(piece, n) + mark + after)
	}
	association := `<rim:RegistryObject xsi:type="rim:AssociationType" id="urn:uuid:11111111-aaaa-4bbb-8ccc-000000000032" type="urn:oasis:names:tc:ebxml-regrep:AssociationType:Annex" sourceObject="x" targetObject="y"/>`
	return map[string][]byte{
		"names in one language":    swell(edmtest.Failure(edm.V20), "<sdg:Address>", `<sdg:Name lang="EN">X</sdg:Name>`, 190_000),
		"dangling associations":    swell(edmtest.Response(edm.V20), `<rim:RegistryObject xsi:type="rim:AssociationType"`, association, 40_000),
		"text between children":    swell(edmtest.Request(edm.V20), "</sdg:FamilyName>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa<a/>", 190_000),
		"unknown slots":            swell(edmtest.Request(edm.V20), "<query:ResponseOption", `<rim:Slot name="X"/>`, 190_000),
		"requesters":               swell(edmtest.Request(edm.V20), `<rim:Element xsi:type="rim:AnyValueType">`+"\n        <sdg:Agent>", `<rim:Element xsi:type="rim:AnyValueType"><sdg:Agent><sdg:Classification>ER</sdg:Classification></sdg:Agent></rim:Element>`, 60_000),
		"classifications":          swell(edmtest.Response(edm.V20), "<rim:Classification ", `<rim:Classification classificationScheme="urn:fdc:oots:classification:edm"/>`, 90_000),
		"unknown slots of no line": []byte(strings.Replace(string(swell(edmtest.Request(edm.V20), "<query:ResponseOption", `<rim:Slot name="X"/>`, 190_000)), "oots-edm:v2.0", "none", 1)),
	}
}

func TestALargeMessageIsJudgedWithinTheLimitOfFindings(t *testing.T) {
	t.Parallel()
	for name, b := range swollen(t) {
		found := Examine(b, nil, nil)
		if len(found) > FindingsLimit {
			t.Errorf("%s: %d findings", name, len(found))
		}
		if name != "text between children" && IsValid(found) {
			t.Errorf("%s: nothing found", name)
		}
	}
}

func BenchmarkLargeMessages(b *testing.B) {
	for name, raw := range swollen(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				Examine(raw, nil, nil)
			}
		})
	}
}
