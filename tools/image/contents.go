package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"os"
	"path"
	"path/filepath"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// file is one of the image's; a folder has no content.
type file struct {
	name    string
	mode    os.FileMode
	content []byte
}

// contents are all the files of the image.
func contents(program []byte) ([]file, error) {
	var roots bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue // which a file of certificates cannot say
		}
		if err := pem.Encode(&roots, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return nil, err
		}
	}
	return []file{
		{"etc", 0o555 | os.ModeDir, nil}, {"etc/ssl", 0o555 | os.ModeDir, nil}, {"etc/ssl/certs", 0o555 | os.ModeDir, nil},
		{"etc/ssl/certs/ca-certificates.crt", 0o444, roots.Bytes()},
		{"node", 0o555, program},
	}, nil
}

// packed are files as a layer: of root, who is nobody there, and without a time.
func packed(files []file) ([]byte, error) {
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode.Perm()), Typeflag: tar.TypeReg, Size: int64(len(f.content)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if f.mode.IsDir() {
			h.Name, h.Typeflag = f.name+"/", tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	return layer.Bytes(), w.Close()
}

// write writes files into a folder.
func write(root string, files []file) error {
	for _, f := range files {
		to := filepath.Join(root, filepath.FromSlash(path.Clean("/"+f.name)))
		if f.mode.IsDir() {
			if err := os.MkdirAll(to, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(to, f.content, f.mode.Perm()); err != nil {
			return err
		}
	}
	return nil
}
