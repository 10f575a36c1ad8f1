package main

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// headerOctets stand for what is hashed besides the parts: Messaging, Body and
// SignedInfo of message and receipt.
const headerOctets = 6 << 10

// floor is the arithmetic of one message and no more: standard library and
// gzip, octets in memory.
type floor struct {
	suite        as4test.Suite
	from, to     as4test.Keys
	payload      []byte
	compressed   []byte
	sealed       []byte
	aead         cipher.AEAD
	iv, cek      []byte
	header       []byte
	headerDigest []byte
	signature    []byte
	wrapped      []byte // RSA-OAEP
	ephemeral    *ecdh.PrivateKey
	out          []byte
	zr           *gzip.Reader
	zw           *gzip.Writer
}

func newFloor(suite as4test.Suite, from, to *as4test.Party, payload []byte) floor {
	f := floor{suite: suite, from: from.Keys, to: to.Keys, payload: payload, iv: make([]byte, 12), cek: make([]byte, 16), header: make([]byte, headerOctets)}
	block, err := aes.NewCipher(f.cek)
	check(err)
	f.aead, err = cipher.NewGCM(block)
	check(err)
	f.zw, err = gzip.NewWriterLevel(io.Discard, as4.CompressionLevel)
	check(err)
	var z bytes.Buffer
	f.zw.Reset(&z)
	_, err = f.zw.Write(payload)
	check(err)
	check(f.zw.Close())
	f.compressed = z.Bytes()
	f.sealed = f.aead.Seal(nil, f.iv, f.compressed, nil)
	f.out = make([]byte, len(f.sealed)+len(payload)+64)
	f.zr = new(gzip.Reader)
	d := sha256.Sum256(f.header)
	f.headerDigest = d[:]
	f.signature = f.sign(f.from.Sign)
	switch suite {
	case as4test.RSA:
		f.wrapped, err = rsa.EncryptOAEPWithOptions(rand.Reader, f.to.EncCert.PublicKey.(*rsa.PublicKey), f.cek, oaep)
		check(err)
	default:
		f.ephemeral, err = recipient(f.to.EncCert).Curve().GenerateKey(rand.Reader)
		check(err)
	}
	return f
}

var oaep = &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}

func recipient(c *x509.Certificate) *ecdh.PublicKey {
	key, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo)
	check(err)
	if k, ok := key.(*ecdsa.PublicKey); ok {
		own, err := k.ECDH()
		check(err)
		return own
	}
	return key.(*ecdh.PublicKey)
}

func (f *floor) sign(key crypto.Signer) []byte {
	var value []byte
	var err error
	if _, ok := key.(ed25519.PrivateKey); ok {
		value, err = key.Sign(rand.Reader, f.header[:1500], crypto.Hash(0))
	} else {
		value, err = key.Sign(rand.Reader, f.headerDigest, crypto.SHA256)
	}
	check(err)
	return value
}

func (f *floor) verify() {
	ok := false
	switch key := f.from.SignCert.PublicKey.(type) {
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(key, crypto.SHA256, f.headerDigest, f.signature) == nil
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(key, f.headerDigest, f.signature)
	case ed25519.PublicKey:
		ok = ed25519.Verify(key, f.header[:1500], f.signature)
	}
	if !ok {
		panic("floor: the signature does not verify")
	}
}

// agree is one Diffie-Hellman, HKDF and key wrap.
func (f *floor) agree(own interface {
	ECDH(*ecdh.PublicKey) ([]byte, error)
}, remote *ecdh.PublicKey) {
	secret, err := own.ECDH(remote)
	check(err)
	kek, err := hkdf.Key(sha256.New, secret, f.iv, "", 16)
	check(err)
	_, err = enc.WrapKey(kek, f.cek)
	check(err)
}

func (f *floor) unwrap() {
	switch key := f.to.Agree.(type) {
	case *rsa.PrivateKey:
		_, err := key.Decrypt(nil, f.wrapped, oaep)
		check(err)
	case *ecdsa.PrivateKey:
		own, err := key.ECDH()
		check(err)
		f.agree(own, f.ephemeral.PublicKey())
	case *ecdh.PrivateKey:
		f.agree(key, f.ephemeral.PublicKey())
	}
}

func (f *floor) wrap() {
	if pub, ok := f.to.EncCert.PublicKey.(*rsa.PublicKey); ok {
		_, err := rsa.EncryptOAEPWithOptions(rand.Reader, pub, f.cek, oaep)
		check(err)
		return
	}
	pub := recipient(f.to.EncCert)
	ephemeral, err := pub.Curve().GenerateKey(rand.Reader)
	check(err)
	f.agree(ephemeral, pub)
}

func (b *bench) receiveFloor() {
	f := &b.floor
	sha256.Sum256(f.header)
	f.verify()
	f.unwrap()
	plain, err := f.aead.Open(f.out[:0], f.iv, f.sealed, nil)
	check(err)
	sha256.Sum256(plain)
	check(f.zr.Reset(bytes.NewReader(plain)))
	for out := f.out[len(f.sealed):]; ; {
		_, err := f.zr.Read(out)
		if err == io.EOF {
			break
		}
		check(err)
	}
	f.sign(f.to.Sign)
}

func (b *bench) sendFloor() {
	f := &b.floor
	var z bytes.Buffer
	z.Grow(len(f.compressed) + 64)
	f.zw.Reset(&z)
	_, err := f.zw.Write(f.payload)
	check(err)
	check(f.zw.Close())
	sha256.Sum256(z.Bytes())
	sha256.Sum256(f.header)
	f.sign(f.from.Sign)
	f.wrap()
	f.aead.Seal(f.out[:0], f.iv, z.Bytes(), nil)
}

// xmlFloor is tokenising once, hashing and encrypting.
func (b *bench) xmlFloor() {
	f := &b.floor
	sha256.Sum256(f.header)
	f.verify()
	f.unwrap()
	f.sign(f.to.Sign)
	f.aead.Seal(f.out[:0], f.iv, f.payload, nil)
	s := xmlsafe.NewScanner(bytes.NewReader(f.payload), xmlsafe.Limits{Bytes: 1 << 40, Elements: 1 << 40, Text: 1 << 40})
	for {
		_, err := s.Next()
		if err == io.EOF {
			break
		}
		check(err)
	}
	sha256.Sum256(f.payload)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
