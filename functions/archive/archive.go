// Package archive makes what is deployed: a zip a function with its bootstrap for
// the runtime provided.al2023, the same octets whoever builds it.
package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// MaxBytes is what a zip may have: a function must start in an instant.
const MaxBytes = 15 << 20

// Architectures are those of Lambda, as Go calls them.
var Architectures = []string{"arm64", "amd64"}

// File is the one entry of a zip, as the runtime calls it.
const File = "bootstrap"

// Builder builds functions of the module that holds it.
type Builder struct {
	Go     string // the go command
	Module string // folder of the module
	Into   string // folder of the zips, made when it is not there: ARCHITECTURE/FUNCTION.zip
}

// Built is one zip.
type Built struct {
	Function     string
	Architecture string
	Path         string
	Bytes        int
	SHA256       string
}

// Build makes the zip of one function for one architecture.
func (b *Builder) Build(ctx context.Context, function, architecture string) (*Built, error) {
	program, err := b.compile(ctx, "./functions/"+function, architecture)
	if err != nil {
		return nil, err
	}
	packed, err := Pack(program)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", function, err)
	}
	if len(packed) > MaxBytes {
		return nil, fmt.Errorf("the zip of %s for %s has %d octets, at most %d are deployed; look at what it imports", function, architecture, len(packed), MaxBytes)
	}
	path := filepath.Join(b.Into, architecture, function+".zip")
	if err := keep(path, packed, 0o644); err != nil {
		return nil, fmt.Errorf("keep %s: %w", function, err)
	}
	sum := sha256.Sum256(packed)
	return &Built{Function: function, Architecture: architecture, Path: path, Bytes: len(packed), SHA256: hex.EncodeToString(sum[:])}, nil
}

// Node builds the program of the container for one architecture: ARCHITECTURE/node.
func (b *Builder) Node(ctx context.Context, architecture string) (*Built, error) {
	program, err := b.compile(ctx, "./cmd/node", architecture)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.Into, architecture, "node")
	if err := keep(path, program, 0o755); err != nil {
		return nil, fmt.Errorf("keep the program of the container: %w", err)
	}
	sum := sha256.Sum256(program)
	return &Built{Function: "node", Architecture: architecture, Path: path, Bytes: len(program), SHA256: hex.EncodeToString(sum[:])}, nil
}

// compile builds a program in which nothing of this machine is: no paths, no
// version control, no build id.
func (b *Builder) compile(ctx context.Context, of, architecture string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "vienreiz-zip-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder of the system's
	out := filepath.Join(dir, File)
	build := exec.CommandContext(ctx, b.Go, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc", "-o", out, of)
	build.Dir = b.Module
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOFIPS140=off")
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s for %s: %w\n%s", of, architecture, err, said)
	}
	return os.ReadFile(out)
}

// epoch is the time of the entry: the first that a zip can tell.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Pack zips a program as bootstrap.
func Pack(program []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	h := &zip.FileHeader{Name: File, Method: zip.Deflate, Modified: epoch}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// keep writes a file whole or not at all, and not when it is there already:
// what deploys it looks at times too.
func keep(path string, octets []byte, mode os.FileMode) error {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, octets) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, octets, mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
