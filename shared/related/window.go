package related

import (
	"fmt"
	"io"
	"sync"
)

// bufferSize is the read buffer: long slices for the caller, few searches.
const bufferSize = 128 << 10

type buffer [bufferSize]byte

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// window is the octets that were read and not yet used.
type window struct {
	buf    *buffer
	lo, hi int
	end    error // of the reader below, once what it gave is used
	used   int   // octets behind lo since the first boundary
	limit  int   // of used, unless 0
}

func (w *window) data() []byte { return w.buf[w.lo:w.hi] }

func (w *window) take(n int) {
	w.lo += n
	w.used += n
}

func (w *window) overLimit() error {
	return refuse(RuleRootBuffer, "more than %d octets before the root part; send the root part first", w.limit)
}

const maxEmptyReads = 100

// more reads once. Data is then longer, or the error says why not.
func (w *window) more(r io.Reader) error {
	if w.end != nil {
		return w.end
	}
	if w.hi > bufferSize/2 {
		w.hi = copy(w.buf[:], w.buf[w.lo:w.hi])
		w.lo = 0
	}
	for range maxEmptyReads {
		n, err := r.Read(w.buf[w.hi:])
		w.hi += n
		if err != nil && err != io.EOF {
			err = fmt.Errorf("read multipart: %w", err)
		}
		w.end = err
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("read multipart: %w", io.ErrNoProgress)
}
