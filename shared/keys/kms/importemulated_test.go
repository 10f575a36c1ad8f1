package kms_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkkms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

func importer(t *testing.T) (*kms.Importer, aws.Config, string) {
	t.Helper()
	_, sdk := emulator(t)
	i, err := kms.OpenImporter(ctx, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	return i, sdk, "lv" + strings.ToLower(rand.Text()[:8])
}

// TestAKeyIsImportedForEachUseAndFoundAgain: RSA of every length twice, P-256 to sign.
func TestAKeyIsImportedForEachUseAndFoundAgain(t *testing.T) {
	i, _, tenant := importer(t)
	for name, c := range map[string]struct {
		suite string
		bits  int
		uses  []string
	}{
		"RSA 2048": {file.RSA, 2048, []string{kms.Sign, kms.Decrypt}},
		"RSA 3072": {file.RSA, 3072, []string{kms.Sign, kms.Decrypt}},
		"P-256":    {file.P256, 0, []string{kms.Sign}},
	} {
		key, err := file.New(c.suite, c.bits)
		if err != nil {
			t.Fatal(err)
		}
		for _, use := range c.uses {
			first, err := i.Import(ctx, tenant, use, key.(crypto.Signer))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, use, err)
			}
			again, err := i.Import(ctx, tenant, use, key.(crypto.Signer))
			if err != nil || first.Already || !again.Already || again.ARN != first.ARN || again.Name != use+":"+first.ARN {
				t.Errorf("%s, %s: %+v, then %+v, %v", name, use, first, again, err)
			}
		}
	}
}

