package enc

import (
	"errors"
	"fmt"
	"io"
)

// NewGCMWriter encrypts to IV ‖ ciphertext ‖ tag, without additional data; the
// last of it is written by Close, which must be called. The iv is 12 random
// octets, never used before with this key. What is written is [Overhead] longer
// than what came in. Memory is about [BufferSize], whatever the length.
func NewGCMWriter(w io.Writer, key, iv []byte) (io.WriteCloser, error) {
	if len(iv) != ivSize {
		return nil, refuse(RuleValue, "EncryptedData", "IV has %d octets instead of %d", len(iv), ivSize)
	}
	g, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	copy(g.buf[:], iv)
	return &gcmWriter{gcm: g, w: w, n: ivSize, dirty: ivSize}, nil
}

type gcmWriter struct {
	gcm
	w      io.Writer
	n      int // buf[:n] waits: IV and plaintext, or plaintext alone when streaming
	dirty  int // buf up to here held plaintext
	octets uint64
	err    error
}

var errClosed = errors.New("write to a closed GCM writer")

func (g *gcmWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && g.err == nil {
		if g.n == g.full() {
			g.err = g.flush()
			continue
		}
		n := copy(g.buf[g.n:g.full()], p)
		g.n += n
		g.dirty = max(g.dirty, g.n)
		written += n
		p = p[n:]
	}
	return written, g.err
}

// full is where the buffer ends: all of it before streaming, one chunk then.
func (g *gcmWriter) full() int {
	if g.mac == nil {
		return ivSize + BufferSize
	}
	return chunkSize
}

// flush encrypts and writes a full buffer.
func (g *gcmWriter) flush() error {
	if g.mac == nil {
		g.stream(g.buf[:ivSize])
		for lo := ivSize; lo < g.n; lo += chunkSize {
			g.encrypt(g.buf[lo : lo+chunkSize])
		}
	} else {
		g.encrypt(g.buf[:g.n])
	}
	return g.send()
}

func (g *gcmWriter) encrypt(chunk []byte) {
	g.ctr.XORKeyStream(chunk, chunk)
	g.mac.write(chunk)
	g.octets += uint64(len(chunk))
}

func (g *gcmWriter) send() error {
	if g.octets > MaxContentBytes {
		return refuse(RuleLimit, "EncryptedData", "more than %d octets for one key and IV", uint64(MaxContentBytes))
	}
	_, err := g.w.Write(g.buf[:g.n])
	g.n = 0
	if err != nil {
		return fmt.Errorf("write ciphertext: %w", err)
	}
	return nil
}

// Close writes what is left and the tag. It does not close the writer below.
func (g *gcmWriter) Close() error {
	if g.err == errClosed {
		return nil
	}
	err := g.err
	if err == nil {
		err = g.finish()
	}
	g.release(g.dirty)
	g.err = errClosed
	return err
}

func (g *gcmWriter) finish() error {
	if g.mac == nil {
		sealed := g.aead.Seal(g.buf[ivSize:ivSize], g.buf[:ivSize], g.buf[ivSize:g.n], nil)
		g.n = ivSize + len(sealed)
		return g.send()
	}
	g.encrypt(g.buf[:g.n])
	g.n += copy(g.buf[g.n:], g.mac.sum())
	return g.send()
}
