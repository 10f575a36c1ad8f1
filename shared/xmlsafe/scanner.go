package xmlsafe

import (
	"fmt"
	"io"
)

// Kind is the kind of a token.
type Kind uint8

// Kinds of tokens. An empty-element tag gives a StartElement and an EndElement.
// Text may come in any number of chunks, none of them empty; white space outside
// the root is no token, nor is the XML declaration.
const (
	StartElement Kind = iota + 1
	EndElement
	Text
	Comment
	ProcInst
)

// Name is an element's name. URI is empty for no namespace.
type Name struct{ Prefix, Local, URI string }

// Attr is an attribute that is no namespace declaration. Value is normalised
// (XML 1.0, section 3.3.3) and lives until the next token.
type Attr struct {
	Prefix, Local, URI string
	Value              []byte
}

// Namespace is a declaration; the default namespace has no Prefix, and an empty
// URI takes it back.
type Namespace struct{ Prefix, URI string }

// Scanner reads the tokens of one document.
type Scanner struct {
	window
	limits Limits

	names    map[string]*qname
	recent   [recentNames]*qname
	uris     map[string]string
	bindings bindings
	open     []opened

	items    []item
	values   []byte // values of the tag's attributes, one after the other
	attrs    []Attr
	declared []Namespace
	expanded map[Name]struct{}

	chunk    []byte // of a text, comment or processing instruction
	char     [4]byte
	target   string
	brackets int // how many ] the text read so far ends with
	length   int // of the text since the last tag

	tags     uint64
	elements int
	err      error
	begun    bool
	rooted   bool
	inCDATA  bool
	empty    bool // the tag just read was an empty-element tag
	leaving  bool // the token just read was an EndElement
}

// opened is an element that is not closed yet.
type opened struct {
	name *qname
	uri  string
	mark int
}

// NewScanner makes a scanner that reads the document from r within the limits.
func NewScanner(r io.Reader, l Limits) *Scanner {
	l = l.withDefaults()
	s := newScanner(l)
	s.window = window{r: r, most: l.Bytes, buf: make([]byte, min(windowSize, l.Bytes+1))}
	return s
}

func newScanner(l Limits) *Scanner {
	s := &Scanner{limits: l, names: map[string]*qname{}, uris: map[string]string{}}
	s.bindings.init()
	return s
}

// newBytesScanner scans b itself, without a copy. It never writes to it.
func newBytesScanner(b []byte, l Limits) *Scanner {
	l = l.withDefaults()
	s := newScanner(l)
	s.window = window{buf: b, end: len(b), most: l.Bytes, done: true}
	if int64(len(b)) > l.Bytes {
		s.end = int(l.Bytes)
		s.failure = s.errorAt(s.end, RuleLimitBytes, fmt.Sprintf("document is larger than %d bytes", l.Bytes))
	}
	return s
}

// Next reads the next token. It returns io.EOF after a whole document, an *Error
// for a refusal, and what the reader returned, wrapped, when reading failed. An
// error stays.
func (s *Scanner) Next() (Kind, error) {
	if s.err != nil {
		return 0, s.err
	}
	k, err := s.next()
	if err != nil {
		s.err = err
		return 0, err
	}
	return k, nil
}

func (s *Scanner) next() (Kind, error) {
	if s.leaving {
		s.leave()
	}
	if s.empty {
		s.empty, s.leaving = false, true
		return EndElement, nil
	}
	if !s.begun {
		s.begun = true
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	for {
		k, err := s.token()
		if k != 0 || err != nil {
			return k, err
		}
	}
}

// token reads a token, or something that is none.
func (s *Scanner) token() (Kind, error) {
	if s.inCDATA {
		return s.cdata()
	}
	if !s.ensure(1) {
		return 0, s.atEnd()
	}
	if s.buf[s.pos] != '<' {
		if len(s.open) == 0 {
			return 0, s.outside()
		}
		return s.text()
	}
	if !s.ensure(2) {
		return 0, s.ended("a tag")
	}
	s.brackets = 0
	switch s.buf[s.pos+1] {
	case '/':
		return s.endTag()
	case '!':
		return s.declaration()
	case '?':
		return s.procInst()
	}
	return s.startTag()
}

func (s *Scanner) leave() {
	s.leaving = false
	top := len(s.open) - 1
	s.bindings.leave(s.open[top].mark)
	s.open = s.open[:top]
}

func (s *Scanner) atEnd() error {
	switch {
	case s.failure != nil:
		return s.failure
	case len(s.open) > 0:
		return s.ended("element " + quoted(s.open[len(s.open)-1].name.raw))
	case !s.rooted:
		return s.refuse(RuleRoot, "document has no root element")
	}
	return io.EOF
}

// crossed is a limit of octets passed by over within the last n read: the place
// told is where it was passed, however the document came in pieces.
func (s *Scanner) crossed(over, n int, rule, what string, limit int) error {
	s.pos -= min(over, n)
	return s.overLimit(rule, what, limit, "bytes")
}

func (s *Scanner) overLimit(rule, what string, limit int, unit string) error {
	return s.refuse(rule, fmt.Sprintf("%s beyond the limit of %d %s", what, limit, unit))
}

// Name is the name of the element that the last token starts or ends, or stands
// in: no name outside the root.
func (s *Scanner) Name() Name {
	if len(s.open) == 0 {
		return Name{}
	}
	top := &s.open[len(s.open)-1]
	return Name{top.name.prefix, top.name.local, top.uri}
}

// Attrs are the attributes of the last StartElement in document order, valid
// until the next token.
func (s *Scanner) Attrs() []Attr { return s.attrs }

// Namespaces are the namespace declarations on the last StartElement in document
// order, valid until the next token.
func (s *Scanner) Namespaces() []Namespace { return s.declared }

// Lookup returns the namespace that a prefix ("" is the default one) is bound to
// at the last token. An EndElement still has its element's bindings.
func (s *Scanner) Lookup(prefix string) (string, bool) {
	b, ok := s.bindings.byPrefix[prefix]
	if !ok || b.uri == "" {
		return "", false
	}
	return b.uri, true
}

// Bytes is the chunk of text, the content of the comment or the data of the
// processing instruction that the last token is, valid until the next token.
func (s *Scanner) Bytes() []byte { return s.chunk }

// Target is the target of the last ProcInst.
func (s *Scanner) Target() string { return s.target }

// Depth is the number of elements open at the last token; a StartElement and its
// EndElement count themselves.
func (s *Scanner) Depth() int { return len(s.open) }
