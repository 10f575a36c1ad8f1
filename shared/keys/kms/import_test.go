package kms

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// emptyShelf is a KMS without keys, whose calls fail as they are told.
type emptyShelf struct {
	state       types.KeyState // of a key that is there; empty: none is
	alias, fill error
	made        int
}

var arn = aws.String("arn:of/key")

func (s *emptyShelf) CreateKey(context.Context, *kms.CreateKeyInput, ...func(*kms.Options)) (*kms.CreateKeyOutput, error) {
	s.made++
	return &kms.CreateKeyOutput{KeyMetadata: &types.KeyMetadata{Arn: arn, KeyId: arn, KeyState: types.KeyStatePendingImport}}, nil
}

func (s *emptyShelf) CreateAlias(context.Context, *kms.CreateAliasInput, ...func(*kms.Options)) (*kms.CreateAliasOutput, error) {
	return nil, s.alias
}

func (s *emptyShelf) DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error) {
	if s.state == "" {
		return nil, &types.NotFoundException{}
	}
	return &kms.DescribeKeyOutput{KeyMetadata: &types.KeyMetadata{Arn: arn, KeyId: arn, KeyState: s.state}}, nil
}

func (s *emptyShelf) GetParametersForImport(context.Context, *kms.GetParametersForImportInput, ...func(*kms.Options)) (*kms.GetParametersForImportOutput, error) {
	spki, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	return &kms.GetParametersForImportOutput{PublicKey: spki}, err
}

func (s *emptyShelf) ImportKeyMaterial(context.Context, *kms.ImportKeyMaterialInput, ...func(*kms.Options)) (*kms.ImportKeyMaterialOutput, error) {
	return nil, s.fill
}

func TestAKeyThatIsHalfMadeIsNamedWithTheWayToRemoveIt(t *testing.T) {
	t.Parallel()
	trouble := errors.New("connection refused")
	other, err := file.New(file.RSA, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		shelf emptyShelf
		key   *rsa.PrivateKey // that is in KMS afterwards
		says  string
	}{
		"it gets no name":              {emptyShelf{alias: trouble}, rsaKey(), "connection refused"},
		"the material does not arrive": {emptyShelf{fill: trouble}, rsaKey(), "run the same command again, which goes on with this key"},
		"another public half is there": {emptyShelf{}, other.(*rsa.PrivateKey), "is not that of the private key"},
		"its signature is wrong":       {emptyShelf{}, rsaKey(), "does not verify"},
	} {
		i := &Importer{Keys: &Keys{kms: &fake{key: c.key, usage: types.KeyUsageTypeSignVerify}}, shelf: &c.shelf, intake: &c.shelf}
		_, err := i.Import(ctx, "lv", Sign, rsaKey())
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "schedule-key-deletion --pending-window-in-days 7 --key-id arn:of/key") {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := emptyShelf{state: types.KeyStatePendingDeletion}
	if _, err := (&Importer{shelf: &gone}).Import(ctx, "lv", Sign, rsaKey()); err == nil || gone.made > 0 || !strings.Contains(err.Error(), "cancel its deletion") {
		t.Errorf("%v", err)
	}
}

func TestOnlyWhatDecryptsTheProbeIsADecrypter(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if err := proveDecrypter(rsaKey(), rsaKey().Public()); err != nil {
		t.Error(err)
	}
	if err := proveDecrypter(other, rsaKey().Public()); err == nil {
		t.Error("another key is taken")
	}
}
