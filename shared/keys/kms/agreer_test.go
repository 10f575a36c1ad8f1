package kms

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

func (f *fake) DeriveSharedSecret(_ context.Context, in *kms.DeriveSharedSecretInput, _ ...func(*kms.Options)) (*kms.DeriveSharedSecretOutput, error) {
	if f.err != nil {
		return nil, f.err
	}
	remote, err := x509.ParsePKIXPublicKey(in.PublicKey)
	if err != nil {
		return nil, err
	}
	other, err := remote.(*ecdsa.PublicKey).ECDH()
	if err != nil {
		return nil, err
	}
	own, err := f.key.(*ecdsa.PrivateKey).ECDH()
	if err != nil {
		return nil, err
	}
	secret, err := own.ECDH(other)
	return &kms.DeriveSharedSecretOutput{SharedSecret: secret}, err
}

func TestAContentKeyIsAgreedOnInKMS(t *testing.T) {
	t.Parallel()
	f := &fake{key: ecKey(t, elliptic.P256()), usage: types.KeyUsageTypeKeyAgreement}
	key, err := (&Keys{kms: f, diplomat: f}).Decrypting(ctx, "alias/decrypt")
	if err != nil {
		t.Fatal(err)
	}
	cek := make([]byte, 16)
	_, _ = rand.Read(cek)
	wrapped, err := enc.Wrap(rand.Reader, cek, f.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := wrapped.Unwrap(rand.Reader, key, enc.AES128GCM); err != nil || string(got) != string(cek) {
		t.Errorf("another key, %v", err)
	}
	wrapped.CipherValue[0] ^= 1
	if _, err := wrapped.Unwrap(rand.Reader, key, enc.AES128GCM); !errors.Is(err, enc.ErrDecrypt) {
		t.Errorf("forged: %v", err)
	}
	wrapped.CipherValue[0] ^= 1
	f.err = &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User is not authorized"}
	if _, err := wrapped.Unwrap(rand.Reader, key, enc.AES128GCM); !errors.Is(err, enc.ErrUnavailable) || !strings.Contains(err.Error(), "give this role kms:DeriveSharedSecret on alias/decrypt") {
		t.Errorf("denied: %v", err)
	}
	f.err = nil
	other, err := ecdh.P384().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.(*Agreer).ECDH(other.PublicKey()); err == nil || errors.Is(err, enc.ErrUnavailable) {
		t.Errorf("a key on another curve: %v", err)
	}
}

func TestAKeyThatPartnersEncryptForIsOpenedByWhatItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fake *fake
		says string // of the refusal; empty: it is opened
	}{
		"RSA":                        {&fake{key: rsaKey(), usage: types.KeyUsageTypeEncryptDecrypt}, ""},
		"P-256":                      {&fake{key: ecKey(t, elliptic.P256()), usage: types.KeyUsageTypeKeyAgreement}, ""},
		"P-384":                      {&fake{key: ecKey(t, elliptic.P384()), usage: types.KeyUsageTypeKeyAgreement}, "of the curves, P-256"},
		"a key that signs":           {&fake{key: ecKey(t, elliptic.P256()), usage: types.KeyUsageTypeSignVerify}, "import the material once more"},
		"RSA that agrees":            {&fake{key: rsaKey(), usage: types.KeyUsageTypeKeyAgreement}, "of the curves, P-256"},
		"a curve that would decrypt": {&fake{key: ecKey(t, elliptic.P256()), usage: types.KeyUsageTypeEncryptDecrypt}, "RSA decrypts in KMS"},
	} {
		key, err := (&Keys{kms: c.fake, diplomat: c.fake}).Decrypting(ctx, "k")
		if c.says == "" {
			if err != nil || key == nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
