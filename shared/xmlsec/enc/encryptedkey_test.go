package enc

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const str = `<wsse:SecurityTokenReference xmlns:wsse="` + namespaceWSSE + `"><wsse:Reference URI="#G1"/></wsse:SecurityTokenReference>`

// testKey is made once: RSA keys take their time.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, MinRSABits)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(curve ecdh.Curve) *ecdh.PrivateKey {
	key, err := curve.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func parsed(t testing.TB, xml string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(xml); err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func written(t testing.TB, cek []byte, recipient crypto.PublicKey) (*EncryptedKey, string) {
	t.Helper()
	k, err := Wrap(rand.Reader, cek, recipient)
	if err != nil {
		t.Fatal(err)
	}
	k.ID = "EK-1"
	k.DataReferences = []string{"#ED-1", "#ED-2"}
	xml, err := k.AppendXML([]byte("<!-- -->"), []byte(str))
	if err != nil {
		t.Fatal(err)
	}
	return k, strings.TrimPrefix(string(xml), "<!-- -->")
}

func TestAKeyIsWrappedWrittenReadAndUnwrapped(t *testing.T) {
	t.Parallel()
	ecdsaKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x25519, p256, p384, p521 := ecKey(ecdh.X25519()), ecKey(ecdh.P256()), ecKey(ecdh.P384()), ecKey(ecdh.P521())
	for name, tt := range map[string]struct {
		public  crypto.PublicKey
		private crypto.PrivateKey
		family  Allow
	}{
		"RSA":                {&testKey().PublicKey, testKey(), AllowRSA},
		"X25519":             {x25519.PublicKey(), x25519, AllowX25519},
		"P-256":              {p256.PublicKey(), p256, AllowECDH},
		"P-384":              {p384.PublicKey(), p384, AllowECDH},
		"P-521":              {p521.PublicKey(), p521, AllowECDH},
		"P-256 as ECDSA key": {&ecdsaKey.PublicKey, ecdsaKey, AllowECDH},
		"P-256 in a store":   {p256.PublicKey(), store{p256.ECDH}, AllowECDH},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cek := octetsOf(1, 16)
			want, xml := written(t, cek, tt.public)
			got, err := ParseEncryptedKey(parsed(t, xml), tt.family)
			if err != nil {
				t.Fatal(err, xml)
			}
			if len(got.Recipient) != 1 || got.Recipient[0].Tag != "SecurityTokenReference" {
				t.Errorf("recipient is %v", got.Recipient)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(EncryptedKey{}), cmpopts.IgnoreFields(EncryptedKey{}, "Recipient"), cmp.Comparer(samePoint)); diff != "" {
				t.Error(diff)
			}
			for _, k := range []*EncryptedKey{want, got} {
				if key, err := k.Unwrap(rand.Reader, tt.private, AES128GCM); err != nil || !bytes.Equal(key, cek) {
					t.Errorf("unwrapped %x, %v", key, err)
				}
			}
			if _, err := ParseEncryptedKey(parsed(t, xml), EDelivery&^tt.family); !hasRule(err, RuleAlgorithm) {
				t.Errorf("without the family: %v", err)
			}
		})
	}
}

// store is a key agreement that does not show its key.
type store struct {
	agree func(*ecdh.PublicKey) ([]byte, error)
}

func (s store) ECDH(remote *ecdh.PublicKey) ([]byte, error) { return s.agree(remote) }

func hasRule(err error, rule string) bool {
	var e *Error
	return errors.As(err, &e) && e.Rule == rule
}

