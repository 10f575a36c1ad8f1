package as4

import (
	"bytes"
	"fmt"
	"io"
)

// MemoryOutbox keeps one message in memory: for small messages that need not
// outlive the process. It serves one message.
type MemoryOutbox struct {
	parts  []*chunks
	Stored *SignedMessage
}

// chunks is a growing content that never moves what it has.
type chunks struct{ list [][]byte }

// Sizes of a chunk: doubled from the first to the last.
const (
	firstChunk = 16 << 10
	lastChunk  = 1 << 20
)

func (c *chunks) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		last := len(c.list) - 1
		if last < 0 || len(c.list[last]) == cap(c.list[last]) {
			c.list = append(c.list, make([]byte, 0, min(firstChunk<<min(len(c.list), 6), lastChunk)))
			last++
		}
		free := c.list[last]
		fits := min(cap(free)-len(free), len(p))
		c.list[last] = append(free, p[:fits]...)
		p = p[fits:]
	}
	return n, nil
}

func (*chunks) Close() error { return nil }

// Create takes the parts in order.
func (b *MemoryOutbox) Create(n int) (io.WriteCloser, error) {
	if n != len(b.parts) {
		return nil, fmt.Errorf("part %d comes after part %d", n+1, len(b.parts))
	}
	b.parts = append(b.parts, new(chunks))
	return b.parts[n], nil
}

// Open gives the octets of a part from the start.
func (b *MemoryOutbox) Open(n int) (io.ReadCloser, error) {
	if n >= len(b.parts) {
		return nil, fmt.Errorf("part %d was not stored", n+1)
	}
	readers := make([]io.Reader, len(b.parts[n].list))
	for i, c := range b.parts[n].list {
		readers[i] = bytes.NewReader(c)
	}
	return io.NopCloser(io.MultiReader(readers...)), nil
}

// Store keeps the message.
func (b *MemoryOutbox) Store(m *SignedMessage) error {
	b.Stored = m
	return nil
}
