package as4

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Bounds of what stands in front of a captured body.
const (
	maxCaptureHeader = 64 << 10
	captureBuffer    = 128 << 10
)

// Capture is a message as it was dumped: body and Content-Type.
type Capture struct {
	ContentType string
	Body        io.Reader
}

// startLine is an HTTP request or status line.
var startLine = regexp.MustCompile(`^(?:HTTP/1\.[01] [0-9]{3}.*|[A-Z]+ \S+ HTTP/1\.[01])$`)

// OpenCapture reads what dumps of AS4 look like: with or without an HTTP start
// line, with or without headers (a body that begins with its boundary), or a
// bare SOAP envelope. A chunked or gzip HTTP body is undone.
func OpenCapture(r io.Reader) (*Capture, error) {
	b := bufio.NewReaderSize(r, captureBuffer)
	if bom, _ := b.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	header, err := captureHeader(b)
	if err != nil {
		return nil, err
	}
	body, err := decoded(header, b)
	if err != nil {
		return nil, err
	}
	c := &Capture{ContentType: header.Get("Content-Type"), Body: body}
	if c.ContentType == "" {
		b := bufio.NewReaderSize(body, captureBuffer)
		c.Body = b
		c.ContentType, err = sniff(b)
	}
	return c, err
}

// captureHeader reads start line and headers, if there are any.
func captureHeader(b *bufio.Reader) (textproto.MIMEHeader, error) {
	header := textproto.MIMEHeader{}
	start, _ := b.Peek(maxCaptureHeader)
	trimmed := bytes.TrimLeft(start, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("<")) || bytes.HasPrefix(trimmed, []byte("--")) {
		return header, nil
	}
	_, _ = b.Discard(len(start) - len(trimmed))
	last, read := "", 0
	for {
		line, err := b.ReadString('\n')
		read += len(line)
		if err != nil || read > maxCaptureHeader {
			return nil, fmt.Errorf("read the capture: no end of the HTTP headers within %d octets; the file must hold a message, with or without HTTP headers", maxCaptureHeader)
		}
		text := strings.TrimRight(line, "\r\n")
		if text == "" {
			return header, nil
		}
		name, value, ok := strings.Cut(text, ":")
		switch {
		case last == "" && startLine.MatchString(text):
		case (text[0] == ' ' || text[0] == '\t') && last != "":
			header[last][len(header[last])-1] += " " + strings.TrimSpace(text)
		case ok && name != "" && !strings.ContainsAny(name, " \t"):
			last = textproto.CanonicalMIMEHeaderKey(name)
			header[last] = append(header[last], strings.TrimSpace(value))
		default:
			return nil, fmt.Errorf("read the capture: %q is no HTTP header; the file must hold a message, with or without HTTP headers", clip(text))
		}
	}
}

var chunkLine = regexp.MustCompile(`^[0-9A-Fa-f]+(;[^\n]*)?\r?\n`)

// decoded undoes chunks and gzip where the dump still has them: tools differ.
func decoded(header textproto.MIMEHeader, b *bufio.Reader) (io.Reader, error) {
	var body io.Reader = b
	if start, _ := b.Peek(64); strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") && chunkLine.Match(start) {
		b = bufio.NewReaderSize(httputil.NewChunkedReader(b), captureBuffer)
		body = b
	}
	encoding := strings.ToLower(header.Get("Content-Encoding"))
	if start, _ := b.Peek(2); (encoding == "gzip" || encoding == "x-gzip") && bytes.Equal(start, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("read the capture's gzip body: %w", err)
		}
		return z, nil
	}
	return body, nil
}

// sniff tells SOAP from multipart by the first octets.
func sniff(b *bufio.Reader) (string, error) {
	start, _ := b.Peek(captureBuffer / 2)
	trimmed := bytes.TrimLeft(start, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("<")) {
		_, _ = b.Discard(len(start) - len(trimmed))
		return soapType, nil
	}
	line, _, ok := bytes.Cut(trimmed, []byte("\n"))
	if boundary, found := bytes.CutPrefix(bytes.TrimSpace(line), []byte("--")); ok && found && len(boundary) <= 70 {
		return fmt.Sprintf(`multipart/related; type="%s"; boundary="%s"`, soapMediaType, boundary), nil
	}
	return "", errors.New("read the capture: neither SOAP nor MIME begins there; the file must hold an AS4 message")
}
