package as4

import (
	"bytes"
	"fmt"
	"io"
)

// MemoryOutbox keeps one message in memory: for small messages that need not
// outlive the process. It serves one message.
type MemoryOutbox struct {
	parts  []*bytes.Buffer
	Stored *SignedMessage
}

type memoryPart struct{ *bytes.Buffer }

func (memoryPart) Close() error { return nil }

// Create takes the parts in order.
func (b *MemoryOutbox) Create(n int) (io.WriteCloser, error) {
	if n != len(b.parts) {
		return nil, fmt.Errorf("part %d comes after part %d", n+1, len(b.parts))
	}
	buf := new(bytes.Buffer)
	b.parts = append(b.parts, buf)
	return memoryPart{buf}, nil
}

// Open gives the octets of a part from the start.
func (b *MemoryOutbox) Open(n int) (io.ReadCloser, error) {
	if n >= len(b.parts) {
		return nil, fmt.Errorf("part %d was not stored", n+1)
	}
	return io.NopCloser(bytes.NewReader(b.parts[n].Bytes())), nil
}

// Store keeps the message.
func (b *MemoryOutbox) Store(m *SignedMessage) error {
	b.Stored = m
	return nil
}
