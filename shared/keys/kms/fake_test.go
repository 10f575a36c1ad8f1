package kms

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// fake is a KMS of one key.
type fake struct {
	key    crypto.Signer
	usage  types.KeyUsageType
	err    error
	signed *kms.SignInput
	secret secretsmanager.GetSecretValueOutput
	in     ssmtypes.Parameter
}

func (f *fake) GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error) {
	der, err := x509.MarshalPKIXPublicKey(f.key.Public())
	return &kms.GetPublicKeyOutput{PublicKey: der, KeyUsage: f.usage}, err
}

func (f *fake) Sign(_ context.Context, in *kms.SignInput, _ ...func(*kms.Options)) (*kms.SignOutput, error) {
	f.signed = in
	return &kms.SignOutput{Signature: []byte("signature")}, f.err
}

func (f *fake) Decrypt(_ context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	if f.err != nil {
		return nil, f.err
	}
	plain, err := f.key.(*rsa.PrivateKey).Decrypt(rand.Reader, in.CiphertextBlob, &rsa.OAEPOptions{Hash: crypto.SHA256})
	if err != nil {
		return nil, &types.InvalidCiphertextException{}
	}
	return &kms.DecryptOutput{Plaintext: plain}, nil
}

func (f *fake) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	return &f.secret, f.err
}

func (f *fake) GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error) {
	return &ssm.GetParameterOutput{Parameter: &f.in}, f.err
}
