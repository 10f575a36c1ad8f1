package enc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
)

const (
	ivSize  = 12
	tagSize = 16
)

// ghash computes the tag of a GCM message in chunks, at the speed of the
// standard library's one-shot GCM. That has no open interface to GHASH, but
// sealing an empty plaintext with the chunk as additional data gives
//
//	tag = E(J0) + (P(C) + L)·H
//
// where P(C) is the GHASH state after the chunk's blocks and L the block of
// lengths (SP 800-38D §7.1). So P(C) = (tag + E(J0))·H⁻¹ + L: one
// multiplication a chunk. The state so far enters by adding it to the first block.
// These intermediate tags never leave this type.
type ghash struct {
	aead   cipher.AEAD
	nonce  [ivSize]byte
	ej0    gf128 // E(J0), the mask of the tag
	h      gf128 // E(0)
	hInv   gf128
	y      gf128 // state after the chunks so far
	octets uint64
	tag    [tagSize]byte
}

func newGHASH(block cipher.Block, aead cipher.AEAD, iv []byte) *ghash {
	g := &ghash{aead: aead}
	copy(g.nonce[:], iv)
	var b [aes.BlockSize]byte
	block.Encrypt(b[:], b[:])
	g.h = gf128Of(b[:])
	g.hInv = g.h.inverse()
	copy(b[:], iv)
	binary.BigEndian.PutUint32(b[ivSize:], 1)
	block.Encrypt(b[:], b[:])
	g.ej0 = gf128Of(b[:])
	return g
}

// write adds ciphertext. Only the last chunk may be no multiple of 16 octets.
// The chunk is used as scratch, and restored.
func (g *ghash) write(chunk []byte) {
	if len(chunk) == 0 {
		return
	}
	var first [aes.BlockSize]byte
	n := copy(first[:], chunk)
	if n < aes.BlockSize {
		padded := first
		gf128Of(padded[:]).add(g.y).put(padded[:])
		g.absorb(padded[:], uint64(n))
		return
	}
	gf128Of(first[:]).add(g.y).put(chunk)
	g.absorb(chunk, uint64(len(chunk)))
	copy(chunk, first[:])
}

func (g *ghash) absorb(chunk []byte, octets uint64) {
	sealed := g.aead.Seal(g.tag[:0], g.nonce[:], nil, chunk)
	s := gf128Of(sealed).add(g.ej0)
	g.y = s.mul(g.hInv).add(lengths(uint64(len(chunk)), 0))
	g.octets += octets
}

// sum returns the tag of the whole message.
func (g *ghash) sum() []byte {
	g.y.add(lengths(0, g.octets)).mul(g.h).add(g.ej0).put(g.tag[:])
	return g.tag[:]
}

// lengths is the last block of GHASH: the lengths in bits of additional data and ciphertext.
func lengths(additional, ciphertext uint64) gf128 {
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[:], additional*8)
	binary.BigEndian.PutUint64(b[8:], ciphertext*8)
	return gf128Of(b[:])
}
