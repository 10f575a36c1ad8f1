package c14n

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

const soap12 = "http://www.w3.org/2003/05/soap-envelope"

// forms are canonical forms by the specification. Element paths are etree's; ""
// is the root.
var forms = []struct {
	name, doc, path string
	list            []string
	want            string
}{
	{name: "start and end tags", doc: "<a ><b/><c\n></c\t></a>", want: "<a><b></b><c></c></a>"},
	{name: "declarations by prefix, then attributes, those without namespace first",
		doc:  "<z:a z='0' xmlns:z='urn:z' a='1' xmlns='urn:d' z:b='2' xmlns:y='urn:y' y:c='3' xmlns:x='urn:x'/>",
		want: `<z:a xmlns:y="urn:y" xmlns:z="urn:z" a="1" z="0" y:c="3" z:b="2"></z:a>`},
	{name: "attributes by namespace name, not by prefix or local name (goxmldsig is wrong)",
		doc:  "<e xmlns:b='urn:1' xmlns:d='http://x/y#' b:B='1' d:z='2'/>",
		want: `<e xmlns:b="urn:1" xmlns:d="http://x/y#" d:z="2" b:B="1"></e>`},
	{name: "xml attributes have a namespace name too (goxmldsig is wrong)",
		doc:  "<e xmlns:x='urn:x' x:a='1' xml:lang='en'/>",
		want: `<e xmlns:x="urn:x" xml:lang="en" x:a="1"></e>`},
	{name: "no default namespace to take back at the apex (goxmldsig is wrong)",
		doc: "<r xmlns='urn:1'><g xmlns='' Id='t'/></r>", path: "/r/g", want: `<g Id="t"></g>`},
	{name: "white space in values is normalised (goxmldsig is wrong)",
		doc: "<e a='x\ny\tz'/>", want: `<e a="x y z"></e>`},
	{name: "many attributes in order",
		doc:  "<e xmlns:p='urn:p' j='' i='' h='' g='' f='' e='' d='' c='' b='' p:a='' a=''/>",
		want: `<e xmlns:p="urn:p" a="" b="" c="" d="" e="" f="" g="" h="" i="" j="" p:a=""></e>`},
	{name: "characters in text and values",
		doc:  "<a b='&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;&#x20;'>&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;\r\n</a>",
		want: "<a b=\"&lt;>&amp;&quot;'&#x9;&#xA;&#xD; \">&lt;&gt;&amp;\"'\t\n&#xD;\n</a>"},
	{name: "ampersand and quote in a namespace name",
		doc: `<a xmlns="urn:&amp;&quot;'"/>`, want: `<a xmlns="urn:&amp;&quot;'"></a>`},
	{name: "CDATA is text", doc: "<a><![CDATA[<b>&amp;]]></a>", want: "<a>&lt;b&gt;&amp;amp;</a>"},
	{name: "comments go, instructions stay", doc: "<a>1<!-- c -->2<?p   x y ?><?q?></a>", want: "<a>12<?p x y ?><?q?></a>"},
	{name: "declarations move to where they are used",
		doc:  "<a xmlns:p='urn:p' xmlns:q='urn:q'><b><p:c/><p:d q:e=''/></b></a>",
		want: `<a><b><p:c xmlns:p="urn:p"></p:c><p:d xmlns:p="urn:p" xmlns:q="urn:q" q:e=""></p:d></b></a>`},
	{name: "repeated declarations go",
		doc:  "<p:a xmlns:p='urn:p'><p:b xmlns:p='urn:p'/></p:a>",
		want: `<p:a xmlns:p="urn:p"><p:b></p:b></p:a>`},
	{name: "redeclared, and back",
		doc:  "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d/></p:a>",
		want: `<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2"><p:c xmlns:p="urn:1"></p:c></p:b><p:d></p:d></p:a>`},
	{name: "redeclared but not used in between",
		doc:  "<p:a xmlns:p='urn:1'><b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/><p:d/></b></p:a>",
		want: `<p:a xmlns:p="urn:1"><b><p:c></p:c><p:d xmlns:p="urn:2"></p:d></b></p:a>`},
	{name: "default namespace taken back where it is used",
		doc:  "<a xmlns='urn:1'><p:b xmlns:p='urn:p' xmlns='' c=''><d/></p:b></a>",
		want: `<a xmlns="urn:1"><p:b xmlns:p="urn:p" c=""><d xmlns=""></d></p:b></a>`},
	{name: "default namespace does not concern attributes",
		doc: "<p:a xmlns:p='urn:p' xmlns='urn:1' b=''/>", want: `<p:a xmlns:p="urn:p" b=""></p:a>`},
	{name: "prefix xml is never declared",
		doc: "<a xmlns:xml='" + xmlNamespace + "' xml:lang='lv'/>", list: []string{"xml"}, want: `<a xml:lang="lv"></a>`},
	{name: "two prefixes of one namespace are two, as in phase4's headers",
		doc:  "<S12:Envelope xmlns:S12='" + soap12 + "'><eb:M xmlns:eb='urn:eb' xmlns:ns3='" + soap12 + "' xmlns:ds='urn:ds' ns3:mustUnderstand='true'/></S12:Envelope>",
		path: "//eb:M", list: []string{"S12"},
		want: `<eb:M xmlns:S12="` + soap12 + `" xmlns:eb="urn:eb" xmlns:ns3="` + soap12 + `" ns3:mustUnderstand="true"></eb:M>`},
	{name: "in its place: ancestors' declarations that are used",
		doc: "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><b p:c=''/></a>", path: "/a/b",
		want: `<b xmlns="urn:d" xmlns:p="urn:p" p:c=""></b>`},
	{name: "attributes of the ancestors stay there, xml ones too",
		doc: "<a xml:lang='lv' xml:space='preserve'><b/></a>", path: "/a/b", want: "<b></b>"},
	{name: "PrefixList: once at the apex, used or not",
		doc: "<a xmlns:p='urn:p' xmlns:q='urn:q'><b><c/></b></a>", path: "/a/b", list: []string{"q"},
		want: `<b xmlns:q="urn:q"><c></c></b>`},
	{name: "PrefixList: where a declaration changes",
		doc: "<a xmlns:q='urn:1'><b xmlns:q='urn:2'/><b/></a>", list: []string{"q"},
		want: `<a xmlns:q="urn:1"><b xmlns:q="urn:2"></b><b></b></a>`},
	{name: "PrefixList: default namespace",
		doc: "<a xmlns='urn:1'><p:b xmlns:p='urn:p'><p:c xmlns=''/></p:b></a>", path: "//p:b", list: []string{"#default"},
		want: `<p:b xmlns="urn:1" xmlns:p="urn:p"><p:c xmlns=""></p:c></p:b>`},
	{name: "PrefixList: default namespace that is not declared",
		doc: "<p:a xmlns:p='urn:p'/>", list: []string{"#default"}, want: `<p:a xmlns:p="urn:p"></p:a>`},
	{name: "PrefixList: unknown prefixes, repetition",
		doc: "<a xmlns:q='urn:q'/>", list: []string{"x", "q", "q"}, want: `<a xmlns:q="urn:q"></a>`},
	{name: "empty SOAP body (eDelivery AS4 signatures cover 244 octets)",
		doc:  "<env:Envelope xmlns:env='" + soap12 + "'><env:Body xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd' wsu:Id='_1'/></env:Envelope>",
		path: "//env:Body",
		want: `<env:Body xmlns:env="` + soap12 + `" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="_1"></env:Body>`},
}

