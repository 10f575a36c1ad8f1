package tenant_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

func TestWhoeverMayOpenNoKeyReadsTheConfiguration(t *testing.T) {
	t.Parallel()
	s, live, _ := configured(t)
	live.AtFirstUse = true
	var tried []string
	live.Tried = func(section string, err error) { tried = append(tried, fmt.Sprintf("%s %v", section, err == nil)) }
	s.denied = map[string]bool{"as4.key": true, "sp.key": true}
	c, err := live.Configuration(t.Context())
	if err != nil || len(s.opened) > 0 {
		t.Fatalf("%v, %v were opened", err, s.opened)
	}
	if public := c.Identity.Signing[0].Key.Public(); !s.certs["as4.pem"][0].PublicKey.(*ecdsa.PublicKey).Equal(public) {
		t.Errorf("the public half is %T", public)
	}
	digest := sha256.Sum256([]byte("octets"))
	if _, err := c.Identity.Signing[0].Key.Sign(rand.Reader, digest[:], crypto.SHA256); err == nil || !strings.Contains(err.Error(), "key as4.key: access denied") {
		t.Errorf("%v", err)
	}
	if _, err := c.Tokens(t.Context()); err == nil || !strings.Contains(err.Error(), "key as4.key: access denied") {
		t.Errorf("%v", err)
	}
	s.denied = nil
	if _, err := c.Identity.Signing[0].Key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		t.Errorf("what was denied is tried again: %v", err)
	}
	if diff := cmp.Diff([]string{"signing false", "tokens false", "signing true"}, tried); diff != "" {
		t.Errorf("told was (-want +got):\n%s", diff)
	}
}

// TestAKeyThatCannotBeOpenedIsNoFaultOfTheSender: transport and agreement say that
// the key store is away, so that the sender is asked to send again.
func TestAKeyThatCannotBeOpenedIsNoFaultOfTheSender(t *testing.T) {
	t.Parallel()
	agree, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	agreed, err := file.ThrowAway(agree, "LV-AP", nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, cert := range map[string]*x509.Certificate{"RSA": certified(t, rsaKey()), "X25519": agreed} {
		s, live, _ := configured(t)
		live.AtFirstUse = true
		s.certs["as4.pem"] = []*x509.Certificate{cert}
		s.denied = map[string]bool{"as4.key": true}
		c, err := live.Configuration(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		content := make([]byte, 16)
		public, _ := x509.ParsePKIXPublicKey(cert.RawSubjectPublicKeyInfo)
		wrapped, err := enc.Wrap(rand.Reader, content, public)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wrapped.Unwrap(rand.Reader, c.Identity.Decryption[0].Key, enc.AES128GCM); !errors.Is(err, enc.ErrUnavailable) || !strings.Contains(err.Error(), "as4.key") {
			t.Errorf("%s: %v", name, err)
		}
		s.denied, s.keys["as4.key"] = nil, map[string]crypto.PrivateKey{"RSA": rsaKey(), "X25519": agree}[name]
		if got, err := wrapped.Unwrap(rand.Reader, c.Identity.Decryption[0].Key, enc.AES128GCM); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhoHasSignedIsNotGivenAWrongKey: a document whose key is wrong is found out
// by those who use such keys before it is in force, and by nobody else.
func TestWhoHasSignedIsNotGivenAWrongKey(t *testing.T) {
	t.Parallel()
	for _, signs := range []bool{true, false} {
		s, live, now := configured(t)
		live.AtFirstUse = true
		first, err := live.Configuration(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256([]byte("octets"))
		if signs {
			if _, err := first.Identity.Signing[0].Key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
				t.Fatal(err)
			}
		}
		s.files["tenant.yaml"] = strings.Replace(right, "signing: [{key: as4.key", "signing: [{key: wrong.key", 1)
		*now = now.Add(tenant.Fresh)
		second, err := live.Configuration(t.Context())
		if err != nil || (second == first) != signs {
			t.Errorf("has signed: %t, the same configuration: %t, %v", signs, second == first, err)
		}
		if !signs && slices.Contains(s.opened, "wrong.key") {
			t.Error("who never signs has opened a key to sign with")
		}
	}
}

func TestTheKeyOfTheSignInSignsAndDecrypts(t *testing.T) {
	t.Parallel()
	_, live, _ := configured(t)
	live.AtFirstUse = true
	c, err := live.Configuration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &rsaKey().PublicKey, []byte("content key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.SPKey.(crypto.Decrypter).Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256}); err != nil || string(got) != "content key" {
		t.Errorf("%q, %v", got, err)
	}
	digest := sha256.Sum256([]byte("octets"))
	value, err := c.SPKey.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil || rsa.VerifyPKCS1v15(&rsaKey().PublicKey, crypto.SHA256, digest[:], value) != nil {
		t.Errorf("%v", err)
	}
}
