package kms

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

var ctx = context.Background()

func rsaKey() *rsa.PrivateKey { return as4test.KeysOf(as4test.RSA, "AP_XA_01").Sign.(*rsa.PrivateKey) }

func ecKey(t *testing.T, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestADigestIsSignedByTheAlgorithmThatTheOptionsName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  crypto.Signer
		opts crypto.SignerOpts
		want types.SigningAlgorithmSpec // empty: refused
	}{
		"RSA, SHA-256":              {rsaKey(), crypto.SHA256, types.SigningAlgorithmSpecRsassaPkcs1V15Sha256},
		"RSA, SHA-512":              {rsaKey(), crypto.SHA512, types.SigningAlgorithmSpecRsassaPkcs1V15Sha512},
		"RSA, SHA-1":                {rsaKey(), crypto.SHA1, ""},
		"PSS, salt as the digest":   {rsaKey(), &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}, types.SigningAlgorithmSpecRsassaPssSha256},
		"PSS, salt of 32 octets":    {rsaKey(), &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: 32}, types.SigningAlgorithmSpecRsassaPssSha256},
		"PSS, salt of other length": {rsaKey(), &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: 20}, ""},
		"P-256, SHA-256":            {ecKey(t, elliptic.P256()), crypto.SHA256, types.SigningAlgorithmSpecEcdsaSha256},
		"P-256, SHA-384":            {ecKey(t, elliptic.P256()), crypto.SHA384, ""},
	} {
		f := &fake{key: c.key, usage: types.KeyUsageTypeSignVerify}
		s, err := (&Keys{kms: f}).Signer(ctx, "alias/sign")
		if err != nil {
			t.Fatal(name, err)
		}
		_, err = s.Sign(nil, make([]byte, c.opts.HashFunc().Size()), c.opts)
		if (err == nil) != (c.want != "") {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (f.signed.SigningAlgorithm != c.want || f.signed.MessageType != types.MessageTypeDigest || aws.ToString(f.signed.KeyId) != "alias/sign") {
			t.Errorf("%s: asked for %+v", name, f.signed)
		}
		if _, err := s.Sign(nil, []byte("no digest"), c.opts); err == nil {
			t.Errorf("%s: signed something that is no digest", name)
		}
	}
}

func TestAKeyThatCannotDoWhatIsAskedIsRefusedWhenItIsOpened(t *testing.T) {
	t.Parallel()
	ed := as4test.KeysOf(as4test.EdDSA, "AP_XA_01").Sign
	for name, c := range map[string]struct {
		fake *fake
		want string
	}{
		"a signing key of another usage": {&fake{key: rsaKey(), usage: types.KeyUsageTypeEncryptDecrypt}, "ENCRYPT_DECRYPT"},
		"another curve":                  {&fake{key: ecKey(t, elliptic.P384()), usage: types.KeyUsageTypeSignVerify}, "P-384"},
		"Ed25519":                        {&fake{key: ed, usage: types.KeyUsageTypeSignVerify}, "Secrets Manager"},
	} {
		if _, err := (&Keys{kms: c.fake}).Signer(ctx, "k"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range []*fake{{key: rsaKey(), usage: types.KeyUsageTypeSignVerify}, {key: ecKey(t, elliptic.P256()), usage: types.KeyUsageTypeEncryptDecrypt}} {
		if _, err := (&Keys{kms: f}).Decrypter(ctx, "k"); err == nil {
			t.Errorf("%T with usage %s decrypts", f.key, f.usage)
		}
	}
}

func TestDecryptionTellsTheKeyStoresFaultFromThePartners(t *testing.T) {
	t.Parallel()
	f := &fake{key: rsaKey(), usage: types.KeyUsageTypeEncryptDecrypt}
	d, err := (&Keys{kms: f}).Decrypter(ctx, "alias/decrypt")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, d.Public().(*rsa.PublicKey), []byte("content key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	right := &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}
	if plain, err := d.Decrypt(nil, sealed, right); err != nil || string(plain) != "content key" {
		t.Errorf("%q, %v", plain, err)
	}
	forged := append([]byte{}, sealed...)
	forged[len(forged)-1] ^= 1
	for name, octets := range map[string][]byte{"forged": forged, "short": sealed[1:], "empty": nil, "long": append(sealed, 0)} {
		if _, err := d.Decrypt(nil, octets, right); err != errOAEP {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, other := range []crypto.DecrypterOpts{nil, "PKCS #1 v1.5", &rsa.OAEPOptions{Hash: crypto.SHA1},
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}, &rsa.OAEPOptions{Hash: crypto.SHA256, Label: []byte("l")}} {
		if _, err := d.Decrypt(nil, sealed, other); err == nil || errors.Is(err, enc.ErrUnavailable) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	f.err = errors.New("connection refused")
	if _, err := d.Decrypt(nil, sealed, right); !errors.Is(err, enc.ErrUnavailable) || !errors.Is(err, f.err) {
		t.Errorf("KMS is away: %v", err)
	}
}

func TestASecretIsAPrivateKeyOrNothingIsSaidOfIt(t *testing.T) {
	t.Parallel()
	for _, secret := range []secretsmanager.GetSecretValueOutput{{}, {SecretString: aws.String("hunter2")}, {SecretBinary: []byte("hunter2")}} {
		_, err := (&Keys{secrets: &fake{secret: secret}}).Secret(ctx, "vienreiz/sign")
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "vienreiz/sign") {
			t.Errorf("answered %v", err)
		}
	}
}

func TestAParameterIsASecureStringWithAPrivateKeyOrNothingIsSaidOfIt(t *testing.T) {
	t.Parallel()
	for says, in := range map[string]ssmtypes.Parameter{
		"is a String; write the key anew as a SecureString": {Type: ssmtypes.ParameterTypeString, Value: aws.String("hunter2")},
		"read parameter /lv/sign":                           {Type: ssmtypes.ParameterTypeSecureString, Value: aws.String("hunter2")},
	} {
		_, err := (&Keys{parameters: &fake{in: in}}).Parameter(ctx, "/lv/sign")
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

func TestADeniedKeyIsNamedWithThePermissionToGive(t *testing.T) {
	t.Parallel()
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User is not authorized"}
	f := &fake{key: rsaKey(), usage: types.KeyUsageTypeSignVerify, err: denied}
	keys := &Keys{kms: f, secrets: f, parameters: f}
	s, err := keys.Signer(ctx, "arn:of/sign")
	if err != nil {
		t.Fatal(err)
	}
	_, signing := s.Sign(nil, make([]byte, 32), crypto.SHA256)
	f.usage = types.KeyUsageTypeEncryptDecrypt
	d, err := keys.Decrypter(ctx, "arn:of/decrypt")
	if err != nil {
		t.Fatal(err)
	}
	_, decrypting := d.Decrypt(nil, make([]byte, d.size), &rsa.OAEPOptions{Hash: crypto.SHA256})
	_, reading := keys.Secret(ctx, "lv/tokens")
	_, looking := keys.Parameter(ctx, "/lv/tokens")
	for says, err := range map[string]error{
		"give this role kms:Sign on arn:of/sign": signing, "give this role kms:Decrypt on arn:of/decrypt": decrypting,
		"give this role secretsmanager:GetSecretValue on lv/tokens": reading, "give this role ssm:GetParameter on /lv/tokens": looking,
	} {
		if !errors.Is(err, denied) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	if !errors.Is(decrypting, enc.ErrUnavailable) {
		t.Error("the sender is told that its message cannot be decrypted")
	}
}
