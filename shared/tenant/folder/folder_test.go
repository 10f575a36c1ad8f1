package folder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/folder"
)

func open(t *testing.T, files map[string]string) (*folder.Source, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "config")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func TestASecretIsTheFileWithoutTheEndOfItsLine(t *testing.T) {
	t.Parallel()
	s, _ := open(t, map[string]string{"unix": "a b\n", "windows": "a b\r\n", "bare": "a b", "empty": ""})
	for name, want := range map[string]string{"unix": "a b", "windows": "a b", "bare": "a b", "empty": ""} {
		if got, err := s.Secret(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := s.Secret(t.Context(), "none"); err == nil || got != "" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	t.Parallel()
	s, dir := open(t, nil)
	outside := filepath.Join(filepath.Dir(dir), "outside")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := []string{"../outside", outside}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err == nil {
		names = append(names, "link")
	}
	for _, name := range names {
		if octets, err := s.Read(t.Context(), name); err == nil {
			t.Errorf("%s gives %q", filepath.Base(name), octets)
		}
	}
}

func TestAFileThatIsTooLargeOrOfNoKeyIsNamed(t *testing.T) {
	t.Parallel()
	s, _ := open(t, map[string]string{"large": strings.Repeat("x", tenant.MaxBytes+1), "text": "no PEM"})
	if _, err := s.Read(t.Context(), "large"); err == nil || !strings.Contains(err.Error(), "large has more than 4194304 octets") {
		t.Errorf("%v", err)
	}
	if _, err := s.Key(t.Context(), "text"); err == nil {
		t.Error("a text is a key")
	}
	if _, err := folder.Open(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "open the configuration") {
		t.Errorf("%v", err)
	}
}
