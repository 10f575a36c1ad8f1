package main

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
)

const keyImportHelp = `Brings a private key into KMS, where nobody can read it, or into Secrets Manager, compares its public half, and uses it once;
or, as a pilot keeps keys, into a SecureString of SSM, which costs nothing.

  RSA        kms     imported twice, as a KMS key has one usage: to sign and to decrypt
  P-256      kms     to sign, or with --purpose decrypt to agree on secrets with whoever encrypts for it
  Ed25519    secret  KMS signs at most 4096 octets of it, and a SignedInfo is longer
  X25519     secret  KMS does not know it
  sign-in    secret  one RSA key signs and decrypts
  any        parameter, with --to parameter

It may be repeated: what is there is compared and not made again. The key's name in KMS holds a fingerprint of its public half, so that
old and new stand side by side; a secret or a parameter that holds another key is not replaced. AWS is found by the SDK's environment (AWS_REGION, AWS_PROFILE).

The lines that it prints go into the variables of Terraform and into the tenant document.

Examples:
  vienreiz keys import --tenant lv-interior --key sign-key.pem --certificate as4.pem
  vienreiz keys import --tenant lv-interior --p12 as4.p12 --password-file password.txt
  vienreiz keys import --tenant lv-interior --key tokens-key.pem --purpose tokens
  vienreiz keys import --tenant lv-pilot --key sign-key.pem --certificate as4.pem --to parameter`

type keyImport struct {
	tenant, key, certificate, p12, password, to, secret, parameter string
	purposes                                                       list
	create                                                         bool
}

func runKeysImport(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz keys import", "--tenant NAME --key FILE --certificate FILE [flags]", keyImportHelp, stderr)
	var f keyImport
	fs.StringVar(&f.tenant, "tenant", "", "`NAME` of the tenant, as Terraform has it")
	fs.StringVar(&f.key, "key", "", "the private key, PEM `FILE`")
	fs.StringVar(&f.certificate, "certificate", "", "its certificate, PEM `FILE`; only tokens need none")
	fs.StringVar(&f.p12, "p12", "", "key and certificate in one PKCS #12 `FILE`, in place of both")
	fs.StringVar(&f.password, "password-file", "", "`FILE` whose first line is the password of --p12")
	fs.Var(&f.purposes, "purpose", "`PURPOSE` of the key: sign, decrypt, sign-in or tokens; repeatable; without it what its kind is used for in AS4")
	fs.StringVar(&f.to, "to", "", "`STORE` to bring it to, kms, secret or parameter, in place of the usual one")
	fs.StringVar(&f.secret, "secret", "", "`NAME` of the secret (default TENANT/PURPOSE)")
	fs.StringVar(&f.parameter, "parameter", "", "`NAME` of the parameter below /TENANT/, for one purpose (default PURPOSE)")
	fs.BoolVar(&f.create, "create", false, "make the secret, where Terraform has not")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 {
		return misuse(fs, stderr, fmt.Errorf("unexpected argument %q", rest[0]))
	}
	if err := f.check(); err != nil {
		return misuse(fs, stderr, err)
	}
	key, err := f.load()
	if err != nil {
		return refused(fs, stderr, err)
	}
	importer, err := kms.OpenImporter(ctx)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if len(f.purposes) == 0 {
		f.purposes = usual(key)
	}
	made, err := f.bringAll(ctx, importer, key)
	describeImported(stdout, f.purposes, made)
	if err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// bringAll brings the key to every purpose that it can be brought to.
func (f *keyImport) bringAll(ctx context.Context, importer *kms.Importer, key crypto.PrivateKey) (map[string]*kms.Imported, error) {
	all := map[string]*kms.Imported{}
	var failed error
	for _, purpose := range f.purposes {
		made, err := f.bring(ctx, importer, purpose, key)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", purpose, err))
			continue
		}
		all[purpose] = made
	}
	return all, failed
}

