package kms

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	smithy "github.com/aws/smithy-go"
)

// MaxParameter is how many octets a parameter of SSM's standard tier, which is free,
// holds: the PEM of an RSA key of 4096 bits has 3272.
const MaxParameter = 4096

type chest interface {
	PutParameter(context.Context, *ssm.PutParameterInput, ...func(*ssm.Options)) (*ssm.PutParameterOutput, error)
}

// KeepParameter writes a private key as PEM into a SecureString of SSM's Parameter
// Store, encrypted with the account's key for SSM. The same key again changes nothing;
// a parameter that holds another key, or is no SecureString, is not replaced. What was
// written is read back and compared.
func (i *Importer) KeepParameter(ctx context.Context, name string, private crypto.PrivateKey) (*Imported, error) {
	made := &Imported{Name: "parameter:" + name}
	var err error
	if made.Already, err = i.inParameter(ctx, name, private); err != nil || made.Already {
		return made, err
	}
	if err := i.put(ctx, name, private); err != nil {
		return nil, err
	}
	if right, err := i.inParameter(ctx, name, private); err != nil || !right {
		return nil, errors.Join(fmt.Errorf("parameter %s does not give back what was written; look at it before it is used", name), err)
	}
	return made, nil
}

// inParameter reports whether a parameter has the key already. Another key in it is
// an error.
func (i *Importer) inParameter(ctx context.Context, name string, private crypto.PrivateKey) (bool, error) {
	was, err := i.Parameter(ctx, name)
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !same(was, private) {
		return false, fmt.Errorf("parameter %s holds another key, which is not replaced: partners may hold its certificate; write the new one beside it, to a parameter of another name", name)
	}
	return true, nil
}

// put makes the parameter, and replaces none: whoever made one meanwhile is read and
// compared by the caller.
func (i *Importer) put(ctx context.Context, name string, private crypto.PrivateKey) error {
	text, err := textOf(private)
	if err != nil {
		return err
	}
	if len(text) > MaxParameter {
		return fmt.Errorf("parameter %s: the key has %d octets as PEM, and at most %d are free in SSM; keep it in Secrets Manager", name, len(text), MaxParameter)
	}
	_, err = i.chest.PutParameter(ctx, &ssm.PutParameterInput{
		Name: &name, Value: &text, Type: types.ParameterTypeSecureString, Tier: types.ParameterTierStandard, Overwrite: aws.Bool(false),
	})
	var taken *types.ParameterAlreadyExists
	if err == nil || errors.As(err, &taken) {
		return nil
	}
	var answer smithy.APIError
	if errors.As(err, &answer) && !strings.HasPrefix(answer.ErrorCode(), "AccessDenied") {
		return fmt.Errorf("write parameter %s: %s; what AWS said beside it is left out, as it may quote the value", name, answer.ErrorCode())
	}
	return explain(fmt.Errorf("write parameter %s: %w", name, err), "ssm:PutParameter", name)
}
