package kms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// Uses of a key in KMS, as the tenant document's key names have them.
const (
	Sign    = "kms-sign"    // SIGN_VERIFY: RSA, P-256
	Decrypt = "kms-decrypt" // ENCRYPT_DECRYPT: RSA; KEY_AGREEMENT: P-256
)

// usageOf is what KMS calls a use.
func usageOf(private crypto.Signer, use string) types.KeyUsageType {
	_, curve := private.Public().(*ecdsa.PublicKey)
	switch {
	case use == Sign:
		return types.KeyUsageTypeSignVerify
	case curve:
		return types.KeyUsageTypeKeyAgreement
	}
	return types.KeyUsageTypeEncryptDecrypt
}

type shelf interface {
	CreateKey(context.Context, *kms.CreateKeyInput, ...func(*kms.Options)) (*kms.CreateKeyOutput, error)
	CreateAlias(context.Context, *kms.CreateAliasInput, ...func(*kms.Options)) (*kms.CreateAliasOutput, error)
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
}

type intake interface {
	GetParametersForImport(context.Context, *kms.GetParametersForImportInput, ...func(*kms.Options)) (*kms.GetParametersForImportOutput, error)
	ImportKeyMaterial(context.Context, *kms.ImportKeyMaterialInput, ...func(*kms.Options)) (*kms.ImportKeyMaterialOutput, error)
}

type safe interface {
	CreateSecret(context.Context, *secretsmanager.CreateSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.CreateSecretOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
	DescribeSecret(context.Context, *secretsmanager.DescribeSecretInput, ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error)
}

// Importer brings key material into KMS, Secrets Manager and SSM.
type Importer struct {
	*Keys
	shelf  shelf
	intake intake
	safe   safe
	chest  chest
}

// OpenImporter reads the SDK's configuration, as the environment and the options have it.
func OpenImporter(ctx context.Context, options ...func(*config.LoadOptions) error) (*Importer, error) {
	sdk, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("configure the AWS SDK: %w", err)
	}
	k, s, p := kms.NewFromConfig(sdk), secretsmanager.NewFromConfig(sdk), ssm.NewFromConfig(sdk)
	return &Importer{Keys: &Keys{kms: k, diplomat: k, secrets: s, parameters: p}, shelf: k, intake: k, safe: s, chest: p}, nil
}

// Imported is a key where it was brought to.
type Imported struct {
	Name    string // as the tenant document has it: kms-sign:ARN, kms-decrypt:ARN, secret:NAME or parameter:NAME
	ARN     string // of what Terraform is told by its ARN
	Already bool   // it was there before, with the same public half
}

// Import brings one key into KMS for one use, [Sign] or [Decrypt], under
// alias/TENANT/USE-FINGERPRINT, the fingerprint being of its public half. So a
// repeated call finds what an earlier one has made, and goes on where that one
// stopped. At the end the public half in KMS is compared and a probe is signed,
// decrypted or agreed on. An error after a key was made says how to remove it.
func (i *Importer) Import(ctx context.Context, tenant, use string, private crypto.Signer) (*Imported, error) {
	spec, err := specOf(private, use)
	if err != nil {
		return nil, err
	}
	alias, err := aliasOf(tenant, use, private.Public())
	if err != nil {
		return nil, err
	}
	meta, err := i.find(ctx, alias)
	if err != nil {
		return nil, err
	}
	already := meta != nil && meta.KeyState == types.KeyStateEnabled
	if meta == nil {
		if meta, err = i.create(ctx, alias, tenant, spec, usageOf(private, use)); err != nil {
			return nil, err
		}
	}
	if !already {
		if err := i.fill(ctx, *meta.Arn, private); err != nil {
			return nil, halfMade(err, *meta.Arn)
		}
	}
	if err := i.prove(ctx, *meta.Arn, use, private.Public()); err != nil {
		return nil, halfMade(err, *meta.Arn)
	}
	return &Imported{Name: use + ":" + *meta.Arn, ARN: *meta.Arn, Already: already}, nil
}

func halfMade(err error, arn string) error {
	return fmt.Errorf("%w; run the same command again, which goes on with this key, or remove it: aws kms schedule-key-deletion --pending-window-in-days 7 --key-id %s", err, arn)
}

