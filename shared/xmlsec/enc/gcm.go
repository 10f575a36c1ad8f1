package enc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"sync"
)

// Overhead is the octets that encryption adds: the IV before the ciphertext
// and the tag behind it (xmlenc-core1 §5.2.4).
const Overhead = ivSize + tagSize

// BufferSize is the longest plaintext in octets that is decrypted or encrypted
// in one piece, and nearly all the memory that a reader or writer takes; longer
// content is streamed in chunks.
const BufferSize = 256 << 10

// MaxContentBytes is the longest plaintext of AES-GCM in octets (SP 800-38D
// §5.2.1.1). The counter of a longer one would repeat.
const MaxContentBytes = 1<<36 - 32

// chunkSize is what a stream authenticates and decrypts at once: two passes
// over it should both find it in the second-level cache. Whole blocks, and a
// whole number of them in a buffer.
const chunkSize = 64 << 10

// gcmBuffer has an octet more, to see whether the longest content ends there.
type gcmBuffer [BufferSize + Overhead + 1]byte

var gcmBuffers = sync.Pool{New: func() any { return new(gcmBuffer) }}

// gcm is one message under one key.
type gcm struct {
	block cipher.Block
	aead  cipher.AEAD
	buf   *gcmBuffer

	// The two are made when the message outgrows the buffer.
	ctr cipher.Stream
	mac *ghash
}

func newGCM(key []byte) (gcm, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return gcm{}, refuse(RuleKey, "EncryptedData", "content key has %d octets", len(key))
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return gcm{}, err
	}
	return gcm{block: block, aead: aead, buf: gcmBuffers.Get().(*gcmBuffer)}, nil
}

func (g *gcm) stream(iv []byte) {
	var counter [aes.BlockSize]byte
	copy(counter[:], iv)
	binary.BigEndian.PutUint32(counter[ivSize:], 2) // 1 masks the tag
	g.ctr = cipher.NewCTR(g.block, counter[:])
	g.mac = newGHASH(g.block, g.aead, iv)
}

// release gives the buffer back, emptied of the first n octets: they were plaintext.
func (g *gcm) release(n int) {
	if g.buf == nil {
		return
	}
	clear(g.buf[:n])
	gcmBuffers.Put(g.buf)
	g.buf = nil
}
