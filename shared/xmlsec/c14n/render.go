package c14n

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Algorithm is the URI that names this canonicalisation in signatures.
const Algorithm = "http://www.w3.org/2001/10/xml-exc-c14n#"

// ErrEmpty is returned when there is nothing to canonicalise. A digest over
// nothing proves nothing.
var ErrEmpty = errors.New("canonicalise: no element")

// flushAt is how much output is gathered before it is written, in octets.
const flushAt = 32 << 10

// attribute is an attribute of an element to be rendered.
type attribute[V string | []byte] struct {
	prefix, local, uri string
	value              V
}

// renderer writes canonical XML. It remembers which namespaces the open output
// elements have rendered.
type renderer struct {
	out      []byte
	w        io.Writer // nil: all stays in out
	rendered scope
	fresh    []binding // to be rendered on the element at hand
}

// use renders a visibly used prefix where it is not rendered with the same
// meaning already (Exclusive XML Canonicalization, section 3, item 3).
func (r *renderer) use(prefix, uri string) {
	if prefix == "xml" || r.rendered.get(prefix) == uri {
		return
	}
	r.rendered.set(prefix, uri)
	r.fresh = append(r.fresh, binding{prefix, uri})
}

// start renders a start tag; end takes its mark.
func start[V string | []byte](r *renderer, prefix, local, uri string, attrs []attribute[V]) error {
	r.use(prefix, uri)
	for i := range attrs {
		if attrs[i].prefix != "" {
			r.use(attrs[i].prefix, attrs[i].uri)
		}
	}
	r.out = append(r.out, '<')
	r.name(prefix, local)
	if err := r.declarations(); err != nil {
		return err
	}
	if len(attrs) > 1 {
		if err := order(attrs); err != nil {
			return err
		}
	}
	for i := range attrs {
		a := &attrs[i]
		r.out = append(r.out, ' ')
		r.name(a.prefix, a.local)
		r.out = append(r.out, '=', '"')
		r.out = append(appendEscaped(r.out, a.value, &valueEscapes), '"')
	}
	r.out = append(r.out, '>')
	return nil
}

func (r *renderer) name(prefix, local string) {
	if prefix != "" {
		r.out = append(append(r.out, prefix...), ':')
	}
	r.out = append(r.out, local...)
}

// declarations renders the fresh bindings in order of their prefixes.
func (r *renderer) declarations() error {
	if len(r.fresh) > 1 {
		slices.SortFunc(r.fresh, func(a, b binding) int { return strings.Compare(a.prefix, b.prefix) })
	}
	for _, b := range r.fresh {
		if b.uri != "" && !xmlsafe.IsAbsolute(b.uri) {
			return fmt.Errorf("canonicalise: namespace name of prefix %q is relative", b.prefix)
		}
		r.out = append(r.out, " xmlns"...)
		if b.prefix != "" {
			r.out = append(append(r.out, ':'), b.prefix...)
		}
		r.out = append(r.out, '=', '"')
		r.out = append(appendEscaped(r.out, b.uri, &valueEscapes), '"')
	}
	r.fresh = r.fresh[:0]
	return nil
}

// order sorts attributes by namespace, then by local name, and refuses equals.
func order[V string | []byte](attrs []attribute[V]) error {
	if len(attrs) <= 8 {
		for i := 1; i < len(attrs); i++ {
			for j := i; j > 0 && attrs[j].compare(&attrs[j-1]) < 0; j-- {
				attrs[j], attrs[j-1] = attrs[j-1], attrs[j]
			}
		}
	} else {
		slices.SortFunc(attrs, func(a, b attribute[V]) int { return a.compare(&b) })
	}
	for i := 1; i < len(attrs); i++ {
		if attrs[i].compare(&attrs[i-1]) == 0 {
			return fmt.Errorf("canonicalise: second attribute %q", attrs[i].local)
		}
	}
	return nil
}

func (a *attribute[V]) compare(b *attribute[V]) int {
	if a.uri != b.uri {
		return strings.Compare(a.uri, b.uri)
	}
	return strings.Compare(a.local, b.local)
}

// end renders an end tag and forgets what its element rendered.
func (r *renderer) end(prefix, local string, mark int) error {
	r.rendered.back(mark)
	r.out = append(r.out, '<', '/')
	r.name(prefix, local)
	r.out = append(r.out, '>')
	return r.flush(flushAt)
}

func (r *renderer) procInst(target string, data []byte) {
	r.out = append(append(r.out, '<', '?'), target...)
	if len(data) > 0 {
		r.out = appendEscaped(append(r.out, ' '), data, &dataEscapes)
	}
	r.out = append(r.out, '?', '>')
}

// flush writes what is gathered once it is at least n octets.
func (r *renderer) flush(n int) error {
	if r.w == nil || len(r.out) < n {
		return nil
	}
	_, err := r.w.Write(r.out)
	r.out = r.out[:0]
	if err != nil {
		return fmt.Errorf("write canonical xml: %w", err)
	}
	return nil
}
