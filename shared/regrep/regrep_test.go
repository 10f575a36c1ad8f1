package regrep_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

func parse(t *testing.T, s string) *regrep.Element {
	t.Helper()
	e, err := regrep.Parse([]byte(s), regrep.Limits())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// message has its namespaces on unusual prefixes, and a comment and a processing instruction inside values.
const message = `<q:QueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
 xmlns:i="http://www.w3.org/2001/XMLSchema-instance" id="urn:uuid:1">
<Slot name="S"><SlotValue i:type="StringValueType"><Value> oots<!-- x -->-edm <?p i?></Value></SlotValue></Slot>
<Slot name="D"><SlotValue i:type="DateTimeValueType"><Value>2026-09-01T09:30:00+02:00</Value></SlotValue></Slot>
<Slot name="B"><SlotValue i:type="BooleanValueType"><Value> 1 </Value></SlotValue></Slot>
<Slot name="I"><SlotValue i:type="InternationalStringValueType"><Value><LocalizedString xml:lang="EN" value="T3"/></Value></SlotValue></Slot>
<Slot name="A"><SlotValue i:type="AnyValueType"><Agent xmlns="http://data.europa.eu/p4s"/></SlotValue></Slot>
<Slot name="C"><SlotValue i:type="CollectionValueType"><Element i:type="AnyValueType"><Agent xmlns="http://data.europa.eu/p4s"/></Element></SlotValue></Slot>
</q:QueryRequest>`

func slot(t *testing.T, e *regrep.Element, name string) *regrep.Element {
	t.Helper()
	s, err := e.Slot(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestValuesAreReadByNamespaceWhateverThePrefix(t *testing.T) {
	t.Parallel()
	e := parse(t, message)
	if s, err := regrep.StringOf(slot(t, e, "S")); s != "oots-edm" || err != nil {
		t.Errorf("string: %q, %v", s, err)
	}
	if d, err := regrep.DateTimeOf(slot(t, e, "D")); !d.Equal(time.Date(2026, 9, 1, 7, 30, 0, 0, time.UTC)) || err != nil {
		t.Errorf("date: %v, %v", d, err)
	}
	if b, err := regrep.BooleanOf(slot(t, e, "B")); !b || err != nil {
		t.Errorf("boolean: %v, %v", b, err)
	}
	if s, err := regrep.InternationalStringOf(slot(t, e, "I")); err != nil || len(s) != 1 || s[0] != (regrep.LocalizedString{Lang: "EN", Value: "T3"}) {
		t.Errorf("international string: %v, %v", s, err)
	}
	if a, err := regrep.AnyOf(slot(t, e, "A"), regrep.NamespaceSDG, "Agent"); a == nil || err != nil {
		t.Errorf("any: %v, %v", a, err)
	}
	if c, err := regrep.CollectionOf(slot(t, e, "C"), regrep.NamespaceSDG, "Agent"); len(c) != 1 || err != nil {
		t.Errorf("collection: %v, %v", c, err)
	}
}

func TestAMissingSlotIsZeroAndAWrongOneIsRefused(t *testing.T) {
	t.Parallel()
	e := parse(t, message)
	if s, err := regrep.StringOf(slot(t, e, "none")); s != "" || err != nil {
		t.Errorf("missing: %q, %v", s, err)
	}
	for name, refused := range map[string]error{
		"another type":            second(regrep.BooleanOf(slot(t, e, "S"))),
		"another type of date":    second(regrep.DateTimeOf(slot(t, e, "B"))),
		"another element":         second(regrep.AnyOf(slot(t, e, "A"), regrep.NamespaceSDG, "Person")),
		"another collection":      second(regrep.CollectionOf(slot(t, e, "C"), regrep.NamespaceSDG, "Person")),
		"a string for a language": second(regrep.InternationalStringOf(slot(t, e, "S"))),
	} {
		var r *regrep.Error
		if !errors.As(refused, &r) || !strings.HasPrefix(r.Place, "/query:QueryRequest/rim:Slot[@name='") || !strings.HasPrefix(r.Rule, "rim:") {
			t.Errorf("%s: %v", name, refused)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestASlotThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	e := parse(t, `<a xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"><r:Slot name="x"/><r:Slot name="x"/></a>`)
	if _, err := e.Slot("x"); err == nil || !strings.Contains(err.Error(), "2 times") {
		t.Errorf("got %v", err)
	}
}

func TestAPathNamesSlotsAndCountsSiblings(t *testing.T) {
	t.Parallel()
	e := parse(t, `<q:A xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0" xmlns:r="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"><r:Slot name="x"><r:E/><r:E/></r:Slot></q:A>`)
	if got := e.Children[0].Children[1].Path(); got != "/query:A/rim:Slot[@name='x']/rim:E[2]" {
		t.Error(got)
	}
}

func TestAnUnboundTypeIsInNoNamespace(t *testing.T) {
	t.Parallel()
	e := parse(t, `<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="rim:AnyValueType"/>`)
	if e.Type == regrep.AnyValueType || e.Type.Local != "AnyValueType" {
		t.Errorf("got %v", e.Type)
	}
}

func TestRefusedXMLNamesTheRule(t *testing.T) {
	t.Parallel()
	for input, rule := range map[string]string{
		`<!DOCTYPE a><a/>`:          xmlsafe.RuleDoctype,
		strings.Repeat("<a>", 1000): xmlsafe.RuleLimitDepth,
		`<a>`:                       xmlsafe.RuleTruncated,
	} {
		var x *xmlsafe.Error
		if _, err := regrep.Parse([]byte(input), regrep.Limits()); !errors.As(err, &x) || x.Rule != rule {
			t.Errorf("%.20q: %v", input, err)
		}
	}
}

func TestTextSurvivesWritingAndReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab<>&\"'\r\n\t ūЖ\U0001F600]")), 1, 40, -1).Draw(t, "text")
		var w regrep.Writer
		w.Root("query:QueryRequest", "id", text)
		w.Leaf("sdg:Name", text, "lang", text)
		w.End()
		b, err := w.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		e, err := regrep.Parse(b, regrep.Limits())
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		name := e.Child(regrep.NamespaceSDG, "Name")
		if diff := cmp.Diff([]string{text, text, text}, []string{e.Value("id"), name.Text, name.Value("lang")}); diff != "" {
			t.Fatalf("%s\n%s", diff, b)
		}
	})
}

