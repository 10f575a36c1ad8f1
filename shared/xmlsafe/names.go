package xmlsafe

import (
	"strings"
	"unicode/utf8"
)

// mostNames bounds the tables of distinct names and namespace names: a document
// of ever new ones costs constant memory.
const mostNames = 1024

// qname is a distinct raw name of the document.
type qname struct {
	raw, prefix, local string
	// binding is the prefix's, as it is in force now.
	binding *binding
	// declares is the binding that an attribute of this name declares, or nil.
	declares *binding
	// uri is what it declared last.
	uri string
	// seen is the number of the last tag that had an attribute of this name.
	seen uint64
}

// name reads a QName at pos.
func (s *Scanner) name(what string) (*qname, error) {
	n := 0
	for {
		b := s.rest()
		for n < len(b) && inName[b[n]] {
			n++
		}
		if n < len(b) || n > s.limits.Name {
			break
		}
		if !s.fill() {
			return nil, s.ended(what)
		}
	}
	if n > s.limits.Name {
		return nil, s.overLimit(RuleLimitName, "name", s.limits.Name, "bytes")
	}
	q, err := s.intern(s.rest()[:n], what)
	if err != nil {
		return nil, err
	}
	s.pos += n
	return q, nil
}

func (s *Scanner) intern(raw []byte, what string) (*qname, error) {
	slot := &s.recent[slotOf(raw)]
	if q := *slot; q != nil && q.raw == string(raw) {
		return q, nil
	}
	if q, ok := s.names[string(raw)]; ok {
		*slot = q
		return q, nil
	}
	if rule := judgeQName(raw); rule != "" {
		return nil, s.refuse(rule, what+" has no valid name: "+quoted(raw))
	}
	q := &qname{raw: string(raw)}
	q.local = q.raw
	if i := strings.IndexByte(q.raw, ':'); i >= 0 {
		q.prefix, q.local = q.raw[:i], q.raw[i+1:]
	}
	q.binding = s.bindings.of(q.prefix)
	switch {
	case q.prefix == "xmlns":
		q.declares = s.bindings.of(q.local)
	case q.raw == "xmlns":
		q.declares = s.bindings.of("")
	}
	s.names[q.raw] = q
	*slot = q
	return q, nil
}

// recentNames are found without hashing all of a name. Names that share a slot
// cost a look into the map.
const recentNames = 256

func slotOf(raw []byte) int {
	n := len(raw)
	if n == 0 {
		return 0
	}
	return (int(raw[0]) + int(raw[n/2])<<2 + int(raw[n-1])<<4 + n<<3) % recentNames
}

// forget empties the tables of names, between two tags, once they are full.
func (s *Scanner) forget() {
	if len(s.names)+len(s.uris) > mostNames {
		clear(s.names)
		clear(s.recent[:])
		s.bindings.forget()
		clear(s.uris)
	}
}

// judgeQName returns the rule that a raw name breaks (Namespaces in XML 1.0,
// productions [4] NCName and [7] QName), or "".
func judgeQName(raw []byte) string {
	start, colons := true, 0
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return RuleUTF8
		case r == ':' && !start && colons == 0:
			start, colons = true, 1
		case start && isNameStart(r), !start && isNameChar(r):
			start = false
		default:
			return RuleName
		}
		i += size
	}
	if start {
		return RuleName
	}
	return ""
}
