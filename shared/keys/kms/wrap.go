package kms

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	kwp "github.com/tink-crypto/tink-go/v2/kwp/subtle"
)

// wrapMaterial is RSA_AES_KEY_WRAP_SHA_256 of the AWS KMS Developer Guide: a fresh
// AES-256 key under RSA-OAEP with SHA-256, then the PKCS #8 of the private key
// under AES key wrap with padding (RFC 5649).
func wrapMaterial(random io.Reader, private crypto.Signer, wrappingKey []byte) ([]byte, error) {
	public, err := x509.ParsePKIXPublicKey(wrappingKey)
	if err != nil {
		return nil, fmt.Errorf("read the wrapping key of KMS: %w", err)
	}
	to, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the wrapping key of KMS is %T, not RSA", public)
	}
	material, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, errors.New("the private key cannot be written as PKCS #8")
	}
	defer clear(material)
	var once [32]byte
	defer clear(once[:])
	if _, err := io.ReadFull(random, once[:]); err != nil {
		return nil, fmt.Errorf("draw the key that wraps: %w", err)
	}
	sealed, err := rsa.EncryptOAEP(sha256.New(), random, to, once[:], nil)
	if err != nil {
		return nil, fmt.Errorf("encrypt the key that wraps: %w", err)
	}
	cipher, err := kwp.NewKWP(once[:])
	if err != nil {
		return nil, err
	}
	wrapped, err := cipher.Wrap(material)
	return append(sealed, wrapped...), err
}

// proveSigner holds a signer to the public half that it should have.
func proveSigner(s crypto.Signer, public crypto.PublicKey) error {
	if err := sameKey(s.Public(), public); err != nil {
		return err
	}
	digest := sha256.Sum256([]byte("vienreiz keys import"))
	value, err := s.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("sign a probe: %w", err)
	}
	right := false
	switch public := public.(type) {
	case *rsa.PublicKey:
		right = rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], value) == nil
	case *ecdsa.PublicKey:
		right = ecdsa.VerifyASN1(public, digest[:], value)
	}
	if !right {
		return errors.New("the signature of a probe does not verify")
	}
	return nil
}

func proveDecrypter(d crypto.Decrypter, public crypto.PublicKey) error {
	if err := sameKey(d.Public(), public); err != nil {
		return err
	}
	probe := []byte(rand.Text())
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), probe, nil)
	if err != nil {
		return err
	}
	got, err := d.Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		return fmt.Errorf("decrypt a probe: %w", err)
	}
	if subtle.ConstantTimeCompare(got, probe) != 1 {
		return errors.New("a probe is decrypted to something else")
	}
	return nil
}

func proveAgreer(a *Agreer, public crypto.PublicKey) error {
	if err := sameKey(a.Public(), public); err != nil {
		return err
	}
	other, err := a.own.Curve().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	want, err := other.ECDH(a.own)
	if err != nil {
		return err
	}
	got, err := a.ECDH(other.PublicKey())
	if err != nil {
		return fmt.Errorf("agree on a probe: %w", err)
	}
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return errors.New("both sides of a probe agree on different secrets")
	}
	return nil
}

func sameKey(is, should crypto.PublicKey) error {
	if k, ok := is.(interface{ Equal(crypto.PublicKey) bool }); !ok || !k.Equal(should) {
		return errors.New("the public half in the key store is not that of the private key")
	}
	return nil
}
