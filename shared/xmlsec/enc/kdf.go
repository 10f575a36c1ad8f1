package enc

import (
	"crypto"
	"crypto/hkdf"
	"encoding/binary"
)

// Derivation is how the key-encryption key comes from the shared secret.
// Algorithm decides which of the other fields count.
type Derivation struct {
	Algorithm string // HKDF or ConcatKDF

	// HKDF (RFC 9231 §2.8, RFC 5869).
	PRF  string // HKDFParams/PRF/@Algorithm
	Salt []byte // HKDFParams/Salt; none is a salt of zeros
	Info []byte // HKDFParams/Info

	// ConcatKDF (xmlenc-core1 §5.4.1).
	Digest    string // ConcatKDFParams/ds:DigestMethod/@Algorithm
	OtherInfo []byte // AlgorithmID ‖ PartyUInfo ‖ PartyVInfo ‖ SuppPubInfo ‖ SuppPrivInfo, padding octets removed
}

func (p *profile) derive(d *Derivation, secret []byte, size int) ([]byte, error) {
	if d.Algorithm == ConcatKDF {
		digest, err := p.find(useDigest, "DigestMethod", d.Digest)
		if err != nil {
			return nil, err
		}
		return concat(digest.hash, secret, d.OtherInfo, size), nil
	}
	prf, err := p.find(usePRF, "PRF", d.PRF)
	if err != nil {
		return nil, err
	}
	return hkdf.Key(prf.hash.New, secret, d.Salt, string(d.Info), size)
}

// concat is the one-step KDF of NIST SP 800-56A §5.8.1.
func concat(h crypto.Hash, secret, otherInfo []byte, size int) []byte {
	var out []byte
	for counter := uint32(1); len(out) < size; counter++ {
		d := h.New()
		var c [4]byte
		binary.BigEndian.PutUint32(c[:], counter)
		d.Write(c[:])
		d.Write(secret)
		d.Write(otherInfo)
		out = d.Sum(out)
	}
	return out[:size]
}
