package kms

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

type diplomat interface {
	DeriveSharedSecret(context.Context, *kms.DeriveSharedSecretInput, ...func(*kms.Options)) (*kms.DeriveSharedSecretOutput, error)
}

// Agreer is a key on P-256 that agrees on secrets (ECDH, NIST SP 800-56A §5.7.1.2): what
// partners encrypt for by the ECC option of AS4 2.0.
type Agreer struct {
	key
	diplomat diplomat
	own      *ecdh.PublicKey
}

// agreer makes one of a key whose usage is KEY_AGREEMENT.
func (k *Keys) agreer(opened *key) (*Agreer, error) {
	public, ok := opened.public.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, fmt.Errorf("key %s is %T on another curve; of the curves, P-256 is used in KMS, keep others in Secrets Manager", opened.id, opened.public)
	}
	own, err := public.ECDH()
	if err != nil {
		return nil, fmt.Errorf("public key of %s: %w", opened.id, err)
	}
	return &Agreer{key: *opened, diplomat: k.diplomat, own: own}, nil
}

// PublicKey is the public half.
func (a *Agreer) PublicKey() *ecdh.PublicKey { return a.own }

// ECDH agrees on a secret with whose public half is given. A point that is not on the
// curve is no *ecdh.PublicKey, so what fails in KMS is ours, and wraps
// [enc.ErrUnavailable].
func (a *Agreer) ECDH(remote *ecdh.PublicKey) ([]byte, error) {
	if remote.Curve() != a.own.Curve() {
		return nil, fmt.Errorf("key %s is on P-256, the other one on %v", a.id, remote.Curve())
	}
	spki, err := x509.MarshalPKIXPublicKey(remote)
	if err != nil {
		return nil, err
	}
	ctx, cancel := a.call()
	defer cancel()
	out, err := a.diplomat.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{KeyId: &a.id, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh, PublicKey: spki})
	if err != nil {
		return nil, explain(fmt.Errorf("agree with key %s: %w: %w", a.id, enc.ErrUnavailable, err), "kms:DeriveSharedSecret", a.id)
	}
	return out.SharedSecret, nil
}
