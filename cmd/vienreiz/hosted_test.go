package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestAWorldOnAnEmulatorSaysWhatIsMissing(t *testing.T) {
	t.Setenv(endpoint, "")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"a stack without an emulator", []string{"--stack", "outputs.json"}, "make localstack"},
		{"a stack and zips", []string{"--stack", "outputs.json", "--zips", "build"}, "not both"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := append([]string{"run", "--port", "0", "--data", t.TempDir()}, c.args...)
			code := dispatch(context.Background(), "vienreiz", commands, args, strings.NewReader(""), &stdout, &stderr)
			if code != exitRefused || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("%d: %s", code, stderr.String())
			}
		})
	}
}