func parse(t testing.TB, doc string) *etree.Document {
	t.Helper()
	d, err := xmlsafe.ParseBytes([]byte(doc), wide)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return d
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, tc := range forms {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := parse(t, tc.doc)
			before, _ := doc.WriteToString()
			el := doc.Root()
			if tc.path != "" {
				el = doc.FindElement(tc.path)
			}
			got, err := AppendElement([]byte("before "), el, tc.list)
			if err != nil || string(got) != "before "+tc.want {
				t.Errorf("error %v\n got %s\nwant %s", err, got, tc.want)
			}
			var written bytes.Buffer
			if err := Element(&written, el, tc.list); err != nil || written.String() != tc.want {
				t.Errorf("written: error %v\n got %s\nwant %s", err, written.String(), tc.want)
			}
			if after, _ := doc.WriteToString(); after != before {
				t.Errorf("tree was changed to %s", after)
			}
			if tc.path == "" && len(tc.list) == 0 {
				streamed(t, tc.doc, tc.want)
			}
		})
	}
}

func streamed(t *testing.T, doc, want string) {
	t.Helper()
	var b bytes.Buffer
	if err := Stream(&b, strings.NewReader(doc), xmlsafe.Limits{}); err != nil || b.String() != want {
		t.Errorf("stream: error %v\n got %s\nwant %s", err, b.String(), want)
	}
}

func TestStreamOfWholeDocuments(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"\uFEFF<?xml version='1.0'?>\n\n<a/>\n":              "<a></a>",
		"<?p 1?><!--c--><?q?>\n<a/><!--c--> <?r  2?>\n<?s?>": "<?p 1?>\n<?q?>\n<a></a>\n<?r 2?>\n<?s?>",
		"<!--c--><a/><!--c-->":                               "<a></a>",
		"<?p?><a><?p?></a>":                                  "<?p?>\n<a><?p?></a>",
	} {
		streamed(t, doc, want)
	}
}

