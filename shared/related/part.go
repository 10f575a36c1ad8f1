package related

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
)

// Part is one body part. It is read until the next call of Next; a part that
// came before the root stays readable.
type Part struct {
	Header    Header
	ContentID string // without <>, as it came; "" when absent

	encoding string
	raw      *stream   // of the wire, nil for a kept part
	content  io.Reader // decoded
}

// stream is the octets of one part on the wire.
type stream struct {
	r    *Reader
	part *Part
}

var errStale = errors.New("read part: the next part was already asked for")

func newPart(h Header) (*Part, error) {
	p := &Part{Header: h, encoding: strings.ToLower(h.Get("Content-Transfer-Encoding"))}
	if strings.HasPrefix(p.MediaType(), "multipart/") {
		return nil, refuse(RuleNested, "a part is itself %q", p.MediaType())
	}
	if id := h.Get("Content-ID"); id != "" {
		p.ContentID = unbracket(id)
		if err := checkContentID(p.ContentID); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// MediaType returns the part's media type in lower case without parameters, or "".
func (p *Part) MediaType() string { return mediaType(p.Header.Get("Content-Type")) }

// open chooses the decoder (RFC 2045 §6).
func (p *Part) open(r *Reader) error {
	p.raw = &stream{r: r, part: p}
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		p.content = p.raw
	case "base64":
		p.content = &decoder{base64.NewDecoder(base64.StdEncoding, &blankless{p.raw}), p.raw}
	case "quoted-printable":
		p.content = &decoder{quotedprintable.NewReader(p.raw), p.raw}
	default:
		return refuse(RuleEncoding, "transfer encoding %q is unknown", shortened(p.encoding))
	}
	return nil
}

// Read gives the content: octets exactly, of base64 and quoted-printable the
// decoded ones. The line end before the boundary is not among them.
func (p *Part) Read(b []byte) (int, error) { return p.content.Read(b) }

// WriteTo implements [io.WriterTo]. The slices that w gets are pieces of the
// read buffer, up to 128 KiB long.
func (p *Part) WriteTo(w io.Writer) (int64, error) {
	if p.content != io.Reader(p.raw) {
		return io.Copy(w, p.content)
	}
	var total int64
	for {
		chunk, err := p.raw.peek()
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(chunk)
		p.raw.r.consume(n)
		total += int64(n)
		if err != nil {
			return total, err
		}
		if n < len(chunk) {
			return total, io.ErrShortWrite
		}
	}
}

func (s *stream) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	chunk, err := s.peek()
	if err != nil {
		return 0, err
	}
	n := copy(b, chunk)
	s.r.consume(n)
	return n, nil
}

func (s *stream) peek() ([]byte, error) {
	if s.r.body.part != s.part {
		if s.r.err != nil && s.r.err != io.EOF {
			return nil, s.r.err
		}
		return nil, errStale
	}
	chunk, err := s.r.peek()
	if err != nil && err != io.EOF {
		return nil, s.r.fail(err)
	}
	return chunk, err
}

// decoder tells content that does not fit its encoding from a failure below it.
type decoder struct {
	io.Reader
	raw *stream
}

func (d *decoder) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err == nil || err == io.EOF || d.raw.r.err != nil || err == errStale {
		return n, err
	}
	return n, d.raw.r.fail(refuse(RuleEncoding, "content does not fit its transfer encoding: %v", err))
}

// blankless leaves out what RFC 2045 §6.8 tells decoders of base64 to ignore.
type blankless struct{ r io.Reader }

func (b *blankless) Read(p []byte) (int, error) {
	for {
		n, err := b.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}
