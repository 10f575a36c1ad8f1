package related

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Field is one header field, unfolded, in the case in which it came.
type Field struct {
	Name, Value string
}

// Header is the header fields of a part in their order.
type Header []Field

// Get returns the first field of that name in any case, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// once are the fields whose repetition two readers resolve in two ways.
var once = []string{"Content-ID", "Content-Type", "Content-Transfer-Encoding"}

// parseHeader reads the octets between a boundary line and the empty line.
func parseHeader(block []byte, limit int) (Header, error) {
	text := string(block)
	if i := badOctet(text, false); i >= 0 {
		return nil, refuse(RuleHeaderOctets, "octet %#02x in the headers of a part", text[i])
	}
	var h Header
	for len(text) > 0 {
		line, rest := headerLine(text)
		text = rest
		field, ok := parseField(line)
		if !ok {
			return nil, refuse(RuleHeader, "header field %d of a part has no name and colon", len(h)+1)
		}
		if len(h) == limit {
			return nil, refuse(RuleHeaderCount, "more than %d header fields in a part", limit)
		}
		h = append(h, field)
	}
	return h, h.checkRepeated()
}

// headerLine cuts off one line with its folded continuations.
func headerLine(text string) (line, rest string) {
	for end := 0; ; {
		i := strings.IndexByte(text[end:], '\n')
		if i < 0 {
			return text, ""
		}
		end += i + 1
		if end == len(text) || text[end] != ' ' && text[end] != '\t' {
			return text[:end], text[end:]
		}
	}
}

func parseField(line string) (Field, bool) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || !isToken(name) {
		return Field{}, false
	}
	return Field{Name: name, Value: unfold(value)}, true
}

// unfold joins continued lines by one blank.
func unfold(value string) string {
	value = trim(value)
	if !strings.Contains(value, "\n") {
		return value
	}
	lines := strings.Split(value, "\n")
	for i, l := range lines {
		lines[i] = trim(l)
	}
	return strings.Join(lines, " ")
}

func (h Header) checkRepeated() error {
	for _, name := range once {
		n := 0
		for _, f := range h {
			if strings.EqualFold(f.Name, name) {
				n++
			}
		}
		if n > 1 {
			return refuse(RuleHeaderRepeated, "%s is there %d times in a part", name, n)
		}
	}
	return nil
}

// badOctet returns where s has a control character other than tab and line end,
// a CR that ends no line, or octets that are not UTF-8; else -1. Peers write
// file names in raw UTF-8. If folds is set, a line must be continued.
func badOctet(s string, folds bool) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return i
		case r == '\r' && !strings.HasPrefix(s[i+1:], "\n"):
			return i
		case folds && r == '\n' && !strings.HasPrefix(s[i+1:], " ") && !strings.HasPrefix(s[i+1:], "\t"):
			return i
		case r < ' ' && r != '\t' && r != '\r' && r != '\n', r >= 0x7F && r < 0xA0:
			return i
		}
		i += n
	}
	return -1
}

// headerEnd returns the length of the header block, the length with the empty
// line, and whether that line is there at all.
func headerEnd(b []byte) (block, total int, ok bool) {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0, 0, false
		}
		if i == 0 || i == 1 && b[at] == '\r' {
			return at, at + i + 1, true
		}
		at += i + 1
	}
}

func shortened(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
