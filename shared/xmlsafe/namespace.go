package xmlsafe

import "strings"

// Namespaces that are bound without a declaration.
const (
	XMLNamespace   = "http://www.w3.org/XML/1998/namespace"
	XMLNSNamespace = "http://www.w3.org/2000/xmlns/"
)

// binding is what a prefix ("" is the default namespace) means now. An empty
// uri: nothing.
type binding struct{ prefix, uri string }

// bindings holds the namespaces in scope, so that a look-up costs the same
// however many declarations surround an element.
type bindings struct {
	byPrefix map[string]*binding
	shadowed []shadow
	bound    int
}

// shadow restores a binding where the element that changed it ends.
type shadow struct {
	of  *binding
	uri string
}

func (b *bindings) init() {
	b.byPrefix = map[string]*binding{"xml": {"xml", XMLNamespace}}
}

func (b *bindings) of(prefix string) *binding {
	p, ok := b.byPrefix[prefix]
	if !ok {
		p = &binding{prefix: prefix}
		b.byPrefix[prefix] = p
	}
	return p
}

func (b *bindings) declare(p *binding, uri string) {
	b.shadowed = append(b.shadowed, shadow{p, p.uri})
	b.set(p, uri)
}

func (b *bindings) set(p *binding, uri string) {
	if p.uri != "" {
		b.bound--
	}
	if uri != "" {
		b.bound++
	}
	p.uri = uri
}

// leave takes back the declarations made since the mark.
func (b *bindings) leave(mark int) {
	for i := len(b.shadowed) - 1; i >= mark; i-- {
		b.set(b.shadowed[i].of, b.shadowed[i].uri)
	}
	b.shadowed = b.shadowed[:mark]
}

// forget drops the prefixes that are not needed to go on: unbound, and to be
// restored nowhere.
func (b *bindings) forget() {
	kept := make(map[*binding]bool, len(b.shadowed))
	for _, s := range b.shadowed {
		kept[s.of] = true
	}
	for prefix, p := range b.byPrefix {
		if p.uri == "" && !kept[p] {
			delete(b.byPrefix, prefix)
		}
	}
}

// declare obeys a namespace declaration (Namespaces in XML 1.0, sections 2, 3 and 6).
func (s *Scanner) declare(q *qname, value []byte) error {
	p := q.declares
	if len(value) > NamespaceNameBytes {
		return s.overLimit(RuleLimitValue, "namespace name", NamespaceNameBytes, "bytes")
	}
	if rule := judgeDeclaration(p.prefix, value); rule != "" {
		return s.refuse(rule, "namespace declaration "+quoted(q.raw))
	}
	if q.uri != string(value) {
		q.uri = s.internURI(value)
	}
	uri := q.uri
	s.declared = append(s.declared, Namespace{p.prefix, uri})
	if p.prefix == "xml" {
		return nil
	}
	s.bindings.declare(p, uri)
	if s.bindings.bound > s.limits.Namespaces {
		return s.overLimit(RuleLimitNamespaces, "namespaces in scope", s.limits.Namespaces, "prefixes")
	}
	return nil
}

func (s *Scanner) internURI(value []byte) string {
	uri, ok := s.uris[string(value)]
	if !ok {
		uri = string(value)
		s.uris[uri] = uri
	}
	return uri
}

func judgeDeclaration(prefix string, uri []byte) string {
	switch {
	case prefix == "xmlns", (prefix == "xml") != (string(uri) == XMLNamespace), string(uri) == XMLNSNamespace:
		return RuleNamespaceReserved
	case len(uri) == 0 && prefix == "":
		return ""
	case len(uri) == 0:
		return RuleNamespaceEmpty
	case !IsAbsolute(string(uri)):
		return RuleNamespaceRelative
	}
	return ""
}

// IsAbsolute reports whether a namespace name begins with a scheme (RFC 3986,
// section 3.1). Canonical XML is undefined for relative ones.
func IsAbsolute(uri string) bool {
	i := strings.IndexByte(uri, ':')
	if i < 1 || !asciiNameStart[uri[0]] || uri[0] == '_' {
		return false
	}
	for _, c := range []byte(uri[:i]) {
		letterOrDigit := asciiNameStart[c] && c != '_' || c >= '0' && c <= '9'
		if !letterOrDigit && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}
