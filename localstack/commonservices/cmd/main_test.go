package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

func TestRunWritesTheRootAndStopsWhenTold(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "root.pem")
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := run(ctx, []string{"--listen", "127.0.0.1:0", "--root", root}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	if certs, err := file.Certificates(b); err != nil || len(certs) != 1 || !certs[0].IsCA {
		t.Errorf("%d certificates, %v", len(certs), err)
	}
}

func TestRunSaysWhyItDoesNot(t *testing.T) {
	t.Parallel()
	world := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(world, []byte("nonsense: 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root.pem")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--listen", "0.0.0.0:0"}, "loopback"},
		{[]string{"--listen", "nonsense"}, "loopback"},
		{[]string{"--broken", "nonsense"}, "no way to be broken"},
		{[]string{"--world", world}, "read the world"},
		{[]string{"--world", "missing.yaml"}, "missing.yaml"},
		{[]string{"--root", filepath.Join(filepath.Dir(root), "no", "folder")}, "no such file"},
		{[]string{"--unknown"}, "unknown"},
	} {
		if err := run(context.Background(), append([]string{"--root", root}, c.args...)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.args, err)
		}
	}
}
