package related

import (
	"bytes"
	"io"
)

// body is how far the search for the next boundary has come in the current part.
type body struct {
	part    *Part
	started bool // an octet of it was seen
	chunk   int  // octets at the window's start that belong to the part
	closing int  // octets of the delimiter that follows the chunk, 0 if none does yet
	ended   bool // the delimiter was passed
}

// verdict is what stands behind something that looks like a boundary.
type verdict int

const (
	isData verdict = iota
	isBoundary
	unknown // more octets are needed
)

// peek returns the next octets of the current part, never none, until io.EOF.
// They stay valid until the next call, and are given again unless consumed.
func (r *Reader) peek() ([]byte, error) {
	for {
		if r.body.ended {
			return nil, io.EOF
		}
		if r.body.chunk == 0 && r.body.closing == 0 {
			r.scan()
		}
		if w := &r.window; w.limit > 0 && w.used+r.body.chunk > w.limit {
			return nil, w.overLimit()
		}
		if r.body.chunk > 0 {
			return r.window.data()[:r.body.chunk], nil
		}
		if r.body.closing > 0 {
			r.window.take(r.body.closing)
			r.body.ended = true
			continue
		}
		if err := r.need("in a part"); err != nil {
			return nil, err
		}
	}
}

func (r *Reader) consume(n int) {
	r.window.take(n)
	r.body.chunk -= n
	r.body.started = true
}

// scan looks for the delimiter in what is buffered. An empty part may have its
// boundary right behind the empty line that ends its headers.
func (r *Reader) scan() {
	data := r.window.data()
	if !r.body.started {
		switch afterPrefix(data, r.dash) {
		case isBoundary:
			r.body.closing = len(r.dash)
			return
		case unknown:
			return
		}
	}
	i := bytes.Index(data, r.search)
	if i < 0 {
		r.body.chunk = max(0, len(data)-len(r.search)+1)
		return
	}
	switch after(data[i+len(r.search):]) {
	case isBoundary:
		r.body.chunk, r.body.closing = i, len(r.search)
	case isData:
		r.body.chunk = i + len(r.search)
	case unknown:
		r.body.chunk = i
	}
}

// afterPrefix judges data that may begin with a boundary, or with part of it.
func afterPrefix(data, boundary []byte) verdict {
	if len(data) < len(boundary) {
		if bytes.HasPrefix(boundary, data) {
			return unknown
		}
		return isData
	}
	if !bytes.HasPrefix(data, boundary) {
		return isData
	}
	return after(data[len(boundary):])
}

// after judges what follows a boundary: blanks, a line end or two hyphens, or
// else the boundary was only the beginning of something longer.
func after(rest []byte) verdict {
	if len(rest) == 0 {
		return unknown
	}
	switch rest[0] {
	case ' ', '\t', '\r', '\n':
		return isBoundary
	case '-':
		if len(rest) == 1 {
			return unknown
		}
		if rest[1] == '-' {
			return isBoundary
		}
	}
	return isData
}

// skipPreamble reads up to the first boundary. Its line end tells how the
// message ends its lines: with CRLF, or in old dumps with LF alone.
func (r *Reader) skipPreamble() error {
	for {
		data := r.window.data()
		line := bytes.IndexByte(data, '\n') + 1
		switch v := afterPrefix(data, r.dash); {
		case v == isBoundary && line > 0:
			if line < 2 || data[line-2] != '\r' {
				r.search = r.search[1:]
			}
			r.window.take(len(r.dash))
			r.window.used = 0
			return nil
		case v == isData && line > 0:
			r.window.take(line)
			if r.window.used > r.limits.Preamble {
				return refuse(RulePreamble, "more than %d octets before the first boundary", r.limits.Preamble)
			}
			continue
		}
		if r.window.used+len(data) > r.limits.Preamble+len(r.dash)+maxPadding {
			return refuse(RulePreamble, "more than %d octets before the first boundary", r.limits.Preamble)
		}
		if err := r.need("before its first boundary"); err != nil {
			return err
		}
	}
}

// boundaryLine reads the rest of a line behind a boundary, and says whether it
// is the closing one.
func (r *Reader) boundaryLine() (last bool, err error) {
	for {
		data := r.window.data()
		line := bytes.IndexByte(data, '\n')
		closing := bytes.HasPrefix(data, []byte("--"))
		if line < 0 && len(data) <= maxPadding {
			err := r.window.more(r.r)
			if err == nil {
				continue
			}
			if err != io.EOF {
				return false, err
			}
			if !closing {
				return false, refuse(RuleTruncated, "the message ends in a boundary line, before its closing boundary")
			}
			line = len(data)
		}
		if line < 0 || line > maxPadding || !blank(data[:line], closing) {
			return false, refuse(RuleBoundary, "more than blanks, or more than %d of them, behind a boundary", maxPadding)
		}
		r.window.take(min(line+1, len(data)))
		return closing, nil
	}
}

// blank says whether a boundary line has nothing but blanks behind the boundary.
func blank(line []byte, closing bool) bool {
	if closing {
		line = line[2:]
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	return len(bytes.Trim(line, " \t")) == 0
}
