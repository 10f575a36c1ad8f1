package aws

import (
	"context"
	"fmt"
	"hash"
	"io"

	"github.com/vienreiz/vienreiz/shared/store"
)

// source cuts a body into parts, counts and hashes it.
type source struct {
	ctx       context.Context
	from      io.Reader
	announced int64 // octets; 0: not known
	sum       hash.Hash
	n         int64
	ended     bool
	buffer    []byte
}

// next reads up to [partSize] octets, which are valid until the next call. An
// error is one of the body, or says that it has another size than it may have.
func (s *source) next() ([]byte, error) {
	s.buffer = s.buffer[:0]
	for !s.ended && len(s.buffer) < partSize {
		if err := s.read(); err != nil {
			return nil, err
		}
	}
	if s.ended && s.announced > 0 && s.n != s.announced {
		return nil, fmt.Errorf("%d octets came, %d were announced", s.n, s.announced)
	}
	return s.buffer, nil
}

// read takes what the body gives at once. The buffer grows with it, so that a
// small object takes little.
func (s *source) read() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if free := cap(s.buffer) - len(s.buffer); free == 0 {
		s.buffer = append(make([]byte, 0, min(partSize, max(16<<10, 2*cap(s.buffer)))), s.buffer...)
	}
	n, err := s.from.Read(s.buffer[len(s.buffer):cap(s.buffer)])
	s.buffer = s.buffer[:len(s.buffer)+n]
	s.sum.Write(s.buffer[len(s.buffer)-n:])
	s.n += int64(n)
	switch {
	case err == io.EOF:
		s.ended = true
	case err != nil:
		return err
	case s.n > store.MaxObject:
		return fmt.Errorf("longer than %d octets (store.MaxObject)", store.MaxObject)
	case s.announced > 0 && s.n > s.announced:
		return fmt.Errorf("more than the %d octets that were announced came", s.announced)
	}
	return nil
}
