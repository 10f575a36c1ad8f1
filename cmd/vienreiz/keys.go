package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
)

var keysCommand = command{"keys", "make, certify, import and rotate a tenant's own keys", runKeys}

var keysCommands = []command{
	{"new", "make a key pair in a file", runKeysNew},
	{"csr", "ask for a certificate with the name that eDelivery wants", runKeysCSR},
	{"import", "bring a key into KMS, Secrets Manager or SSM", runKeysImport},
	{"rotate", "move partners to our new certificate, one by one", runKeysRotate},
}

func runKeys(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return dispatch(ctx, "vienreiz keys", keysCommands, args, stdin, stdout, stderr)
}

const newKeyHelp = `Makes a private key in OUT/PURPOSE-key.pem (PKCS #8, for its owner's eyes only). A file that is there is never replaced.

A purpose takes these suites, the first by default:
  sign     rsa, p-256, ed25519    AS4 1.15, 2.0-ecc, 2.0
  decrypt  rsa, p-256, x25519     the same; with RSA the key of sign is meant to do both (TDD 4.7)
  tls      p-256, rsa             servers of an embedded node
  tokens   ed25519, p-256         access tokens of the portals' API; needs no certificate
  sign-in  rsa                    towards the national eIDAS node

Examples:
  vienreiz keys new --purpose sign --out config
  vienreiz keys new --purpose sign --suite ed25519 --out config --self-signed AP_LV_01`

func runKeysNew(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz keys new", "--purpose PURPOSE [flags]", newKeyHelp, stderr)
	purpose := fs.String("purpose", "", "what the `PURPOSE` is: sign, decrypt, tls, tokens or sign-in")
	suite := fs.String("suite", "", "`SUITE` of the key: rsa, p-256, ed25519 or x25519")
	bits := fs.Int("bits", file.DefaultRSABits, "`BITS` of an RSA key: 2048, 3072 or 4096")
	out := fs.String("out", ".", "`FOLDER` to write to")
	name := fs.String("name", "", "`NAME` of the files in place of the purpose, such as sign-2027")
	selfSigned := fs.String("self-signed", "", "also write a throw-away certificate for tests with this common `NAME`")
	var hosts list
	fs.Var(&hosts, "host", "DNS `NAME` in the throw-away certificate; repeatable")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 {
		return misuse(fs, stderr, fmt.Errorf("unexpected argument %q", rest[0]))
	}
	chosen, err := file.SuiteFor(*purpose, *suite)
	if err != nil {
		return misuse(fs, stderr, err)
	}
	if *name == "" {
		*name = *purpose
	}
	if strings.ContainsAny(*name, `/\`) {
		return misuse(fs, stderr, fmt.Errorf("--name %q: write a name without a folder; the folder is --out", *name))
	}
	key, err := file.New(chosen, *bits)
	if err != nil {
		return refused(fs, stderr, err)
	}
	path := filepath.Join(*out, *name+"-key.pem")
	if err := file.WritePrivate(path, key); err != nil {
		return refused(fs, stderr, err)
	}
	fmt.Fprintf(stdout, "%s  %s key, purpose %s\n", path, chosen, *purpose)
	if *selfSigned == "" {
		return exitRight
	}
	cert, err := file.ThrowAway(key, *selfSigned, hosts, time.Now())
	if err != nil {
		return refused(fs, stderr, err)
	}
	path = filepath.Join(*out, *name+".pem")
	if err := file.WriteCertificate(path, cert); err != nil {
		return refused(fs, stderr, err)
	}
	fmt.Fprintf(stdout, "%s  throw-away certificate of %s until %s\n", path, *selfSigned, cert.NotAfter.Format(time.DateOnly))
	return exitRight
}

const csrHelp = `Prints a PKCS #10 request in PEM for a key in a file, in KMS (kms-sign:ARN) or in Secrets Manager (secret:NAME); AWS is found by the
SDK's environment (AWS_REGION, AWS_PROFILE). What to do with it is told on standard error.

The subject is that of the eDelivery PKI for OOTS: CN as the party was registered, such as OOTS_AP_ACC_LV_001, O of who runs the access point,
OU OOTS, and C BE. That PKI asks for RSA 2048 with SHA-256 at least; ask first whether it takes a longer one.

Examples:
  vienreiz keys csr --key config/sign-key.pem --cn OOTS_AP_ACC_LV_001 --organisation "Ministry of the Interior" >sign.csr
  vienreiz keys csr --key kms-sign:arn:aws:kms:… --cn OOTS_AP_PROD_LV_001 --organisation "Ministry of the Interior" >sign.csr`

func runKeysCSR(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz keys csr", "--key KEY --cn NAME --organisation NAME", csrHelp, stderr)
	var s file.Subject
	name := fs.String("key", "", "the private `KEY`: a PEM file, kms-sign:ID or secret:NAME")
	fs.StringVar(&s.Name, "cn", "", "common `NAME`, as the access point was registered")
	fs.StringVar(&s.Organisation, "organisation", "", "`NAME` of who runs the access point")
	fs.StringVar(&s.Unit, "unit", "OOTS", "organisational unit `NAME`")
	fs.StringVar(&s.Country, "country", "BE", "`CODE` of the country in the subject")
	rest, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(rest) > 0 || *name == "" {
		return misuse(fs, stderr, errors.New("--key is needed, and everything is a flag"))
	}
	if _, err := s.PKIX(); err != nil {
		return misuse(fs, stderr, err)
	}
	key, err := openKey(ctx, *name)
	if err != nil {
		return refused(fs, stderr, err)
	}
	request, err := file.Request(key, s)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if _, err := stdout.Write(request); err != nil {
		return refused(fs, stderr, err)
	}
	fmt.Fprintf(stderr, `Send this request to the eDelivery PKI service through your Technical Contact Point (Technical Support Dashboard, S-CIRCABC). The certificate
comes back as leaf, bundle and p7b: put the leaf, then its issuers, into one PEM file, name it beside the key in the tenant document, and
register the leaf with the party in the dashboard, from where every partner gets it.
`)
	return exitRight
}

// openKey opens a key by the name that tenant documents have: of a file, or where
// AWS keeps it.
func openKey(ctx context.Context, name string) (crypto.PrivateKey, error) {
	kind, _, _ := strings.Cut(name, ":")
	if kind == kms.Sign || kind == kms.Decrypt || kind == "secret" {
		keys, err := kms.Open(ctx)
		if err != nil {
			return nil, err
		}
		return (&bucket.Source{Keys: keys}).Key(ctx, name)
	}
	octets, err := file.Read(name)
	if err != nil {
		return nil, err
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}
