package xmlsafe

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// tokens writes a document's tokens down, adjacent text joined. How much of a text
// comes before an error is left open.
func tokens(s *Scanner) ([]string, error) {
	var out []string
	text := ""
	for {
		k, err := s.Next()
		if err != nil && err != io.EOF {
			return out, err
		}
		if k != Text && text != "" {
			out = append(out, fmt.Sprintf("text %q", text))
			text = ""
		}
		if err == io.EOF {
			return out, nil
		}
		switch k {
		case StartElement:
			out = append(out, fmt.Sprintf("%d start %v", s.Depth(), s.Name()))
			for _, n := range s.Namespaces() {
				out = append(out, fmt.Sprintf("namespace %v", n))
			}
			for _, a := range s.Attrs() {
				out = append(out, fmt.Sprintf("attribute {%s %s %s} %q", a.Prefix, a.Local, a.URI, a.Value))
			}
		case EndElement:
			out = append(out, fmt.Sprintf("%d end %v", s.Depth(), s.Name()))
		case Text:
			if len(s.Bytes()) == 0 {
				return out, fmt.Errorf("empty chunk")
			}
			text += string(s.Bytes())
		case Comment:
			out = append(out, fmt.Sprintf("comment %q", s.Bytes()))
		case ProcInst:
			out = append(out, fmt.Sprintf("instruction %s %q", s.Target(), s.Bytes()))
		}
	}
}

