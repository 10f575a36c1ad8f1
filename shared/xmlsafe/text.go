package xmlsafe

import (
	"bytes"
	"unicode/utf8"
)

// value reads an attribute value up to its closing quote into values, normalised
// (XML 1.0, sections 2.11 and 3.3.3).
func (s *Scanner) value(quote byte) error {
	lo := len(s.values)
	for {
		n, err := s.run(&plainValue, 0)
		if err != nil {
			return err
		}
		s.values = append(s.values, s.rest()[:n]...)
		s.pos += n
		if over := len(s.values) - lo - s.limits.Value; over > 0 {
			return s.crossed(over, n, RuleLimitValue, "attribute value", s.limits.Value)
		}
		if !s.ensure(1) {
			return s.ended("an attribute value")
		}
		if s.buf[s.pos] == quote {
			s.pos++
			return nil
		}
		if err := s.special(); err != nil {
			return err
		}
	}
}

// special reads what a run of an attribute value stopped at.
func (s *Scanner) special() error {
	switch c := s.buf[s.pos]; c {
	case '"', '\'':
		s.values = append(s.values, c)
	case '\t', '\n':
		s.values = append(s.values, ' ')
	case '\r':
		s.values = append(s.values, ' ')
		if s.ensure(2) && s.buf[s.pos+1] == '\n' {
			s.pos++
		}
	case '&':
		r, err := s.reference()
		s.values = utf8.AppendRune(s.values, r)
		return err
	case '<':
		return s.refuse(RuleAttributeLessThan, "< in an attribute value")
	default:
		return s.uncut()
	}
	s.pos++
	return nil
}

// text reads a chunk of character data.
func (s *Scanner) text() (Kind, error) {
	n, err := s.run(&plainText, 0)
	for err == nil && s.pos+n < s.end && s.buf[s.pos+n] == '>' {
		if s.bracketsBefore(n) >= 2 {
			return 0, s.errorAt(s.pos+n, RuleCDATAEnd, "]]> in text")
		}
		n, err = s.run(&plainText, n+1)
	}
	if err != nil {
		return 0, err
	}
	if n > 0 {
		s.brackets = s.bracketsBefore(n)
		return s.emit(n)
	}
	s.brackets = 0
	switch s.buf[s.pos] {
	case '&':
		r, err := s.reference()
		if err != nil {
			return 0, err
		}
		s.chunk = utf8.AppendRune(s.char[:0], r)
		return s.counted()
	case '\r':
		return s.lineEnd()
	}
	return 0, s.uncut()
}

// bracketsBefore is how many ], up to two, stand in the text before distance n.
func (s *Scanner) bracketsBefore(n int) int {
	b := s.rest()
	count := 0
	for count < 2 && n > 0 && b[n-1] == ']' {
		n--
		count++
	}
	if n == 0 {
		count += s.brackets
	}
	return min(count, 2)
}

// emit makes the next n octets a chunk of text.
func (s *Scanner) emit(n int) (Kind, error) {
	s.chunk = s.rest()[:n:n]
	s.pos += n
	return s.counted()
}

func (s *Scanner) counted() (Kind, error) {
	s.length += len(s.chunk)
	if over := s.length - s.limits.Text; over > 0 {
		return 0, s.crossed(over, len(s.chunk), RuleLimitText, "text", s.limits.Text)
	}
	return Text, nil
}

// lineEnd makes a carriage return a line feed, unless one follows anyway.
func (s *Scanner) lineEnd() (Kind, error) {
	if s.ensure(2) && s.buf[s.pos+1] == '\n' {
		s.pos++
		return 0, nil
	}
	s.pos++
	s.chunk = append(s.char[:0], '\n')
	return s.counted()
}

// cdata reads a chunk of a CDATA section, or its end.
func (s *Scanner) cdata() (Kind, error) {
	if !s.ensure(1) {
		return 0, s.ended("a CDATA section")
	}
	n, err := s.run(&plainCDATA, 0)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		return s.emit(n)
	}
	switch s.buf[s.pos] {
	case ']':
		if !s.ensure(3) {
			return 0, s.ended("a CDATA section")
		}
		if bytes.HasPrefix(s.rest(), []byte("]]>")) {
			s.inCDATA = false
			s.pos += 3
			return 0, nil
		}
		return s.emit(1)
	case '\r':
		return s.lineEnd()
	}
	return 0, s.uncut()
}

// reference reads the reference at pos.
func (s *Scanner) reference() (rune, error) {
	const longest = 32
	n := 1
	for n < longest && s.ensure(n+1) && (inName[s.buf[s.pos+n]] || s.buf[s.pos+n] == '#') {
		n++
	}
	if !s.ensure(n + 1) {
		return 0, s.ended("a reference")
	}
	if n == 1 || s.buf[s.pos+n] != ';' {
		return 0, s.refuse(RuleReference, "& does not begin a reference")
	}
	body := s.rest()[1:n]
	r, rule := resolveReference(body)
	if rule != "" {
		return 0, s.refuse(rule, "reference "+quoted(body))
	}
	s.pos += n + 1
	return r, nil
}

// resolveReference returns the character for what is between & and ;, or the
// rule that it breaks.
func resolveReference(body []byte) (rune, string) {
	switch string(body) {
	case "amp":
		return '&', ""
	case "lt":
		return '<', ""
	case "gt":
		return '>', ""
	case "quot":
		return '"', ""
	case "apos":
		return '\'', ""
	}
	if body[0] != '#' {
		if judgeQName(body) != "" {
			return 0, RuleReference
		}
		return 0, RuleEntity
	}
	digits, base := body[1:], rune(10)
	if len(digits) > 0 && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	if len(digits) == 0 {
		return 0, RuleReference
	}
	return number(digits, base)
}

func number(digits []byte, base rune) (rune, string) {
	var r rune
	for _, c := range digits {
		d := digit(c)
		if d >= base {
			return 0, RuleReference
		}
		r = min(r*base+d, utf8.MaxRune+1)
	}
	if !isChar(r) {
		return 0, RuleChar
	}
	return r, ""
}

func digit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return utf8.MaxRune
}
