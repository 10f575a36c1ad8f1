package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRestoreSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"nothing":                  {nil, exitUsage, []string{"--table, --journal and --configuration, or --tenant"}},
		"half of a stack":          {[]string{"--table", "lv"}, exitUsage, []string{"--journal"}},
		"two stores":               {[]string{"--tenant", "tenant.yaml", "--table", "lv"}, exitUsage, []string{"name one store"}},
		"a time that is none":      {[]string{"--tenant", "tenant.yaml", "--since", "yesterday"}, exitUsage, []string{`"yesterday"`, "2026-11-30T04:00:00Z"}},
		"too much":                 {[]string{"lv"}, exitUsage, []string{`"lv" is too much`}},
		"a document that is none":  {[]string{"--tenant", "nowhere.yaml"}, exitRefused, []string{"nowhere.yaml"}},
		"help":                     {[]string{"--help"}, exitRight, []string{"closed: restoring the state", "may be broken off and repeated", "Exit 0"}},
		"a document without a key": {[]string{"--tenant", "tenant.yaml"}, exitRefused, []string{"country"}},
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("tenant.yaml", []byte("version: 1\nname: lv\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r := start(t, runRestore, c.args...)
		code, stderr := r.finish()
		if code != c.code {
			t.Errorf("%s: exit %d, want %d: %s", name, code, c.code, stderr)
		}
		for _, words := range c.says {
			if said := stderr + strings.Join(r.said, "\n"); !strings.Contains(said, words) {
				t.Errorf("%s does not say %q: %s", name, words, said)
			}
		}
	}
}

// TestRestoreWantsTheDoorClosed: what came meanwhile could be taken a second time.
func TestRestoreWantsTheDoorClosed(t *testing.T) {
	data := filepath.Join(t.TempDir(), "world")
	r := start(t, runRun, "--port", "0", "--data", data)
	r.ready(t)
	if code := r.end(); code != exitRight {
		t.Fatal(r.stderr.String())
	}
	document, folder := filepath.Join(data, "lv", "config", "tenant.yaml"), filepath.Join(data, "lv", "store")
	code, stderr := start(t, runRestore, "--tenant", document, "--data", folder).finish()
	if code != exitRefused || !strings.Contains(stderr, "/as4 is open") || !strings.Contains(stderr, "write closed:") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	octets, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(document, append(octets, "\nclosed: restoring the state\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	r = start(t, runRestore, "--tenant", document, "--data", folder)
	code, stderr = r.finish()
	if said := strings.Join(r.said, "\n"); code != exitRight || !strings.Contains(said, "0 messages given back") || !strings.Contains(said, "Take closed out") {
		t.Errorf("exit %d: %s %s", code, said, stderr)
	}
}
