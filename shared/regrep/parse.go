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
	s := xmlsafe.NewScanner(r, l)
	var (
		root, open *Element
		text       []byte
	)
	for {
		kind, err := s.Next()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the RegRep document: %w", err)
		}
		switch kind {
		case xmlsafe.StartElement:
			open.take(&text)
			open = newElement(s, open)
			if root == nil {
				root = open
			}
		case xmlsafe.EndElement:
			open.take(&text)
			open = open.Parent
		case xmlsafe.Text:
			text = append(text, s.Bytes()...)
		}
	}
}

// take moves the text that stands before a tag into the element that it stands in.
func (e *Element) take(text *[]byte) {
	if e != nil && len(*text) > 0 {
		e.Text += string(*text)
	}
	*text = (*text)[:0]
}

func newElement(s *xmlsafe.Scanner, parent *Element) *Element {
	n := s.Name()
	e := &Element{Name: Name{n.URI, n.Local}, Parent: parent}
	for _, a := range s.Attrs() {
		e.Attrs = append(e.Attrs, Attr{Name{a.URI, a.Local}, string(a.Value)})
		if a.Local == "type" && a.URI == NamespaceXSI {
			e.Type = resolve(s, string(a.Value))
		}
	}
	if parent != nil {
		parent.Children = append(parent.Children, e)
	}
	return e
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
