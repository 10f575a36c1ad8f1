package file_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/keys/file"
)

// storeOf makes a JKS as the Commission publishes it.
func storeOf(password string, certs map[string][]byte) []byte {
	store := keystore.New(keystore.WithOrderedAliases())
	for alias, der := range certs {
		entry := keystore.TrustedCertificateEntry{CreationTime: time.Unix(1e9, 0), Certificate: keystore.Certificate{Type: "X509", Content: der}}
		if err := store.SetTrustedCertificateEntry(alias, entry); err != nil {
			panic(err)
		}
	}
	var b bytes.Buffer
	if err := store.Store(&b, []byte(password)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func aliasesOf(list []file.Trusted) map[string]string {
	names := map[string]string{}
	for _, e := range list {
		if e.Err != nil {
			names[e.Alias] = "unreadable"
			continue
		}
		names[e.Alias] = e.Certificate.Subject.CommonName
	}
	return names
}

func TestTrustStoresOfBothKindsGiveAliasesAndCertificates(t *testing.T) {
	t.Parallel()
	a, b := certificate(as4test.RSA, "AP_XA_01"), certificate(as4test.ECDSA, "AP_XB_01")
	entries := []pkcs12.TrustStoreEntry{{Cert: b, FriendlyName: "AP_XB_01"}, {Cert: a, FriendlyName: "ap_xa_01"}, {Cert: a, FriendlyName: "Žemė"}}
	keys := as4test.KeysOf(as4test.ECDSA, "AP_XB_01")
	for name, c := range map[string]struct {
		octets []byte
		want   map[string]string
	}{
		"JKS":                          {storeOf("test123", map[string][]byte{"AP_XB_01": b.Raw, "ap_xa_01": a.Raw}), map[string]string{"ap_xa_01": "AP_XA_01", "ap_xb_01": "AP_XB_01"}},
		"JKS with one bad certificate": {storeOf("test123", map[string][]byte{"ap_xa_01": a.Raw, "bad": []byte("bad")}), map[string]string{"ap_xa_01": "AP_XA_01", "bad": "unreadable"}},
		"an empty JKS":                 {storeOf("test123", nil), map[string]string{}},
		"PKCS#12":                      {ok(pkcs12.Modern2023.EncodeTrustStoreEntries(entries, "test123")), map[string]string{"ap_xa_01": "AP_XA_01", "AP_XB_01": "AP_XB_01", "Žemė": "AP_XA_01"}},
		"PKCS#12 by PBMAC1":            {ok(pkcs12.Modern2026.EncodeTrustStoreEntries(entries[:1], "test123")), map[string]string{"AP_XB_01": "AP_XB_01"}},
		"PKCS#12 of a key":             {ok(pkcs12.Modern2023.Encode(keys.Sign, keys.SignCert, nil, "test123")), map[string]string{"": "AP_XB_01"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := file.TrustStore(c.octets, "test123")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, aliasesOf(list)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAKeyEntryOfAJKSGivesItsCertificateWithoutTheKey(t *testing.T) {
	t.Parallel()
	keys := as4test.KeysOf(as4test.RSA, "AP_XA_01")
	store := keystore.New()
	entry := keystore.PrivateKeyEntry{CreationTime: time.Unix(1e9, 0), PrivateKey: ok(x509.MarshalPKCS8PrivateKey(keys.Sign)), CertificateChain: []keystore.Certificate{{Type: "X509", Content: keys.SignCert.Raw}, {Type: "X509", Content: as4test.TestCA().Cert.Raw}}}
	if err := store.SetPrivateKeyEntry("AP_XA_01", entry, []byte("another password")); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := store.Store(&b, []byte("test123")); err != nil {
		t.Fatal(err)
	}
	list, err := file.TrustStore(b.Bytes(), "test123")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"ap_xa_01": "AP_XA_01"}, aliasesOf(list)); diff != "" {
		t.Error(diff)
	}
}

func TestPKCS12GivesKeyAndChainEndEntityFirst(t *testing.T) {
	t.Parallel()
	for _, suite := range []as4test.Suite{as4test.RSA, as4test.ECDSA} {
		keys, ca := as4test.KeysOf(suite, "AP_XA_01"), as4test.TestCA().Cert
		for name, octets := range map[string][]byte{
			"end entity first": ok(pkcs12.Modern2023.Encode(keys.Sign, keys.SignCert, []*x509.Certificate{ca}, "secret")),
			"issuer first":     ok(pkcs12.Modern2023.Encode(keys.Sign, ca, []*x509.Certificate{keys.SignCert}, "secret")),
			"outdated ciphers": ok(pkcs12.LegacyDES.Encode(keys.Sign, keys.SignCert, []*x509.Certificate{ca}, "secret")),
		} {
			key, chain, err := file.PKCS12(octets, "secret")
			if err != nil || len(chain) != 2 || !chain[0].Equal(keys.SignCert) || file.Fits(key, chain[0]) != nil {
				t.Errorf("%s, %s: %d certificates, %v", suite, name, len(chain), err)
			}
			if _, _, err := file.PKCS12(octets, "wrong"); err == nil || !strings.Contains(err.Error(), "password is wrong") {
				t.Errorf("%s, %s: a wrong password gives %v", suite, name, err)
			}
		}
	}
}

func TestTrustStoresThatCannotBeTrustedAreRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	a := certificate(as4test.RSA, "AP_XA_01")
	good := storeOf("test123", map[string][]byte{"ap_xa_01": a.Raw})
	p12 := ok(pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{a}, "test123"))
	slow := ok(pkcs12.Modern2023.WithIterations(patient).EncodeTrustStore([]*x509.Certificate{a}, "test123"))
	patched := func(at int, v ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], v)
		return b
	}
	for name, c := range map[string]struct {
		octets []byte
		want   string
	}{
		"another password":                     {storeOf("changeit", map[string][]byte{"a": a.Raw}), "password"},
		"another PKCS#12 password":             {ok(pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{a}, "changeit")), "password"},
		"a changed octet":                      {patched(len(good)-60, good[len(good)-60]^1), "password"},
		"a changed PKCS#12 octet":              {append(bytes.Clone(p12[:len(p12)-1]), p12[len(p12)-1]^1), "password"},
		"cut short":                            {good[:len(good)-1], "passes the end"},
		"more behind it":                       {append(bytes.Clone(good), 0), "follows"},
		"another version":                      {patched(4, 0, 0, 0, 3), "version 3"},
		"four thousand million entries":        {patched(8, 0xff, 0xff, 0xff, 0xff), "more than"},
		"more entries than there are":          {patched(8, 0, 0, 0x10, 0), "passes the end"},
		"a certificate of four gigabytes":      {hugeCertificate(), "passes the end"},
		"a chain of four thousand million":     {hugeChain(), "chain says"},
		"JCEKS":                                {[]byte{0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2}, "keytool"},
		"PEM":                                  {block("CERTIFICATE", a.Raw), "neither JKS nor PKCS#12"},
		"nothing":                              {nil, "neither JKS nor PKCS#12"},
		"too much":                             {make([]byte, file.MaxBytes+1), "at most"},
		"DER that is no PKCS#12":               {a.Raw, "no PKCS#12"},
		"PKCS#12 with an outdated cipher":      {ok(pkcs12.LegacyDES.EncodeTrustStore([]*x509.Certificate{a}, "test123")), "keytool"},
		"a MAC of eight million iterations":    {moreIterations(slow, true), "iterations"},
		"a cipher of eight million iterations": {moreIterations(slow, false), "iterations"},
		"PBMAC1 of eight million iterations":   {moreIterations(ok(pkcs12.Modern2026.WithIterations(patient).EncodeTrustStore([]*x509.Certificate{a}, "test123")), true), "iterations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := file.TrustStore(c.octets, "test123")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %d certificates, %v; want %q in the error", len(list), err, c.want)
			}
			if len(list) > 0 {
				t.Errorf("%d certificates came with the error", len(list))
			}
		})
	}
	keys := as4test.KeysOf(as4test.RSA, "AP_XA_01")
	shrouded := moreIterations(ok(pkcs12.Modern2023.WithIterations(patient).Encode(keys.Sign, keys.SignCert, nil, "test123")), false)
	if _, _, err := file.PKCS12(shrouded, "test123"); err == nil || !strings.Contains(err.Error(), "iterations") {
		t.Errorf("a key of eight million iterations: %v", err)
	}
}

