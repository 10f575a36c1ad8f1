package handler

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/text"
)

var (
	literal = regexp.MustCompile(`\bt "([^"]+)"((?: [^}|]*?)?)}}`)
	formed  = regexp.MustCompile(`\bt \(printf "([^"]+)"`)
	faulty  = regexp.MustCompile(`"(fault\.[a-z-]+|preview\.[a-z-]+)"`)
)

// ends are the texts whose keys templates form.
var ends = map[string][]string{
	"%s.title": nil, "%s-title": nil, // of the keys in the code, below
	"preview.%s-title": {"preview.sent-title", "preview.declined-title", "preview.expired-title", "preview.failed-title"},
	"preview.%s":       {"preview.declined", "preview.expired", "preview.failed"},
}

func TestEveryTextThatAPageSaysIsThere(t *testing.T) {
	used := map[string]string{}
	pages, _ := filepath.Glob("pages/*.html")
	for _, f := range pages {
		page, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(page), -1) {
			used[m[1]] = f
		}
		for _, m := range formed.FindAllStringSubmatch(string(page), -1) {
			list, ok := ends[m[1]]
			if !ok {
				t.Errorf("%s forms keys by %q, which the test does not know", f, m[1])
			}
			for _, key := range list {
				used[key] = f
			}
		}
	}
	for _, f := range []string{"fault.go", "handler.go", "preview.go", "journey.go", "ask.go", "intent.go", "signin.go"} {
		code, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range faulty.FindAllStringSubmatch(string(code), -1) {
			used[m[1]] = f
			switch {
			case strings.HasPrefix(m[1], "fault."):
				used[m[1]+".title"] = f
			case m[1] != "preview.choose-first":
				used[m[1]+"-title"] = f
			}
		}
	}
	for key, where := range used {
		if said := text.In("EN", key); said == key || said == "" {
			t.Errorf("%s uses %s, which is no text", where, key)
		}
	}
	if len(used) < 120 {
		t.Errorf("only %d texts were found in the pages", len(used))
	}
}

func TestPagesLoadNothingForeignAndRunNothing(t *testing.T) {
	pages, _ := filepath.Glob("pages/*.html")
	for _, f := range pages {
		page, _ := os.ReadFile(f)
		if m := regexp.MustCompile(`<script|<style| style="| on[a-z]+="|javascript:|<iframe|src="http`).Find(page); m != nil {
			t.Errorf("%s has %s", f, m)
		}
	}
	if len(sheet) > 12<<10 || strings.Contains(string(sheet), "url(") || strings.Contains(string(sheet), "@import") {
		t.Errorf("the style sheet has %d octets, or loads something", len(sheet))
	}
}

func TestStructuredEvidenceIsReadAsATable(t *testing.T) {
	got := readable([]byte(`<?xml version="1.0"?><c:Certificate xmlns:c="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="t" recordID="7">
		<c:dateOfBirth>1987-03-15</c:dateOfBirth><c:Name lang="lv">Anna &lt;b&gt;<!-- no --> Līga</c:Name><c:field name="plate" label="Registration number">ZZ-1</c:field><c:Empty/><c:ISSN>1</c:ISSN></c:Certificate>`))
	want := []row{
		{Name: "Certificate", Heading: true}, {Name: "Record ID", Value: "7", Indent: 1}, {Name: "Date of birth", Value: "1987-03-15", Indent: 1},
		{Name: "Name", Value: "Anna <b> Līga", Indent: 1}, {Name: "Lang", Value: "lv", Indent: 2}, {Name: "Registration number", Value: "ZZ-1", Indent: 1}, {Name: "Empty", Indent: 1}, {Name: "ISSN", Value: "1", Indent: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, doc := range map[string]string{
		"no XML": "hello", "a document type": `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "too deep": strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40),
		"too many elements": "<a>" + strings.Repeat("<b/>", maxElements+1) + "</a>",
	} {
		if rows := readable([]byte(doc)); rows != nil {
			t.Errorf("%s: %d rows", name, len(rows))
		}
	}
}

func TestAPersonIsSentBackToSafePlacesOnly(t *testing.T) {
	for address, want := range map[string]bool{
		"https://portal.example/return?x=1": true, "http://portal.example/": false, "javascript:alert(1)": false, "https://user:pw@portal.example/": false,
		"https:///x": false, "//portal.example": false, "data:text/html,x": false, "https://portal.example/" + strings.Repeat("a", 2048): false, "": false,
	} {
		if safe(address) != want {
			t.Errorf("%.60q: %v", address, !want)
		}
	}
}

func TestADocumentIsNeverAPage(t *testing.T) {
	for mediaType, want := range map[string]string{
		"application/pdf": "application/pdf", "image/png": "image/png", "application/xml": "text/plain; charset=utf-8", "text/html": "application/octet-stream",
		"image/svg+xml": "application/octet-stream", "application/xhtml+xml": "application/octet-stream", "": "application/octet-stream",
	} {
		if got, disposition, _ := safeType(mediaType); got != want || (want == "application/octet-stream") != (disposition == "attachment") {
			t.Errorf("%s: %s, %s", mediaType, got, disposition)
		}
	}
}
