package as4

import (
	"bytes"
	"hash"
	"io"
	"mime"
	"strings"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
)

// What an attachment's digest is over is decided by its MIME type at signing
// time (SwA Profile 1.1 §5.4.2 as WSS4J and so every known product reads it).
type digestRule int

const (
	digestRaw  digestRule = iota // the octets
	digestText                   // each CR, LF or CRLF as CRLF
	digestXML                    // exclusive C14N without comments
)

// ruleFor picks the rule; parameters and case do not count.
func ruleFor(mimeType string) digestRule {
	t, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		t, _, _ = strings.Cut(strings.ToLower(mimeType), ";")
		t = strings.TrimSpace(t)
	}
	switch {
	case strings.HasPrefix(t, "text/xml"), strings.HasPrefix(t, "application/xml"):
		return digestXML
	case (strings.HasPrefix(t, "application/") || strings.HasPrefix(t, "image/")) && strings.Contains(t, "+xml"):
		return digestXML
	case strings.HasPrefix(t, "text/"):
		return digestText
	}
	return digestRaw
}

// feed reads plain to its end, hands it to content, and gives h what the
// digest is over. Malformed XML is a [digestError].
func (r digestRule) feed(h hash.Hash, content io.Writer, plain io.Reader, limit int64) error {
	switch r {
	case digestXML:
		if err := c14n.Stream(h, io.TeeReader(plain, content), xmlsafe.Limits{Bytes: limit, Elements: maxXMLElements, Text: maxXMLText, Depth: maxXMLDepth, Namespaces: maxXMLNamespaces, Value: maxXMLValue}); err != nil {
			return &digestError{err}
		}
		return nil
	case digestText:
		return copyBuffered(io.MultiWriter(&crlfWriter{w: h}, content), plain)
	default:
		return copyBuffered(io.MultiWriter(h, content), plain)
	}
}

// Bounds of an XML attachment that is canonicalised; its octets are bounded by [Limits].
const (
	maxXMLElements = 1 << 30
	maxXMLText     = 1 << 30

	// What is kept of open elements and of one element's attributes: enough for
	// a drawing with an embedded picture.
	maxXMLDepth      = 256
	maxXMLNamespaces = 256
	maxXMLValue      = 1 << 20
)

// digestError is a part whose digest cannot be formed.
type digestError struct{ err error }

func (e *digestError) Error() string { return "canonicalise the part: " + e.err.Error() }
func (e *digestError) Unwrap() error { return e.err }

// crlfWriter turns every line end into CRLF.
type crlfWriter struct {
	w  io.Writer
	cr bool // the last octet was a CR, its CRLF is written
}

var crlf = []byte("\r\n")

func (c *crlfWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if c.cr && p[0] == '\n' {
			c.cr, p = false, p[1:]
			continue
		}
		c.cr = false
		i := bytes.IndexAny(p, "\r\n")
		if i < 0 {
			_, err := c.w.Write(p)
			return n, err
		}
		if _, err := c.w.Write(p[:i]); err != nil {
			return 0, err
		}
		if _, err := c.w.Write(crlf); err != nil {
			return 0, err
		}
		c.cr, p = p[i] == '\r', p[i+1:]
	}
	return n, nil
}
