package related

import (
	"bytes"
	"errors"
	"io"
)

// Reader reads one multipart/related message. Not for concurrent use.
type Reader struct {
	r       io.Reader
	start   string // canonical Content-ID of the root, or ""
	limits  Limits
	dash    []byte // "--" and boundary
	search  []byte // line end, "--" and boundary
	window  window
	body    body
	begun   bool
	parts   int
	ids     []string // canonical Content-IDs so far
	waiting []*Part  // came before the root
	err     error    // what every further call answers
}

// NewReader reads the body r of a message with that Content-Type. It reads no
// further than a buffer ahead; the caller bounds the size of the whole.
func NewReader(r io.Reader, ct ContentType, l Limits) *Reader {
	search := []byte("\r\n--" + ct.Boundary)
	rd := &Reader{
		r:      r,
		limits: l.withDefaults(),
		search: search,
		dash:   search[2:],
	}
	if ct.Start != "" {
		rd.start = CanonicalID(ct.Start)
	}
	if err := checkBoundary(ct.Boundary); err != nil {
		rd.err = err
		return rd
	}
	rd.window.buf = buffers.Get().(*buffer)
	return rd
}

// Root returns the root part: the one that start names, else the first. Parts
// before it are kept in memory, up to Limits.RootBuffer, and come first from
// Next. It may be called once, before Next.
func (r *Reader) Root() (*Part, error) {
	if r.err == nil && r.begun {
		_ = r.fail(errors.New("read multipart: Root is called after Next or Root"))
	}
	for r.err == nil {
		p, err := r.advance()
		if err == io.EOF {
			err = refuse(RuleStart, "no part has the Content-ID %q of the root", r.start)
		}
		if err != nil {
			return nil, r.fail(err)
		}
		if r.start == "" || p.ContentID != "" && CanonicalID(p.ContentID) == r.start {
			r.window.limit = 0
			return p, nil
		}
		if err := r.keep(p); err != nil {
			return nil, r.fail(err)
		}
	}
	return nil, r.err
}

// keep reads a part that came before the root. What it may hold is counted on
// the wire, where no transfer encoding is shorter than what it encodes.
func (r *Reader) keep(p *Part) error {
	r.window.limit = r.limits.RootBuffer
	if r.window.used > r.window.limit {
		return r.window.overLimit()
	}
	content, err := io.ReadAll(p)
	if err != nil {
		return err
	}
	p.content = bytes.NewReader(content)
	p.raw = nil
	r.waiting = append(r.waiting, p)
	return nil
}

// Next returns the next part in the order of the wire, without what Root
// returned, and io.EOF behind the closing boundary. What was not read of the
// part before is skipped. A message that ends without its closing boundary is
// an [*Error] that names [RuleTruncated]. Errors are final.
func (r *Reader) Next() (*Part, error) {
	if r.err != nil {
		return nil, r.err
	}
	if len(r.waiting) > 0 {
		p := r.waiting[0]
		r.waiting = r.waiting[1:]
		return p, nil
	}
	p, err := r.advance()
	if err != nil {
		return nil, r.fail(err)
	}
	return p, nil
}

// fail makes an error final and gives the buffer back.
func (r *Reader) fail(err error) error {
	r.err = err
	r.body = body{}
	if r.window.buf != nil {
		buffers.Put(r.window.buf)
		r.window.buf = nil
	}
	return err
}

func (r *Reader) advance() (*Part, error) {
	if !r.begun {
		r.begun = true
		if err := r.skipPreamble(); err != nil {
			return nil, err
		}
	} else if err := r.skipBody(); err != nil {
		return nil, err
	}
	last, err := r.boundaryLine()
	if err != nil {
		return nil, err
	}
	if last {
		return nil, r.end()
	}
	return r.part()
}

func (r *Reader) skipBody() error {
	for {
		chunk, err := r.peek()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		r.consume(len(chunk))
	}
}

func (r *Reader) end() error {
	if r.parts == 0 {
		return refuse(RuleParts, "the message has no part")
	}
	seen := len(r.window.data())
	for {
		if seen > r.limits.Epilogue {
			return refuse(RuleEpilogue, "more than %d octets behind the closing boundary", r.limits.Epilogue)
		}
		r.window.take(len(r.window.data()))
		if err := r.window.more(r.r); err != nil {
			return err
		}
		seen += len(r.window.data())
	}
}

// part reads the headers that follow a boundary line.
func (r *Reader) part() (*Part, error) {
	if r.parts > r.limits.Parts {
		return nil, refuse(RuleParts, "more than %d parts beside the root", r.limits.Parts)
	}
	r.parts++
	block, err := r.headerBlock()
	if err != nil {
		return nil, err
	}
	header, err := parseHeader(block, r.limits.Headers)
	if err != nil {
		return nil, err
	}
	p, err := newPart(header)
	if err != nil {
		return nil, err
	}
	if err := r.remember(p.ContentID); err != nil {
		return nil, err
	}
	r.body = body{part: p}
	return p, p.open(r)
}

func (r *Reader) headerBlock() ([]byte, error) {
	for {
		data := r.window.data()
		block, total, ok := headerEnd(data)
		if ok && block <= r.limits.HeaderBytes {
			if bytes.HasPrefix(data, r.dash) || bytes.Contains(data[:block], append([]byte("\n"), r.dash...)) {
				return nil, refuse(RuleHeader, "a boundary stands in the headers of a part")
			}
			r.window.take(total)
			return data[:block], nil
		}
		if len(data) > r.limits.HeaderBytes {
			return nil, refuse(RuleHeaderBytes, "headers of a part have more than %d octets", r.limits.HeaderBytes)
		}
		if err := r.need("in the headers of a part"); err != nil {
			return nil, err
		}
	}
}

func (r *Reader) remember(id string) error {
	if id == "" {
		return nil
	}
	canonical := CanonicalID(id)
	for _, other := range r.ids {
		if other == canonical {
			return refuse(RuleDuplicate, "two parts have the Content-ID %q", id)
		}
	}
	r.ids = append(r.ids, canonical)
	return nil
}

// need reads more, where the message must not end.
func (r *Reader) need(where string) error {
	err := r.window.more(r.r)
	if err == io.EOF {
		return refuse(RuleTruncated, "the message ends %s, before its closing boundary", where)
	}
	return err
}