func TestWrapRefuses(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		cek       []byte
		recipient crypto.PublicKey
	}{
		"a content key of 32 octets": {make([]byte, 32), &testKey().PublicKey},
		"an RSA key of 1024 bits":    {make([]byte, 16), &small.PublicKey},
		"a key on P-224":             {make([]byte, 16), &p224.PublicKey},
		"no key":                     {make([]byte, 16), nil},
		"a private key":              {make([]byte, 16), testKey()},
	} {
		if _, err := Wrap(rand.Reader, tt.cek, tt.recipient); !hasRule(err, RuleKey) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestOAEPFailureGivesARandomKeyAndNoError(t *testing.T) {
	t.Parallel()
	cek := octetsOf(1, 16)
	k, _ := written(t, cek, &testKey().PublicKey)
	good := bytes.Clone(k.CipherValue)
	for name, value := range map[string][]byte{
		"a changed octet": append([]byte{good[0] ^ 1}, good[1:]...),
		"a short value":   good[:100],
		"no value":        {},
		"a key of 32 octets inside": func() []byte {
			v, err := rsa.EncryptOAEPWithOptions(rand.Reader, &testKey().PublicKey, make([]byte, 32), &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}(),
	} {
		k.CipherValue = value
		first, err := k.Unwrap(rand.Reader, testKey(), AES128GCM)
		second, err2 := k.Unwrap(rand.Reader, testKey(), AES128GCM)
		if err != nil || err2 != nil || len(first) != 16 || bytes.Equal(first, second) || bytes.Equal(first, cek) {
			t.Errorf("%s: %x, %v, then %x, %v", name, first, err, second, err2)
		}
	}
	if _, err := k.Unwrap(strings.NewReader(""), testKey(), AES128GCM); err == nil {
		t.Error("a key is unwrapped without a substitute at hand")
	}
}

// remote is a Decrypter beyond this process.
type remote struct {
	crypto.Decrypter
	err error
}

func (r remote) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) { return nil, r.err }

func TestAStoreThatIsAwayIsNoFailedDecryption(t *testing.T) {
	t.Parallel()
	away := errors.Join(errors.New("time-out"), ErrUnavailable)
	k, _ := written(t, octetsOf(1, 16), &testKey().PublicKey)
	if _, err := k.Unwrap(rand.Reader, remote{testKey(), away}, AES128GCM); !errors.Is(err, ErrUnavailable) {
		t.Errorf("transport: got %v", err)
	}
	if key, err := k.Unwrap(rand.Reader, remote{testKey(), errors.New("invalid ciphertext")}, AES128GCM); err != nil || len(key) != 16 {
		t.Errorf("transport that fails: %x, %v", key, err)
	}
	agreed, _ := written(t, octetsOf(1, 16), ecKey(ecdh.X25519()).PublicKey())
	failing := func(err error) store { return store{func(*ecdh.PublicKey) ([]byte, error) { return nil, err }} }
	if _, err := agreed.Unwrap(rand.Reader, failing(away), AES128GCM); !errors.Is(err, ErrUnavailable) {
		t.Errorf("agreement: got %v", err)
	}
	if _, err := agreed.Unwrap(rand.Reader, failing(errors.New("bad point")), AES128GCM); err != ErrDecrypt {
		t.Errorf("agreement that fails: got %v", err)
	}
}

func TestAgreementFailsWithOneError(t *testing.T) {
	t.Parallel()
	own := ecKey(ecdh.X25519())
	k, _ := written(t, octetsOf(1, 16), own.PublicKey())
	lowOrder, err := ecdh.X25519().NewPublicKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	long, err := WrapKey(make([]byte, 16), make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*EncryptedKey){
		"a changed octet":          func(k *EncryptedKey) { k.CipherValue[3] ^= 1 },
		"a value cut off":          func(k *EncryptedKey) { k.CipherValue = k.CipherValue[:16] },
		"no value":                 func(k *EncryptedKey) { k.CipherValue = nil },
		"a value of another key":   func(k *EncryptedKey) { k.CipherValue = long },
		"another salt":             func(k *EncryptedKey) { k.Agreement.Derivation.Salt = []byte("salt") },
		"another info":             func(k *EncryptedKey) { k.Agreement.Derivation.Info = []byte("info") },
		"a point of low order":     func(k *EncryptedKey) { k.Agreement.Originator = lowOrder },
		"another ephemeral key":    func(k *EncryptedKey) { k.Agreement.Originator = ecKey(ecdh.X25519()).PublicKey() },
		"another curve in a store": func(k *EncryptedKey) { k.Agreement.Originator = ecKey(ecdh.P256()).PublicKey() },
	} {
		bad := *k
		agreement := *k.Agreement
		bad.Agreement, bad.CipherValue = &agreement, bytes.Clone(k.CipherValue)
		change(&bad)
		if _, err := bad.Unwrap(rand.Reader, store{own.ECDH}, AES128GCM); err != ErrDecrypt {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := k.Unwrap(rand.Reader, ecKey(ecdh.X25519()), AES128GCM); err != ErrDecrypt {
		t.Errorf("another recipient: got %v", err)
	}
}

func TestUnwrapRefusesKeysOfAnotherKind(t *testing.T) {
	t.Parallel()
	transported, _ := written(t, octetsOf(1, 16), &testKey().PublicKey)
	agreed, _ := written(t, octetsOf(1, 16), ecKey(ecdh.X25519()).PublicKey())
	for name, tt := range map[string]struct {
		k    *EncryptedKey
		key  crypto.PrivateKey
		rule string
	}{
		"no key for transport":           {transported, nil, RuleKey},
		"an X25519 key for transport":    {transported, ecKey(ecdh.X25519()), RuleKey},
		"an RSA key for agreement":       {agreed, testKey(), RuleKey},
		"a key on another curve, openly": {agreed, ecKey(ecdh.P256()), RuleKey},
	} {
		if _, err := tt.k.Unwrap(rand.Reader, tt.key, AES128GCM); !hasRule(err, tt.rule) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for _, content := range []string{AES256GCM, "http://www.w3.org/2001/04/xmlenc#aes128-cbc", KWAES128, ""} {
		if _, err := transported.Unwrap(rand.Reader, testKey(), content); !hasRule(err, RuleAlgorithm) {
			t.Errorf("content %q: got %v", content, err)
		}
	}
}

func TestAKeyPutTogetherByHandIsRefusedNotPanickedOn(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]*EncryptedKey{
		"nothing":                   {},
		"both":                      {Transport: &Transport{}, Agreement: &Agreement{}},
		"agreement without its key": {Agreement: &Agreement{}},
	} {
		if _, err := k.Unwrap(rand.Reader, testKey(), AES128GCM); !hasRule(err, RuleMissing) {
			t.Errorf("%s: unwrapped: %v", name, err)
		}
		if _, err := k.AppendXML(nil, nil); !hasRule(err, RuleMissing) {
			t.Errorf("%s: written: %v", name, err)
		}
	}
}

func TestContentKeySizes(t *testing.T) {
	t.Parallel()
	if n, err := EDelivery.ContentKeySize(AES128GCM); n != 16 || err != nil {
		t.Error(n, err)
	}
	if _, err := EDelivery.ContentKeySize(AES256GCM); !hasRule(err, RuleAlgorithm) {
		t.Error(err)
	}
	if n, err := (EDelivery | AllowSAML).ContentKeySize(AES256GCM); n != 32 || err != nil {
		t.Error(n, err)
	}
}

func samePoint(a, b *ecdh.PublicKey) bool {
	return a == b || a != nil && b != nil && a.Equal(b)
}
