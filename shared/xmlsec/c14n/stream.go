package c14n

import (
	"io"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

const xmlNamespace = xmlsafe.XMLNamespace

// Stream reads a whole document from r within the limits and writes its
// canonical form to w, in constant memory: what the digest of an uncompressed
// XML attachment is over (WSS SwA profile 1.1, section 5.4.2). Comments and
// processing instructions are allowed whatever the limits say: the former have
// no canonical form, the latter do.
//
// The error is an *xmlsafe.Error for a refused document, or what reading or
// writing returned, wrapped. What was written before an error is void.
func Stream(w io.Writer, r io.Reader, l xmlsafe.Limits) error {
	l.Comments = true
	f := flow{renderer: renderer{w: w}, s: xmlsafe.NewScanner(r, l)}
	for {
		k, err := f.s.Next()
		if err == io.EOF {
			return f.flush(1)
		}
		if err != nil {
			return err
		}
		if err := f.token(k); err != nil {
			return err
		}
	}
}

// flow renders tokens.
type flow struct {
	renderer
	s     *xmlsafe.Scanner
	marks []int // of the open elements
	ended bool
	attrs []attribute[[]byte]
}

func (f *flow) token(k xmlsafe.Kind) error {
	switch k {
	case xmlsafe.StartElement:
		return f.start()
	case xmlsafe.EndElement:
		name := f.s.Name()
		last := len(f.marks) - 1
		mark := f.marks[last]
		f.marks = f.marks[:last]
		f.ended = last == 0
		return f.end(name.Prefix, name.Local, mark)
	case xmlsafe.Text:
		f.out = appendEscaped(f.out, f.s.Bytes(), &textEscapes)
		return f.flush(flushAt)
	case xmlsafe.ProcInst:
		f.instruction()
		return f.flush(flushAt)
	}
	return nil
}

func (f *flow) start() error {
	f.attrs = f.attrs[:0]
	for _, a := range f.s.Attrs() {
		f.attrs = append(f.attrs, attribute[[]byte]{a.Prefix, a.Local, a.URI, a.Value})
	}
	f.marks = append(f.marks, f.rendered.mark())
	name := f.s.Name()
	return start(&f.renderer, name.Prefix, name.Local, name.URI, f.attrs)
}

// instruction renders a processing instruction; outside the root a line feed
// keeps it apart (Canonical XML 1.0, section 2.3).
func (f *flow) instruction() {
	outside := len(f.marks) == 0
	if outside && f.ended {
		f.out = append(f.out, '\n')
	}
	f.procInst(f.s.Target(), f.s.Bytes())
	if outside && !f.ended {
		f.out = append(f.out, '\n')
	}
}
