package enc

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestToleratedTransportUnwraps(t *testing.T) {
	t.Parallel()
	cek := octetsOf(1, 16)
	for _, digest := range []string{"", SHA1, SHA256} {
		hash := crypto.SHA1
		method := `<xenc:EncryptionMethod Algorithm="` + RSAOAEPMGF1P + `"><xenc:OAEPparams>TA==</xenc:OAEPparams>`
		if digest != "" {
			method += `<ds:DigestMethod xmlns:ds="` + namespaceDS + `" Algorithm="` + digest + `"/>`
		}
		if digest == SHA256 {
			hash = crypto.SHA256
		}
		value, err := rsa.EncryptOAEPWithOptions(rand.Reader, &testKey().PublicKey, cek, &rsa.OAEPOptions{Hash: hash, MGFHash: crypto.SHA1, Label: []byte("L")})
		if err != nil {
			t.Fatal(err)
		}
		xml := `<xenc:EncryptedKey xmlns:xenc="` + Namespace + `">` + method + `</xenc:EncryptionMethod>` + keyInfoStart + str + `</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>` +
			base64.StdEncoding.EncodeToString(value) + `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
		if _, err := ParseEncryptedKey(parsed(t, xml), EDelivery); !hasRule(err, RuleAlgorithm) {
			t.Errorf("digest %q without AllowMGF1P: %v", digest, err)
		}
		k, err := ParseEncryptedKey(parsed(t, xml), EDelivery|AllowMGF1P)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Unwrap(rand.Reader, testKey(), AES128GCM); err != nil || !bytes.Equal(got, cek) {
			t.Errorf("digest %q: unwrapped %x, %v", digest, got, err)
		}
	}
}

func concatXML(t testing.TB, params, digest string) string {
	xml := xmlOf(t, golden(t)["p256"])
	start, end := strings.Index(xml, "<xenc11:KeyDerivationMethod"), strings.Index(xml, "<xenc:OriginatorKeyInfo")
	return xml[:start] + fmt.Sprintf(`<xenc11:KeyDerivationMethod xmlns:xenc11="%s" Algorithm="%s"><xenc11:ConcatKDFParams %s><ds:DigestMethod Algorithm="%s"/></xenc11:ConcatKDFParams></xenc11:KeyDerivationMethod>`,
		Namespace11, ConcatKDF, params, digest) + xml[end:]
}

func TestConcatKDFIsReadWhenAllowed(t *testing.T) {
	t.Parallel()
	const allow = AllowECDH | AllowConcatKDF | AllowMGF1P
	k, err := ParseEncryptedKey(parsed(t, concatXML(t, `AlgorithmID="00363532534541" PartyVInfo="00DFda" PartyUInfo="" SuppPubInfo="0001"`, SHA256)), allow)
	if err != nil {
		t.Fatal(err)
	}
	want := Derivation{Algorithm: ConcatKDF, Digest: SHA256, OtherInfo: []byte("652SEA\xdf\xda\x01")}
	if diff := cmp.Diff(want, k.Agreement.Derivation); diff != "" {
		t.Error(diff)
	}
	if _, err := k.AppendXML(nil, nil); !hasRule(errors.Unwrap(err), RuleAlgorithm) {
		t.Errorf("written: %v", err)
	}
	for name, tt := range map[string]struct{ params, digest, rule string }{
		"without the family":       {``, SHA256, RuleAlgorithm},
		"padding bits":             {`PartyUInfo="0480"`, SHA256, RuleValue},
		"half an octet":            {`PartyUInfo="004"`, SHA256, RuleValue},
		"no hexadecimal":           {`PartyUInfo="00zz"`, SHA256, RuleValue},
		"too long a value":         {`PartyUInfo="` + strings.Repeat("00", MaxPartyInfoBytes+1) + `"`, SHA256, RuleLimit},
		"an unknown attribute":     {`PartyWInfo="00"`, SHA256, RuleAttribute},
		"SHA-1":                    {``, SHA1, RuleAlgorithm},
		"a digest that is unknown": {``, "urn:x", RuleAlgorithm},
	} {
		families := allow
		if name == "without the family" {
			families = EDelivery
		}
		if _, err := ParseEncryptedKey(parsed(t, concatXML(t, tt.params, tt.digest)), families); !hasRule(err, tt.rule) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSAMLNamesKeysByCertificateOrNotAtAll(t *testing.T) {
	t.Parallel()
	xml := xmlOf(t, golden(t)["rsa"])
	byCertificate := strings.Replace(xml, str, "<ds:X509Data/>", 1)
	k, err := ParseEncryptedKey(parsed(t, byCertificate), AllowRSA|AllowSAML)
	if err != nil || len(k.Recipient) != 1 || k.Recipient[0].Tag != "X509Data" {
		t.Errorf("by certificate: %v, %v", k, err)
	}
	nameless := strings.Replace(xml, keyInfoStart+str+"</ds:KeyInfo>", "", 1)
	k, err = ParseEncryptedKey(parsed(t, nameless), AllowRSA|AllowSAML)
	if err != nil || len(k.Recipient) != 0 {
		t.Errorf("without KeyInfo: %v, %v", k, err)
	}
}
