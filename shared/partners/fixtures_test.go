package partners_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/partners"
)

var update = flag.Bool("update", false, "write golden files")

// today is within the validity of the fixtures and of as4test's certificates.
var today = time.Now()

var sources = partners.Sources{
	PMode:      partners.Source{File: "pmode.xml", SHA256: strings.Repeat("a", 64)},
	TrustStore: partners.Source{File: "gateway_truststore.jks", SHA256: strings.Repeat("b", 64)},
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	octets, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

func pemFixture(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(fixture(t, name)))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// published is the trust store of the fixtures: ourselves and two of three partners.
func published(t testing.TB) []partners.Trusted {
	t.Helper()
	return []partners.Trusted{
		{Alias: "ap_xa_01", Certificate: pemFixture(t, "xa.pem")},
		{Alias: "ap_xb_01", Certificate: pemFixture(t, "xb.pem")},
		{Alias: "ap_xx_01", Certificate: pemFixture(t, "xx.pem")},
	}
}

// replaced is the P-Mode of the fixtures with every old text made new.
func replaced(t testing.TB, pairs ...string) string {
	t.Helper()
	text := fixture(t, "pmode.xml")
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the fixture does not hold %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func readPMode(t testing.TB, text string) *partners.PMode {
	t.Helper()
	p, err := partners.ReadPMode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func imported(t testing.TB, text string, store []partners.Trusted) (*partners.Document, []partners.Finding) {
	t.Helper()
	d, found, err := partners.Import(readPMode(t, text), store, partners.Options{Sources: sources, Now: today})
	if err != nil {
		t.Fatalf("%v\n%v", err, found)
	}
	return d, found
}

// document is the fixtures' import.
func document(t testing.TB) *partners.Document {
	t.Helper()
	d, _ := imported(t, fixture(t, "pmode.xml"), published(t))
	return d
}

func encode(t testing.TB, d *partners.Document) []byte {
	t.Helper()
	octets, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func parse(t testing.TB, octets []byte) *partners.Document {
	t.Helper()
	d, err := partners.Parse(octets)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// diff compares documents by what they say.
func diff(t testing.TB, want, got *partners.Document) string {
	t.Helper()
	return cmp.Diff(string(encode(t, want)), string(encode(t, got)))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s (-update writes it anew): %s", name, cmp.Diff(string(want), string(got)))
	}
}

func ids(d *partners.Document) []string {
	list := []string{}
	for _, p := range d.Partners {
		list = append(list, p.ID)
	}
	return list
}

// contains finds a finding by severity and parts of its line.
func contains(list []partners.Finding, s partners.Severity, parts ...string) bool {
	for _, f := range list {
		line, all := f.String(), f.Severity == s
		for _, p := range parts {
			all = all && strings.Contains(line, p)
		}
		if all {
			return true
		}
	}
	return false
}

// keysOf is a store with the certificates of parties that as4test made.
func keysOf(suite as4test.Suite, names ...string) []partners.Trusted {
	var list []partners.Trusted
	for _, n := range names {
		k, alias := as4test.KeysOf(suite, n), strings.ToLower(n)
		if suite == as4test.RSA {
			list = append(list, partners.Trusted{Alias: alias, Certificate: k.SignCert})
			continue
		}
		list = append(list, partners.Trusted{Alias: alias + "_ecc_sign", Certificate: k.SignCert}, partners.Trusted{Alias: alias + "_ecc_encrypt", Certificate: k.EncCert})
	}
	return list
}
