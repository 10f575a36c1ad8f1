package enc

import (
	"crypto/subtle"
	"fmt"
	"io"
)

// NewGCMReader decrypts IV ‖ ciphertext ‖ tag, without additional data, as it
// arrives. At the end of r the tag is checked: Read then gives [ErrDecrypt] in
// place of io.EOF if it is wrong or missing. Plaintext read before io.EOF is not
// authentic: keep it in quarantine. Memory is about [BufferSize], whatever the
// length; content up to that is released only after its tag was checked.
// The reader also has WriteTo, which saves a copy. Errors of r pass through.
func NewGCMReader(r io.Reader, key []byte) (io.Reader, error) {
	g, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	return &gcmReader{gcm: g, r: r}, nil
}

// maxEmptyReads is how often in a row r may give nothing.
const maxEmptyReads = 100

type gcmReader struct {
	gcm
	r      io.Reader
	lo, hi int    // buf[lo:hi] is ciphertext and perhaps the tag, to be decrypted
	plain  []byte // in buf, to be handed out
	dirty  int    // buf up to here may hold plaintext
	eof    bool   // r has ended
	octets uint64 // plaintext so far
	err    error  // given when plain is empty
}

func (g *gcmReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if !g.ready() {
		return 0, g.err
	}
	n := copy(p, g.plain)
	g.plain = g.plain[n:]
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (g *gcmReader) WriteTo(w io.Writer) (int64, error) {
	var total int64
	for g.ready() {
		n, err := w.Write(g.plain)
		total += int64(n)
		g.plain = g.plain[n:]
		if err != nil {
			return total, err
		}
	}
	if g.err != io.EOF {
		return total, g.err
	}
	return total, nil
}

// ready makes plaintext available, and says whether there is any.
func (g *gcmReader) ready() bool {
	for len(g.plain) == 0 && g.err == nil {
		g.err = g.next()
	}
	if len(g.plain) > 0 {
		return true
	}
	g.release(g.dirty)
	return false
}

// next decrypts the next piece into plain; its error counts once that is read.
func (g *gcmReader) next() error {
	if g.mac != nil {
		return g.nextChunk()
	}
	if err := g.fill(len(g.buf)); err != nil {
		return err
	}
	if g.eof {
		return g.whole()
	}
	g.stream(g.buf[:ivSize])
	g.lo = ivSize
	return g.nextChunk()
}

// fill reads until n octets are buffered, or r ends.
func (g *gcmReader) fill(n int) error {
	for empty := 0; g.hi < n && !g.eof; {
		m, err := g.r.Read(g.buf[g.hi:n])
		g.hi += m
		if err == io.EOF {
			g.eof = true
			return nil
		}
		if empty++; m > 0 {
			empty = 0
		}
		if err == nil && empty == maxEmptyReads {
			err = io.ErrNoProgress
		}
		if err != nil {
			return fmt.Errorf("read ciphertext: %w", err)
		}
	}
	return nil
}

func (g *gcmReader) whole() error {
	if g.hi < Overhead {
		return ErrDecrypt
	}
	g.dirty = g.hi
	plain, err := g.aead.Open(g.buf[ivSize:ivSize], g.buf[:ivSize], g.buf[ivSize:g.hi], nil)
	if err != nil {
		return ErrDecrypt
	}
	g.plain = plain
	return io.EOF
}

func (g *gcmReader) nextChunk() error {
	if !g.eof && g.hi-g.lo < chunkSize+tagSize {
		g.hi = copy(g.buf[:], g.buf[g.lo:g.hi])
		g.lo = 0
		if err := g.fill(chunkSize + tagSize); err != nil {
			return err
		}
	}
	if g.eof && g.hi-g.lo <= chunkSize+tagSize {
		return g.lastChunk()
	}
	g.decrypt(chunkSize)
	if g.octets > MaxContentBytes {
		g.plain = nil
		return ErrDecrypt
	}
	return nil
}

func (g *gcmReader) lastChunk() error {
	n := g.hi - g.lo - tagSize
	if n < 0 {
		return ErrDecrypt
	}
	g.decrypt(n)
	if subtle.ConstantTimeCompare(g.mac.sum(), g.buf[g.lo:g.hi]) != 1 || g.octets > MaxContentBytes {
		g.plain = nil
		return ErrDecrypt
	}
	return io.EOF
}

func (g *gcmReader) decrypt(n int) {
	g.plain = g.buf[g.lo : g.lo+n]
	g.mac.write(g.plain)
	g.ctr.XORKeyStream(g.plain, g.plain)
	g.lo += n
	g.octets += uint64(n)
	g.dirty = max(g.dirty, g.lo)
}
