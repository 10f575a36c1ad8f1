package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of RSA keys, in bits: below is weak, above costs more to verify than
// the signer should be able to make us spend.
const (
	MinRSABits = 2048
	MaxRSABits = 4096
)

// Key is a public JWK (RFC 7517): EC on P-256, OKP Ed25519, or RSA of 2048 to
// 4096 bits. D and K are there to be refused: a private key is no one else's.
type Key struct {
	ID        string   `json:"kid" yaml:"kid"`
	Type      string   `json:"kty" yaml:"kty"`
	Use       string   `json:"use,omitempty" yaml:"use,omitempty"`
	Ops       []string `json:"key_ops,omitempty" yaml:"key_ops,omitempty"`
	Algorithm string   `json:"alg,omitempty" yaml:"alg,omitempty"` // only this one then; for RSA without it RS256 and PS256
	Curve     string   `json:"crv,omitempty" yaml:"crv,omitempty"`
	X         string   `json:"x,omitempty" yaml:"x,omitempty"`
	Y         string   `json:"y,omitempty" yaml:"y,omitempty"`
	N         string   `json:"n,omitempty" yaml:"n,omitempty"`
	E         string   `json:"e,omitempty" yaml:"e,omitempty"`
	D         string   `json:"d,omitempty" yaml:"d,omitempty"`
	K         string   `json:"k,omitempty" yaml:"k,omitempty"`
}

// PublicKey describes a key that this package accepts.
func PublicKey(id string, public any) (Key, error) {
	octets, err := (jose.JSONWebKey{Key: public, KeyID: id, Use: "sig"}).MarshalJSON()
	if err != nil {
		return Key{}, fmt.Errorf("describe key %q: %w", id, err)
	}
	var k Key
	if err := json.Unmarshal(octets, &k); err != nil {
		return Key{}, fmt.Errorf("describe key %q: %w", id, err)
	}
	if _, _, err := k.verifier(); err != nil {
		return Key{}, fmt.Errorf("describe key %q: %w", id, err)
	}
	return k, nil
}

// verifier is the key and the algorithms that it may verify.
func (k *Key) verifier() (any, []jose.SignatureAlgorithm, error) {
	if k.D != "" || k.K != "" {
		return nil, nil, errors.New("is or holds a secret")
	}
	octets, err := json.Marshal(k)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot be written: %w", err)
	}
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON(octets); err != nil {
		return nil, nil, fmt.Errorf("cannot be read: %w", err)
	}
	algorithms, err := algorithmsOf(parsed.Key)
	if err != nil {
		return nil, nil, err
	}
	if k.Algorithm == "" {
		return parsed.Key, algorithms, nil
	}
	for _, a := range algorithms {
		if string(a) == k.Algorithm {
			return parsed.Key, []jose.SignatureAlgorithm{a}, nil
		}
	}
	return nil, nil, fmt.Errorf("has the alg %.20q, which is not one of %v", k.Algorithm, algorithms)
}

// algorithmsOf is the whole list of what is accepted.
func algorithmsOf(public any) ([]jose.SignatureAlgorithm, error) {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return []jose.SignatureAlgorithm{jose.EdDSA}, nil
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return nil, fmt.Errorf("is on %s", key.Curve.Params().Name)
		}
		return []jose.SignatureAlgorithm{jose.ES256}, nil
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < MinRSABits || bits > MaxRSABits {
			return nil, fmt.Errorf("is an RSA key of %d bits", bits)
		}
		return []jose.SignatureAlgorithm{jose.RS256, jose.PS256}, nil
	}
	return nil, errors.New("is no public key for signatures")
}
