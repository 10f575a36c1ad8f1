package enc

import (
	"encoding/binary"
	"math/bits"
)

// gf128 is an element of GF(2^128) with the polynomial of GCM, x^128 + x^7 +
// x^2 + x + 1. Bit i of lo is the coefficient of x^i, bit i of hi that of
// x^(64+i); GCM's octets have them in reversed order (SP 800-38D §6.3).
// All operations take the same time for all values.
type gf128 struct{ lo, hi uint64 }

func gf128Of(block []byte) gf128 {
	return gf128{
		lo: bits.Reverse64(binary.BigEndian.Uint64(block)),
		hi: bits.Reverse64(binary.BigEndian.Uint64(block[8:])),
	}
}

func (e gf128) put(block []byte) {
	binary.BigEndian.PutUint64(block, bits.Reverse64(e.lo))
	binary.BigEndian.PutUint64(block[8:], bits.Reverse64(e.hi))
}

func (e gf128) add(f gf128) gf128 {
	return gf128{e.lo ^ f.lo, e.hi ^ f.hi}
}

// mul is Horner's rule over the bits of f, from the highest.
func (e gf128) mul(f gf128) gf128 {
	var z gf128
	for _, word := range [2]uint64{f.hi, f.lo} {
		for range 64 {
			z = z.double()
			mask := -(word >> 63)
			z.lo ^= e.lo & mask
			z.hi ^= e.hi & mask
			word <<= 1
		}
	}
	return z
}

// double multiplies by x.
func (e gf128) double() gf128 {
	return gf128{
		lo: e.lo<<1 ^ -(e.hi>>63)&0x87,
		hi: e.hi<<1 | e.lo>>63,
	}
}

// square spreads the bits, which is all that squaring does in characteristic 2.
func (e gf128) square() gf128 {
	z := gf128{lo: spread(uint32(e.lo)), hi: spread(uint32(e.lo >> 32))}
	return z.add(reduce(spread(uint32(e.hi)), spread(uint32(e.hi>>32))))
}

// spread puts a zero bit before each bit.
func spread(w uint32) uint64 {
	x := uint64(w)
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	x = (x | x<<8) & 0x00FF00FF00FF00FF
	x = (x | x<<4) & 0x0F0F0F0F0F0F0F0F
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

// reduce returns (lo + hi·x^64)·x^128.
func reduce(lo, hi uint64) gf128 {
	over := hi>>63 ^ hi>>62 ^ hi>>57
	return gf128{
		lo: lo ^ lo<<1 ^ lo<<2 ^ lo<<7 ^ over ^ over<<1 ^ over<<2 ^ over<<7,
		hi: hi ^ hi<<1 ^ hi<<2 ^ hi<<7 ^ lo>>63 ^ lo>>62 ^ lo>>57,
	}
}

func (e gf128) squares(n int) gf128 {
	for range n {
		e = e.square()
	}
	return e
}

// inverse returns e^(2^128-2) by an addition chain for 127 = 2·63 + 1,
// 63 = 2·31 + 1 and so on (Itoh and Tsujii); with b(n) = e^(2^n-1) it is
// b(2n+1) = (b(n)^(2^n)·b(n))²·e, and the inverse is b(127)².
func (e gf128) inverse() gf128 {
	b, n := e, 1
	for n < 127 {
		b = b.squares(n).mul(b).square().mul(e)
		n = 2*n + 1
	}
	return b.square()
}
