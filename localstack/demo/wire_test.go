package demo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
)

// as4check finds the independent checker (libxml2 and OpenSSL), or skips.
func as4check(t *testing.T) func(args ...string) (string, error) {
	t.Helper()
	data := os.Getenv("VIENREIZ_TESTDATA")
	script := filepath.Join(data, "..", "tools", "as4check.py")
	if _, err := os.Stat(script); data == "" || err != nil {
		t.Skip("SKIPPED: as4check.py is not beside VIENREIZ_TESTDATA; the wire of the demo was not judged by libxml2 and OpenSSL")
	}
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import lxml, cryptography").Run() == nil {
			return func(args ...string) (string, error) {
				out, err := exec.Command(python, append([]string{script}, args...)...).CombinedOutput()
				return string(out), err
			}
		}
	}
	t.Skip("SKIPPED: no python3 with lxml and cryptography; the wire of the demo was not judged by libxml2 and OpenSSL")
	return nil
}

// walk walks once through a world of its own and records the wire.
func walk(t *testing.T, names []string, speak string) (data, dump string) {
	t.Helper()
	data, dump = t.TempDir(), t.TempDir()
	recorder, err := demo.NewRecorder(dump)
	if err != nil {
		t.Fatal(err)
	}
	w, err := world.Open(context.Background(), world.Options{Data: data, Names: names, Speak: speak, Wire: recorder.Of})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	d, err := demo.New(w.Running(), demo.Options{Count: 1, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Run(context.Background())
	if err != nil || len(r.Errors) > 0 || r.Lost+r.Doubled > 0 || r.Ended["confirmed"] != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	return data, dump
}

func TestEveryMessageOfTheDemoIsRightUnderAs4check(t *testing.T) {
	check := as4check(t)
	for _, line := range []string{"v2.0", "v1.2"} {
		t.Run(line, func(t *testing.T) {
			data, dump := walk(t, []string{"LT", "LV"}, line)
			judged := 0
			for sender, receiver := range map[string]string{"lt": "lv", "lv": "lt"} {
				cert := func(c string) string { return filepath.Join(data, c, "config", "as4.pem") }
				for _, direction := range []string{filepath.Join(sender, "sent"), filepath.Join(receiver, "received")} {
					messages, _ := filepath.Glob(filepath.Join(dump, direction, "*.mime"))
					for _, m := range messages {
						judged++
						if out, err := check("verify", "--strict", "--trust", cert(sender), "--cert", cert(receiver), "--key", filepath.Join(data, receiver, "config", "as4-key.pem"), m); err != nil {
							t.Errorf("%s: %s", m, out)
						}
						receipt := strings.TrimSuffix(m, ".mime") + ".answer"
						if out, err := check("verify", "--strict", "--trust", cert(receiver), "--request", m, receipt); err != nil {
							t.Errorf("%s: %s", receipt, out)
						}
					}
				}
			}
			if judged != 8 { // two requests, an exception and a response, as either side saw them
				t.Errorf("%d messages were recorded, want 8", judged)
			}
		})
	}
}
