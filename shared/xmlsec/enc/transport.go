package enc

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
)

// MinRSABits is the smallest RSA modulus that a key is wrapped for
// (eDelivery AS4 1.15 §3.2.6.2.2 follows ENISA: 2048 bits).
const MinRSABits = 2048

// ErrUnavailable is for key stores beyond this process: a Decrypter or key
// agreement that wraps it says that it could not try, and the caller may try
// again. Any other error of theirs counts as a failed decryption.
var ErrUnavailable = errors.New("key store unavailable")

// Transport is RSA-OAEP key transport (xmlenc-core1 §5.5.2).
type Transport struct {
	Algorithm  string // EncryptionMethod/@Algorithm
	Digest     string // ds:DigestMethod/@Algorithm; SHA-1 when absent
	MGF        string // xenc11:MGF/@Algorithm; MGF1-SHA1 when absent
	OAEPParams []byte // xenc:OAEPparams, the label
}

func (p *profile) oaep(t *Transport) (*rsa.OAEPOptions, error) {
	digest, err := p.find(useDigest, "DigestMethod", t.Digest)
	if err != nil {
		return nil, err
	}
	mgf, err := p.find(useMGF, "MGF", t.MGF)
	if err != nil {
		return nil, err
	}
	return &rsa.OAEPOptions{Hash: digest.hash, MGFHash: mgf.hash, Label: t.OAEPParams}, nil
}

// decryptOAEP never says that OAEP failed: it goes on with a random key, drawn
// before it tries, and the content's tag fails later (architecture §5; the
// defence of RFC 3218 §2.3 against Bleichenbacher and Manger).
func decryptOAEP(rand io.Reader, key crypto.Decrypter, opts *rsa.OAEPOptions, wrapped []byte, size int) ([]byte, error) {
	substitute := make([]byte, size)
	if _, err := io.ReadFull(rand, substitute); err != nil {
		return nil, fmt.Errorf("draw substitute key: %w", err)
	}
	cek, err := key.Decrypt(rand, wrapped, opts)
	if errors.Is(err, ErrUnavailable) {
		return nil, err
	}
	if err != nil || len(cek) != size {
		return substitute, nil //nolint:nilerr // that OAEP failed must not be told
	}
	return cek, nil
}

func wrapOAEP(rand io.Reader, cek []byte, pub *rsa.PublicKey) (*EncryptedKey, error) {
	if n := pub.N.BitLen(); n < MinRSABits {
		return nil, refuse(RuleKey, "EncryptedKey", "RSA key has %d bits, fewer than %d", n, MinRSABits)
	}
	value, err := rsa.EncryptOAEPWithOptions(rand, pub, cek, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
	if err != nil {
		return nil, fmt.Errorf("encrypt content key with RSA-OAEP: %w", err)
	}
	return &EncryptedKey{
		Transport:   &Transport{Algorithm: RSAOAEP, Digest: SHA256, MGF: MGF1SHA256},
		CipherValue: value,
	}, nil
}
