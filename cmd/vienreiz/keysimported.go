package main

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/vienreiz/vienreiz/shared/keys/kms"
)

// sections are the lists of the tenant document by purpose.
var sections = map[string]string{"sign": "signing", "decrypt": "decryption", "sign-in": "signIn", "tokens": "tokens"}

// lines are those of the tenant document by purpose; the others' are of a list.
var lines = map[string]string{"sign-in": "  %s: {key: %q, certificate: …}\n", "tokens": "  %s: {key: %q}\n"}

// describeImported prints what goes into Terraform's variables and the tenant document.
func describeImported(w io.Writer, purposes []string, made map[string]*kms.Imported) {
	var keys, parameters []string
	for _, purpose := range purposes {
		m := made[purpose]
		if m == nil {
			continue
		}
		store, name, _ := strings.Cut(m.Name, ":")
		seen := "compared and used once"
		switch store {
		case "secret":
			seen = "read back and compared"
		case "parameter":
			seen = "read back and compared"
			parameters = append(parameters, fmt.Sprintf("%s = %q", path.Base(name), purpose))
		default:
			keys = append(keys, fmt.Sprintf("%s = [%q]", purpose, m.ARN))
		}
		fmt.Fprintf(w, "# %s: %s %s\n", purpose, map[bool]string{true: "was there already,", false: "imported,"}[m.Already], seen)
	}
	describeVariable(w, "keys", keys)
	describeVariable(w, "parameters", parameters)
	if len(made) > 0 {
		fmt.Fprintf(w, "\n# tenant document; a new key stands behind the old one\nkeys:\n")
	}
	for _, purpose := range purposes {
		m := made[purpose]
		if m == nil {
			continue
		}
		format := lines[purpose]
		if format == "" {
			format = "  %s: [{key: %q, certificate: …}]\n"
		}
		fmt.Fprintf(w, format, sections[purpose], m.Name)
	}
}

func describeVariable(w io.Writer, name string, entries []string) {
	if len(entries) > 0 {
		fmt.Fprintf(w, "\n# variable of Terraform, without these purposes in the variable secrets\n%s = { %s }\n", name, strings.Join(entries, ", "))
	}
}
