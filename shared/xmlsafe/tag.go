package xmlsafe

// item is an attribute or a declaration as it stands in the tag.
type item struct {
	name   *qname
	lo, hi int // of the value in values
}

// pairwise is how many attributes are compared each with each; more go through
// a map.
const pairwise = 12

func (s *Scanner) startTag() (Kind, error) {
	if len(s.open) == 0 && s.rooted {
		return 0, s.refuse(RuleRoot, "second root element")
	}
	if len(s.open) == s.limits.Depth {
		return 0, s.overLimit(RuleLimitDepth, "nesting", s.limits.Depth, "elements")
	}
	if s.elements == s.limits.Elements {
		return 0, s.overLimit(RuleLimitElements, "document", s.limits.Elements, "elements")
	}
	s.forget()
	s.tags++
	s.elements++
	s.rooted = true
	s.length = 0
	s.items, s.values, s.attrs, s.declared = s.items[:0], s.values[:0], s.attrs[:0], s.declared[:0]
	s.pos++
	q, err := s.name("start tag")
	if err != nil {
		return 0, err
	}
	s.open = append(s.open, opened{name: q, mark: len(s.bindings.shadowed)})
	if err := s.attributes(); err != nil {
		return 0, err
	}
	return StartElement, s.resolve()
}

// attributes reads from behind the tag's name to behind its end.
func (s *Scanner) attributes() error {
	for {
		spaced := s.skipSpace()
		if !s.ensure(1) {
			return s.ended("a start tag")
		}
		switch s.buf[s.pos] {
		case '>':
			s.pos++
			return nil
		case '/':
			if !s.ensure(2) {
				return s.ended("a start tag")
			}
			if s.buf[s.pos+1] != '>' {
				return s.refuse(RuleSyntax, "/ in a start tag is not followed by >")
			}
			s.pos += 2
			s.empty = true
			return nil
		}
		if !spaced {
			return s.refuse(RuleSyntax, "no white space before an attribute, or no attribute")
		}
		if err := s.attribute(); err != nil {
			return err
		}
	}
}

func (s *Scanner) attribute() error {
	q, err := s.name("attribute")
	if err != nil {
		return err
	}
	if q.seen == s.tags {
		return s.refuse(RuleAttributeDuplicate, "second attribute "+quoted(q.raw))
	}
	q.seen = s.tags
	quote, err := s.equals()
	if err != nil {
		return err
	}
	lo := len(s.values)
	if err := s.value(quote); err != nil {
		return err
	}
	s.items = append(s.items, item{q, lo, len(s.values)})
	if q.declares != nil {
		return s.declare(q, s.values[lo:])
	}
	if len(s.items)-len(s.declared) > s.limits.Attributes {
		return s.overLimit(RuleLimitAttributes, "element", s.limits.Attributes, "attributes")
	}
	return nil
}

// equals reads the = and the opening quote.
func (s *Scanner) equals() (byte, error) {
	s.skipSpace()
	if !s.ensure(1) {
		return 0, s.ended("a start tag")
	}
	if s.buf[s.pos] != '=' {
		return 0, s.refuse(RuleSyntax, "no = after an attribute's name")
	}
	s.pos++
	s.skipSpace()
	if !s.ensure(1) {
		return 0, s.ended("a start tag")
	}
	quote := s.buf[s.pos]
	if quote != '"' && quote != '\'' {
		return 0, s.refuse(RuleSyntax, "attribute value is not quoted")
	}
	s.pos++
	return quote, nil
}

func (s *Scanner) skipSpace() bool {
	skipped := false
	for s.ensure(1) && isSpace[s.buf[s.pos]] {
		s.pos++
		skipped = true
	}
	return skipped
}

// resolve finds the namespaces of the element and its attributes, once all the
// tag's declarations are known.
func (s *Scanner) resolve() error {
	top := &s.open[len(s.open)-1]
	q := top.name
	top.uri = q.binding.uri
	if q.prefix != "" && top.uri == "" {
		return s.undeclared("element", q)
	}
	prefixed := 0
	for _, it := range s.items {
		if it.name.declares != nil {
			continue
		}
		a := Attr{Prefix: it.name.prefix, Local: it.name.local, Value: s.values[it.lo:it.hi:it.hi]}
		if a.Prefix != "" {
			prefixed++
			a.URI = it.name.binding.uri
			if a.URI == "" {
				return s.undeclared("attribute", it.name)
			}
		}
		s.attrs = append(s.attrs, a)
	}
	if prefixed > 1 {
		return s.distinct()
	}
	return nil
}

func (s *Scanner) undeclared(what string, q *qname) error {
	if q.prefix == "xmlns" {
		return s.refuse(RuleNamespaceReserved, what+" "+quoted(q.raw)+" has the prefix xmlns")
	}
	return s.refuse(RuleNamespaceUndeclared, "prefix of "+what+" "+quoted(q.raw)+" is not declared")
}

// distinct refuses two attributes with the same namespace and local name
// (Namespaces in XML 1.0, section 6.3).
func (s *Scanner) distinct() error {
	if len(s.attrs) > pairwise {
		return s.distinctMany()
	}
	for i := range s.attrs {
		a := &s.attrs[i]
		for j := range i {
			if b := &s.attrs[j]; a.Local == b.Local && a.URI == b.URI {
				return s.sameName(a)
			}
		}
	}
	return nil
}

func (s *Scanner) distinctMany() error {
	if s.expanded == nil {
		s.expanded = make(map[Name]struct{}, len(s.attrs))
	}
	clear(s.expanded)
	for i := range s.attrs {
		n := Name{Local: s.attrs[i].Local, URI: s.attrs[i].URI}
		if _, there := s.expanded[n]; there {
			return s.sameName(&s.attrs[i])
		}
		s.expanded[n] = struct{}{}
	}
	return nil
}

func (s *Scanner) sameName(a *Attr) error {
	return s.refuse(RuleAttributeDuplicate, "second attribute "+quoted(a.Local)+" of namespace "+quoted(a.URI))
}

func (s *Scanner) endTag() (Kind, error) {
	if len(s.open) == 0 {
		return 0, s.refuse(RuleNesting, "end tag without start tag")
	}
	raw := s.open[len(s.open)-1].name.raw
	s.length = 0
	s.pos += 2
	whole := s.ensure(len(raw) + 1)
	b := s.rest()
	if n := min(len(b), len(raw)); string(b[:n]) != raw[:n] || whole && inName[b[n]] {
		return 0, s.refuse(RuleNesting, "end tag is not that of element "+quoted(raw))
	}
	if !whole {
		return 0, s.ended("an end tag")
	}
	s.pos += len(raw)
	s.skipSpace()
	if !s.ensure(1) {
		return 0, s.ended("an end tag")
	}
	if s.buf[s.pos] != '>' {
		return 0, s.refuse(RuleSyntax, "end tag does not end with >")
	}
	s.pos++
	s.leaving = true
	return EndElement, nil
}
