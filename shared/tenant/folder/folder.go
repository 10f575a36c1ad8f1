// Package folder is the configuration of a tenant in a folder: names are names of files in it.
package folder

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"os"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// Source is a [tenant.Source] over a folder. Nothing outside it is read.
type Source struct{ root *os.Root }

// Open opens a folder.
func Open(dir string) (*Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the configuration: %w", err)
	}
	return &Source{root}, nil
}

// Close ends the source.
func (s *Source) Close() error { return s.root.Close() }

// Read gives a file.
func (s *Source) Read(_ context.Context, name string) ([]byte, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	octets, err := io.ReadAll(io.LimitReader(f, tenant.MaxBytes+1))
	if err == nil && len(octets) > tenant.MaxBytes {
		err = fmt.Errorf("%s has more than %d octets", name, tenant.MaxBytes)
	}
	return octets, err
}

// Key gives the first private key of a PEM file.
func (s *Source) Key(ctx context.Context, name string) (crypto.PrivateKey, error) {
	octets, err := s.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	return file.PrivateKey(octets)
}

// Certificates gives the certificates of a PEM or DER file.
func (s *Source) Certificates(ctx context.Context, name string) ([]*x509.Certificate, error) {
	octets, err := s.Read(ctx, name)
	if err != nil {
		return nil, err
	}
	return file.Certificates(octets)
}

// Secret gives a secret that stands in a file, without the line's end.
func (s *Source) Secret(ctx context.Context, name string) (string, error) {
	octets, err := s.Read(ctx, name)
	for len(octets) > 0 && (octets[len(octets)-1] == '\n' || octets[len(octets)-1] == '\r') {
		octets = octets[:len(octets)-1]
	}
	return string(octets), err
}
