package c14n

import (
	"fmt"
	"io"

	"github.com/beevik/etree"
)

// PrefixListLimit is the number of tokens that a PrefixList may have: it comes
// from whoever signs.
const PrefixListLimit = 64

// Element writes the canonical form of el and all below it to w: el in its place
// in the document, with the namespaces that its ancestors declare. inclusive is
// the PrefixList of InclusiveNamespaces, where "#default" is the default
// namespace. The tree is not changed.
//
// It is an error if a prefix is not declared, an attribute stands twice, a
// namespace name is relative, inclusive is longer than PrefixListLimit, or el is
// nil (ErrEmpty). What was written then is void.
func Element(w io.Writer, el *etree.Element, inclusive []string) error {
	r := renderer{w: w}
	if err := r.tree(el, inclusive); err != nil {
		return err
	}
	return r.flush(1)
}

// AppendElement is Element that appends to dst and returns the extended slice,
// or dst and an error.
func AppendElement(dst []byte, el *etree.Element, inclusive []string) ([]byte, error) {
	r := renderer{out: dst}
	if err := r.tree(el, inclusive); err != nil {
		return dst, err
	}
	return r.out, nil
}

// walker renders a tree.
type walker struct {
	*renderer
	apex      *etree.Element
	scope     scope
	inclusive []string
	attrs     []attribute[string]
}

func (r *renderer) tree(el *etree.Element, inclusive []string) error {
	if el == nil || el.Tag == "" {
		return ErrEmpty
	}
	if len(inclusive) > PrefixListLimit {
		return fmt.Errorf("canonicalise: PrefixList has %d prefixes, the limit is %d: list fewer", len(inclusive), PrefixListLimit)
	}
	w := walker{renderer: r, apex: el, inclusive: prefixes(inclusive)}
	w.declareAncestors(el.Parent())
	return w.element(el)
}

// prefixes turns the tokens of a PrefixList into prefixes.
func prefixes(list []string) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		if p == "#default" {
			p = ""
		}
		out = append(out, p)
	}
	return out
}

func (w *walker) declareAncestors(el *etree.Element) {
	if el == nil {
		return
	}
	w.declareAncestors(el.Parent())
	for i := range el.Attr {
		w.declare(&el.Attr[i])
	}
}

// declare takes an attribute into the scope if it is a namespace declaration.
func (w *walker) declare(a *etree.Attr) bool {
	switch {
	case a.Space == "xmlns":
		w.scope.set(a.Key, a.Value)
	case a.Space == "" && a.Key == "xmlns":
		w.scope.set("", a.Value)
	default:
		return false
	}
	return true
}

func (w *walker) element(el *etree.Element) error {
	declared, rendered := w.scope.mark(), w.rendered.mark()
	w.attrs = w.attrs[:0]
	for i := range el.Attr {
		if a := &el.Attr[i]; !w.declare(a) {
			w.attrs = append(w.attrs, attribute[string]{prefix: a.Space, local: a.Key, value: a.Value})
		}
	}
	if el == w.apex || w.scope.mark() > declared {
		w.includeAll()
	}
	if err := w.startElement(el); err != nil {
		return err
	}
	for _, child := range el.Child {
		if err := w.node(child); err != nil {
			return err
		}
	}
	w.scope.back(declared)
	return w.end(el.Space, el.Tag, rendered)
}

// includeAll renders what the PrefixList names where the scope has changed.
func (w *walker) includeAll() {
	for _, p := range w.inclusive {
		w.use(p, w.scope.get(p))
	}
}

func (w *walker) startElement(el *etree.Element) error {
	uri, err := w.resolve(el.Space, el.Tag)
	if err != nil {
		return err
	}
	for i := range w.attrs {
		a := &w.attrs[i]
		if a.prefix == "" {
			continue
		}
		if a.uri, err = w.resolve(a.prefix, a.local); err != nil {
			return err
		}
	}
	return start(w.renderer, el.Space, el.Tag, uri, w.attrs)
}

func (w *walker) resolve(prefix, local string) (string, error) {
	if prefix == "xml" {
		return xmlNamespace, nil
	}
	uri := w.scope.get(prefix)
	if uri == "" && prefix != "" {
		return "", fmt.Errorf("canonicalise: prefix of %q is not declared: declare it on the element or an ancestor", prefix+":"+local)
	}
	return uri, nil
}

func (w *walker) node(t etree.Token) error {
	switch t := t.(type) {
	case *etree.Element:
		return w.element(t)
	case *etree.CharData:
		w.out = appendEscaped(w.out, t.Data, &textEscapes)
	case *etree.ProcInst:
		w.procInst(t.Target, []byte(t.Inst))
	case *etree.Comment:
	default:
		return fmt.Errorf("canonicalise: a %T has no canonical form", t)
	}
	return nil
}
