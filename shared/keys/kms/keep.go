package kms

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// Keep writes a private key as PEM into a secret, which is there and empty, as
// Terraform makes it, or is made when create says so. The same key again changes
// nothing; another one in the secret is not replaced, as partners may hold its
// certificate. What was written is read back and compared.
func (i *Importer) Keep(ctx context.Context, name string, private crypto.PrivateKey, create bool) (*Imported, error) {
	about, err := i.safe.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &name})
	var missing *types.ResourceNotFoundException
	absent := errors.As(err, &missing)
	switch {
	case absent && !create:
		return nil, fmt.Errorf("there is no secret %s; add it to the variable secrets and apply, or let it be made with --create", name)
	case err != nil && !absent:
		return nil, explain(fmt.Errorf("look for secret %s: %w", name, err), "secretsmanager:DescribeSecret", name)
	}
	already, err := i.holds(ctx, name, private, absent)
	if err != nil {
		return nil, err
	}
	arn := ""
	if about != nil && about.ARN != nil {
		arn = *about.ARN
	}
	if !already {
		if arn, err = i.write(ctx, name, private, absent); err != nil {
			return nil, err
		}
		if right, err := i.holds(ctx, name, private, false); err != nil || !right {
			return nil, errors.Join(fmt.Errorf("secret %s does not give back what was written; look at it before it is used", name), err)
		}
	}
	return &Imported{Name: "secret:" + name, ARN: arn, Already: already}, nil
}

// holds reports whether a secret has the key already. Another key in it is an error.
func (i *Importer) holds(ctx context.Context, name string, private crypto.PrivateKey, absent bool) (bool, error) {
	if absent {
		return false, nil
	}
	was, err := i.Secret(ctx, name)
	var empty *types.ResourceNotFoundException
	if errors.As(err, &empty) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !same(was, private) {
		return false, fmt.Errorf("secret %s holds another key, which is not replaced: partners may hold its certificate; write the new one beside it, to a secret of another name", name)
	}
	return true, nil
}

func same(was, private crypto.PrivateKey) bool {
	k, ok := was.(interface{ Equal(crypto.PrivateKey) bool })
	return ok && k.Equal(private)
}

// textOf is a private key as it is kept: PKCS #8, PEM.
func textOf(private crypto.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", errors.New("the private key cannot be written as PKCS #8")
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

func (i *Importer) write(ctx context.Context, name string, private crypto.PrivateKey, absent bool) (string, error) {
	text, err := textOf(private)
	if err != nil {
		return "", err
	}
	if absent {
		out, err := i.safe.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text})
		if err != nil {
			return "", explain(fmt.Errorf("make secret %s: %w", name, err), "secretsmanager:CreateSecret", name)
		}
		return *out.ARN, nil
	}
	out, err := i.safe.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &text})
	if err != nil {
		return "", explain(fmt.Errorf("write secret %s: %w", name, err), "secretsmanager:PutSecretValue", name)
	}
	return *out.ARN, nil
}
