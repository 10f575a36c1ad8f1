package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/keys/kms"
)

func TestImportSaysWhatIsToBeWrittenWhere(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	describeImported(&out, []string{"sign", "decrypt", "sign-in", "tokens"}, map[string]*kms.Imported{
		"sign": {Name: "kms-sign:arn:1", ARN: "arn:1"}, "decrypt": {Name: "parameter:/lv/old-as4", Already: true},
		"sign-in": {Name: "parameter:/lv/sign-in"}, "tokens": {Name: "secret:lv/tokens"},
	})
	want := `# sign: imported, compared and used once
# decrypt: was there already, read back and compared
# sign-in: imported, read back and compared
# tokens: imported, read back and compared

# variable of Terraform, without these purposes in the variable secrets
keys = { sign = ["arn:1"] }

# variable of Terraform, without these purposes in the variable secrets
parameters = { old-as4 = "decrypt", sign-in = "sign-in" }

# tenant document; a new key stands behind the old one
keys:
  signing: [{key: "kms-sign:arn:1", certificate: …}]
  decryption: [{key: "parameter:/lv/old-as4", certificate: …}]
  signIn: {key: "parameter:/lv/sign-in", certificate: …}
  tokens: {key: "secret:lv/tokens"}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestImportIntoAParameterRefusesWhatTerraformWouldNotTake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flags string
		says  string
	}{
		"another store":                     {"--to vault", "write kms, secret or parameter"},
		"a name without the store":          {"--purpose sign --parameter sign", "--to parameter"},
		"one name for several purposes":     {"--to parameter --purpose sign --purpose decrypt --parameter as4", "of one purpose"},
		"one name for the usual purposes":   {"--to parameter --parameter as4", "of one purpose"},
		"a name with the tenant's":          {"--to parameter --purpose sign --parameter /lv/sign", "without the tenant's name"},
		"what only Secrets Manager knows":   {"--to parameter --create", "leave them out with --to parameter"},
		"the name of a secret for SSM's":    {"--to parameter --secret lv/sign", "leave them out with --to parameter"},
		"a purpose that no function's role": {"--to parameter --purpose journal", "write sign, decrypt, sign-in or tokens"},
	} {
		args := append([]string{"import", "--tenant", "lv", "--key", "sign-key.pem", "--certificate", "sign.pem"}, strings.Fields(c.flags)...)
		if code, _, errors := keysRun(t, args...); code != exitUsage || !strings.Contains(errors, c.says) {
			t.Errorf("%s: %d, %s", name, code, errors)
		}
	}
}

// onAWS lets commands find the emulator as an operator's find AWS: by the environment.
func onAWS(t *testing.T) {
	t.Helper()
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: AWS_ENDPOINT_URL is not set; no command was run on AWS; make contract-aws does it")
	}
	for name, value := range map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} {
		t.Setenv(name, value)
	}
}

func TestAPilotsKeyIsImportedByCommandOnAWS(t *testing.T) {
	onAWS(t)
	dir := t.TempDir()
	for _, name := range []string{"sign", "other"} {
		if code, _, errors := keysRun(t, "new", "--purpose", "sign", "--bits", "2048", "--name", name, "--out", dir, "--self-signed", "LV"); code != exitRight {
			t.Fatalf("%d, %s", code, errors)
		}
	}
	imports := func(name string) (int, string, string) {
		return keysRun(t, "import", "--tenant", "lv-pilot", "--key", filepath.Join(dir, name+"-key.pem"), "--certificate", filepath.Join(dir, name+".pem"), "--to", "parameter")
	}
	for _, want := range []string{"# sign: imported", "# sign: was there already"} {
		code, out, errors := imports("sign")
		if code != exitRight || !strings.Contains(out, want) || !strings.Contains(out, `parameters = { sign = "sign", decrypt = "decrypt" }`) || !strings.Contains(out, `{key: "parameter:/lv-pilot/decrypt"`) {
			t.Errorf("%d, %s%s", code, out, errors)
		}
		if strings.Contains(out+errors, "PRIVATE KEY") {
			t.Error("the key was printed")
		}
	}
	if code, out, errors := imports("other"); code != exitRefused || strings.Contains(out, "parameters =") || !strings.Contains(errors, "holds another key, which is not replaced") {
		t.Errorf("%d, %s%s", code, out, errors)
	}
}
