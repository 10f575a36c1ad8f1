package xmlsafe

// Defaults of Limits, made for SOAP envelopes.
const (
	DefaultBytes      = 1 << 20
	DefaultDepth      = 64
	DefaultElements   = 20_000
	DefaultAttributes = 64
	DefaultNamespaces = 64
	DefaultName       = 256
	DefaultValue      = 64 << 10
	DefaultText       = 1 << 20
)

// NamespaceNameBytes bounds each namespace name, in octets, whatever the Limits:
// many are kept while elements are open. Beyond it: rule "xml.limit.value".
const NamespaceNameBytes = 1024

// Limits bounds one document. A field that is zero (or negative) means its
// default. A document beyond a limit is refused with rule "xml.limit." and the
// field's name in lower case.
type Limits struct {
	// Bytes is the size of the whole document in octets, byte order mark included.
	Bytes int64
	// Depth is the number of elements open at once; the root has depth 1.
	Depth int
	// Elements is the number of elements in the document.
	Elements int
	// Attributes is the number of attributes of one element, namespace
	// declarations not counted.
	Attributes int
	// Namespaces is the number of prefixes (the default namespace is one) bound at
	// an element by itself and its ancestors together.
	Namespaces int
	// Name is the length in octets of one element name, attribute name or
	// processing-instruction target, prefix included.
	Name int
	// Value is the length in octets of one attribute value, comment or processing
	// instruction, after normalisation.
	Value int
	// Text is the length in octets of one text, after normalisation: what stands
	// between two tags, comments or processing instructions. CDATA sections and
	// the text around them are one text.
	Text int
	// Comments allows comments and processing instructions.
	Comments bool
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	for _, f := range []struct {
		field *int
		value int
	}{
		{&l.Depth, DefaultDepth}, {&l.Elements, DefaultElements},
		{&l.Attributes, DefaultAttributes}, {&l.Namespaces, DefaultNamespaces},
		{&l.Name, DefaultName}, {&l.Value, DefaultValue}, {&l.Text, DefaultText},
	} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
	return l
}
