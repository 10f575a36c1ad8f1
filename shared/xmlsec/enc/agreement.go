package enc

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
)

// SaltSize is the octets of the random HKDF salt that [Wrap] draws; twice what
// WSS4J writes, as in the eDelivery 2.0 examples.
const SaltSize = 32

// Agreement is ephemeral-static Diffie-Hellman with a derived key-encryption
// key (xmlenc-core1 §5.6, RFC 9231 §2.8).
type Agreement struct {
	Algorithm  string          // AgreementMethod/@Algorithm
	Wrap       string          // EncryptionMethod/@Algorithm of the EncryptedKey
	Derivation Derivation      // AgreementMethod/KeyDerivationMethod
	Originator *ecdh.PublicKey // AgreementMethod/OriginatorKeyInfo, on its curve
}

// agreer is a private key for key agreement; *ecdh.PrivateKey is one.
type agreer interface {
	ECDH(remote *ecdh.PublicKey) ([]byte, error)
}

// publicAgreer lets a curve that does not fit be named, before it is tried.
type publicAgreer interface {
	PublicKey() *ecdh.PublicKey
}

func (p *profile) unwrapAgreed(a *Agreement, key agreer, wrapped []byte, size int) ([]byte, error) {
	wrap, err := p.find(useWrap, "EncryptionMethod", a.Wrap)
	if err != nil {
		return nil, err
	}
	if own, ok := key.(publicAgreer); ok && own.PublicKey().Curve() != a.Originator.Curve() {
		return nil, refuse(RuleKey, "OriginatorKeyInfo", "ephemeral key is on %v, ours on %v", a.Originator.Curve(), own.PublicKey().Curve())
	}
	secret, err := key.ECDH(a.Originator)
	if errors.Is(err, ErrUnavailable) {
		return nil, err
	}
	if err != nil {
		return nil, ErrDecrypt
	}
	defer clear(secret)
	kek, err := p.derive(&a.Derivation, secret, wrap.size)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	cek, err := UnwrapKey(kek, wrapped)
	if err != nil || len(cek) != size {
		return nil, ErrDecrypt
	}
	return cek, nil
}

func wrapAgreed(rand io.Reader, cek []byte, recipient *ecdh.PublicKey) (*EncryptedKey, error) {
	a := &Agreement{Algorithm: AgreementECDH, Wrap: KWAES128}
	if recipient.Curve() == ecdh.X25519() {
		a.Algorithm = AgreementX25519
	}
	ephemeral, err := recipient.Curve().GenerateKey(rand)
	if err != nil {
		return nil, fmt.Errorf("generate ephemeral key: %w", err)
	}
	a.Originator = ephemeral.PublicKey()
	a.Derivation = Derivation{Algorithm: HKDF, PRF: HMACSHA256, Salt: make([]byte, SaltSize)}
	if _, err := io.ReadFull(rand, a.Derivation.Salt); err != nil {
		return nil, fmt.Errorf("draw HKDF salt: %w", err)
	}
	secret, err := ephemeral.ECDH(recipient)
	if err != nil {
		return nil, fmt.Errorf("agree on a key: %w", err)
	}
	defer clear(secret)
	p := profileOf(EDelivery)
	kek, err := p.derive(&a.Derivation, secret, p.algorithms[a.Wrap].size)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	value, err := WrapKey(kek, cek)
	if err != nil {
		return nil, err
	}
	return &EncryptedKey{Agreement: a, CipherValue: value}, nil
}

// agreementKey takes what stores and parsers hold and gives the key agreement
// in it: a PEM file of a P-256 key parses to *ecdsa.PrivateKey.
func agreementKey(key crypto.PrivateKey) (agreer, error) {
	switch k := key.(type) {
	case agreer:
		return k, nil
	case *ecdsa.PrivateKey:
		own, err := k.ECDH()
		if err != nil {
			return nil, refuse(RuleKey, "AgreementMethod", "key on this curve cannot agree: %v", err)
		}
		return own, nil
	}
	return nil, refuse(RuleKey, "AgreementMethod", "needs a key agreement key, has %T", key)
}
