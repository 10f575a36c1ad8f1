package tenant

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// OpenTime bounds the opening of a key at its first use: [crypto.Signer] and
// [crypto.Decrypter] know no context.
const OpenTime = 10 * time.Second

// use is what a key of ours is for: a section of keys in the tenant document.
type use string

const (
	toSign    use = "signing"
	toDecrypt use = "decryption"
	toSignIn  use = "signIn"
	forTokens use = "tokens"
)

// held is one of our own keys. Its public half is that of its certificate; the
// private one is opened at the first use, as a function's role opens no key that
// the function does not need.
type held struct {
	live *Live
	use  use
	of   Key
	cert *x509.Certificate // nil for tokens

	mu     sync.Mutex
	key    crypto.PrivateKey
	failed atomic.Bool
}

// tried tells what came of using the key.
func (h *held) tried(err error) {
	h.failed.Store(err != nil)
	if h.live.Tried != nil {
		h.live.Tried(string(h.use), err)
	}
}

// Public is the public half, by the certificate.
func (h *held) Public() crypto.PublicKey { return publicKey(h.cert) }

// publicKey is that of a certificate; crypto/x509 leaves X25519 unparsed.
func publicKey(cert *x509.Certificate) crypto.PublicKey {
	if cert.PublicKey != nil {
		return cert.PublicKey
	}
	key, _ := x509.ParsePKIXPublicKey(cert.RawSubjectPublicKeyInfo) // nil fits no key
	return key
}

// open gives the private key. What could not be opened is tried again at the next use.
func (h *held) open(ctx context.Context) (crypto.PrivateKey, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.key != nil {
		return h.key, nil
	}
	key, err := h.live.Source.Key(ctx, h.of.Key)
	if err != nil {
		err = fmt.Errorf("key %s: %w", h.of.Key, err)
	} else {
		err = h.fits(key)
	}
	h.tried(err)
	if err != nil {
		return nil, err
	}
	h.key = key
	h.live.hasUsed(h.use)
	return key, nil
}

// fits judges what was opened by what it is for.
func (h *held) fits(key crypto.PrivateKey) error {
	_, signs := key.(crypto.Signer)
	_, decrypts := key.(crypto.Decrypter)
	switch {
	case h.use == toDecrypt && !decrypts && agreement(key) == nil:
		return fmt.Errorf("key %s cannot decrypt", h.of.Key)
	case h.use != toDecrypt && !signs:
		return fmt.Errorf("key %s cannot sign", h.of.Key)
	case h.use == toSignIn && !decrypts:
		return fmt.Errorf("key %s cannot decrypt what the national eIDAS node encrypts for it; keep an RSA key for both", h.of.Key)
	case h.cert == nil:
		return nil
	}
	if err := file.Fits(key, h.cert); err != nil {
		return fmt.Errorf("certificate %s, the first in its file, and key %s: %w", h.of.Certificate, h.of.Key, err)
	}
	return nil
}

// used opens the key for a caller without a context.
func (h *held) used() (crypto.PrivateKey, error) {
	ctx, cancel := context.WithTimeout(context.Background(), OpenTime)
	defer cancel()
	return h.open(ctx)
}

// Sign signs a digest.
func (h *held) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	key, err := h.used()
	if err != nil {
		return nil, err
	}
	signature, err := key.(crypto.Signer).Sign(rand, digest, opts)
	if err != nil || h.failed.Load() {
		h.tried(err)
	}
	return signature, err
}

// transport is a key that content keys are encrypted for: RSA.
type transport struct{ *held }

// Decrypt opens a ciphertext. A key that cannot be opened is [enc.ErrUnavailable]:
// the message is not refused for a fault of ours.
func (t transport) Decrypt(rand io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	key, err := t.used()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", enc.ErrUnavailable, err)
	}
	return key.(crypto.Decrypter).Decrypt(rand, ciphertext, opts)
}

// agreer is a private key for key agreement.
type agreer interface {
	ECDH(remote *ecdh.PublicKey) ([]byte, error)
}

// agreement is the key agreement in a key; nil when there is none.
func agreement(key crypto.PrivateKey) agreer {
	switch k := key.(type) {
	case agreer:
		return k
	case *ecdsa.PrivateKey:
		if own, err := k.ECDH(); err == nil {
			return own
		}
	}
	return nil
}

// agreed is a key that partners agree on content keys with: X25519 or a NIST curve.
type agreed struct {
	*held
	public *ecdh.PublicKey
}

// PublicKey is the public half.
func (a agreed) PublicKey() *ecdh.PublicKey { return a.public }

// ECDH agrees on a secret. A key that cannot be opened is [enc.ErrUnavailable].
func (a agreed) ECDH(remote *ecdh.PublicKey) ([]byte, error) {
	key, err := a.used()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", enc.ErrUnavailable, err)
	}
	return agreement(key).ECDH(remote)
}

// decrypting is a held key as as4.DecryptionKey wants it: of the certificate's kind.
func decrypting(h *held) any {
	switch public := h.Public().(type) {
	case *ecdh.PublicKey:
		return agreed{h, public}
	case *ecdsa.PublicKey:
		if own, err := public.ECDH(); err == nil {
			return agreed{h, own}
		}
	}
	return transport{h}
}