var readings = []struct {
	name, doc string
	want      []string
}{
	{"empty element", "<a/>", []string{"1 start { a }", "1 end { a }"}},
	{"byte order mark, declaration and white space around", "\uFEFF<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>\r\n <a ></a\n>\n",
		[]string{"1 start { a }", "1 end { a }"}},
	{"single and double quotes", `<a b="'" c='"'/>`,
		[]string{"1 start { a }", `attribute { b } "'"`, `attribute { c } "\""`, "1 end { a }"}},
	{"white space around equals", "<a b\t=\n'1'\r\nc =\"2\" />",
		[]string{"1 start { a }", `attribute { b } "1"`, `attribute { c } "2"`, "1 end { a }"}},
	{"literal white space in a value becomes blanks, one for a line end", "<a b='1\t2\n3\r4\r\n5\n\r6'/>",
		[]string{"1 start { a }", `attribute { b } "1 2 3 4 5  6"`, "1 end { a }"}},
	{"referenced white space in a value stays", "<a b='1&#9;2&#xA;3&#13;4&#x20;'/>",
		[]string{"1 start { a }", `attribute { b } "1\t2\n3\r4 "`, "1 end { a }"}},
	{"values are not trimmed or collapsed", "<a b='  x  y  '/>",
		[]string{"1 start { a }", `attribute { b } "  x  y  "`, "1 end { a }"}},
	{"greater-than and brackets in a value", "<a b=']]>'/>",
		[]string{"1 start { a }", `attribute { b } "]]>"`, "1 end { a }"}},
	{"line ends in text", "<a>1\r\n2\r3\n4\r\r\n5&#13;6&#xD;\n</a>",
		[]string{"1 start { a }", `text "1\n2\n3\n4\n\n5\r6\r\n"`, "1 end { a }"}},
	{"line ends in CDATA", "<a><![CDATA[1\r\n2\r3]]></a>",
		[]string{"1 start { a }", `text "1\n2\n3"`, "1 end { a }"}},
	{"line ends in comments and instructions", "<a><!--1\r\n2\r3--><?p 1\r\n2\r3?></a>",
		[]string{"1 start { a }", `comment "1\n2\n3"`, `instruction p "1\n2\n3"`, "1 end { a }"}},
	{"predefined entities", "<a b='&lt;&gt;&amp;&quot;&apos;'>&lt;&gt;&amp;&quot;&apos;</a>",
		[]string{"1 start { a }", `attribute { b } "<>&\"'"`, `text "<>&\"'"`, "1 end { a }"}},
	{"character references", "<a>&#65;&#x42;&#x1F600;&#0000000067;&#xE000;&#xFFFD;&#x10FFFF;</a>",
		[]string{"1 start { a }", fmt.Sprintf("text %q", "AB\U0001F600C\uE000\uFFFD\U0010FFFF"), "1 end { a }"}},
	{"references are not read twice", "<a>&amp;lt;&#38;lt;</a>",
		[]string{"1 start { a }", `text "&lt;&lt;"`, "1 end { a }"}},
	{"CDATA joins its neighbours", "<a>1<![CDATA[<&>]]]]><![CDATA[>]]><![CDATA[]]>2</a>",
		[]string{"1 start { a }", `text "1<&>]]>2"`, "1 end { a }"}},
	{"brackets in text", "<a>]] > ]>]&#93;></a>",
		[]string{"1 start { a }", `text "]] > ]>]]>"`, "1 end { a }"}},
	{"bracket that ends CDATA does not count for text", "<a><![CDATA[x]]>>]<![CDATA[]]]>></a>",
		[]string{"1 start { a }", `text "x>]]>"`, "1 end { a }"}},
	{"references to control characters of C1 are allowed", "<a>&#x85;\u0085\u007F</a>",
		[]string{"1 start { a }", fmt.Sprintf("text %q", "\u0085\u0085\u007F"), "1 end { a }"}},
	{"Unicode line separators are no line ends in XML 1.0", "<a>\u2028\u0085</a>",
		[]string{"1 start { a }", fmt.Sprintf("text %q", "\u2028\u0085"), "1 end { a }"}},
	{"comments and instructions everywhere", "<!--0--><?p?><a><!--1-->x<?p  y ?><!----></a><?q z?><!--2-->",
		[]string{`comment "0"`, `instruction p ""`, "1 start { a }", `comment "1"`, `text "x"`, `instruction p "y "`,
			`comment ""`, "1 end { a }", `instruction q "z"`, `comment "2"`}},
	{"question marks and hyphens", "<a><?p ??a?b>??><!-- - -a- > --></a>",
		[]string{"1 start { a }", `instruction p "??a?b>?"`, `comment " - -a- > "`, "1 end { a }"}},
	{"names of the fifth edition", "<Ünïcode_1-2.3·\u0301 \u4E00\U00010000='1'/>",
		[]string{"1 start { Ünïcode_1-2.3·\u0301 }", "attribute { \u4E00\U00010000 } \"1\"", "1 end { Ünïcode_1-2.3·\u0301 }"}},
	{"namespaces nest, shadow and come back", "<a xmlns='urn:1' xmlns:p='urn:2'><p:b p:c='' c=''><d xmlns='' xmlns:p='urn:3' p:e=''/></p:b><p:f/></a>",
		[]string{"1 start { a urn:1}", "namespace { urn:1}", "namespace {p urn:2}",
			"2 start {p b urn:2}", `attribute {p c urn:2} ""`, `attribute { c } ""`,
			"3 start { d }", "namespace { }", "namespace {p urn:3}", `attribute {p e urn:3} ""`, "3 end { d }",
			"2 end {p b urn:2}", "2 start {p f urn:2}", "2 end {p f urn:2}", "1 end { a urn:1}"}},
	{"declaration after its use in the tag", "<p:a p:b='1' xmlns:p='urn:1'/>",
		[]string{"1 start {p a urn:1}", "namespace {p urn:1}", `attribute {p b urn:1} "1"`, "1 end {p a urn:1}"}},
	{"same local name in different namespaces", "<a xmlns:p='urn:1' xmlns:q='urn:2' b='0' p:b='1' q:b='2'/>",
		[]string{"1 start { a }", "namespace {p urn:1}", "namespace {q urn:2}", `attribute { b } "0"`,
			`attribute {p b urn:1} "1"`, `attribute {q b urn:2} "2"`, "1 end { a }"}},
	{"an unprefixed attribute is in no namespace, so not the same", "<p:a xmlns='urn:1' xmlns:p='urn:1' b='0' p:b='1'/>",
		[]string{"1 start {p a urn:1}", "namespace { urn:1}", "namespace {p urn:1}", `attribute { b } "0"`,
			`attribute {p b urn:1} "1"`, "1 end {p a urn:1}"}},
	{"prefix xml needs no declaration, and may have the right one", "<a xml:lang='lv'><b xmlns:xml='" + XMLNamespace + "' xml:space='preserve'/></a>",
		[]string{"1 start { a }", "attribute {xml lang " + XMLNamespace + `} "lv"`, "2 start { b }",
			"namespace {xml " + XMLNamespace + "}", "attribute {xml space " + XMLNamespace + `} "preserve"`, "2 end { b }", "1 end { a }"}},
	{"prefixes that begin with xml", "<xmlfoo:a xmlns:xmlfoo='urn:1'/>",
		[]string{"1 start {xmlfoo a urn:1}", "namespace {xmlfoo urn:1}", "1 end {xmlfoo a urn:1}"}},
	{"attribute named xmlns in a namespace of its own", "<a xmlns:p='urn:1' p:xmlns='x'/>",
		[]string{"1 start { a }", "namespace {p urn:1}", `attribute {p xmlns urn:1} "x"`, "1 end { a }"}},
	{"many attributes, one local name in two namespaces", "<a xmlns:p='urn:p' p:b='' b='' p:c='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l=''/>",
		[]string{"1 start { a }", "namespace {p urn:p}", `attribute {p b urn:p} ""`, `attribute { b } ""`, `attribute {p c urn:p} ""`,
			`attribute { c } ""`, `attribute { d } ""`, `attribute { e } ""`, `attribute { f } ""`, `attribute { g } ""`,
			`attribute { h } ""`, `attribute { i } ""`, `attribute { j } ""`, `attribute { k } ""`, `attribute { l } ""`, "1 end { a }"}},
	{"hexadecimal digits of both cases", "<a>&#x1f600;&#xE9;</a>", []string{"1 start { a }", "text \"\U0001F600é\"", "1 end { a }"}},
	{"names in one slot of the table", "<abcd><aacd/><abcd/><aacd/></abcd>",
		[]string{"1 start { abcd }", "2 start { aacd }", "2 end { aacd }", "2 start { abcd }", "2 end { abcd }",
			"2 start { aacd }", "2 end { aacd }", "1 end { abcd }"}},
	{"references in namespace names", "<a xmlns='urn:&#x31;&amp;'/>",
		[]string{"1 start { a urn:1&}", "namespace { urn:1&}", "1 end { a urn:1&}"}},
}

