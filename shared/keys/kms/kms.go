// Package kms signs and decrypts with keys that never leave AWS KMS, and reads
// from Secrets Manager those that KMS cannot hold, or from SSM's parameters those of
// a pilot, where a key costs nothing.
//
// RSA and P-256 stay in KMS, are signed with by digest, and decrypt or agree. KMS signs Ed25519 over at most
// 4096 octets of the message itself, which a SignedInfo of many parts exceeds, and
// knows no X25519: those two come as PEM from Secrets Manager and live in memory.
// A key that signs and decrypts is imported into KMS twice, as a KMS key has one
// usage.
package kms

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// CallTime bounds one signature or decryption, with the SDK's repetitions:
// [crypto.Signer] and [crypto.Decrypter] know no context.
const CallTime = 10 * time.Second

type custodian interface {
	GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error)
	Sign(context.Context, *kms.SignInput, ...func(*kms.Options)) (*kms.SignOutput, error)
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
}

type vault interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

type drawer interface {
	GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error)
}

// Keys opens keys by their id, ARN or alias.
type Keys struct {
	kms        custodian
	diplomat   diplomat
	secrets    vault
	parameters drawer
}

// Open reads the SDK's configuration, as the environment and the options have it.
func Open(ctx context.Context, options ...func(*config.LoadOptions) error) (*Keys, error) {
	sdk, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("configure the AWS SDK: %w", err)
	}
	k := kms.NewFromConfig(sdk)
	return &Keys{kms: k, diplomat: k, secrets: secretsmanager.NewFromConfig(sdk), parameters: ssm.NewFromConfig(sdk)}, nil
}

// explain says which permission to give where AWS says that one is missing. The
// roles have those that functions.yaml names under keys and secrets.
func explain(err error, permission, id string) error {
	var answer smithy.APIError
	if !errors.As(err, &answer) || !strings.HasPrefix(answer.ErrorCode(), "AccessDenied") {
		return err
	}
	return fmt.Errorf("%w; give this role %s on %s: the key stands in the variables keys, secrets or parameters of the tenant's Terraform, and the function's permissions in functions.yaml name its use", err, permission, id)
}

// key is one key of KMS.
type key struct {
	kms    custodian
	id     string
	public crypto.PublicKey
	usage  types.KeyUsageType
}

// Public is the public half, as it was when the key was opened.
func (k *key) Public() crypto.PublicKey { return k.public }

func (k *key) call() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), CallTime)
}

// open fetches the public half and holds the key to its usages.
func (k *Keys) open(ctx context.Context, id string, usages ...types.KeyUsageType) (*key, error) {
	out, err := k.kms.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &id})
	if err != nil {
		return nil, explain(fmt.Errorf("get public key of %s: %w", id, err), "kms:GetPublicKey", id)
	}
	if !slices.Contains(usages, out.KeyUsage) {
		return nil, fmt.Errorf("key %s is for %s, not for %s; import the material once more for that", id, out.KeyUsage, usages[0])
	}
	public, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("read public key of %s: %w", id, err)
	}
	return &key{kms: k.kms, id: id, public: public, usage: out.KeyUsage}, nil
}

// Secret reads a private key as PEM from Secrets Manager: Ed25519 comes as
// [crypto.Signer], X25519 as *ecdh.PrivateKey. No error says what is in it.
func (k *Keys) Secret(ctx context.Context, id string) (crypto.PrivateKey, error) {
	text, err := k.Text(ctx, id)
	if err != nil {
		return nil, err
	}
	return private("secret", id, text)
}

// Parameter reads a private key as PEM from a SecureString of SSM's Parameter Store,
// as Secret does. A parameter that is no SecureString is refused: whoever may list
// parameters reads it.
func (k *Keys) Parameter(ctx context.Context, name string) (crypto.PrivateKey, error) {
	decrypt := true
	out, err := k.parameters.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: &decrypt})
	if err != nil {
		return nil, explain(fmt.Errorf("get parameter %s: %w", name, err), "ssm:GetParameter", name)
	}
	if out.Parameter.Type != ssmtypes.ParameterTypeSecureString {
		return nil, fmt.Errorf("parameter %s is a %s; write the key anew as a SecureString, and take the old parameter's key for known", name, out.Parameter.Type)
	}
	return private("parameter", name, *out.Parameter.Value)
}

func private(kind, id, text string) (crypto.PrivateKey, error) {
	key, err := file.PrivateKey([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	return key, nil
}

// Text reads a secret as it stands in Secrets Manager: 1 to file.MaxBytes octets.
func (k *Keys) Text(ctx context.Context, id string) (string, error) {
	out, err := k.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		return "", explain(fmt.Errorf("get secret %s: %w", id, err), "secretsmanager:GetSecretValue", id)
	}
	text := string(out.SecretBinary)
	if out.SecretString != nil {
		text = *out.SecretString
	}
	if text == "" || len(text) > file.MaxBytes {
		return "", fmt.Errorf("secret %s has %d octets, from 1 to %d are read", id, len(text), file.MaxBytes)
	}
	return text, nil
}
