package kms

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// Decrypter is a [crypto.Decrypter] for RSA-OAEP with SHA-256, in the digest and
// in MGF1, and no label: RSAES_OAEP_SHA_256.
type Decrypter struct {
	key
	size int // of a ciphertext, octets
}

// Decrypting opens a key that partners encrypt for: an RSA key whose usage is
// ENCRYPT_DECRYPT is a [*Decrypter], one on P-256 whose usage is KEY_AGREEMENT an
// [*Agreer].
func (k *Keys) Decrypting(ctx context.Context, id string) (crypto.PrivateKey, error) {
	opened, err := k.open(ctx, id, types.KeyUsageTypeEncryptDecrypt, types.KeyUsageTypeKeyAgreement)
	switch {
	case err != nil:
		return nil, err
	case opened.usage == types.KeyUsageTypeKeyAgreement:
		return k.agreer(opened)
	}
	return decrypter(opened)
}

// Decrypter opens an RSA key whose usage is ENCRYPT_DECRYPT.
func (k *Keys) Decrypter(ctx context.Context, id string) (*Decrypter, error) {
	opened, err := k.open(ctx, id, types.KeyUsageTypeEncryptDecrypt)
	if err != nil {
		return nil, err
	}
	return decrypter(opened)
}

func decrypter(opened *key) (*Decrypter, error) {
	public, ok := opened.public.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("key %s is %T; RSA decrypts in KMS, keep X25519 in Secrets Manager", opened.id, opened.public)
	}
	return &Decrypter{key: *opened, size: public.Size()}, nil
}

// errOAEP says nothing of why: RFC 8017 §7.1.2.
var errOAEP = errors.New("decryption error")

// Decrypt opens a ciphertext. What KMS could not try wraps [enc.ErrUnavailable],
// so that a message is not refused for a fault of ours.
func (d *Decrypter) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if err := checkOAEP(opts); err != nil {
		return nil, err
	}
	if len(ciphertext) != d.size {
		return nil, errOAEP
	}
	ctx, cancel := d.call()
	defer cancel()
	out, err := d.kms.Decrypt(ctx, &kms.DecryptInput{KeyId: &d.id, CiphertextBlob: ciphertext, EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256})
	var invalid *types.InvalidCiphertextException
	if errors.As(err, &invalid) {
		return nil, errOAEP
	}
	if err != nil {
		return nil, explain(fmt.Errorf("decrypt with key %s: %w: %w", d.id, enc.ErrUnavailable, err), "kms:Decrypt", d.id)
	}
	return out.Plaintext, nil
}

func checkOAEP(opts crypto.DecrypterOpts) error {
	o, ok := opts.(*rsa.OAEPOptions)
	if !ok {
		return fmt.Errorf("KMS decrypts RSA-OAEP, not %T", opts)
	}
	if o.Hash != crypto.SHA256 || o.MGFHash != 0 && o.MGFHash != crypto.SHA256 || len(o.Label) > 0 {
		return fmt.Errorf("KMS decrypts RSA-OAEP with SHA-256 alone and no label, not with %s, MGF1 with %s and a label of %d octets", o.Hash, o.MGFHash, len(o.Label))
	}
	return nil
}
