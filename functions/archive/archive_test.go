package archive_test

import (
	"archive/zip"
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/vienreiz/vienreiz/functions/archive"
)

// builder builds from the module as it lies here.
func builder(t *testing.T) *archive.Builder {
	t.Helper()
	command, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("the go command is needed to build a function: %v", err)
	}
	return &archive.Builder{Go: command, Module: filepath.Join("..", ".."), Into: t.TempDir()}
}

func TestAFunctionBuiltTwiceIsTheSameOctets(t *testing.T) {
	t.Parallel()
	first, second := builder(t), builder(t)
	second.Module = elsewhere(t, second.Module)
	a, err := first.Build(t.Context(), "clock", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	b, err := second.Build(t.Context(), "clock", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	if a.SHA256 != b.SHA256 || a.Bytes != b.Bytes {
		t.Errorf("%s with %d octets, and then %s with %d", a.SHA256, a.Bytes, b.SHA256, b.Bytes)
	}
	isBootstrap(t, a.Path)
}

// elsewhere is the module by another path, which must leave no trace.
func elsewhere(t *testing.T, module string) string {
	t.Helper()
	absolute, err := filepath.Abs(module)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(absolute, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return link
}

// isBootstrap: one static program for Linux that may be executed.
func isBootstrap(t *testing.T, path string) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != 1 || z.File[0].Name != archive.File || z.File[0].Mode() != 0o755 {
		t.Fatalf("the zip holds %+v", z.File)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	unpacked := filepath.Join(t.TempDir(), archive.File)
	f, err := os.Create(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, r); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	program, err := elf.Open(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	if libraries, err := program.ImportedLibraries(); err != nil || len(libraries) > 0 || program.Machine != elf.EM_X86_64 {
		t.Errorf("it is a program for %s with the libraries %v, %v", program.Machine, libraries, err)
	}
}

func TestAFunctionThatDoesNotBuildSaysWhy(t *testing.T) {
	t.Parallel()
	if _, err := builder(t).Build(t.Context(), "no-such-function", "arm64"); err == nil {
		t.Error("there is no such function")
	}
}