// TestAKeyOnP256IsImportedToAgree: what a partner encrypts for it by the ECC option of
// AS4 2.0 is opened without the key leaving KMS.
func TestAKeyOnP256IsImportedToAgree(t *testing.T) {
	i, sdk, tenant := importer(t)
	needAgreement(t, sdk)
	own, err := file.New(file.P256, 0)
	if err != nil {
		t.Fatal(err)
	}
	first, err := i.Import(ctx, tenant, kms.Decrypt, own.(crypto.Signer))
	if err != nil {
		t.Fatal(err)
	}
	again, err := i.Import(ctx, tenant, kms.Decrypt, own.(crypto.Signer))
	if err != nil || first.Already || !again.Already || again.ARN != first.ARN {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	sign, err := i.Import(ctx, tenant, kms.Sign, own.(crypto.Signer))
	if err != nil || sign.ARN == first.ARN {
		t.Errorf("the same material to sign: %+v, %v", sign, err)
	}
	keys, err := kms.Open(ctx, provision.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	key, err := (&bucket.Source{Keys: keys}).Key(ctx, first.Name)
	if err != nil {
		t.Fatal(err)
	}
	cek := make([]byte, 16)
	_, _ = rand.Read(cek)
	wrapped, err := enc.Wrap(rand.Reader, cek, own.(crypto.Signer).Public())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := wrapped.Unwrap(rand.Reader, key, enc.AES128GCM); err != nil || string(got) != string(cek) {
		t.Errorf("another key, %v", err)
	}
}

// needAgreement skips where the emulator has no DeriveSharedSecret.
func needAgreement(t *testing.T, sdk aws.Config) {
	t.Helper()
	id := create(t, sdk, types.KeySpecEccNistP256, types.KeyUsageTypeKeyAgreement)
	other, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(other.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	_, err = sdkkms.NewFromConfig(sdk).DeriveSharedSecret(ctx, &sdkkms.DeriveSharedSecretInput{KeyId: &id, KeyAgreementAlgorithm: types.KeyAgreementAlgorithmSpecEcdh, PublicKey: spki})
	var answer smithy.APIError
	if errors.As(err, &answer) && slices.Contains([]string{"UnknownOperationException", "InvalidAction", "UnsupportedOperationException"}, answer.ErrorCode()) {
		t.Skipf("SKIPPED: this emulator does not agree on secrets: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnImportThatWasBrokenOffIsGoneOnWith: the key and its name were made, the
// material never came.
func TestAnImportThatWasBrokenOffIsGoneOnWith(t *testing.T) {
	i, sdk, tenant := importer(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	client := sdkkms.NewFromConfig(sdk)
	out, err := client.CreateKey(ctx, &sdkkms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify, Origin: types.OriginTypeExternal})
	if err != nil {
		t.Fatal(err)
	}
	alias, err := kms.AliasOf(tenant, kms.Sign, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAlias(ctx, &sdkkms.CreateAliasInput{AliasName: &alias, TargetKeyId: out.KeyMetadata.KeyId}); err != nil {
		t.Fatal(err)
	}
	made, err := i.Import(ctx, tenant, kms.Sign, key)
	if err != nil || made.ARN != *out.KeyMetadata.Arn || made.Already {
		t.Errorf("%+v, %v", made, err)
	}
}

func TestASecretIsWrittenOnceAndNotReplaced(t *testing.T) {
	i, _, tenant := importer(t)
	for _, suite := range []string{file.Ed25519, file.X25519, file.RSA} {
		name := tenant + "/" + suite
		key, err := file.New(suite, 2048)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Keep(ctx, name, key, false); err == nil || !strings.Contains(err.Error(), "add it to the variable secrets") {
			t.Errorf("%s: %v", suite, err)
		}
		first, err := i.Keep(ctx, name, key, true)
		if err != nil || first.Already {
			t.Fatalf("%s: %+v, %v", suite, first, err)
		}
		if again, err := i.Keep(ctx, name, key, false); err != nil || !again.Already || again.ARN != first.ARN {
			t.Errorf("%s: %+v, %v", suite, again, err)
		}
		other, err := file.New(suite, 2048)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Keep(ctx, name, other, true); err == nil || !strings.Contains(err.Error(), "holds another key") {
			t.Errorf("%s: %v", suite, err)
		}
		if got, err := i.Secret(ctx, name); err != nil || !got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(key) {
			t.Errorf("%s: the first key is gone, %v", suite, err)
		}
	}
}

func TestAParameterOfSSMIsWrittenOnceAndNotReplaced(t *testing.T) {
	i, sdk, tenant := importer(t)
	for _, suite := range []string{file.Ed25519, file.X25519, file.P256, file.RSA} {
		name := "/" + tenant + "/" + suite
		key, err := file.New(suite, 4096)
		if err != nil {
			t.Fatal(err)
		}
		first, err := i.KeepParameter(ctx, name, key)
		if err != nil || first.Already || first.Name != "parameter:"+name {
			t.Fatalf("%s: %+v, %v", suite, first, err)
		}
		if again, err := i.KeepParameter(ctx, name, key); err != nil || !again.Already {
			t.Errorf("%s: %+v, %v", suite, again, err)
		}
		other, err := file.New(suite, 2048)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.KeepParameter(ctx, name, other); err == nil || !strings.Contains(err.Error(), "holds another key") {
			t.Errorf("%s: %v", suite, err)
		}
		if got, err := i.Parameter(ctx, name); err != nil || !got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(key) {
			t.Errorf("%s: the first key is gone, %v", suite, err)
		}
		about, err := ssm.NewFromConfig(sdk).GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
		if err != nil || about.Parameter.Type != ssmtypes.ParameterTypeSecureString || about.Parameter.Version != 1 {
			t.Errorf("%s: %+v, %v", suite, about, err)
		}
	}
}

func TestWhatKMSCannotKeepIsRefusedBeforeAKeyIsMade(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ed, err := file.New(file.Ed25519, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key  crypto.Signer
		use  string
		says string
	}{
		"P-384":            {curve, kms.Sign, "P-256 is imported"},
		"P-384 to decrypt": {curve, kms.Decrypt, "Secrets Manager"},
		"Ed25519":          {ed.(crypto.Signer), kms.Sign, "Secrets Manager"},
	} {
		if _, err := new(kms.Importer).Import(ctx, "lv", c.use, c.key); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if kms.Takes(c.key, c.use) {
			t.Errorf("%s: KMS is said to take it", name)
		}
	}
}
