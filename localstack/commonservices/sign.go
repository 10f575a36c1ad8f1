package commonservices

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"time"
)

// signer signs answers as the Common Services do (TDD 3.6.2): ES256, a chain of three, detached over the digest header.
type signer struct {
	key   *ecdsa.PrivateKey
	chain []*x509.Certificate // leaf first
}

// validity is how long the throw-away certificates last, from an hour before they are made.
const validity = 30 * 24 * time.Hour

func newSigner(random io.Reader, now time.Time) (*signer, error) {
	names := []string{"Simulated Root CA", "Simulated CommisSign", "SIMULATED-OOTS-CS"}
	s := &signer{}
	for i, name := range names {
		key, err := ecdsa.GenerateKey(elliptic.P256(), random)
		if err != nil {
			return nil, fmt.Errorf("make the key of %s: %w", name, err)
		}
		cert := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity),
			IsCA: i < 2, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
		issuer, issuerKey := cert, key
		if i > 0 {
			issuer, issuerKey = s.chain[0], s.key
		}
		if i == len(names)-1 {
			cert.KeyUsage = x509.KeyUsageDigitalSignature
		}
		der, err := x509.CreateCertificate(random, cert, issuer, key.Public(), issuerKey)
		if err != nil {
			return nil, fmt.Errorf("make the certificate of %s: %w", name, err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("read the certificate of %s: %w", name, err)
		}
		s.key, s.chain = key, append([]*x509.Certificate{made}, s.chain...)
	}
	return s, nil
}

func (s *signer) root() *x509.Certificate { return s.chain[len(s.chain)-1] }

// headers are the two headers of a signed answer.
func (s *signer) headers(body []byte, at time.Time) (digest, signature string, err error) {
	sum := sha256.Sum256(body)
	digest = "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	leaf := sha512.Sum512(s.chain[0].Raw)
	var x5c [][]byte
	for _, c := range s.chain {
		x5c = append(x5c, c.Raw)
	}
	protected, err := json.Marshal(map[string]any{
		"alg": "ES256", "typ": "jose", "kid": "simulated", "b64": false, "iat": at.Unix(), "x5c": x5c, "crit": []string{"b64", "sigD"},
		"x5t#o": map[string]string{"digAlg": "S512", "digVal": base64.RawURLEncoding.EncodeToString(leaf[:])},
		"sigD":  map[string]any{"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": []string{"digest"}},
	})
	if err != nil {
		return "", "", fmt.Errorf("write the protected header: %w", err)
	}
	encoded := base64.RawURLEncoding.EncodeToString(protected)
	input := sha256.Sum256([]byte(encoded + ".digest: " + digest))
	r, v, err := ecdsa.Sign(rand.Reader, s.key, input[:])
	if err != nil {
		return "", "", fmt.Errorf("sign the answer: %w", err)
	}
	raw := make([]byte, 64)
	r.FillBytes(raw[:32])
	v.FillBytes(raw[32:])
	return digest, encoded + ".." + base64.RawURLEncoding.EncodeToString(raw), nil
}

// PEM writes a certificate as PEM.
func PEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
