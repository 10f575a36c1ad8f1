package xmlsafe

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		limits   Limits
		within   string
		beyond   string
		wantRule string
	}{
		{"bytes", Limits{Bytes: 8}, "<a>1</a>", "<a>12</a>", RuleLimitBytes},
		{"bytes with a mark", Limits{Bytes: 7}, "\uFEFF<a/>", "\uFEFF<ab/>", RuleLimitBytes},
		{"bytes after the root", Limits{Bytes: 5}, "<a/> ", "<a/>  ", RuleLimitBytes},
		{"depth", Limits{Depth: 2}, "<a><b/><b/></a>", "<a><b><c/></b></a>", RuleLimitDepth},
		{"elements", Limits{Elements: 3}, "<a><b/><c/></a>", "<a><b/><c/><d/></a>", RuleLimitElements},
		{"attributes", Limits{Attributes: 2}, "<a xmlns='urn:1' b='' c=''/>", "<a b='' c='' d=''/>", RuleLimitAttributes},
		{"namespaces", Limits{Namespaces: 2}, "<p:a xmlns:p='urn:1'><b xmlns='urn:2'><c xmlns='urn:3' xmlns:p='urn:4'/></b></p:a>",
			"<p:a xmlns:p='urn:1'><b xmlns='urn:2' xmlns:q='urn:3'/></p:a>", RuleLimitNamespaces},
		{"namespaces taken back", Limits{Namespaces: 1}, "<a xmlns='urn:1'><b xmlns='' xmlns:q='urn:3'/></a>",
			"<a xmlns='urn:1'><b xmlns:q='urn:3'/></a>", RuleLimitNamespaces},
		{"namespaces of siblings", Limits{Namespaces: 1}, "<a><b xmlns:p='urn:1'/><b xmlns:q='urn:1'/></a>",
			"<a><b xmlns:p='urn:1'><b xmlns:q='urn:1'/></b></a>", RuleLimitNamespaces},
		{"element name", Limits{Name: 5}, "<abcde/>", "<abcdef/>", RuleLimitName},
		{"attribute name", Limits{Name: 5}, "<a abcde=''/>", "<a abcdef=''/>", RuleLimitName},
		{"processing-instruction target", Limits{Name: 5, Comments: true}, "<a><?abcde?></a>", "<a><?abcdef?></a>", RuleLimitName},
		{"value", Limits{Value: 3}, "<a b='1&amp;3'/>", "<a b='1234'/>", RuleLimitValue},
		{"comment", Limits{Value: 3, Comments: true}, "<a><!--123--></a>", "<a><!--1234--></a>", RuleLimitValue},
		{"processing instruction", Limits{Value: 3, Comments: true}, "<a><?p 123?></a>", "<a><?p 1234?></a>", RuleLimitValue},
		{"namespace name", Limits{}, "<a xmlns='urn:" + strings.Repeat("x", NamespaceNameBytes-4) + "'/>",
			"<a xmlns='urn:" + strings.Repeat("x", NamespaceNameBytes-3) + "'/>", RuleLimitValue},
		{"text", Limits{Text: 3}, "<a>123<b/>123</a>", "<a>1234</a>", RuleLimitText},
		{"text of references and CDATA", Limits{Text: 3}, "<a>&lt;<![CDATA[2]]>3</a>", "<a>&lt;<![CDATA[2]]>34</a>", RuleLimitText},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParseBytes([]byte(tc.within), tc.limits); err != nil {
				t.Errorf("within: %v", err)
			}
			if _, err := Parse(strings.NewReader(tc.within), tc.limits); err != nil {
				t.Errorf("within, read: %v", err)
			}
			_, err := ParseBytes([]byte(tc.beyond), tc.limits)
			wantRule(t, err, tc.wantRule)
			_, err = Parse(strings.NewReader(tc.beyond), tc.limits)
			wantRule(t, err, tc.wantRule)
		})
	}
}

