package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/rotation"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// TestRotateSaysWhoRemainsAndExitsOneWhileSomebodyDoes: the partner here takes
// nobody's messages.
func TestRotateSaysWhoRemainsAndExitsOneWhileSomebodyDoes(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	w, err := world.Open(t.Context(), world.Options{Data: data, Names: []string{"LT", "LV"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(data, "lv", "config")
	file := filepath.Join(config, "tenant.yaml")
	if code, _, errors := keysRun(t, "rotate", "--tenant", file); code != exitRefused || !strings.Contains(errors, "names one key") {
		t.Fatalf("%d, %s", code, errors)
	}
	if code, _, errors := keysRun(t, "new", "--purpose", "sign", "--bits", "2048", "--name", "new", "--out", config, "--self-signed", "LV"); code != exitRight {
		t.Fatalf("%d, %s", code, errors)
	}
	listBehind(t, file, tenant.Key{Key: "new-key.pem", Certificate: "new.pem"})

	code, out, errors := keysRun(t, "rotate", "--tenant", file, "--dry-run")
	if code != exitRefused || !strings.Contains(out, "would ask") || !strings.Contains(out, "1 of 1 would be asked; nobody was") {
		t.Errorf("dry run: %d, %s%s", code, out, errors)
	}
	code, out, errors = keysRun(t, "rotate", "--tenant", file)
	if code != exitRefused || !strings.Contains(out, "no verified receipt: no answer from") || !strings.Contains(out, "1 of 1 still need the old certificate") {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	var report rotation.Report
	code, out, _ = keysRun(t, "rotate", "--tenant", file, "--json")
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitRefused || report.Remain != 1 || report.Partners[0].Outcome != rotation.Remains {
		t.Errorf("%d, %s, %v", code, out, err)
	}
}

func keysRun(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := runKeys(context.Background(), args, nil, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// listBehind adds a key to sign and decrypt by.
func listBehind(t *testing.T, file string, key tenant.Key) {
	t.Helper()
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := new(tenant.Document)
	if err := yaml.Unmarshal(octets, d); err != nil {
		t.Fatal(err)
	}
	d.Keys.Signing, d.Keys.Decryption = append(d.Keys.Signing, key), append(d.Keys.Decryption, key)
	if octets, err = yaml.Marshal(d); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, octets, 0o600); err != nil {
		t.Fatal(err)
	}
}
