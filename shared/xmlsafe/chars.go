package xmlsafe

import "unicode/utf8"

// table marks ASCII characters.
type table [256]bool

func tableOf(chars string) table {
	var t table
	for i := range len(chars) {
		t[chars[i]] = true
	}
	return t
}

// plainExcept marks the ASCII characters of XML 1.0 that need no care, all but
// those given. Octets of longer characters are not plain: their decoding is checked.
func plainExcept(chars string) table {
	var t table
	t['\t'], t['\n'] = true, true
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = true
	}
	for i := range len(chars) {
		t[chars[i]] = false
	}
	return t
}

var (
	isSpace        = tableOf(" \t\r\n")
	plainText      = plainExcept("<&>")
	plainCDATA     = plainExcept("]")
	plainComment   = plainExcept("-")
	plainProcInst  = plainExcept("?")
	plainValue     = plainExcept("<&\"'\t\n")
	inName         = nameOctets()
	asciiNameStart = nameStartOctets()
)

func nameStartOctets() table {
	t := tableOf("_")
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	return t
}

// nameOctets marks what may stand in a raw QName: octets of longer characters
// are judged once per distinct name.
func nameOctets() table {
	t := nameStartOctets()
	for _, c := range ":-.0123456789" {
		t[c] = true
	}
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = true
	}
	return t
}

// isChar is production [2] Char of XML 1.0.
func isChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xD800:
		return true
	}
	return r > 0xDFFF && r < 0xFFFE || r > 0xFFFF && r <= utf8.MaxRune
}

var (
	nameStartRanges = [][2]rune{
		{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
		{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	}
	nameMoreRanges = [][2]rune{{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}
)

// isNameStart is production [4] NameStartChar without the colon.
func isNameStart(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiNameStart[r]
	}
	return within(nameStartRanges, r)
}

// isNameChar is production [4a] NameChar without the colon.
func isNameChar(r rune) bool {
	if r < utf8.RuneSelf {
		return inName[r] && r != ':'
	}
	return within(nameStartRanges, r) || within(nameMoreRanges, r)
}

func within(ranges [][2]rune, r rune) bool {
	for _, x := range ranges {
		if r >= x[0] && r <= x[1] {
			return true
		}
	}
	return false
}

// run returns how far, beginning at distance n from pos, plain characters go. A
// character that the window cuts ends the run.
func (s *Scanner) run(plain *table, n int) (int, error) {
	b := s.rest()
	for n < len(b) {
		c := b[n]
		if plain[c] {
			n++
			continue
		}
		if c < utf8.RuneSelf {
			return n, nil
		}
		size, rule := charSize(b[n:])
		if rule != "" {
			return n, s.errorAt(s.pos+n, rule, "octets do not encode an XML character")
		}
		if size == 0 {
			return n, nil
		}
		n += size
	}
	return n, nil
}

// charSize is the length of the character beyond ASCII that b begins with, 0 if
// b cuts it, or the rule that it breaks.
func charSize(b []byte) (int, string) {
	if b[0] >= 0xC2 && b[0] < 0xE0 && len(b) > 1 && b[1]&0xC0 == 0x80 {
		return 2, ""
	}
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size == 1 && utf8.FullRune(b):
		return 0, RuleUTF8
	case r == utf8.RuneError && size == 1:
		return 0, ""
	case !isChar(r):
		return 0, RuleChar
	}
	return size, ""
}

// uncut judges the octet that a run ended at and that is no markup. A control
// character is refused, a character that the window cut is completed, and after
// another the run goes on: the window ended before it.
func (s *Scanner) uncut() error {
	if c := s.buf[s.pos]; c < utf8.RuneSelf {
		if !isChar(rune(c)) {
			return s.refuse(RuleChar, "control character")
		}
		return nil
	}
	if !utf8.FullRune(s.rest()) && !s.fill() {
		if s.failure != nil {
			return s.failure
		}
		return s.refuse(RuleUTF8, "document ends inside a character")
	}
	return nil
}
