package enc

import (
	"bytes"
	"math/big"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

func TestFieldArithmeticEqualsPolynomials(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := gf128{rapid.Uint64().Draw(t, "lo"), rapid.Uint64().Draw(t, "hi")}
		f := gf128{rapid.Uint64().Draw(t, "lo2"), rapid.Uint64().Draw(t, "hi2")}
		if got, want := e.mul(f), slowProduct(e, f); got != want {
			t.Fatalf("product: got %x, want %x", got, want)
		}
		if got, want := e.square(), e.mul(e); got != want {
			t.Fatalf("square: got %x, want %x", got, want)
		}
		if one := (gf128{lo: 1}); e != (gf128{}) && e.mul(e.inverse()) != one {
			t.Fatalf("inverse of %x is wrong", e)
		}
		var b [16]byte
		e.put(b[:])
		if gf128Of(b[:]) != e {
			t.Fatal("octets do not give the element back")
		}
	})
}

// slowProduct multiplies polynomials over GF(2) and divides by GCM's.
func slowProduct(e, f gf128) gf128 {
	product := new(big.Int)
	for i := range 128 {
		if polynomial(f).Bit(i) == 1 {
			product.Xor(product, new(big.Int).Lsh(polynomial(e), uint(i)))
		}
	}
	modulus := new(big.Int).SetBit(big.NewInt(0x87), 128, 1)
	for product.BitLen() > 128 {
		product.Xor(product, new(big.Int).Lsh(modulus, uint(product.BitLen()-129)))
	}
	var b [16]byte
	product.FillBytes(b[:])
	return gf128{lo: be64(b[8:]), hi: be64(b[:8])}
}

func polynomial(e gf128) *big.Int {
	p := new(big.Int).SetUint64(e.hi)
	return p.Lsh(p, 64).Or(p, new(big.Int).SetUint64(e.lo))
}

func be64(b []byte) uint64 {
	z := gf128Of(append(bytes.Clone(b), make([]byte, 8)...))
	return bits.Reverse64(z.lo)
}
