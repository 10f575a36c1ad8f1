package xmlsafe

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// outline writes down all that a tree holds.
func outline(t etree.Token) []string {
	switch t := t.(type) {
	case *etree.Element:
		out := []string{"<" + t.FullTag()}
		for i := range t.Attr {
			a := &t.Attr[i]
			own := "own"
			if a.Element() != t {
				own = "stray"
			}
			out = append(out, own+" @"+a.Space+"|"+a.Key+"="+a.Value)
		}
		for i, c := range t.Child {
			if c.Parent() != t || c.Index() != i {
				out = append(out, "stray child")
			}
			out = append(out, outline(c)...)
		}
		return append(out, ">")
	case *etree.CharData:
		if t.IsWhitespace() {
			return []string{"blank " + t.Data}
		}
		return []string{"text " + t.Data}
	case *etree.Comment:
		return []string{"comment " + t.Data}
	case *etree.ProcInst:
		return []string{"instruction " + t.Target + " " + t.Inst}
	}
	return []string{"?"}
}

// TestTreeIsThatOfEtree compares where etree's own parser is right: no white
// space in values to be normalised, no adjacent CDATA.
func TestTreeIsThatOfEtree(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		"<a/>", "<a></a>", "<a b='1' xmlns:p='urn:1' p:c='2' xmlns='urn:2'> <p:b/>\n<b>x<!--c-->y<?p q?>z</b>\n</a>",
		"<a>1&amp;2&#x41;</a>", "<a><![CDATA[<x>]]></a>", "<a>\r\n</a>", string(envelope()),
	} {
		sameAsEtree(t, doc)
	}
}

func sameAsEtree(t *testing.T, doc string) {
	t.Helper()
	got, err := ParseBytes([]byte(doc), Limits{Bytes: 1 << 30, Elements: 1 << 30, Text: 1 << 30, Comments: true})
	if err != nil {
		t.Error(err)
		return
	}
	want := etree.NewDocument()
	if err := want.ReadFromString(doc); err != nil {
		t.Error(err)
		return
	}
	if diff := cmp.Diff(outline(want.Root()), outline(got.Root())); diff != "" {
		t.Errorf("tree (-etree +ours):\n%s", diff)
	}
}

// TestTreeOfRealFilesIsThatOfEtree covers every file of the test data that both
// read alike by their rules.
func TestTreeOfRealFilesIsThatOfEtree(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: set VIENREIZ_TESTDATA to the folder of real messages and schemas")
	}
	compared := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".xml") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := ParseBytes(b, Limits{Bytes: 1 << 30, Elements: 1 << 30, Text: 1 << 30, Comments: true})
		if err != nil || strings.Contains(string(b), "CDATA") || spaceInValues(doc.Root(), string(b)) {
			return nil
		}
		compared++
		sameAsEtree(t, string(b))
		return nil
	})
	if err != nil || compared < 100 {
		t.Errorf("error %v, %d compared", err, compared)
	}
}

// spaceInValues reports whether normalisation changed a value.
func spaceInValues(root *etree.Element, source string) bool {
	for _, el := range append(root.FindElements(".//*"), root) {
		for _, a := range el.Attr {
			if strings.Contains(a.Value, "  ") || strings.Contains(a.Value, " ") && !strings.Contains(source, a.Value) {
				return true
			}
		}
	}
	return false
}

func TestTreeCanBeChangedWithoutHarmToItsNeighbours(t *testing.T) {
	t.Parallel()
	doc, err := ParseBytes([]byte("<a><b c='1'>x</b><d e='2'>y</d></a>"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	b := doc.Root().ChildElements()[0]
	b.CreateAttr("new", "3")
	b.CreateElement("new").SetText("z")
	doc.Root().CreateElement("f")
	got, _ := doc.WriteToString()
	if want := `<a><b c="1" new="3">x<new>z</new></b><d e="2">y</d><f/></a>`; got != want {
		t.Errorf("tree %s, want %s", got, want)
	}
}

func TestAttributesKnowTheirNamespace(t *testing.T) {
	t.Parallel()
	doc, err := ParseBytes([]byte("<a xmlns:p='urn:1'><b p:c='1'/></a>"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.FindElement("/a/b").Attr[0].NamespaceURI(); got != "urn:1" {
		t.Errorf("namespace %q", got)
	}
}

func TestTreeKeepsWhatStandsOutsideOfTheRoot(t *testing.T) {
	t.Parallel()
	doc, err := ParseBytes([]byte("<?xml version='1.0'?>\n<?p x?><!--1--><a/>\n<!--2-->"), Limits{Comments: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"<", "instruction p x", "comment 1", "<a", ">", "comment 2", ">"}
	if diff := cmp.Diff(want, outline(&doc.Element)); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}
