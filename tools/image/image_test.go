package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// programs builds what is packed.
func programs(t *testing.T) string {
	t.Helper()
	into := t.TempDir()
	build := exec.Command("go", "run", "./cmd/zip", "-node", "-o", into)
	build.Dir = filepath.Join("..", "..")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return into
}

// pack makes the layout and returns it with the digest of its index.
func pack(t *testing.T, programs string) (string, string) {
	t.Helper()
	into := filepath.Join(t.TempDir(), "image")
	if err := run(source{version: "1.2.3", revision: "abc"}, programs, []string{"arm64", "amd64"}, into, ""); err != nil {
		t.Fatal(err)
	}
	index, err := layout.ImageIndexFromPath(into)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return into, digest.String()
}

// images are those of a layout by their architecture.
func images(t *testing.T, folder string) map[string]v1.Image {
	t.Helper()
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]v1.Image{}
	for _, m := range manifest.Manifests {
		image, err := index.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		all[m.Platform.OS+"/"+m.Platform.Architecture] = image
	}
	return all
}

func TestTheImageHoldsOneProgramAndCertificatesAndNothingElse(t *testing.T) {
	built := programs(t)
	folder, digest := pack(t, built)
	if _, again := pack(t, built); again != digest {
		t.Errorf("packed twice it is %s and %s", digest, again)
	}
	all := images(t, folder)
	if len(all) != 2 {
		t.Fatalf("there are %d images", len(all))
	}
	for platform, machine := range map[string]elf.Machine{"linux/arm64": elf.EM_AARCH64, "linux/amd64": elf.EM_X86_64} {
		t.Run(platform, func(t *testing.T) {
			files := unpacked(t, all[platform])
			if len(files) != 2 {
				t.Errorf("it holds %d files", len(files))
			}
			isProgram(t, files["node"], machine)
			areCertificates(t, files["etc/ssl/certs/ca-certificates.crt"])
			isNobody(t, all[platform])
		})
	}
	pushed(t, folder, digest)
	if runtime.GOOS == "linux" {
		starts(t, built)
	}
}

// unpacked are the files of an image; each may be read by everybody and written by nobody.
func unpacked(t *testing.T, image v1.Image) map[string][]byte {
	t.Helper()
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	r, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files := map[string][]byte{}
	for archive := tar.NewReader(r); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Mode&0o222 != 0 || h.Mode&^0o777 != 0 || h.Uid != 0 || h.Gid != 0 || h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
			t.Errorf("%s has mode %o, owner %d:%d, type %c", h.Name, h.Mode, h.Uid, h.Gid, h.Typeflag)
		}
		if h.Typeflag == tar.TypeReg {
			if files[h.Name], err = io.ReadAll(archive); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func isProgram(t *testing.T, program []byte, machine elf.Machine) {
	t.Helper()
	p, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	if libraries, err := p.ImportedLibraries(); err != nil || len(libraries) > 0 || p.Machine != machine {
		t.Errorf("it is a program for %s with the libraries %v, %v", p.Machine, libraries, err)
	}
	for _, simulated := range []string{"vienreiz/localstack/", "vienreiz/shared/store/embedded"} {
		if bytes.Contains(program, []byte(simulated)) {
			t.Errorf("%s is in it", simulated)
		}
	}
}

func areCertificates(t *testing.T, list []byte) {
	t.Helper()
	if !x509.NewCertPool().AppendCertsFromPEM(list) || bytes.Count(list, []byte("BEGIN")) < 100 {
		t.Errorf("it has %d certificates", bytes.Count(list, []byte("BEGIN")))
	}
}

func isNobody(t *testing.T, image v1.Image) {
	t.Helper()
	c, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c.Config.User != "65532:65532" || fmt.Sprint(c.Config.Entrypoint) != "[/node]" || len(c.Config.Cmd) > 0 || c.Config.StopSignal != "SIGTERM" {
		t.Errorf("it runs %v %v as %q", c.Config.Entrypoint, c.Config.Cmd, c.Config.User)
	}
	for label, want := range map[string]string{"version": "1.2.3", "revision": "abc", "licenses": "EUPL-1.2"} {
		if got := c.Config.Labels["org.opencontainers.image."+label]; got != want {
			t.Errorf("label %s is %q", label, got)
		}
	}
}

// pushed: what a registry gets by the documented command has the digest that make image printed.
func pushed(t *testing.T, folder, digest string) {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	name := strings.TrimPrefix(server.URL, "http://") + "/lv-test-node"
	said, err := exec.Command("go", "tool", "crane", "push", "--index", folder, name+":1.2.3").CombinedOutput()
	if err != nil || !strings.Contains(string(said), name+"@"+digest) {
		t.Errorf("%v: %s; want %s", err, said, digest)
	}
}

// starts: the program runs with nothing around it. That it finds no stack is as far as
// it comes here.
func starts(t *testing.T, built string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Log("SKIPPED: only root can change the root; the image's program was not started in its own file system")
		return
	}
	root := t.TempDir()
	if err := run(source{}, built, []string{runtime.GOARCH}, "", root); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	said, err := inRoot(root, "/node", "--only", "as4-receive")
	if err == nil || !strings.Contains(said, "VIENREIZ_TABLE is not set") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestAFolderThatIsNoLayoutIsNotReplaced(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := source{}
	if _, err := s.layout(folder); err == nil || !strings.Contains(err.Error(), "choose another") {
		t.Errorf("%v", err)
	}
}