// hugeCertificate is a store that promises more than it has.
func hugeCertificate() []byte {
	b := []byte{0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 'X', '.', '5', '0', '9', 0xff, 0xff, 0xff, 0xf0}
	return append(b, make([]byte, 100)...)
}

func hugeChain() []byte {
	b := []byte{0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}
	return append(b, make([]byte, 100)...)
}

// patient writes 70,000 iterations, an INTEGER of three octets.
const patient = 70_000

// moreIterations makes the first or last of them eight million, in place.
func moreIterations(p12 []byte, last bool) []byte {
	b, count := bytes.Clone(p12), []byte{2, 3, 0x01, 0x11, 0x70}
	at := bytes.Index(b, count)
	if last {
		at = bytes.LastIndex(b, count)
	}
	copy(b[at+2:], []byte{0x7f, 0xff, 0xff})
	return b
}

func FuzzTrustStore(f *testing.F) {
	a := certificate(as4test.ECDSA, "AP_XA_01")
	f.Add(storeOf("test123", map[string][]byte{"a": a.Raw}))
	f.Add(ok(pkcs12.Modern2023.WithIterations(1).EncodeTrustStore([]*x509.Certificate{a}, "test123")))
	f.Add(ok(pkcs12.LegacyDES.WithIterations(1).EncodeTrustStore([]*x509.Certificate{a}, "test123")))
	f.Add(hugeCertificate())
	f.Add(hugeChain())
	f.Fuzz(func(t *testing.T, octets []byte) {
		list, err := file.TrustStore(redigest(octets), "test123")
		for _, e := range list {
			if err != nil || (e.Certificate == nil) == (e.Err == nil) {
				t.Errorf("entry %q: %v, %v", e.Alias, e.Err, err)
			}
		}
		_, _, _ = file.PKCS12(octets, "test123")
	})
}

