package rules

import (
	"testing"

	"github.com/beevik/etree"
)

// change breaks a valid document.
type change func(t *testing.T, root *etree.Element)

func find(t *testing.T, root *etree.Element, path string) *etree.Element {
	t.Helper()
	e := root
	if path != "" {
		e = root.FindElement(path)
	}
	if e == nil {
		t.Fatalf("the fixture has no %s", path)
	}
	return e
}

func set(path, text string) change {
	return func(t *testing.T, root *etree.Element) { find(t, root, path).SetText(text) }
}

func attr(path, name, value string) change {
	return func(t *testing.T, root *etree.Element) { find(t, root, path).CreateAttr(name, value) }
}

func unattr(path, name string) change {
	return func(t *testing.T, root *etree.Element) {
		if find(t, root, path).RemoveAttr(name) == nil {
			t.Fatalf("the fixture has no %s/@%s", path, name)
		}
	}
}

func drop(path string) change {
	return func(t *testing.T, root *etree.Element) {
		e := find(t, root, path)
		e.Parent().RemoveChild(e)
	}
}

func dropAll(path string) change {
	return func(t *testing.T, root *etree.Element) {
		find(t, root, path)
		for _, e := range root.FindElements(path) {
			e.Parent().RemoveChild(e)
		}
	}
}

// dup puts a copy behind the element.
func dup(path string) change {
	return func(t *testing.T, root *etree.Element) {
		e := find(t, root, path)
		e.Parent().InsertChildAt(e.Index()+1, e.Copy())
	}
}

func rename(path, tag string) change {
	return func(t *testing.T, root *etree.Element) { find(t, root, path).Tag = tag }
}

// add appends an element, written with the prefixes of the document.
func add(path, xml string) change {
	return func(t *testing.T, root *etree.Element) {
		doc := etree.NewDocument()
		if err := doc.ReadFromString(xml); err != nil {
			t.Fatal(err)
		}
		find(t, root, path).AddChild(doc.Root())
	}
}

func do(all ...change) change {
	return func(t *testing.T, root *etree.Element) {
		for _, c := range all {
			c(t, root)
		}
	}
}

func mutated(t *testing.T, b []byte, c change) []byte {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(b); err != nil {
		t.Fatal(err)
	}
	c(t, doc.Root())
	out, err := doc.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// maybe drops an element that not every line has.
func maybe(path string) change {
	return func(_ *testing.T, root *etree.Element) {
		if e := root.FindElement(path); e != nil {
			e.Parent().RemoveChild(e)
		}
	}
}

// reverseSlots turns the order of the slots of root and query around.
func reverseSlots(_ *testing.T, root *etree.Element) {
	for _, parent := range []*etree.Element{root, root.FindElement("Query")} {
		if parent == nil {
			continue
		}
		for _, s := range parent.SelectElements("Slot") {
			parent.RemoveChild(s)
			parent.InsertChildAt(0, s)
		}
	}
}
