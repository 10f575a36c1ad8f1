package main

import (
	"log/slog"
	"strings"
	"testing"
)

func TestTheContainersProgramSaysWhatIsWrong(t *testing.T) {
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"help":                {[]string{"--help"}, 0, []string{"Usage: node", "VIENREIZ_TABLE", "-only", "-grace", "-at-once"}},
		"no stack":            {[]string{"--only", "as4-receive", "--listen", "as4=127.0.0.1:0"}, 1, []string{"VIENREIZ_TABLE is not set", "VIENREIZ_QUEUES is not set", "VIENREIZ_BUCKETS is not set", "Terraform"}},
		"an unknown flag":     {[]string{"--tenant", "x"}, 2, []string{"-tenant"}},
		"an unknown function": {[]string{"--only", "portl"}, 2, []string{`"portl"`, "portal"}},
		"an unknown gateway":  {[]string{"--listen", "ops=:1"}, 2, []string{`"ops=:1"`, "GATEWAY=HOST:PORT"}},
		"a word too much":     {[]string{"as4-receive"}, 2, []string{`"as4-receive" is too much`}},
		"messages below 0":    {[]string{"--at-once", "-1"}, 2, []string{"--at-once -1"}},
	} {
		var out, said strings.Builder
		if code := run(t.Context(), c.args, func(string) string { return "" }, &out, &said); code != c.code {
			t.Errorf("%s: exit %d, want %d: %s", name, code, c.code, &said)
		}
		for _, words := range c.says {
			if !strings.Contains(said.String(), words) {
				t.Errorf("%s does not say %q: %s", name, words, &said)
			}
		}
	}
}
