package file

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"unicode/utf16"
)

// MaxIterations bounds the work that a PKCS#12 file may ask of whoever tries a
// password on it. Java and OpenSSL write 10,000 and 2,048.
const MaxIterations = 1_000_000

const derSequence = 0x30

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2} // pkcs8ShroudedKeyBag
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidFriendlyName  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBMAC1        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidHMACSHA1      = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACSHA512    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}
)

// pfx is a PKCS#12 file whose shell was found harmless: its safes.
type pfx struct {
	safes []contentInfo
}

// pfxShell is PFX of RFC 7292 §4.
type pfxShell struct {
	Version  int
	AuthSafe contentInfo
	MacData  macData `asn1:"optional"`
}

type macData struct {
	Mac struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Salt       []byte
	Iterations int `asn1:"optional,default:1"`
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

type encryptedData struct {
	Version int
	Info    struct {
		Type      asn1.ObjectIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Content   []byte `asn1:"tag:0,optional"`
	}
}

type safeBag struct {
	ID         asn1.ObjectIdentifier
	Value      asn1.RawValue  `asn1:"tag:0,explicit"`
	Attributes []bagAttribute `asn1:"set,optional"`
}

type bagAttribute struct {
	ID     asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// pbes2 is RFC 8018 §A.4 with PBKDF2 (§A.2).
type pbes2 struct {
	KDF struct {
		Algorithm asn1.ObjectIdentifier
		Params    kdfParams
	}
	Scheme pkix.AlgorithmIdentifier
}

type kdfParams struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// openPFX reads the shell and refuses iteration counts beyond [MaxIterations],
// before anybody derives a key.
func openPFX(octets []byte) (*pfx, error) {
	var shell pfxShell
	if err := whole(octets, &shell); err != nil {
		return nil, errors.New("the file is no PKCS#12 in DER")
	}
	p := new(pfx)
	var inner []byte
	if !shell.AuthSafe.Type.Equal(oidData) || whole(shell.AuthSafe.Content.Bytes, &inner) != nil || whole(inner, &p.safes) != nil {
		return nil, errors.New("the file is not protected by a password alone; convert it with keytool -importkeystore")
	}
	if err := checkIterations(shell.MacData.Iterations); err != nil {
		return nil, err
	}
	if err := checkWork(shell.MacData.Mac.Algorithm); err != nil {
		return nil, err
	}
	for _, safe := range p.safes {
		if err := safe.checkWork(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// whole unmarshals octets that hold nothing else.
func whole(octets []byte, v any) error {
	rest, err := asn1.Unmarshal(octets, v)
	if err == nil && len(rest) > 0 {
		err = errors.New("something follows")
	}
	return err
}

func (c contentInfo) checkWork() error {
	var e encryptedData
	if c.Type.Equal(oidEncryptedData) && whole(c.Content.Bytes, &e) == nil {
		return checkWork(e.Info.Algorithm)
	}
	bags, _ := c.bags("") // the library refuses what cannot be read
	for _, b := range bags {
		var key struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       []byte
		}
		if b.ID.Equal(oidKeyBag) && whole(b.Value.Bytes, &key) == nil {
			if err := checkWork(key.Algorithm); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkWork looks for the iteration count in the parameters of a password-based
// algorithm: PBES2, PBMAC1, or those of RFC 7292 §C.
func checkWork(a pkix.AlgorithmIdentifier) error {
	var two pbes2
	var old struct {
		Salt       []byte
		Iterations int
	}
	switch {
	case len(a.Parameters.FullBytes) == 0:
		return nil
	case a.Algorithm.Equal(oidPBES2) || a.Algorithm.Equal(oidPBMAC1):
		if err := whole(a.Parameters.FullBytes, &two); err != nil {
			return errors.New("the parameters of its key derivation cannot be read")
		}
		return checkIterations(two.KDF.Params.Iterations)
	case whole(a.Parameters.FullBytes, &old) == nil:
		return checkIterations(old.Iterations)
	}
	return nil
}

func checkIterations(n int) error {
	if n < 0 || n > MaxIterations {
		return fmt.Errorf("the file asks for %d iterations, more than %d; convert it with keytool -importkeystore", n, MaxIterations)
	}
	return nil
}

// aliases lists the friendlyName of each certificate, in the file's order. The
// file's MAC has been verified before.
func (p *pfx) aliases(password string) ([]string, error) {
	var list []string
	for _, safe := range p.safes {
		bags, err := safe.bags(password)
		if err != nil {
			return nil, err
		}
		for _, b := range bags {
			if b.ID.Equal(oidCertBag) {
				list = append(list, b.alias())
			}
		}
	}
	return list, nil
}

func (c contentInfo) bags(password string) ([]safeBag, error) {
	var content []byte
	switch {
	case c.Type.Equal(oidData):
		if err := whole(c.Content.Bytes, &content); err != nil {
			return nil, err
		}
	case c.Type.Equal(oidEncryptedData):
		var e encryptedData
		if err := whole(c.Content.Bytes, &e); err != nil {
			return nil, err
		}
		var err error
		if content, err = decrypt(e.Info.Algorithm, e.Info.Content, password); err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("a safe is neither data nor encrypted data")
	}
	var bags []safeBag
	err := whole(content, &bags)
	return bags, err
}

func (b safeBag) alias() string {
	for _, a := range b.Attributes {
		if a.ID.Equal(oidFriendlyName) && len(a.Values) == 1 {
			return bmpString(a.Values[0].Bytes)
		}
	}
	return ""
}

func bmpString(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}

// decrypt opens PBES2 with AES-CBC, which Java and OpenSSL have written for
// years. Older ciphers are left to keytool.
func decrypt(a pkix.AlgorithmIdentifier, content []byte, password string) ([]byte, error) {
	var params pbes2
	if !a.Algorithm.Equal(oidPBES2) || whole(a.Parameters.FullBytes, &params) != nil {
		return nil, fmt.Errorf("the certificates are encrypted by %v, an outdated method; convert the file with keytool -importkeystore", a.Algorithm)
	}
	keyLength := map[string]int{"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}[params.Scheme.Algorithm.String()]
	prf := prfs[params.KDF.Params.PRF.Algorithm.String()]
	iv := params.Scheme.Parameters.Bytes
	if keyLength == 0 || prf == nil || len(iv) != aes.BlockSize || len(content) == 0 || len(content)%aes.BlockSize != 0 {
		return nil, errors.New("the certificates are not encrypted by AES-CBC; convert the file with keytool -importkeystore")
	}
	key, err := pbkdf2.Key(prf, password, params.KDF.Params.Salt, params.KDF.Params.Iterations, keyLength)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, len(content))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, content)
	return unpad(plain)
}

// prfs are those of PBKDF2; without one it is HMAC-SHA1.
var prfs = map[string]func() hash.Hash{
	"": sha1.New, oidHMACSHA1.String(): sha1.New, oidHMACSHA256.String(): sha256.New, oidHMACSHA512.String(): sha512.New,
}

func unpad(plain []byte) ([]byte, error) {
	n := int(plain[len(plain)-1])
	if n == 0 || n > aes.BlockSize || !bytes.Equal(plain[len(plain)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errors.New("the padding is wrong")
	}
	return plain[:len(plain)-n], nil
}
