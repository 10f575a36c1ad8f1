package cloud_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestTheLaneNeedsNothingButItsProgram: as in its container it is nobody, and its whole
// file system is one program, where nothing can be written.
func TestTheLaneNeedsNothingButItsProgram(t *testing.T) {
	l := lane(t)
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can change the root; the lane was not run in a file system of its own")
	}
	root := t.TempDir()
	copied(t, l.Program, filepath.Join(root, "node"))
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	l.Confine = func(c *exec.Cmd) {
		c.Path, c.Dir = "/node", "/"
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	}
	p := meet(t, l)
	part, digest := large(t, "application/pdf;plain")
	p.push(t, http.DefaultClient, part)
	if p.kept(t)[digest] == 0 {
		t.Error("the part is not in the bucket")
	}
	if err := l.Stop(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("it left something: %v, %v", entries, err)
	}
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o555)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
}
