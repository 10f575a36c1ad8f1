package xmlsafe

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// begin reads the byte order mark and the XML declaration.
func (s *Scanner) begin() error {
	s.ensure(4)
	if name := foreignEncoding(s.rest()); name != "" {
		return s.refuse(RuleEncoding, "document is encoded in "+name)
	}
	if bytes.HasPrefix(s.rest(), []byte("\xEF\xBB\xBF")) {
		s.pos += 3
	}
	if s.ensure(6) && bytes.HasPrefix(s.rest(), []byte("<?xml")) && !inName[s.buf[s.pos+5]] {
		return s.xmlDeclaration()
	}
	return nil
}

// foreignEncoding recognises other encodings by their first octets (XML 1.0,
// appendix F).
func foreignEncoding(b []byte) string {
	for _, e := range []struct{ begins, name string }{
		{"\x00\x00\xFE\xFF", "UTF-32"}, {"\xFF\xFE\x00\x00", "UTF-32"},
		{"\x00\x00\x00<", "UTF-32"}, {"<\x00\x00\x00", "UTF-32"},
		{"\xFE\xFF", "UTF-16"}, {"\xFF\xFE", "UTF-16"}, {"\x00<", "UTF-16"}, {"<\x00", "UTF-16"},
		{"\x4C\x6F\xA7\x94", "EBCDIC"},
	} {
		if bytes.HasPrefix(b, []byte(e.begins)) {
			return e.name
		}
	}
	return ""
}

// declarationForm is production [23] XMLDecl, for version 1.0.
var declarationForm = regexp.MustCompile(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')` +
	`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*("[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
	`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\r\n]*\?>$`)

func (s *Scanner) xmlDeclaration() error {
	const longest = 512
	n := 0
	for {
		b := s.rest()
		if i := bytes.Index(b[:min(len(b), longest)], []byte("?>")); i >= 0 {
			n = i + 2
			break
		}
		if len(b) >= longest {
			return s.refuse(RuleDeclaration, "XML declaration does not end")
		}
		if !s.fill() {
			return s.ended("the XML declaration")
		}
	}
	m := declarationForm.FindSubmatch(s.rest()[:n])
	if m == nil {
		return s.refuse(RuleDeclaration, "XML declaration of another form or version")
	}
	if len(m[1]) > 0 {
		if name := string(m[1][1 : len(m[1])-1]); !strings.EqualFold(name, "UTF-8") {
			return s.refuse(RuleEncoding, "document declares encoding "+quoted(name))
		}
	}
	s.pos += n
	return nil
}

// outside reads what is outside the root and no markup: white space.
func (s *Scanner) outside() error {
	if s.skipSpace() {
		return nil
	}
	if s.rooted {
		return s.refuse(RuleRoot, "text after the root element")
	}
	return s.refuse(RuleRoot, "text before the root element")
}

// declaration reads a comment, begins a CDATA section, or refuses.
func (s *Scanner) declaration() (Kind, error) {
	switch {
	case s.ensure(4) && bytes.HasPrefix(s.rest(), []byte("<!--")):
		return s.comment()
	case s.ensure(9) && bytes.HasPrefix(s.rest(), []byte("<![CDATA[")):
		if len(s.open) == 0 {
			return 0, s.refuse(RuleRoot, "CDATA section outside the root element")
		}
		s.pos += 9
		s.inCDATA = true
		return 0, nil
	case bytes.HasPrefix(s.rest(), []byte("<!DOCTYPE")):
		return 0, s.refuse(RuleDoctype, "document type declaration")
	case s.failure != nil && !s.ensure(9):
		return 0, s.failure
	}
	return 0, s.refuse(RuleSyntax, "<! does not begin a comment or a CDATA section")
}

func (s *Scanner) comment() (Kind, error) {
	if !s.limits.Comments {
		return 0, s.refuse(RuleComment, "comment")
	}
	s.pos += 4
	s.values = s.values[:0]
	for {
		if err := s.collect(&plainComment, "a comment"); err != nil {
			return 0, err
		}
		if !s.ensure(2) {
			return 0, s.ended("a comment")
		}
		if s.buf[s.pos+1] != '-' {
			s.values = append(s.values, '-')
			s.pos++
			continue
		}
		if !s.ensure(3) {
			return 0, s.ended("a comment")
		}
		if s.buf[s.pos+2] != '>' {
			return 0, s.refuse(RuleSyntax, "-- in a comment")
		}
		s.pos += 3
		s.length = 0
		s.chunk = s.values
		return Comment, nil
	}
}

func (s *Scanner) procInst() (Kind, error) {
	if s.startsXMLDeclaration() {
		return 0, s.refuse(RuleDeclaration, "XML declaration that is not at the very start")
	}
	if !s.limits.Comments {
		return 0, s.refuse(RuleProcInst, "processing instruction")
	}
	s.forget()
	s.pos += 2
	q, err := s.name("processing instruction")
	if err != nil {
		return 0, err
	}
	if strings.EqualFold(q.raw, "xml") || q.prefix != "" {
		return 0, s.refuse(RuleProcInst, "processing-instruction target "+quoted(q.raw))
	}
	s.target = q.raw
	spaced := s.skipSpace()
	s.values = s.values[:0]
	for {
		if err := s.collect(&plainProcInst, "a processing instruction"); err != nil {
			return 0, err
		}
		if !s.ensure(2) {
			return 0, s.ended("a processing instruction")
		}
		if s.buf[s.pos+1] == '>' {
			break
		}
		s.values = append(s.values, '?')
		s.pos++
	}
	if len(s.values) > 0 && !spaced {
		return 0, s.refuse(RuleSyntax, "no white space after a processing-instruction target")
	}
	s.pos += 2
	s.length = 0
	s.chunk = s.values
	return ProcInst, nil
}

func (s *Scanner) startsXMLDeclaration() bool {
	return s.ensure(6) && bytes.HasPrefix(s.rest(), []byte("<?xml")) && !inName[s.buf[s.pos+5]]
}

// collect adds to values all up to the octet that the table leaves out.
func (s *Scanner) collect(plain *table, what string) error {
	for {
		n, err := s.run(plain, 0)
		if err != nil {
			return err
		}
		s.values = append(s.values, s.rest()[:n]...)
		s.pos += n
		if over := len(s.values) - s.limits.Value; over > 0 {
			return s.crossed(over, n, RuleLimitValue, what, s.limits.Value)
		}
		if !s.ensure(1) {
			return s.ended(what)
		}
		switch c := s.buf[s.pos]; {
		case c == '\r':
			if !s.ensure(2) || s.buf[s.pos+1] != '\n' {
				s.values = append(s.values, '\n')
			}
			s.pos++
		case c < utf8.RuneSelf && c >= ' ' && !plain[c]:
			return nil
		default:
			if err := s.uncut(); err != nil {
				return err
			}
		}
	}
}
