package enc

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"software.sslmate.com/src/go-pkcs12"
)

// testProfile has what the vectors of Santuario need beside the profiles, and
// is built of the same code.
func testProfile() *profile {
	const dsigMore = "http://www.w3.org/2001/04/xmldsig-more#"
	p := &profile{algorithms: maps.Clone(algorithms), combinations: combinations, allow: anyFamily}
	maps.Copy(p.algorithms, map[string]algorithm{
		Namespace11 + "aes192-gcm": {use: useContent, allow: anyFamily, size: 24},
		Namespace + "kw-aes192":    {use: useWrap, allow: anyFamily, size: 24},
		Namespace + "kw-aes256":    {use: useWrap, allow: anyFamily, size: 32},
		dsigMore + "sha384":        {use: useDigest, allow: anyFamily, hash: crypto.SHA384},
		Namespace + "sha512":       {use: useDigest, allow: anyFamily, hash: crypto.SHA512},
	})
	p.combinations = append([]combination{
		{RSAOAEP, dsigMore + "sha384", MGF1SHA1, AllowRSA},
		{RSAOAEP, Namespace + "sha512", MGF1SHA1, AllowRSA},
	}, combinations...)
	return p
}

func testdata(t *testing.T, elem ...string) string {
	t.Helper()
	dir := os.Getenv("VIENREIZ_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: VIENREIZ_TESTDATA is not set, the vectors of other implementations are not checked")
	}
	return filepath.Join(append([]string{dir, "as4"}, elem...)...)
}

func mustRead(t *testing.T, file string) []byte {
	t.Helper()
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func TestVectorsOfSantuario(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "apache+santuario-xml-security-java", "xmlenc-core-11")
	keys := keyStores(t, dir)
	// Santuario encrypted the canonical form, which has no empty-element tags.
	plain := bytes.ReplaceAll(mustRead(t, filepath.Join(dir, "plaintext.xml")), []byte(`"2005"/>`), []byte(`"2005"></Expires>`))
	short, err := hex.DecodeString(strings.TrimSpace(string(mustRead(t, filepath.Join(dir, "binary-data.hex")))))
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "cipherText__*.xml"))
	if len(files) != 10 {
		t.Errorf("found %d vectors instead of 10", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			want := plain
			if strings.Contains(file, "-4.xml") || strings.Contains(file, "-5.xml") || strings.Contains(file, "-6.xml") {
				want = short
			}
			if got := decryptVector(t, mustRead(t, file), keys); !bytes.Equal(got, want) {
				t.Errorf("decrypted to %q", got)
			}
		})
	}
}

func decryptVector(t *testing.T, octets []byte, keys []crypto.PrivateKey) []byte {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(octets); err != nil {
		t.Fatal(err)
	}
	data := doc.Root()
	k, err := testProfile().parse(data.FindElement("./KeyInfo/EncryptedKey"))
	if err != nil {
		t.Fatal(err)
	}
	content := data.FindElement("./EncryptionMethod").SelectAttrValue("Algorithm", "")
	cek, err := k.Unwrap(rand.Reader, keyOf(t, k, keys), content)
	if err != nil {
		t.Fatal(err)
	}
	return decryptCipherValue(t, data, cek)
}

func decryptCipherValue(t *testing.T, data *etree.Element, cek []byte) []byte {
	t.Helper()
	value, err := base64.StdEncoding.DecodeString(strings.Map(withoutBlanks, data.FindElement("./CipherData/CipherValue").Text()))
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGCMReader(bytes.NewReader(value), cek)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(g)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// keyOf finds the key of the certificate that a vector names.
func keyOf(t *testing.T, k *EncryptedKey, keys []crypto.PrivateKey) crypto.PrivateKey {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(strings.Map(withoutBlanks, k.Recipient[0].FindElement("./X509Certificate").Text()))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		own := key.(interface{ Public() crypto.PublicKey }).Public()
		if own.(interface{ Equal(crypto.PublicKey) bool }).Equal(cert.PublicKey) {
			return key
		}
	}
	t.Skip("SKIPPED: no key store among the data has the recipient's key; parsed only")
	return nil
}

