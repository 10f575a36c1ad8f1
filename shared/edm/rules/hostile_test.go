package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

func TestHostileInputGivesOneFatalFindingThatNamesItsRule(t *testing.T) {
	t.Parallel()
	valid := string(encode(t, edmtest.Request(edm.V20)))
	for _, c := range []struct{ name, input, rule string }{
		{"nothing", "", "xml.root"},
		{"not XML", "%PDF-1.7 and so on", "xml.root"},
		{"JSON", `{"id":"urn:uuid:1"}`, "xml.root"},
		{"a truncated message", valid[:len(valid)/2], "xml.truncated"},
		{"a DOCTYPE", `<!DOCTYPE q [<!ENTITY a "b">]>` + strings.TrimPrefix(valid, `<?xml version="1.0" encoding="UTF-8"?>`), "xml.doctype"},
		{"deep nesting", strings.Repeat("<a>", 100_000), "xml.limit.depth"},
		{"many elements", "<a>" + strings.Repeat("<b/>", 300_000) + "</a>", "xml.limit.elements"},
		{"a huge document", "<a>" + strings.Repeat("<b>"+strings.Repeat(" ", 1000)+"</b>", regrep.LimitBytes/1000) + "</a>", "xml.limit.bytes"},
		{"another root", "<Invoice/>", "R-EDM-REQ-S001"},
		{"another root around a response", strings.NewReplacer("query:QueryResponse", "query:Answer").Replace(string(encode(t, edmtest.Response(edm.V20)))), "R-EDM-RESP-S001"},
		{"another root around an error", strings.NewReplacer("query:QueryResponse", "query:Answer").Replace(string(encode(t, edmtest.Failure(edm.V20)))), "R-EDM-ERR-S001"},
		{"a request under the root of a response", strings.ReplaceAll(valid, "query:QueryRequest", "query:QueryResponse"), "R-EDM-REQ-S001"},
		{"a response under the root of a request", strings.ReplaceAll(string(encode(t, edmtest.Response(edm.V12))), "query:QueryResponse", "query:QueryRequest"), "R-EDM-RESP-S001"},
		{"an error under the root of a request", strings.ReplaceAll(string(encode(t, edmtest.Preview(edm.V12))), "query:QueryResponse", "query:QueryRequest"), "R-EDM-ERR-S001"},
		{"no namespace", "<QueryRequest/>", "R-EDM-REQ-S002"},
		{"another namespace", strings.ReplaceAll(valid, regrep.NamespaceQuery, "urn:example"), "R-EDM-REQ-S002"},
		{"an undeclared prefix", "<query:QueryRequest/>", "xml.namespace.undeclared"},
		{"two roots", "<a/><b/>", "xml.root"},
	} {
		found := Examine([]byte(c.input), nil, nil)
		if len(found) != 1 || found[0].Rule != c.rule || found[0].Level != Fatal || found[0].Fix == "" {
			t.Errorf("%s: got %+v", c.name, found)
		}
	}
}

func TestAMessageThatPassesTheRulesButCannotBeDecodedIsFatal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]change{
		"a boolean that is none":  set(slotOf+"PossibilityForPreview"+valueOf+"/rim:Value", "perhaps"),
		"two elements in a value": dup(rEP + "/sdg:Agent"),
	} {
		found := Examine(mutated(t, encode(t, edmtest.Request(edm.V20)), c), nil, nil)
		if len(found) != 1 || found[0].Level != Fatal || !strings.HasPrefix(found[0].Rule, "rim:") {
			t.Errorf("%s: got %+v", name, found)
		}
	}
}

func TestPrefixesAndOrderOfSlotsDoNotMatter(t *testing.T) {
	t.Parallel()
	for _, v := range edm.Versions() {
		b := string(encode(t, edmtest.Request(v)))
		b = strings.NewReplacer("<rim:", "<ns4:", "</rim:", "</ns4:", `"rim:`, `"ns4:`, "xmlns:rim=", "xmlns:ns4=", " xsi:", " d3p1:", "xmlns:xsi=", "xmlns:d3p1=",
			"<sdg:", "<", "</sdg:", "</", "xmlns:sdg=", "xmlns=").Replace(b)
		reversed := mutated(t, []byte(b), reverseSlots)
		if found := Examine(reversed, nil, nil); len(found) > 0 {
			t.Errorf("%s: %v\n%s", v, idsOf(found), reversed)
		}
	}
}

