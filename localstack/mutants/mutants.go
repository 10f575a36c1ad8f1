// Package mutants breaks one place of the source at a time, and sees that the
// test that is named for it fails.
package mutants

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Mutant is one mistake that must not go unseen.
type Mutant struct{ name, file, old, new, pkg, test string }

// Of is the mutant of a file (a path from the test's folder) in which the old
// text, which stands there once, is the new one; the test of the package tells.
func Of(name, file, old, new, pkg, test string) Mutant {
	return Mutant{name, file, old, new, pkg, test}
}

// Run tries each mutant, in an overlay: no file is changed.
func Run(t *testing.T, list []Mutant) {
	for _, m := range list {
		t.Run(m.name, func(t *testing.T) { m.run(t) })
	}
}

func (m *Mutant) run(t *testing.T) {
	original, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.old); n != 1 {
		t.Fatalf("%s has the original %d times; the mutant must be written anew", m.file, n)
	}
	dir := t.TempDir()
	mutated, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	rules, err := json.Marshal(map[string]any{"Replace": map[string]string{original: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	for path, octets := range map[string][]byte{mutated: []byte(strings.Replace(string(source), m.old, m.new, 1)), overlay: rules} {
		if err := os.WriteFile(path, octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-run", "^"+m.test, m.pkg).CombinedOutput()
	switch {
	case err == nil:
		t.Errorf("%s does not notice", m.test)
	case !strings.Contains(string(out), "--- FAIL: "+m.test):
		t.Errorf("the mutant does not build, or fails elsewhere:\n%s", out)
	}
}
