// Package as4test makes throw-away parties for tests of AS4: keys and
// certificates of all suites, generated when asked for, and receivers and
// senders that use them. Nothing in it is for production.
package as4test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// Suite is a set of algorithms to make keys for.
type Suite string

// The suites: AS4 1.15, 2.0, and the curves of its alternative.
const (
	RSA   Suite = "rsa"
	EdDSA Suite = "eddsa"
	ECDSA Suite = "ecdsa" // P-256
	P384  Suite = "p384"
	P521  Suite = "p521"
)

// Suites are those that benchmarks and round trips run over.
var Suites = []Suite{RSA, EdDSA, ECDSA}

// Keys are one party's keys with certificates of the test CA.
type Keys struct {
	Sign     crypto.Signer
	SignCert *x509.Certificate
	Agree    any // decrypts: the signing key, or X25519
	EncCert  *x509.Certificate
}

// CA is the root that issues the tests' certificates.
type CA struct {
	Key  *ecdsa.PrivateKey
	Cert *x509.Certificate
}

// TestCA makes the root once.
var TestCA = sync.OnceValue(func() CA {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name("Vienreiz Test CA"), NotBefore: start(), NotAfter: end(), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return CA{key, must(x509.ParseCertificate(der))}
})

var (
	keysMu sync.Mutex
	cached = map[string]Keys{}
)

// KeysOf returns the keys of a party by name, made once per process: RSA keys
// take a while.
func KeysOf(suite Suite, party string) Keys {
	keysMu.Lock()
	defer keysMu.Unlock()
	id := string(suite) + " " + party
	k, ok := cached[id]
	if !ok {
		k = newKeys(suite, party)
		cached[id] = k
	}
	return k
}

func newKeys(suite Suite, party string) Keys {
	if suite == EdDSA {
		_, sign, err := ed25519.GenerateKey(rand.Reader)
		agree := must(ecdh.X25519().GenerateKey(rand.Reader))
		return Keys{Sign: must(sign, err), SignCert: Issue(party, sign.Public()), Agree: agree, EncCert: Issue(party+" enc", agree.PublicKey())}
	}
	var sign crypto.Signer
	switch suite {
	case RSA:
		sign = must(rsa.GenerateKey(rand.Reader, 2048))
	case ECDSA:
		sign = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case P384:
		sign = must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	case P521:
		sign = must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	default:
		panic("as4test: no suite " + suite)
	}
	cert := Issue(party, sign.Public())
	return Keys{Sign: sign, SignCert: cert, Agree: sign, EncCert: cert}
}

// Issue makes a certificate of the test CA that is valid today.
func Issue(party string, key crypto.PublicKey) *x509.Certificate {
	return IssueUntil(party, key, start(), end())
}

// IssueUntil makes one with other dates.
func IssueUntil(party string, key crypto.PublicKey, from, until time.Time) *x509.Certificate {
	ca := TestCA()
	if x, ok := key.(*ecdh.PublicKey); ok {
		return must(x509.ParseCertificate(x25519Certificate(ca, party, x, from, until)))
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: name(party), NotBefore: from, NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, SubjectKeyId: keyID(must(x509.MarshalPKIXPublicKey(key)))}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, ca.Cert, key, ca.Key))))
}

func name(cn string) pkix.Name {
	return pkix.Name{CommonName: cn, Organization: []string{"Vienreiz tests, do not trust"}, Country: []string{"XX"}}
}

func start() time.Time { return time.Now().Add(-time.Hour).UTC().Truncate(time.Second) }
func end() time.Time   { return start().AddDate(1, 0, 0) }

func serial() *big.Int {
	return must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)))
}

func keyID(spki []byte) []byte {
	d := sha1.Sum(spki)
	return d[:]
}

// x25519Certificate builds the DER by hand: crypto/x509 does not issue
// certificates for keys that cannot sign.
func x25519Certificate(ca CA, party string, key *ecdh.PublicKey, from, until time.Time) []byte {
	spki := must(x509.MarshalPKIXPublicKey(key))
	algorithm := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}} // ecdsa-with-SHA256
	type validity struct{ NotBefore, NotAfter time.Time }
	tbs := must(asn1.Marshal(struct {
		Version    int `asn1:"explicit,tag:0"`
		Serial     *big.Int
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     asn1.RawValue
		Validity   validity
		Subject    asn1.RawValue
		SPKI       asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:3"`
	}{
		Version: 2, Serial: serial(), Algorithm: algorithm, Issuer: asn1.RawValue{FullBytes: ca.Cert.RawSubject},
		Validity: validity{from.UTC().Truncate(time.Second), until.UTC().Truncate(time.Second)},
		Subject:  asn1.RawValue{FullBytes: must(asn1.Marshal(name(party).ToRDNSequence()))},
		SPKI:     asn1.RawValue{FullBytes: spki},
		Extensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Critical: true, Value: []byte{3, 2, 3, 8}}, // keyAgreement
			{Id: asn1.ObjectIdentifier{2, 5, 29, 14}, Value: must(asn1.Marshal(keyID(spki)))},
		},
	}))
	digest := crypto.SHA256.New()
	digest.Write(tbs)
	signature := must(ca.Key.Sign(rand.Reader, digest.Sum(nil), crypto.SHA256))
	return must(asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}}))
}

func must[T any](v T, errs ...error) T {
	for _, err := range errs {
		if err != nil {
			panic(fmt.Sprintf("as4test: %v", err))
		}
	}
	return v
}
