package kms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Signer is a [crypto.Signer] over RSA (PKCS #1 v1.5, or PSS with a salt as long
// as the digest) or P-256 (ASN.1, as crypto/ecdsa gives it).
type Signer struct{ key }

// Signer opens a key whose usage is SIGN_VERIFY.
func (k *Keys) Signer(ctx context.Context, id string) (*Signer, error) {
	opened, err := k.open(ctx, id, types.KeyUsageTypeSignVerify)
	if err != nil {
		return nil, err
	}
	switch public := opened.public.(type) {
	case *rsa.PublicKey:
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return nil, fmt.Errorf("key %s is on %s; of the curves, P-256 is used in KMS", id, public.Curve.Params().Name)
		}
	default:
		return nil, fmt.Errorf("key %s is %T; RSA and P-256 are used in KMS, keep others in Secrets Manager", id, public)
	}
	return &Signer{*opened}, nil
}

// Sign signs a digest. The source of randomness is KMS's own.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	algorithm, err := s.algorithm(opts)
	if err != nil {
		return nil, err
	}
	if len(digest) != opts.HashFunc().Size() {
		return nil, fmt.Errorf("a digest of %d octets is not one of %s", len(digest), opts.HashFunc())
	}
	ctx, cancel := s.call()
	defer cancel()
	out, err := s.kms.Sign(ctx, &kms.SignInput{KeyId: &s.id, Message: digest, MessageType: types.MessageTypeDigest, SigningAlgorithm: algorithm})
	if err != nil {
		return nil, explain(fmt.Errorf("sign with key %s: %w", s.id, err), "kms:Sign", s.id)
	}
	return out.Signature, nil
}

type scheme struct {
	name string
	hash crypto.Hash
}

const (
	pkcs1 = "RSASSA-PKCS1-v1_5"
	pss   = "RSASSA-PSS"
	ec    = "ECDSA P-256"
)

var algorithms = map[scheme]types.SigningAlgorithmSpec{
	{pkcs1, crypto.SHA256}: types.SigningAlgorithmSpecRsassaPkcs1V15Sha256,
	{pkcs1, crypto.SHA384}: types.SigningAlgorithmSpecRsassaPkcs1V15Sha384,
	{pkcs1, crypto.SHA512}: types.SigningAlgorithmSpecRsassaPkcs1V15Sha512,
	{pss, crypto.SHA256}:   types.SigningAlgorithmSpecRsassaPssSha256,
	{pss, crypto.SHA384}:   types.SigningAlgorithmSpecRsassaPssSha384,
	{pss, crypto.SHA512}:   types.SigningAlgorithmSpecRsassaPssSha512,
	{ec, crypto.SHA256}:    types.SigningAlgorithmSpecEcdsaSha256,
}

func (s *Signer) algorithm(opts crypto.SignerOpts) (types.SigningAlgorithmSpec, error) {
	with := scheme{pkcs1, opts.HashFunc()}
	if _, ok := s.public.(*ecdsa.PublicKey); ok {
		with.name = ec
	} else if p, ok := opts.(*rsa.PSSOptions); ok {
		with.name = pss
		if p.SaltLength > 0 && p.SaltLength != with.hash.Size() {
			return "", fmt.Errorf("KMS signs %s with a salt of %d octets, not of %d", pss, with.hash.Size(), p.SaltLength)
		}
	}
	algorithm, ok := algorithms[with]
	if !ok {
		return "", fmt.Errorf("KMS does not sign %s with %s", with.name, with.hash)
	}
	return algorithm, nil
}
