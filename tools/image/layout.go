package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is nobody, as distroless images and Kubernetes number it.
const user = "65532:65532"

// source is what images are made of, and says of themselves.
type source struct {
	version, revision string
	created           time.Time
	images            []mutate.IndexAddendum
}

// labels are those of the OCI image specification, annotations.md.
func (s *source) labels() map[string]string {
	all := map[string]string{
		"org.opencontainers.image.title":       "Vienreiz node",
		"org.opencontainers.image.description": "Functions of Vienreiz over AWS in one process: the streaming lane",
		"org.opencontainers.image.source":      "https://github.com/vienreiz/vienreiz",
		"org.opencontainers.image.licenses":    "EUPL-1.2",
	}
	if s.version != "" {
		all["org.opencontainers.image.version"] = s.version
	}
	if s.revision != "" {
		all["org.opencontainers.image.revision"] = s.revision
	}
	return all
}

// add makes the image of one architecture.
func (s *source) add(architecture string, files []file) error {
	octets, err := packed(files)
	if err != nil {
		return err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(octets)), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return err
	}
	platform := v1.Platform{OS: "linux", Architecture: architecture}
	image, err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), &v1.ConfigFile{
		OS: platform.OS, Architecture: platform.Architecture, Created: v1.Time{Time: s.created}, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{
			Entrypoint: []string{"/node"}, User: user, WorkingDir: "/", Labels: s.labels(), StopSignal: "SIGTERM",
			ExposedPorts: map[string]struct{}{"8441/tcp": {}}, Env: []string{"SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
		},
	})
	if err != nil {
		return err
	}
	image, err = mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: s.created}, CreatedBy: "make image"}})
	s.images = append(s.images, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &platform}})
	return err
}

// layout writes the images into a folder and returns the digest of the index of them.
func (s *source) layout(into string) (v1.Hash, error) {
	if err := clear(into); err != nil {
		return v1.Hash{}, err
	}
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), s.images...)
	if _, err := layout.Write(into, index); err != nil {
		return v1.Hash{}, err
	}
	return index.Digest()
}

// clear takes a layout away, and nothing that is none.
func clear(folder string) error {
	_, err := os.Stat(filepath.Join(folder, "oci-layout"))
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(folder)
		if err == nil && len(entries) > 0 {
			return errors.New(folder + " is no image layout, so it is not replaced; choose another with -o")
		}
		return nil
	}
	return errors.Join(err, os.RemoveAll(folder))
}
