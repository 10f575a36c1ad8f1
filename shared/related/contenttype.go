package related

import (
	"strings"
)

// MediaType is the only type that this package reads.
const MediaType = "multipart/related"

// ContentType is the Content-Type of a multipart/related message (RFC 2387 §3).
type ContentType struct {
	Type      string // media type of the root part, lower case, without parameters; "" when absent
	Start     string // Content-ID of the root part without <>; "" when absent: the first part
	StartInfo string
	Boundary  string
	Charset   string // has no meaning here, but is seen
}

// ParseContentType reads a Content-Type field. It takes what peers write: any
// case, values quoted or not whatever they hold, folded lines, parameters in
// any order and unknown ones. Errors: another media type, a parameter twice, no
// boundary or an illegal one, more than [MaxContentType] octets.
func ParseContentType(v string) (ContentType, error) {
	var ct ContentType
	if len(v) > MaxContentType {
		return ct, refuse(RuleContentType, "has %d octets, more than %d", len(v), MaxContentType)
	}
	if i := badOctet(v, true); i >= 0 {
		return ct, refuse(RuleContentType, "octet %#02x at %d", v[i], i)
	}
	media, rest, _ := strings.Cut(v, ";")
	if media = strings.ToLower(trim(media)); media != MediaType {
		return ct, refuse(RuleContentType, "is %q, not %s", media, MediaType)
	}
	params, err := parameters(rest)
	if err != nil {
		return ct, err
	}
	ct = ContentType{
		Type:      mediaType(params["type"]),
		Start:     unbracket(params["start"]),
		StartInfo: params["start-info"],
		Boundary:  params["boundary"],
		Charset:   params["charset"],
	}
	return ct, checkBoundary(ct.Boundary)
}

// String returns the field value: type first and quoted, as the peers' gateways
// expect it (ebMS3 Core §5.1; the charset is left out on purpose: firewalls stop it).
func (ct ContentType) String() string {
	var b strings.Builder
	b.WriteString(MediaType)
	writeParameter(&b, "type", ct.Type)
	writeParameter(&b, "boundary", ct.Boundary)
	if ct.Start != "" {
		writeParameter(&b, "start", "<"+ct.Start+">")
	}
	writeParameter(&b, "start-info", ct.StartInfo)
	return b.String()
}

func writeParameter(b *strings.Builder, name, value string) {
	if value == "" {
		return
	}
	b.WriteString("; " + name + `="`)
	for i := range len(value) {
		if value[i] == '"' || value[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	b.WriteByte('"')
}

func parameters(rest string) (map[string]string, error) {
	params := make(map[string]string)
	for {
		rest = strings.TrimLeft(rest, "; \t\r\n")
		if rest == "" {
			return params, nil
		}
		name, after, ok := strings.Cut(rest, "=")
		if name = strings.ToLower(trim(name)); !ok || !isToken(name) {
			return nil, refuse(RuleContentType, "%q is no parameter", name)
		}
		value, after, err := parameterValue(after)
		if err != nil {
			return nil, err
		}
		if _, twice := params[name]; twice {
			return nil, refuse(RuleContentType, "parameter %s is there twice", name)
		}
		params[name] = value
		rest = after
	}
}

// parameterValue reads a quoted string, or everything up to the next semicolon:
// peers leave the quotes out where RFC 2045 wants them.
func parameterValue(s string) (value, rest string, err error) {
	s = strings.TrimLeft(s, " \t\r\n")
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		value = trim(value)
		if value == "" || strings.ContainsAny(value, "\" \t\r\n") {
			return "", "", refuse(RuleContentType, "value %q needs quotes", value)
		}
		return value, rest, nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			rest = trim(s[i+1:])
			if rest != "" && rest[0] != ';' {
				return "", "", refuse(RuleContentType, "no semicolon behind a quoted value")
			}
			return b.String(), rest, nil
		case '\r', '\n':
			continue // a fold
		case '\\':
			if i++; i == len(s) {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", refuse(RuleContentType, "a quote is not closed")
}

// checkBoundary holds RFC 2046 §5.1.1: at most 70 characters, not ending in a blank.
func checkBoundary(b string) error {
	if b == "" {
		return refuse(RuleBoundary, "no boundary parameter")
	}
	if len(b) > MaxBoundary {
		return refuse(RuleBoundary, "boundary has %d characters, more than %d", len(b), MaxBoundary)
	}
	if b[len(b)-1] == ' ' {
		return refuse(RuleBoundary, "boundary %q ends with a blank", b)
	}
	for i := range len(b) {
		if !isAlphanumeric(b[i]) && !strings.ContainsRune("'()+_,-./:=? ", rune(b[i])) {
			return refuse(RuleBoundary, "character %q is not legal in a boundary", b[i])
		}
	}
	return nil
}

// mediaType returns type and subtype of a Content-Type, in lower case.
func mediaType(v string) string {
	media, _, _ := strings.Cut(v, ";")
	return strings.ToLower(trim(media))
}

func trim(s string) string { return strings.Trim(s, " \t\r\n") }

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isToken is the token of RFC 2045 §5.1.
func isToken(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && !strings.ContainsRune("!#$%&'*+-.^_`{|}~", rune(s[i])) {
			return false
		}
	}
	return s != ""
}
