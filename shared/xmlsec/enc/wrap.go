package enc

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
)

// wrapIV is the default initial value of RFC 3394 §2.2.3.1, eight times A6.
const wrapIV = 0xA6A6A6A6A6A6A6A6

// WrapKey wraps a key of n·8 octets, n ≥ 2, under a key-encryption key of 16,
// 24 or 32 octets (RFC 3394 §2.2.1). The result is 8 octets longer.
func WrapKey(kek, key []byte) ([]byte, error) {
	if len(key) < 16 || len(key)%8 != 0 {
		return nil, refuse(RuleKey, "CipherValue", "key to wrap has %d octets, not a multiple of 8 from 16 up", len(key))
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, refuse(RuleKey, "CipherValue", "key-encryption key has %d octets", len(kek))
	}
	out := make([]byte, 8+len(key))
	copy(out[8:], key)
	n := len(key) / 8
	var b [aes.BlockSize]byte
	a := uint64(wrapIV)
	for t := 1; t <= 6*n; t++ {
		r := out[8*((t-1)%n+1):][:8]
		binary.BigEndian.PutUint64(b[:8], a)
		copy(b[8:], r)
		block.Encrypt(b[:], b[:])
		a = binary.BigEndian.Uint64(b[:8]) ^ uint64(t)
		copy(r, b[8:])
	}
	binary.BigEndian.PutUint64(out, a)
	return out, nil
}

// UnwrapKey undoes [WrapKey] (RFC 3394 §2.2.2). Every failure is [ErrDecrypt].
func UnwrapKey(kek, wrapped []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil || len(wrapped) < 24 || len(wrapped)%8 != 0 {
		return nil, ErrDecrypt
	}
	out := append([]byte(nil), wrapped[8:]...)
	n := len(out) / 8
	var b [aes.BlockSize]byte
	a := binary.BigEndian.Uint64(wrapped)
	for t := 6 * n; t >= 1; t-- {
		r := out[8*((t-1)%n):][:8]
		binary.BigEndian.PutUint64(b[:8], a^uint64(t))
		copy(b[8:], r)
		block.Decrypt(b[:], b[:])
		a = binary.BigEndian.Uint64(b[:8])
		copy(r, b[8:])
	}
	var got, want [8]byte
	binary.BigEndian.PutUint64(got[:], a)
	binary.BigEndian.PutUint64(want[:], wrapIV)
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		clear(out)
		return nil, ErrDecrypt
	}
	return out, nil
}
