package cloud_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/rotation"
)

func edit(t *testing.T, c configuration, change func(*partners.Document)) {
	t.Helper()
	was, err := c.Read(t.Context(), "partners.json")
	if err != nil {
		t.Fatal(err)
	}
	book, err := partners.Parse(was)
	if err != nil {
		t.Fatal(err)
	}
	change(book)
	book.Revision++
	octets, err := book.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Replace(t.Context(), "partners.json", was, octets); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, c configuration, name string, octets []byte) {
	t.Helper()
	was, err := c.Read(t.Context(), name)
	if err == nil {
		err = c.Replace(t.Context(), name, was, octets)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rotate is what an operator types. It says by its exit whether somebody remains.
func (r *rehearsal) rotate(t *testing.T) *rotation.Report {
	t.Helper()
	out, said, err := typed(t, append([]string{"keys", "rotate", "--json"}, r.where...)...)
	report := new(rotation.Report)
	if err := json.Unmarshal(out, report); err != nil {
		t.Fatalf("%v: %s%s", err, out, said)
	}
	if (err != nil) != (report.Remain > 0) {
		t.Fatalf("%d remain, and it ended with %v: %s", report.Remain, err, said)
	}
	return report
}

// typed is what comes of an operator's command on the emulated AWS.
func typed(t *testing.T, args ...string) (out []byte, said string, err error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), command(t), args...)
	c.Env = append(os.Environ(), "AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err = c.Output()
	return out, stderr.String(), err
}

// command is the vienreiz of this tree, built anew.
func command(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vienreiz")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/vienreiz/vienreiz/cmd/vienreiz").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// outcomes are those by partner, the other country's under its name.
func outcomes(report *rotation.Report) map[string]rotation.Outcome {
	all := map[string]rotation.Outcome{}
	for _, p := range report.Partners {
		name := p.Party
		if name != "AP_XB_01" {
			name = theirs
		}
		all[name] = p.Outcome
	}
	return all
}
