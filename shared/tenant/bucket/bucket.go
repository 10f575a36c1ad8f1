// Package bucket is the configuration of a tenant in the cloud: names are names of
// objects in one bucket, and keys stay where they cannot be read from:
//
//	kms-sign:ID      a KMS key that signs (RSA, P-256)
//	kms-decrypt:ID   a KMS key that decrypts (RSA) or agrees on secrets (P-256)
//	secret:ID        a PEM in Secrets Manager (Ed25519, X25519, and RSA where both uses need one key)
//	parameter:NAME   a PEM in a SecureString of SSM's Parameter Store, for pilots
//
// A private key in the bucket is refused.
package bucket

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"strings"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Bucket is the bucket of configurations, as functions call it.
const Bucket = "configuration"

type objects interface {
	Open(ctx context.Context, bucket, key string, r store.Range) (io.ReadCloser, store.Object, error)
	Replace(ctx context.Context, bucket, key string, was, octets []byte) error
}

// Source is a [tenant.Source].
type Source struct {
	Objects objects
	Keys    *kms.Keys
}

// Read gives an object of the bucket.
func (s *Source) Read(ctx context.Context, name string) ([]byte, error) {
	r, _, err := s.Objects.Open(ctx, Bucket, name, store.Range{})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer r.Close()
	octets, err := io.ReadAll(io.LimitReader(r, tenant.MaxBytes+1))
	if err == nil && len(octets) > tenant.MaxBytes {
		err = fmt.Errorf("%s has more than %d octets", name, tenant.MaxBytes)
	}
	return octets, err
}

// Replace puts an object in place of what was read, and of nothing else: somebody
// else may have written meanwhile, which is [store.ErrConflict]. With nil there must be
// none. The bucket keeps the version before.
func (s *Source) Replace(ctx context.Context, name string, was, octets []byte) error {
	if err := s.Objects.Replace(ctx, Bucket, name, was, octets); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Key opens a key where it is kept.
func (s *Source) Key(ctx context.Context, name string) (crypto.PrivateKey, error) {
	kind, id, _ := strings.Cut(name, ":")
	switch kind {
	case "kms-sign":
		return s.Keys.Signer(ctx, id)
	case "kms-decrypt":
		return s.Keys.Decrypting(ctx, id)
	case "secret":
		return s.Keys.Secret(ctx, id)
	case "parameter":
		return s.Keys.Parameter(ctx, id)
	}
	return nil, fmt.Errorf("key %q: write kms-sign:ID, kms-decrypt:ID, secret:ID or parameter:NAME; a private key does not lie in a bucket", name)
}

// Certificates gives the certificates of an object, in their order.
func (s *Source) Certificates(ctx context.Context, name string) ([]*x509.Certificate, error) {
	octets, err := s.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	return file.Certificates(octets)
}
