package reception

import (
	"context"
	"io"

	"github.com/vienreiz/vienreiz/shared/store"
)

// partWriter turns writes into the body of one Put, in flat memory.
type partWriter struct {
	*io.PipeWriter
	size *int64
	done chan error
}

func (b *Inbox) put(ctx context.Context, key string, size *int64) *partWriter {
	r, w := io.Pipe()
	p := &partWriter{PipeWriter: w, size: size, done: make(chan error, 1)}
	go func() {
		_, err := b.Objects.Put(ctx, Bucket, key, r, store.PutOptions{Once: true})
		r.CloseWithError(err) // a failed Put must not let the writer wait
		p.done <- err
	}()
	return p
}

func (p *partWriter) Write(b []byte) (int, error) {
	n, err := p.PipeWriter.Write(b)
	*p.size += int64(n)
	return n, err
}

// Close returns when the part is durable, or with why it is not.
func (p *partWriter) Close() error {
	if err := p.PipeWriter.Close(); err != nil {
		return err
	}
	return <-p.done
}