// redigest makes the digest of a JKS right, so that fuzzing gets behind it.
func redigest(octets []byte) []byte {
	n := len(octets) - sha1.Size
	if n < 4 || !bytes.Equal(octets[:4], []byte{0xfe, 0xed, 0xfe, 0xed}) {
		return octets
	}
	h := sha1.New()
	for _, c := range "test123" {
		_ = binary.Write(h, binary.BigEndian, uint16(c))
	}
	h.Write([]byte("Mighty Aphrodite"))
	h.Write(octets[:n])
	return append(bytes.Clone(octets[:n]), h.Sum(nil)...)
}

func TestStoresOfKeytoolAreRead(t *testing.T) {
	t.Parallel()
	keytool, err := exec.LookPath("keytool")
	if err != nil {
		t.Skip("SKIPPED: keytool is not installed; real Java stores are not compared")
	}
	dir := t.TempDir()
	a := certificate(as4test.RSA, "AP_XA_01")
	certFile := filepath.Join(dir, "a.pem")
	if err := os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"JKS", "PKCS12"} {
		path := filepath.Join(dir, kind)
		for _, alias := range []string{"AP_XA_01", "AP_XB_01"} {
			if out, err := exec.Command(keytool, "-importcert", "-noprompt", "-alias", alias, "-file", certFile, "-keystore", path, "-storetype", kind, "-storepass", "test123").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		list, err := file.TrustStore(ok(os.ReadFile(path)), "test123")
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		got := map[string]string{}
		for alias, name := range aliasesOf(list) {
			got[strings.ToLower(alias)] = name
		}
		if diff := cmp.Diff(map[string]string{"ap_xa_01": "AP_XA_01", "ap_xb_01": "AP_XA_01"}, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}
