package xmlsafe

import (
	"bytes"
	"fmt"
	"io"
)

const (
	windowSize = 32 << 10
	// emptyReads is how often in a row a reader may return nothing.
	emptyReads = 100
)

// window slides over a document. What is before pos is forgotten at the next
// fill, which moves pos: callers keep distances from pos, never places.
type window struct {
	r        io.Reader
	buf      []byte
	pos, end int
	base     int64 // offset of buf[0] in the document
	lines    int   // line feeds before buf[0]
	most     int64
	done     bool
	failure  error // why there is no more, nil at the proper end
}

func (w *window) rest() []byte { return w.buf[w.pos:w.end] }

// ensure reports whether at least n octets are in the window at pos, reading
// as needed.
func (w *window) ensure(n int) bool {
	for w.end-w.pos < n {
		if !w.fill() {
			return false
		}
	}
	return true
}

// fill reads more behind what the window holds, and reports whether it got any.
func (w *window) fill() bool {
	if w.done {
		return false
	}
	w.slide()
	for range emptyReads {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		if over := w.base + int64(w.end) - w.most; over > 0 {
			w.stop(nil)
			w.end -= int(over)
			w.failure = w.errorAt(w.end, RuleLimitBytes, fmt.Sprintf("document is larger than %d bytes", w.most))
			return n > int(over)
		}
		if err != nil {
			w.stop(err)
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	w.stop(io.ErrNoProgress)
	return false
}

func (w *window) slide() {
	if w.pos > 0 {
		w.lines += bytes.Count(w.buf[:w.pos], []byte{'\n'})
		w.base += int64(w.pos)
		w.end = copy(w.buf, w.buf[w.pos:w.end])
		w.pos = 0
	}
	if w.end == len(w.buf) {
		w.buf = append(w.buf, make([]byte, max(windowSize, len(w.buf)))...)
	}
}

func (w *window) stop(err error) {
	w.done = true
	if err != nil && err != io.EOF {
		w.failure = fmt.Errorf("read xml at byte %d: %w", w.base+int64(w.end), err)
	}
}

// errorAt makes the refusal for a place in the window.
func (w *window) errorAt(at int, rule, detail string) *Error {
	return &Error{
		Rule: rule, Detail: detail,
		Line:   w.lines + bytes.Count(w.buf[:at], []byte{'\n'}) + 1,
		Offset: w.base + int64(at),
	}
}

func (w *window) refuse(rule, detail string) error { return w.errorAt(w.pos, rule, detail) }

// ended explains why the document stops inside of what.
func (w *window) ended(what string) error {
	if w.failure != nil {
		return w.failure
	}
	return w.errorAt(w.end, RuleTruncated, "document ends inside "+what)
}