func TestGoxmldsigAgreesWhereItIsRight(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		string(soapLike(4 << 10)),
		"<a xmlns='urn:1' c='3' b='2'><b/>x &amp; y<p:c xmlns:p='urn:2' p:d='&quot;'/></a>",
		"<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d/></p:a>",
	} {
		got, err := AppendElement(nil, parse(t, doc).Root(), nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(parse(t, doc).Root())
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("error %v\n got %s\nwant %s", err, got, want)
		}
	}
}

// TestRefusalsOfTrees: a tree need not come from the guard.
func TestRefusalsOfTrees(t *testing.T) {
	t.Parallel()
	read := func(doc string) *etree.Element {
		d := etree.NewDocument()
		d.ReadSettings.PreserveDuplicateAttrs = true
		if err := d.ReadFromString(doc); err != nil {
			t.Fatal(err)
		}
		return d.Root()
	}
	for name, el := range map[string]*etree.Element{
		"no element":                        nil,
		"element without name":              {},
		"undeclared prefix of an element":   read("<p:a/>"),
		"undeclared prefix of an attribute": read("<a p:b=''/>"),
		"undeclared prefix below":           read("<a><b><p:c/></b></a>"),
		"prefix taken back":                 read("<p:a xmlns:p='urn:1'><p:b xmlns:p=''/></p:a>"),
		"attribute twice":                   read("<a b='1' b='2'/>"),
		"attribute twice by other prefixes": read("<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'/>"),
		"relative namespace name":           read("<a xmlns='relative'/>"),
		"document type declaration in it":   read("<a><!DOCTYPE b></a>"),
		"undeclared prefix without parent":  etree.NewElement("p:a"),
	} {
		dst := []byte("kept")
		if got, err := AppendElement(dst, el, nil); err == nil || string(got) != "kept" {
			t.Errorf("%s: error %v, output %s", name, err, got)
		}
		if err := Element(io.Discard, el, nil); err == nil {
			t.Errorf("%s: written without error", name)
		}
	}
}

func TestLongPrefixListsAreRefused(t *testing.T) {
	t.Parallel()
	list := make([]string, PrefixListLimit+1)
	el := etree.NewElement("a")
	if _, err := AppendElement(nil, el, list); err == nil {
		t.Error("no error")
	}
	if _, err := AppendElement(nil, el, list[1:]); err != nil {
		t.Error(err)
	}
}

func TestRefusalsOfStreams(t *testing.T) {
	t.Parallel()
	for doc, rule := range map[string]string{
		"":                               xmlsafe.RuleRoot,
		"<!--only-->":                    xmlsafe.RuleRoot,
		"<!DOCTYPE a><a/>":               xmlsafe.RuleDoctype,
		"<p:a/>":                         xmlsafe.RuleNamespaceUndeclared,
		"<a xmlns='relative'/>":          xmlsafe.RuleNamespaceRelative,
		"<a":                             xmlsafe.RuleTruncated,
		"<a/><b/>":                       xmlsafe.RuleRoot,
		strings.Repeat("<a>", 65):        xmlsafe.RuleLimitDepth,
		"<a>" + strings.Repeat("x", 2e6): xmlsafe.RuleLimitBytes,
	} {
		err := Stream(io.Discard, strings.NewReader(doc), xmlsafe.Limits{Text: 1 << 30})
		var refusal *xmlsafe.Error
		if !errors.As(err, &refusal) || refusal.Rule != rule {
			t.Errorf("%.20q: error %v, want rule %s", doc, err, rule)
		}
	}
}

var errFull = errors.New("disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"<a/>", string(soapLike(2 * flushAt)), "<a>" + strings.Repeat("x", 2*flushAt) + "</a>"} {
		if err := Stream(full{}, strings.NewReader(doc), wide); !errors.Is(err, errFull) {
			t.Errorf("stream: error %v", err)
		}
		if err := Element(full{}, parse(t, doc).Root(), nil); !errors.Is(err, errFull) {
			t.Errorf("element: error %v", err)
		}
	}
}

func TestAppendEscapes(t *testing.T) {
	t.Parallel()
	const s = "<>&\"'\t\n\r"
	if got, want := string(AppendText(nil, s)), "&lt;&gt;&amp;\"'\t\n&#xD;"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if got, want := string(AppendAttribute(nil, s)), "&lt;>&amp;&quot;'&#x9;&#xA;&#xD;"; got != want {
		t.Errorf("attribute %q, want %q", got, want)
	}
}
