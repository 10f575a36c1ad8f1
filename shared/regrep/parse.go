package regrep

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Limits of a RegRep document. The largest catalogue of the Common Services is 0.6 MB with 16,000 elements.
const (
	LimitBytes    = 8 << 20
	LimitDepth    = 64
	LimitElements = 200_000
)

// Limits are the bounds that Parse uses when it is given none: those of xmlsafe, the larger sizes above, and comments allowed,
// because published and exchanged messages carry them.
func Limits() xmlsafe.Limits {
	return xmlsafe.Limits{Bytes: LimitBytes, Depth: LimitDepth, Elements: LimitElements, Comments: true}
}

// Parse reads one document and returns its root. A refusal is an *xmlsafe.Error.
func Parse(b []byte, l xmlsafe.Limits) (*Element, error) { return Read(bytes.NewReader(b), l) }

// Read is Parse from a reader, which is read no further than the limits allow.
func Read(r io.Reader, l xmlsafe.Limits) (*Element, error) {
	t := tree{s: xmlsafe.NewScanner(r, l)}
	for {
		kind, err := t.s.Next()
		if errors.Is(err, io.EOF) {
			return t.root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the RegRep document: %w", err)
		}
		switch kind {
		case xmlsafe.StartElement:
			t.start()
		case xmlsafe.EndElement:
			t.end()
		case xmlsafe.Text:
			last := len(t.texts) - 1
			t.texts[last] = append(t.texts[last], t.s.Bytes()...)
		}
	}
}

// tree builds elements. The texts of the open ones are kept apart until their end: text between many children costs linear time.
type tree struct {
	s          *xmlsafe.Scanner
	root, open *Element
	texts      [][]byte
}

func (t *tree) start() {
	n := t.s.Name()
	e := &Element{Name: Name{n.URI, n.Local}, Parent: t.open}
	for _, a := range t.s.Attrs() {
		e.Attrs = append(e.Attrs, Attr{Name{a.URI, a.Local}, string(a.Value)})
		if a.Local == "type" && a.URI == NamespaceXSI {
			e.Type = resolve(t.s, string(a.Value))
		}
	}
	if t.open == nil {
		t.root = e
	} else {
		t.open.Children = append(t.open.Children, e)
	}
	t.open = e
	if len(t.texts) < cap(t.texts) {
		t.texts = t.texts[:len(t.texts)+1]
		t.texts[len(t.texts)-1] = t.texts[len(t.texts)-1][:0]
		return
	}
	t.texts = append(t.texts, nil)
}

func (t *tree) end() {
	last := len(t.texts) - 1
	t.open.Text = string(t.texts[last])
	t.texts = t.texts[:last]
	t.open = t.open.Parent
}

// resolve expands a QName in content (XML Schema part 2, 3.2.18): an unprefixed one is in the default namespace.
func resolve(s *xmlsafe.Scanner, q string) Name {
	q = strings.TrimSpace(q)
	prefix, local, found := strings.Cut(q, ":")
	if !found {
		prefix, local = "", q
	}
	space, _ := s.Lookup(prefix)
	return Name{space, local}
}