func TestDefaultsAreLimits(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for rule, doc := range map[string]string{
		RuleLimitBytes:      "<a>" + strings.Repeat("<b>"+strings.Repeat("x", 1<<16)+"</b>", 17) + "</a>",
		RuleLimitDepth:      many(DefaultDepth+1, "<a%d>"),
		RuleLimitElements:   "<a>" + many(DefaultElements, "<b n='%d'/>"),
		RuleLimitAttributes: "<a " + many(DefaultAttributes+1, " b%d=''") + "/>",
		RuleLimitNamespaces: "<a " + many(DefaultNamespaces+1, " xmlns:b%d='urn:x'") + "/>",
		RuleLimitName:       "<" + strings.Repeat("a", DefaultName+1) + "/>",
		RuleLimitValue:      "<a b='" + strings.Repeat("a", DefaultValue+1) + "'/>",
	} {
		_, err := ParseBytes([]byte(doc), Limits{})
		wantRule(t, err, rule)
	}
	_, err := ParseBytes([]byte("<a>"+strings.Repeat("x", DefaultText+1)), Limits{Bytes: 1 << 30})
	wantRule(t, err, RuleLimitText)
}

// endless gives a start, then a middle again and again.
type endless struct {
	start, middle string
	n             int
	left          string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left == "" {
		if e.left = e.middle; e.n == 0 {
			e.left = e.start
		} else if strings.Contains(e.left, "%d") {
			e.left = strings.ReplaceAll(e.left, "%d", fmt.Sprint(e.n))
		}
		e.n++
	}
	n := copy(b, e.left)
	e.left = e.left[n:]
	return n, nil
}

// TestFloodsCostConstantMemory sends what never ends and looks at all that the
// scanner keeps.
func TestFloodsCostConstantMemory(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, e := range map[string]*endless{
		"names":                     {start: "<a>", middle: "<n%d a%d=''/>"},
		"namespaces":                {start: "<a>", middle: "<n xmlns='urn:x:%d'/>"},
		"prefixes":                  {start: "<a>", middle: "<n xmlns:p%d='urn:x:1'/>"},
		"white space in a tag":      {start: "<a ", middle: "                      "},
		"white space in the prolog": {start: " ", middle: "                      "},
		"text":                      {start: "<a>", middle: "text text text text text "},
		"references":                {start: "<a>", middle: "&amp;&#x20;"},
		"CDATA":                     {start: "<a><![CDATA[", middle: "]]]]]]text"},
		"instructions":              {start: "<a>", middle: "<?p%d x?>"},
		"comments":                  {start: "<a>", middle: "<!-- %d -->"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := NewScanner(e, Limits{Bytes: size, Elements: size, Text: size, Comments: true})
			var err error
			for err == nil {
				_, err = s.Next()
			}
			wantRule(t, err, RuleLimitBytes)
			if len(s.buf) > 2*windowSize || len(s.names) > 2*mostNames || len(s.uris) > 2*mostNames ||
				len(s.bindings.byPrefix) > 4*mostNames || cap(s.values) > 1<<17 {
				t.Errorf("kept: window %d, names %d, namespaces %d, prefixes %d, values %d",
					len(s.buf), len(s.names), len(s.uris), len(s.bindings.byPrefix), cap(s.values))
			}
		})
	}
}

// TestForgettingKeepsScopes changes names often enough that tables are emptied
// while declarations are in force and shadowed.
func TestForgettingKeepsScopes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("<p:r xmlns:p='urn:outer'><p:s xmlns:p='urn:inner'>")
	for i := range 3 * mostNames {
		fmt.Fprintf(&b, "<n%d xmlns:q%d='urn:q' p:a='' q%d:a=''/>", i, i, i)
	}
	b.WriteString("</p:s><p:t/></p:r>")
	s := NewScanner(strings.NewReader(b.String()), Limits{})
	var last Name
	for {
		k, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if k != StartElement {
			continue
		}
		last = s.Name()
		for _, a := range s.Attrs() {
			if want := map[string]string{"p": "urn:inner"}[a.Prefix]; want != "" && a.URI != want {
				t.Fatalf("attribute of namespace %s", a.URI)
			}
		}
	}
	if want := (Name{"p", "t", "urn:outer"}); last != want {
		t.Errorf("last element %v, want %v", last, want)
	}
}
