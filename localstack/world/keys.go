package world

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// authority is the throw-away certification authority of one world: it issues
// the access points' certificates and those of the pages for people.
type authority struct {
	key  crypto.Signer
	cert *x509.Certificate
}

const year = 365 * 24 * time.Hour

// openAuthority reads the authority of a folder, or makes it.
func openAuthority(dir string, now time.Time) (*authority, error) {
	key, err := openKey(filepath.Join(dir, "ca-key.pem"), newP256)
	if err != nil {
		return nil, err
	}
	a := &authority{key: key}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Vienreiz simulated world, throw-away"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(10 * year),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert, err = openCertificate(filepath.Join(dir, "ca.pem"), template, func(t *x509.Certificate) (*x509.Certificate, error) { return issue(t, t, key.Public(), key) })
	return a, err
}

// party issues a certificate for an access point's or a service provider's key.
func (a *authority) party(path, name string, key crypto.Signer, now time.Time) (*x509.Certificate, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name, Organization: []string{"Vienreiz test"}}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(year),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}
	return openCertificate(path, template, func(t *x509.Certificate) (*x509.Certificate, error) { return issue(t, a.cert, key.Public(), a.key) })
}

// server is the TLS identity of a server on this machine.
func (a *authority) server(now time.Time) (*tls.Config, error) {
	key, err := newP256()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(year), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := issue(template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw, a.cert.Raw}, PrivateKey: key}}}, nil
}

func issue(template, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func newP256() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func newRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newEd25519() (crypto.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// openKey reads a key, or makes and keeps it.
func openKey(path string, make func() (crypto.Signer, error)) (crypto.Signer, error) {
	octets, err := os.ReadFile(path)
	if err == nil {
		key, err := file.PrivateKey(octets)
		if signer, ok := key.(crypto.Signer); ok {
			return signer, err
		}
		return nil, fmt.Errorf("key %s cannot sign: %w", path, err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key, err := make()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, keep(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func openCertificate(path string, template *x509.Certificate, make func(*x509.Certificate) (*x509.Certificate, error)) (*x509.Certificate, error) {
	octets, err := os.ReadFile(path)
	if err == nil {
		list, err := file.Certificates(octets)
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", path, err)
		}
		return list[0], nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	cert, err := make(template)
	if err != nil {
		return nil, err
	}
	return cert, keep(path, certificatePEM(cert))
}

func certificatePEM(list ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range list {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// keep writes a file that only the owner reads, whole or not at all.
func keep(path string, octets []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, octets, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
