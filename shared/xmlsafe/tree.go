package xmlsafe

import (
	"io"

	"github.com/beevik/etree"
)

// Parse reads one document from r within the limits and returns its tree.
//
// Attributes and namespace declarations stand in document order, CDATA sections
// are plain text, adjacent text is one CharData, and allowed comments and
// processing instructions are kept. The XML declaration and white space outside
// the root are not. The error is an *Error for a refusal.
func Parse(r io.Reader, l Limits) (*etree.Document, error) {
	return build(NewScanner(r, l))
}

// ParseBytes is Parse for a document in memory. It keeps nothing of b.
func ParseBytes(b []byte, l Limits) (*etree.Document, error) {
	return build(newBytesScanner(b, l))
}

// builder makes an etree from tokens. Nodes are cut from blocks, and an element
// gets its children at its end, when their number is known: few allocations, and
// no slice with room for more, so that later additions do not overwrite.
type builder struct {
	s        *Scanner
	text     []byte
	waiting  []etree.Token // children of the open elements, innermost last
	open     []begun
	elements block[etree.Element]
	attrs    block[etree.Attr]
	texts    block[etree.CharData]
	children block[etree.Token]
	short    map[string]string
}

// begun is an element whose children from first on are waiting.
type begun struct {
	el    *etree.Element
	first int
}

// block hands out parts of ever larger slices.
type block[T any] struct {
	free []T
	size int
}

func (b *block[T]) take(n int) []T {
	const smallest, largest = 16, 256
	if len(b.free) < n {
		b.size = min(max(2*b.size, smallest), largest)
		b.free = make([]T, max(n, b.size))
	}
	taken := b.free[:n:n]
	b.free = b.free[n:]
	return taken
}

func build(s *Scanner) (*etree.Document, error) {
	doc := etree.NewDocument()
	b := &builder{s: s, short: map[string]string{}}
	b.open = append(b.open, begun{el: &doc.Element})
	for {
		k, err := s.Next()
		if err == io.EOF {
			b.end()
			return doc, nil
		}
		if err != nil {
			return nil, err
		}
		b.add(k)
	}
}

func (b *builder) add(k Kind) {
	if k == Text {
		b.text = append(b.text, b.s.Bytes()...)
		return
	}
	b.flush()
	switch k {
	case StartElement:
		b.start()
	case EndElement:
		b.end()
	case Comment:
		b.waiting = append(b.waiting, etree.NewComment(string(b.s.Bytes())))
	case ProcInst:
		b.waiting = append(b.waiting, etree.NewProcInst(b.s.Target(), string(b.s.Bytes())))
	}
}

// flush makes the text read so far one CharData. SetData also marks white space,
// as etree's own parser does.
func (b *builder) flush() {
	if len(b.text) == 0 {
		return
	}
	c := &b.texts.take(1)[0]
	c.SetData(b.string(b.text))
	b.waiting = append(b.waiting, c)
	b.text = b.text[:0]
}

// string keeps one copy of each short text and value: they repeat.
func (b *builder) string(text []byte) string {
	const longest, most = 32, 256
	if len(text) > longest {
		return string(text)
	}
	if t, ok := b.short[string(text)]; ok {
		return t
	}
	t := string(text)
	if len(b.short) < most {
		b.short[t] = t
	}
	return t
}

func (b *builder) start() {
	el := &b.elements.take(1)[0]
	name := b.s.Name()
	el.Space, el.Tag = name.Prefix, name.Local
	if n := len(b.s.items); n > 0 {
		b.setAttrs(el, b.attrs.take(n))
	}
	b.waiting = append(b.waiting, el)
	b.open = append(b.open, begun{el, len(b.waiting)})
}

// setAttrs lets CreateAttr fill the slots one by one. Each time it sees no
// attributes, and so searches none; it also ties the attribute to its element,
// which only etree can do.
func (b *builder) setAttrs(el *etree.Element, slots []etree.Attr) {
	for i, it := range b.s.items {
		el.Attr = slots[i:i:len(slots)]
		value := it.name.uri
		if it.name.declares == nil {
			value = b.string(b.s.values[it.lo:it.hi])
		}
		el.CreateAttr(it.name.raw, value)
	}
	el.Attr = slots
}

func (b *builder) end() {
	last := len(b.open) - 1
	el, children := b.open[last].el, b.waiting[b.open[last].first:]
	if len(children) > 0 {
		el.Child = b.children.take(len(children))[:0]
		for _, c := range children {
			el.AddChild(c)
		}
	}
	b.waiting = b.waiting[:b.open[last].first]
	b.open = b.open[:last]
}