func TestSpaceAroundValuesAndCommentsDoNotMatter(t *testing.T) {
	t.Parallel()
	b := encode(t, edmtest.Response(edm.V12))
	b = bytes.ReplaceAll(b, []byte("<rim:Value>"), []byte("<rim:Value><!-- why -->\n\t "))
	b = bytes.ReplaceAll(b, []byte("</rim:Value>"), []byte(" \n<?SR_metadata id='1'?></rim:Value>"))
	if found := Examine(b, nil, nil); len(found) > 0 {
		t.Errorf("got %v", idsOf(found))
	}
}

func TestAPersonIsNotShownInAFinding(t *testing.T) {
	t.Parallel()
	const secret = "Verysecretname"
	for _, path := range []string{rPerson + "/sdg:DateOfBirth", rPerson + "/sdg:Identifier", rRep + "/sdg:Nationality"} {
		found := Examine(mutated(t, encode(t, edmtest.Request(edm.V20)), set(path, secret)), nil, nil)
		if len(found) == 0 || strings.Contains(fmt.Sprint(found), secret) {
			t.Errorf("%s: got %+v", path, found)
		}
	}
}

func TestAnUnknownLineIsJudgedByTheNearestOrTheHeaders(t *testing.T) {
	t.Parallel()
	spec := slotOf + "SpecificationIdentifier" + valueOf + "/rim:Value"
	for _, v := range edm.Versions() {
		b := mutated(t, encode(t, edmtest.Request(v)), set(spec, "oots-edm:v7"))
		if got := idsOf(Check(documentOf(t, b), v)); !slices.Equal(got, []string{"R-EDM-REQ-C001"}) {
			t.Errorf("%s by the header: %v", v, got)
		}
		if got := idsOf(Check(documentOf(t, b), "")); !slices.Contains(got, "R-EDM-REQ-C001") || len(got) > 1 {
			t.Errorf("%s by the nearest: %v", v, got)
		}
	}
}

func FuzzExamine(f *testing.F) {
	for _, v := range edm.Versions() {
		for _, m := range edmtest.Messages(v) {
			b, err := edm.Encode(m)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Add([]byte("<a/>"))
	request, err := edm.Encode(edmtest.Request(edm.V20))
	if err != nil {
		f.Fatal(err)
	}
	against, err := edm.Parse(request)
	if err != nil {
		f.Fatal(err)
	}
	h, err := ParseHeader(edmtest.Header(edm.KindResponse, edm.V20))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		valid := IsValid(Examine(b, h, against))
		d, err := edm.Parse(b)
		if err != nil {
			if valid {
				t.Fatalf("unreadable and valid: %v", err)
			}
			return
		}
		if m, err := d.Decode(); err == nil {
			_ = edm.Summary(m)
		}
	})
}

func BenchmarkAllRulesOnOneRequest(b *testing.B) {
	for _, v := range edm.Versions() {
		raw, err := edm.Encode(edmtest.Request(v))
		if err != nil {
			b.Fatal(err)
		}
		root, err := regrep.Parse(raw, regrep.Limits())
		if err != nil {
			b.Fatal(err)
		}
		d := edm.NewDocument(root)
		b.Run("rules/"+v.Line(), func(b *testing.B) {
			for b.Loop() {
				if found := Check(d, ""); len(found) > 0 {
					b.Fatal(found)
				}
			}
		})
		b.Run("parse and rules/"+v.Line(), func(b *testing.B) {
			for b.Loop() {
				if found := Examine(raw, nil, nil); len(found) > 0 {
					b.Fatal(found)
				}
			}
		})
	}
}
