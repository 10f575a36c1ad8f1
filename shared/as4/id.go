package as4

import (
	"io"
	"strings"
)

// NewIDs returns a maker of MessageIds and Content-IDs, unique@domain, in the
// characters that need no encoding in a cid: URL (RFC 2392). What a domain name
// cannot hold becomes a hyphen. rand must not fail: crypto/rand.Reader.
func NewIDs(rand io.Reader, domain string) func() string {
	domain = strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(domain))
	return func() string { return NewUUID(rand) + "@" + domain }
}

// NewUUID returns a random UUID (RFC 9562 §5.4).
func NewUUID(rand io.Reader) string {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		panic("as4: the source of randomness failed: " + err.Error())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 36)
	for i, o := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, digits[o>>4], digits[o&15])
	}
	return string(out)
}
