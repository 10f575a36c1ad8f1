// Package file reads keys and certificates from files: PEM (PKCS#8, PKCS#1,
// SEC 1, X.509), DER certificates, PKCS#12, and the JKS trust stores that the
// Commission publishes.
//
// It never says what is in a key, only what is wrong with a file.
package file

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// MaxBytes bounds a key or certificate file.
const MaxBytes = 4 << 20

// Read reads a file within [MaxBytes].
func Read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxBytes {
		return nil, fmt.Errorf("%s has %d octets; a key or certificate file has at most %d", path, info.Size(), MaxBytes)
	}
	return os.ReadFile(path)
}

// Certificates returns the certificates of a PEM or DER file, in its order.
func Certificates(octets []byte) ([]*x509.Certificate, error) {
	if !bytes.Contains(octets, []byte("-----BEGIN")) {
		return x509.ParseCertificates(octets)
	}
	var certs []*x509.Certificate
	for block, rest := pem.Decode(octets); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, c)
	}
	if len(certs) == 0 {
		return nil, errors.New("the file holds no certificate")
	}
	return certs, nil
}

// PrivateKey returns the first private key of a PEM file: RSA, ECDSA, Ed25519
// as crypto.Signer; X25519 as *ecdh.PrivateKey.
func PrivateKey(octets []byte) (crypto.PrivateKey, error) {
	for block, rest := pem.Decode(octets); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			return x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			return x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			return x509.ParseECPrivateKey(block.Bytes)
		case "ENCRYPTED PRIVATE KEY":
			return nil, errors.New("the private key is encrypted; decrypt it or use PKCS#12 with a password")
		}
	}
	return nil, errors.New("the file holds no PEM private key")
}

// Fits checks that a private key belongs to a certificate.
func Fits(key crypto.PrivateKey, cert *x509.Certificate) error {
	type comparable interface{ Equal(crypto.PublicKey) bool }
	var public crypto.PublicKey
	switch k := key.(type) {
	case *ecdh.PrivateKey:
		public = k.PublicKey()
	case interface{ Public() crypto.PublicKey }: // signers, and decrypters that cannot sign
		public = k.Public()
	default:
		return fmt.Errorf("a key of type %T has no certificate", key)
	}
	of := cert.PublicKey
	if of == nil {
		of, _ = x509.ParsePKIXPublicKey(cert.RawSubjectPublicKeyInfo)
	}
	if p, ok := public.(comparable); !ok || of == nil || !p.Equal(of) {
		return fmt.Errorf("the key does not belong to the certificate of %q", cert.Subject.CommonName)
	}
	return nil
}

// CanDecrypt reports whether a key can serve key transport or agreement.
func CanDecrypt(key crypto.PrivateKey) bool {
	switch key.(type) {
	case *rsa.PrivateKey, *ecdh.PrivateKey:
		return true
	case ed25519.PrivateKey:
		return false
	}
	_, ok := key.(interface {
		ECDH() (*ecdh.PrivateKey, error)
	})
	return ok
}