// specOf is the kind of key in KMS: what [Keys] can use.
func specOf(private crypto.Signer, use string) (types.KeySpec, error) {
	switch public := private.Public().(type) {
	case *rsa.PublicKey:
		specs := map[int]types.KeySpec{2048: types.KeySpecRsa2048, 3072: types.KeySpecRsa3072, 4096: types.KeySpecRsa4096}
		if spec, ok := specs[public.N.BitLen()]; ok {
			return spec, nil
		}
		return "", fmt.Errorf("KMS takes RSA keys of 2048, 3072 and 4096 bits, not of %d", public.N.BitLen())
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			return types.KeySpecEccNistP256, nil
		}
		return "", fmt.Errorf("of the curves, P-256 is imported into KMS; keep a key on %s in Secrets Manager", public.Curve.Params().Name)
	}
	return "", fmt.Errorf("KMS takes no %T here; keep it in Secrets Manager", private.Public())
}

func aliasOf(tenant, use string, public crypto.PublicKey) (string, error) {
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(spki)
	return fmt.Sprintf("alias/%s/%s-%x", tenant, use[len("kms-"):], digest[:8]), nil
}

// find looks for what an earlier import has made; nil when there is nothing.
func (i *Importer) find(ctx context.Context, alias string) (*types.KeyMetadata, error) {
	out, err := i.shelf.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &alias})
	var missing *types.NotFoundException
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(fmt.Errorf("look for key %s: %w", alias, err), "kms:DescribeKey", alias)
	}
	switch meta := out.KeyMetadata; meta.KeyState {
	case types.KeyStateEnabled, types.KeyStatePendingImport:
		return meta, nil
	default:
		return nil, fmt.Errorf("key %s of %s is %s; enable it, or cancel its deletion, or remove the alias with aws kms delete-alias", *meta.Arn, alias, meta.KeyState)
	}
}

func (i *Importer) create(ctx context.Context, alias, tenant string, spec types.KeySpec, usage types.KeyUsageType) (*types.KeyMetadata, error) {
	out, err := i.shelf.CreateKey(ctx, &kms.CreateKeyInput{
		Description: aws.String("Vienreiz " + tenant), KeySpec: spec, KeyUsage: usage, Origin: types.OriginTypeExternal,
	})
	if err != nil {
		return nil, explain(fmt.Errorf("make a key: %w", err), "kms:CreateKey", "*")
	}
	arn := *out.KeyMetadata.Arn
	if _, err := i.shelf.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: out.KeyMetadata.KeyId}); err != nil {
		err = explain(fmt.Errorf("name the key %s: %w", alias, err), "kms:CreateAlias", alias)
		return nil, fmt.Errorf("%w; the key is empty, remove it: aws kms schedule-key-deletion --pending-window-in-days 7 --key-id %s", err, arn)
	}
	return out.KeyMetadata, nil
}

// fill brings the material into an empty key.
func (i *Importer) fill(ctx context.Context, arn string, private crypto.Signer) error {
	out, err := i.intake.GetParametersForImport(ctx, &kms.GetParametersForImportInput{
		KeyId: &arn, WrappingAlgorithm: types.AlgorithmSpecRsaAesKeyWrapSha256, WrappingKeySpec: types.WrappingKeySpecRsa4096,
	})
	if err != nil {
		return explain(fmt.Errorf("ask how to import into key %s: %w", arn, err), "kms:GetParametersForImport", arn)
	}
	wrapped, err := wrapMaterial(rand.Reader, private, out.PublicKey)
	if err != nil {
		return err
	}
	_, err = i.intake.ImportKeyMaterial(ctx, &kms.ImportKeyMaterialInput{
		KeyId: &arn, ImportToken: out.ImportToken, EncryptedKeyMaterial: wrapped, ExpirationModel: types.ExpirationModelTypeKeyMaterialDoesNotExpire,
	})
	if err != nil {
		return explain(fmt.Errorf("import into key %s: %w", arn, err), "kms:ImportKeyMaterial", arn)
	}
	return nil
}

// prove compares the public half and uses the key once.
func (i *Importer) prove(ctx context.Context, arn, use string, public crypto.PublicKey) error {
	if use == Decrypt {
		opened, err := i.Decrypting(ctx, arn)
		if err != nil {
			return err
		}
		if a, ok := opened.(*Agreer); ok {
			return proveAgreer(a, public)
		}
		return proveDecrypter(opened.(*Decrypter), public)
	}
	s, err := i.Signer(ctx, arn)
	if err != nil {
		return err
	}
	return proveSigner(s, public)
}

// Takes reports whether KMS is where a key is kept for a use.
func Takes(private crypto.PrivateKey, use string) bool {
	signer, ok := private.(crypto.Signer)
	if !ok {
		return false
	}
	_, err := specOf(signer, use)
	return err == nil
}
