package api

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write contract.sum; make generate does it after generating")

// sources are what contract.gen.go is made of, and itself.
var sources = []string{"../openapi.yaml", "../oapi-codegen.yaml", "../templates/imports.tmpl", "contract.gen.go"}

func TestTheGeneratedCodeIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, name := range sources {
		octets, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%x  %s\n", sha256.Sum256(octets), name)
	}
	if *update {
		if err := os.WriteFile("contract.sum", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("contract.sum")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("the contract and the generated code have parted; run make generate:\n%s", diff)
	}
}

func TestTheGeneratorMakesTheSameAgain(t *testing.T) {
	t.Parallel()
	tool, err := filepath.Abs("../../../build/oapi-codegen")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		t.Skip("SKIPPED: build/oapi-codegen is not there; make generate builds it. contract.sum is checked without it")
	}
	out := filepath.Join(t.TempDir(), "contract.gen.go")
	c := exec.Command(tool, "--config", "oapi-codegen.yaml", "-o", out, "openapi.yaml")
	c.Dir = ".."
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, b)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("contract.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the generator makes other code; run make generate:\n%s", diff)
	}
}
