package enc

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"io"

	"github.com/beevik/etree"
)

// EncryptedKey is xenc:EncryptedKey (xmlenc-core1 §3.5.1): a content key for
// one recipient. Exactly one of Transport and Agreement is set.
type EncryptedKey struct {
	ID             string           // @Id
	Transport      *Transport       // RSA-OAEP
	Agreement      *Agreement       // ECDH, key derivation, key wrap
	Recipient      []*etree.Element // whose key: children of ds:KeyInfo or xenc:RecipientKeyInfo; set by reading only
	CipherValue    []byte           // CipherData/CipherValue
	DataReferences []string         // ReferenceList/DataReference/@URI, such as "#ED-1"

	profile *profile
}

// Wrap wraps a content key of 16 octets for a recipient: *rsa.PublicKey gives
// rsa-oaep with SHA-256 and MGF1-SHA256, X25519 and the NIST curves give key
// agreement with HKDF and kw-aes128. An X25519 key is *ecdh.PublicKey; take it
// by x509.ParsePKIXPublicKey(cert.RawSubjectPublicKeyInfo), because a parsed
// certificate leaves PublicKey nil. Set ID and DataReferences before
// [EncryptedKey.AppendXML].
func Wrap(rand io.Reader, cek []byte, recipient crypto.PublicKey) (*EncryptedKey, error) {
	if len(cek) != algorithms[AES128GCM].size {
		return nil, refuse(RuleKey, "EncryptedKey", "content key has %d octets, aes128-gcm takes 16", len(cek))
	}
	switch pub := recipient.(type) {
	case *rsa.PublicKey:
		return wrapOAEP(rand, cek, pub)
	case *ecdh.PublicKey:
		return wrapAgreed(rand, cek, pub)
	case *ecdsa.PublicKey:
		own, err := pub.ECDH()
		if err != nil {
			return nil, refuse(RuleKey, "EncryptedKey", "key on this curve cannot agree: %v", err)
		}
		return wrapAgreed(rand, cek, own)
	}
	return nil, refuse(RuleKey, "EncryptedKey", "cannot encrypt for a key of type %T; use RSA, X25519 or a NIST curve", recipient)
}

// Unwrap returns the content key for a content algorithm, usually [AES128GCM].
// The key is a [crypto.Decrypter] for transport; for agreement it has a method
// ECDH(*ecdh.PublicKey) ([]byte, error), or is an *ecdsa.PrivateKey.
//
// A transported key that does not decrypt is no error: the key returned is then
// random, and the content's tag fails. A failed agreement or key wrap is
// [ErrDecrypt]. A key of another kind is an [*Error] that names [RuleKey]; what
// wraps [ErrUnavailable] is returned as it is.
func (k *EncryptedKey) Unwrap(rand io.Reader, key crypto.PrivateKey, content string) ([]byte, error) {
	if err := k.check(); err != nil {
		return nil, err
	}
	p := k.profile
	if p == nil {
		p = profileOf(EDelivery)
	}
	alg, err := p.find(useContent, "EncryptionMethod", content)
	if err != nil {
		return nil, err
	}
	if k.Agreement != nil {
		own, err := agreementKey(key)
		if err != nil {
			return nil, err
		}
		return p.unwrapAgreed(k.Agreement, own, k.CipherValue, alg.size)
	}
	own, ok := key.(crypto.Decrypter)
	if !ok {
		return nil, refuse(RuleKey, "EncryptedKey", "key transport needs an RSA key, has %T", key)
	}
	opts, err := p.oaep(k.Transport)
	if err != nil {
		return nil, err
	}
	return decryptOAEP(rand, own, opts, k.CipherValue, alg.size)
}

// check guards against a key that was put together by hand.
func (k *EncryptedKey) check() error {
	if (k.Transport == nil) == (k.Agreement == nil) || k.Agreement != nil && k.Agreement.Originator == nil {
		return refuse(RuleMissing, "EncryptedKey", "needs either a transport, or an agreement with an ephemeral key")
	}
	return nil
}