func keyStores(t *testing.T, dir string) []crypto.PrivateKey {
	t.Helper()
	var keys []crypto.PrivateKey
	files, _ := filepath.Glob(filepath.Join(dir, "*.p[1f][2x]"))
	for _, file := range files {
		password := "passwd"
		if strings.HasSuffix(file, ".pfx") {
			password = "1234" // those of vectors 4 to 6, in Santuario's repository
		}
		key, _, err := pkcs12.Decode(mustRead(t, file), password)
		switch key := key.(type) {
		case *rsa.PrivateKey:
			keys = append(keys, key)
		case *ecdsa.PrivateKey:
			keys = append(keys, key)
		default:
			t.Logf("%s is not used: %v", filepath.Base(file), err)
		}
	}
	return keys
}

func pemKey(t *testing.T, file string) crypto.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(mustRead(t, file))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestLiveKeys unwraps what phase4 sent under the three profiles, and decrypts
// the parts; so does it with the composed 2.0 example.
func TestLiveKeys(t *testing.T) {
	t.Parallel()
	keys := map[string]crypto.PrivateKey{
		"1": pemKey(t, testdata(t, "phase4-live", "keys", "red.key")),
		"2": pemKey(t, testdata(t, "phase4-live", "keys", "red2-dec.key")),
		"3": pemKey(t, testdata(t, "phase4-live", "keys", "red3.key")),
	}
	files, _ := filepath.Glob(testdata(t, "phase4-live", "*.request.http"))
	read := 0
	for _, file := range files {
		octets := mustRead(t, file)
		if !bytes.Contains(octets, []byte("<xenc:EncryptedKey")) {
			continue
		}
		tampered := strings.Contains(file, "tampered-cipher")
		read++
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			decryptMessage(t, octets, keys[filepath.Base(file)[:1]], tampered)
		})
	}
	if read < 15 {
		t.Errorf("only %d messages have an EncryptedKey", read)
	}
	t.Run("composed 2.0", func(t *testing.T) {
		t.Parallel()
		key := pemKey(t, testdata(t, "composed", "keys", "AP_XB_01.x25519-keyagreement.key.pem"))
		decryptMessage(t, mustRead(t, testdata(t, "composed", "05-request-as4-2.0", "message.mime")), key, false)
	})
}

// decryptMessage takes the parts by brute force: what lies between the boundaries.
func decryptMessage(t *testing.T, octets []byte, key crypto.PrivateKey, tampered bool) {
	t.Helper()
	start := bytes.Index(octets, []byte("<?xml"))
	end := bytes.Index(octets, []byte("Envelope>\r\n--")) + len("Envelope>")
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(octets[start:end]); err != nil {
		t.Fatal(err)
	}
	k, err := ParseEncryptedKey(doc.FindElement("//EncryptedKey"), EDelivery)
	if err != nil {
		t.Fatal(err)
	}
	cek, err := k.Unwrap(rand.Reader, key, AES128GCM)
	if err != nil {
		t.Fatal(err)
	}
	boundary, _, _ := bytes.Cut(octets[end+2:], []byte("\r\n"))
	parts := bytes.Split(octets[end:], append([]byte("\r\n"), boundary...))
	failed := 0
	for _, part := range parts[1 : len(parts)-1] {
		_, content, _ := bytes.Cut(part, []byte("\r\n\r\n"))
		if _, err := decrypted(bytes.NewReader(content), cek); err != nil {
			failed++
		}
	}
	if len(parts) < 3 || len(k.DataReferences) != len(parts)-2 || (failed > 0) != tampered {
		t.Errorf("%d parts, %d references, %d do not decrypt", len(parts)-2, len(k.DataReferences), failed)
	}
}
