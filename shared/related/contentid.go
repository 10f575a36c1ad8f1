package related

import "strings"

// CanonicalID returns a Content-ID in the form in which two are compared: of a
// cid: URL or a header value, without "cid:", without <>, and percent-decoded
// (RFC 2392 §2). A plus sign stays one: that rule is of HTML forms, and WSS4J
// peers only suffer from it. Escapes that are none stay as they are.
func CanonicalID(cid string) string {
	if len(cid) >= 4 && strings.EqualFold(cid[:4], "cid:") {
		cid = cid[4:]
	}
	cid = unbracket(cid)
	if !strings.Contains(cid, "%") {
		return cid
	}
	var b strings.Builder
	for i := 0; i < len(cid); i++ {
		if cid[i] == '%' && i+2 < len(cid) && isHex(cid[i+1]) && isHex(cid[i+2]) {
			b.WriteByte(hexValue(cid[i+1])<<4 | hexValue(cid[i+2]))
			i += 2
			continue
		}
		b.WriteByte(cid[i])
	}
	return b.String()
}

func unbracket(id string) string {
	if len(id) >= 2 && id[0] == '<' && id[len(id)-1] == '>' {
		return id[1 : len(id)-1]
	}
	return id
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f'
}

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// checkContentID refuses what would be ambiguous in a header or a URL: blanks,
// brackets inside, control and non-ASCII characters, nothing at all.
func checkContentID(id string) error {
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c >= 0x7F || c == '<' || c == '>' {
			return refuse(RuleContentID, "%q has a character that is not legal in a Content-ID", id)
		}
	}
	if id == "" {
		return refuse(RuleContentID, "is empty")
	}
	return nil
}