func (f *keyImport) check() error {
	switch {
	case f.tenant == "":
		return errors.New("--tenant is needed")
	case (f.key == "") == (f.p12 == ""):
		return errors.New("give either --key or --p12")
	case f.to != "" && !slices.Contains([]string{"kms", "secret", "parameter"}, f.to):
		return fmt.Errorf("--to %q: write kms, secret or parameter", f.to)
	case f.parameter != "" && f.to != "parameter":
		return errors.New("--parameter names one of SSM; write --to parameter with it, or leave it out")
	case f.parameter != "" && len(f.purposes) != 1:
		return errors.New("--parameter names the parameter of one purpose, as Terraform gives each to those functions that use it; write one --purpose with it")
	case f.parameter != "" && !parameterName.MatchString(f.parameter):
		return fmt.Errorf("--parameter %q: write up to 41 lower-case letters, digits and hyphens, without the tenant's name", f.parameter)
	case f.to == "parameter" && (f.secret != "" || f.create):
		return errors.New("--secret and --create are of Secrets Manager; leave them out with --to parameter, which makes the parameter")
	case f.key != "" && f.certificate == "" && !slices.Equal(f.purposes, list{"tokens"}):
		return errors.New("--certificate is needed: what was imported is compared with it")
	}
	for _, p := range f.purposes {
		if !slices.Contains([]string{"sign", "decrypt", "sign-in", "tokens"}, p) {
			return fmt.Errorf("--purpose %q: write sign, decrypt, sign-in or tokens", p)
		}
	}
	return nil
}

// parameterName is what Terraform's variable parameters takes.
var parameterName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,40}$`)

// load reads the key, and holds it to its certificate.
func (f *keyImport) load() (crypto.PrivateKey, error) {
	if f.p12 != "" {
		password := ""
		if f.password != "" {
			text, err := file.Read(f.password)
			if err != nil {
				return nil, err
			}
			password, _, _ = strings.Cut(strings.ReplaceAll(string(text), "\r", ""), "\n")
		}
		octets, err := file.Read(f.p12)
		if err != nil {
			return nil, err
		}
		key, chain, err := file.PKCS12(octets, password)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.p12, err)
		}
		return key, fits(key, chain)
	}
	octets, err := file.Read(f.key)
	if err != nil {
		return nil, err
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.key, err)
	}
	if f.certificate == "" {
		return key, nil
	}
	chain, err := certificates(f.certificate)
	if err != nil {
		return nil, err
	}
	return key, fits(key, chain)
}

func fits(key crypto.PrivateKey, chain []*x509.Certificate) error { return file.Fits(key, chain[0]) }

// usual are the purposes of a key in AS4, by its kind.
func usual(key crypto.PrivateKey) []string {
	switch key.(type) {
	case *rsa.PrivateKey:
		return []string{"sign", "decrypt"}
	case crypto.Signer:
		return []string{"sign"}
	}
	return []string{"decrypt"}
}

// bring puts the key where a purpose has it.
func (f *keyImport) bring(ctx context.Context, importer *kms.Importer, purpose string, key crypto.PrivateKey) (*kms.Imported, error) {
	if f.to == "parameter" {
		return importer.KeepParameter(ctx, "/"+path.Join(f.tenant, cmp.Or(f.parameter, purpose)), key)
	}
	use := map[string]string{"sign": kms.Sign, "decrypt": kms.Decrypt, "tokens": kms.Sign}[purpose]
	signer, _ := key.(crypto.Signer)
	if use == "" && f.to == "kms" {
		return nil, errors.New("the key of the sign-in signs and decrypts, and a KMS key has one usage; leave out --to kms")
	}
	if f.to == "kms" || f.to == "" && use != "" && kms.Takes(key, use) {
		if signer == nil {
			return nil, errors.New("KMS does not take X25519; leave out --to kms")
		}
		return importer.Import(ctx, f.tenant, use, signer)
	}
	return importer.Keep(ctx, cmp.Or(f.secret, path.Join(f.tenant, purpose)), key, f.create)
}