func TestReadings(t *testing.T) {
	t.Parallel()
	for _, tc := range readings {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := tokens(NewScanner(strings.NewReader(tc.doc), Limits{Comments: true}))
			if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
				t.Errorf("error %v, tokens (-want +got):\n%s", err, diff)
			}
		})
	}
}

// padded puts the document so that each of its octets once is the first that the
// window does not hold.
func TestReadingsDoNotDependOnTheWindow(t *testing.T) {
	t.Parallel()
	for _, tc := range readings {
		for pad := windowSize - len(tc.doc); pad <= windowSize; pad++ {
			doc := strings.TrimPrefix(tc.doc, "\uFEFF")
			if strings.HasPrefix(doc, "<?xml ") {
				break
			}
			doc = strings.Repeat(" ", pad) + doc
			got, err := tokens(NewScanner(strings.NewReader(doc), Limits{Comments: true}))
			if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
				t.Fatalf("%s, %d before: error %v, tokens (-want +got):\n%s", tc.name, pad, err, diff)
			}
		}
	}
}

func TestRefusalsDoNotDependOnReads(t *testing.T) {
	t.Parallel()
	for _, tc := range refusals {
		_, want := tokens(newBytesScanner([]byte(tc.doc), Limits{Comments: true}))
		for seed := range uint64(5) {
			r := randomReads(strings.NewReader(tc.doc), seed)
			if _, err := tokens(NewScanner(r, Limits{Comments: true})); err == nil || err.Error() != want.Error() {
				t.Errorf("%s: %v, in pieces: %v", tc.name, want, err)
			}
		}
	}
}

func TestReadingsDoNotDependOnReads(t *testing.T) {
	t.Parallel()
	for _, tc := range readings {
		for _, r := range []io.Reader{
			iotest.OneByteReader(strings.NewReader(tc.doc)), iotest.HalfReader(strings.NewReader(tc.doc)),
			iotest.DataErrReader(strings.NewReader(tc.doc)), randomReads(strings.NewReader(tc.doc), 1),
		} {
			got, err := tokens(NewScanner(r, Limits{Comments: true}))
			if diff := cmp.Diff(tc.want, got); err != nil || diff != "" {
				t.Errorf("%s: error %v, tokens (-want +got):\n%s", tc.name, err, diff)
			}
		}
	}
}

// pieces reads up to seven octets at a time, sometimes none.
type pieces struct {
	r    io.Reader
	rand *rand.Rand
}

func randomReads(r io.Reader, seed uint64) io.Reader {
	return &pieces{r, rand.New(rand.NewPCG(seed, 0))}
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.rand.IntN(8))]) }

func TestNamesLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 3*windowSize)
	s := NewScanner(strings.NewReader(" <"+name+"></"+name+">"), Limits{Name: 4 * windowSize})
	if got, err := tokens(s); err != nil || len(got) != 2 {
		t.Errorf("error %v, %d tokens", err, len(got))
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	s := NewScanner(strings.NewReader("<a xmlns='urn:1' xmlns:p='urn:2'><b xmlns='' xmlns:p='urn:3'/></a>"), Limits{})
	var got []string
	for {
		if _, err := s.Next(); err != nil {
			break
		}
		d, _ := s.Lookup("")
		p, _ := s.Lookup("p")
		_, q := s.Lookup("q")
		x, _ := s.Lookup("xml")
		got = append(got, fmt.Sprint(d, " ", p, " ", q, " ", x == XMLNamespace))
	}
	want := []string{"urn:1 urn:2 false true", " urn:3 false true", " urn:3 false true", "urn:1 urn:2 false true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
	if s.Name() != (Name{}) {
		t.Errorf("name %v after the end", s.Name())
	}
}

func TestBytesAreNotChanged(t *testing.T) {
	t.Parallel()
	for _, tc := range readings {
		b := []byte(tc.doc)
		if _, err := ParseBytes(b, Limits{Comments: true}); err != nil || string(b) != tc.doc {
			t.Errorf("%s: error %v, now %q", tc.name, err, b)
		}
	}
}
