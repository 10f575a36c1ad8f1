package kms

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	smithy "github.com/aws/smithy-go"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// emptyChest is SSM with at most one parameter; putting one may fail.
type emptyChest struct {
	value  *string
	kind   types.ParameterType
	silent bool  // forgets what is put
	before error // of putting: nothing is put
	rival  *string
	puts   []*ssm.PutParameterInput
}

func (c *emptyChest) GetParameter(context.Context, *ssm.GetParameterInput, ...func(*ssm.Options)) (*ssm.GetParameterOutput, error) {
	if c.value == nil {
		return nil, &types.ParameterNotFound{}
	}
	return &ssm.GetParameterOutput{Parameter: &types.Parameter{Value: c.value, Type: c.kind}}, nil
}

func (c *emptyChest) PutParameter(_ context.Context, in *ssm.PutParameterInput, _ ...func(*ssm.Options)) (*ssm.PutParameterOutput, error) {
	c.puts = append(c.puts, in)
	if c.rival != nil {
		c.value, c.kind = c.rival, types.ParameterTypeSecureString
		return nil, &types.ParameterAlreadyExists{}
	}
	if c.before != nil || c.silent {
		return &ssm.PutParameterOutput{}, c.before
	}
	c.value, c.kind = in.Value, in.Type
	return &ssm.PutParameterOutput{}, nil
}

// asKept is a private key as it is kept.
func asKept(t *testing.T, private crypto.PrivateKey) *string {
	t.Helper()
	text, err := textOf(private)
	if err != nil {
		t.Fatal(err)
	}
	return &text
}

func TestAParameterIsWrittenOnceAndNeverReplaced(t *testing.T) {
	t.Parallel()
	key, err := file.New(file.Ed25519, 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := file.New(file.Ed25519, 0)
	if err != nil {
		t.Fatal(err)
	}
	quotes := &smithy.GenericAPIError{Code: "ValidationException", Message: "Value '" + *asKept(t, key) + "' at 'value' is wrong"}
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not authorized"}
	for name, c := range map[string]struct {
		chest   emptyChest
		says    string // of the refusal; empty: it is kept
		already bool
		puts    int
	}{
		"a new one":                           {puts: 1},
		"the same again":                      {chest: emptyChest{value: asKept(t, key), kind: types.ParameterTypeSecureString}, already: true},
		"another key":                         {chest: emptyChest{value: asKept(t, other), kind: types.ParameterTypeSecureString}, says: "holds another key, which is not replaced"},
		"the same key for anybody to read":    {chest: emptyChest{value: asKept(t, key), kind: types.ParameterTypeString}, says: "write the key anew as a SecureString"},
		"somebody else wrote another":         {chest: emptyChest{rival: asKept(t, other)}, says: "holds another key", puts: 1},
		"somebody else wrote the same":        {chest: emptyChest{rival: asKept(t, key)}, puts: 1},
		"what was written is not there":       {chest: emptyChest{silent: true}, says: "does not give back what was written", puts: 1},
		"an answer that quotes the key":       {chest: emptyChest{before: quotes}, says: "ValidationException", puts: 1},
		"nobody may write":                    {chest: emptyChest{before: denied}, says: "give this role ssm:PutParameter on /lv/sign", puts: 1},
		"the line breaks":                     {chest: emptyChest{before: errors.New("connection refused")}, says: "connection refused", puts: 1},
		"nobody knows what it is: no private": {chest: emptyChest{value: new(string), kind: types.ParameterTypeSecureString}, says: "read parameter /lv/sign"},
	} {
		i := &Importer{Keys: &Keys{parameters: &c.chest}, chest: &c.chest}
		made, err := i.KeepParameter(ctx, "/lv/sign", key)
		if len(c.chest.puts) != c.puts {
			t.Errorf("%s: written %d times", name, len(c.chest.puts))
		}
		for _, in := range c.chest.puts {
			if in.Type != types.ParameterTypeSecureString || *in.Overwrite {
				t.Errorf("%s: put as %s, overwriting %v", name, in.Type, *in.Overwrite)
			}
		}
		if c.says == "" {
			if err != nil || made.Name != "parameter:/lv/sign" || made.Already != c.already {
				t.Errorf("%s: %+v, %v", name, made, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "PRIVATE KEY") {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

func TestEveryKeyThatIsMadeFitsAParameter(t *testing.T) {
	t.Parallel()
	key, err := file.New(file.RSA, 4096)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(*asKept(t, key)); n > MaxParameter {
		t.Errorf("RSA of 4096 bits has %d octets, a parameter at most %d", n, MaxParameter)
	}
}
