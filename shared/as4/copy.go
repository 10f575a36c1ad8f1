package as4

import (
	"errors"
	"io"
	"sync"
)

const copyBytes = 64 << 10

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, copyBytes); return &b }}

// copyBuffered copies with a pooled buffer and never lets the ends take over
// with buffers of their own.
func copyBuffered(w io.Writer, r io.Reader) error {
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, *buf)
	return err
}

// drain reads to the end, so that what stands there (a tag) is judged.
func drain(r io.Reader) error { return copyBuffered(io.Discard, r) }

// errTooLong is what a [meter] says past its limit.
var errTooLong = errors.New("limit exceeded")

// meter counts what passes, stops at a limit, and says its first error again.
type meter struct {
	r     io.Reader
	n     int64
	limit int64
	err   error
}

func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	if m.n > m.limit {
		err = errTooLong
	}
	m.err = err
	return n, err
}