func TestWritingRefusesWhatXMLCannotCarry(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"a control character": "a\x01", "broken UTF-8": "a\xff", "a non-character": "a\uFFFE"} {
		var w regrep.Writer
		w.Root("query:QueryRequest")
		w.Leaf("sdg:Name", text)
		w.End()
		if _, err := w.Bytes(); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	var w regrep.Writer
	w.Root("query:QueryRequest")
	if _, err := w.Bytes(); err == nil {
		t.Error("an open element was accepted")
	}
}

func TestUUIDs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"urn:uuid:0b0f6c0e-6f2a-4f0e-9d38-3f6f1d7a1c01":  true,
		"URN:UUID:0B0F6C0E-6F2A-4F0E-9D38-3F6F1D7A1C01":  true,
		"0b0f6c0e-6f2a-4f0e-9d38-3f6f1d7a1c01":           false,
		"urn:uuid:0b0f6c0e-6f2a-4f0e-9d38-3f6f1d7a1c0":   false,
		"urn:uuid:0b0f6c0e-6f2a-4f0e-9d38-3f6f1d7a1c01 ": false,
		"urn:uuid:0b0f6c0e+6f2a-4f0e-9d38-3f6f1d7a1c01":  false,
		"urn:uuid:": false,
	} {
		if _, ok := regrep.CutURN(s); ok != want {
			t.Errorf("%q: %v", s, ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(message))
	f.Add([]byte(`<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type=":"/>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := regrep.Parse(b, regrep.Limits())
		if err != nil {
			return
		}
		e.Walk(func(x *regrep.Element) {
			_, _, _ = x.Path(), x.DeepText(), x.Trimmed()
			_, _ = regrep.CollectionOf(x, regrep.NamespaceSDG, "Agent")
		})
	})
}
