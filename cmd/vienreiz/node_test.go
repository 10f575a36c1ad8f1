package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNodeExplainsItself(t *testing.T) {
	r := start(t, runNode, "--help")
	code, _ := r.finish()
	help := strings.Join(r.said, "\n")
	for _, words := range []string{"Usage: vienreiz node --tenant FILE", "--aws", "-grace", "-at-once", "/alive", "-listen", "-only", "-tls-certificate", "READY", "Exit 0"} {
		if code != exitRight || !strings.Contains(help, words) {
			t.Errorf("exit %d; help does not say %q: %s", code, words, help)
		}
	}
}

func TestNodeSaysWhatIsWrongWithItsTenantDocument(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		args     []string
		code     int
		says     []string
	}{
		"none":                  {"", nil, exitUsage, []string{"--tenant FILE or --aws", "vienreiz node --help"}},
		"two stores":            {"", []string{"--tenant", "tenant.yaml", "--aws"}, exitUsage, []string{"--aws and --tenant", "name one"}},
		"no stack":              {"", []string{"--aws"}, exitRefused, []string{"VIENREIZ_TABLE is not set", "VIENREIZ_QUEUES is not set", "Terraform sets it"}},
		"a grace that has been": {"", []string{"--tenant", "tenant.yaml", "--grace", "-1s"}, exitUsage, []string{"--grace -1s"}},
		"a file that is none":   {"", []string{"--tenant", "nowhere.yaml"}, exitRefused, []string{"nowhere.yaml"}},
		"no YAML":               {"a: [", []string{"--tenant", "tenant.yaml"}, exitRefused, []string{"read tenant document", "line 1"}},
		"an unknown member":     {"colour: lv", []string{"--tenant", "tenant.yaml"}, exitRefused, []string{"read tenant document", "line 1", "colour"}},
		"nothing in it":         {"version: 1\nname: lv\n", []string{"--tenant", "tenant.yaml"}, exitRefused, []string{"country", "party"}},
		"an unknown function":   {"", []string{"--tenant", "tenant.yaml", "--only", "portl"}, exitUsage, []string{`"portl"`, "portal"}},
		"an unknown gateway":    {"", []string{"--tenant", "tenant.yaml", "--listen", "ops"}, exitUsage, []string{`--listen "ops"`, "GATEWAY=HOST:PORT"}},
		"a missing certificate": {"", []string{"--tenant", "tenant.yaml", "--tls-certificate", "none.pem"}, exitRefused, []string{"none.pem", "certificate"}},
	} {
		t.Chdir(t.TempDir())
		if c.document != "" {
			if err := os.WriteFile("tenant.yaml", []byte(c.document), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(strings.Join(c.args, " "), "--listen") {
			c.args = append(c.args, "--listen", "as4=127.0.0.1:0")
		}
		code, stderr := start(t, runNode, c.args...).finish()
		if code != c.code {
			t.Errorf("%s: exit %d, want %d: %s", name, code, c.code, stderr)
		}
		for _, words := range c.says {
			if !strings.Contains(stderr, words) {
				t.Errorf("%s does not say %q: %s", name, words, stderr)
			}
		}
	}
}

// TestNodeRunsOneCountryOfAWorldByItself: what run writes down of a country is a
// real tenant.
func TestNodeRunsOneCountryOfAWorldByItself(t *testing.T) {
	data := filepath.Join(t.TempDir(), "world")
	r := start(t, runRun, "--port", "0", "--data", data)
	r.ready(t)
	if code := r.end(); code != exitRight {
		t.Fatal(r.stderr.String())
	}
	r = start(t, runNode, "--tenant", filepath.Join(data, "lv", "config", "tenant.yaml"), "--data", filepath.Join(t.TempDir(), "store"), "--listen", "as4=127.0.0.1:0", "--only", "as4-receive")
	resp, err := http.Post("http://"+r.ready(t)+"/as4", "text/plain", strings.NewReader("nothing that is AS4"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	octets, _ := io.ReadAll(resp.Body)
	if resp.StatusCode < 400 && !strings.Contains(string(octets), "Error") {
		t.Errorf("%d %s", resp.StatusCode, octets)
	}
	if code := r.end(); code != exitRight {
		t.Errorf("exit %d: %s", code, r.stderr.String())
	}
}
