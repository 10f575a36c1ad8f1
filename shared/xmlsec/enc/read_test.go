package enc

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden gives an EncryptedKey of fixed values for each profile.
func golden(t testing.TB) map[string]*EncryptedKey {
	t.Helper()
	point := func(curve ecdh.Curve, size int) *ecdh.PublicKey {
		key, err := curve.NewPrivateKey(append(make([]byte, size-1), 7))
		if err != nil {
			t.Fatal(err)
		}
		return key.PublicKey()
	}
	hkdf := Derivation{Algorithm: HKDF, PRF: HMACSHA256, Salt: octetsOf(1, SaltSize)}
	withInfo := hkdf
	withInfo.Info = []byte("eDelivery AS4 2.0 example")
	keys := map[string]*EncryptedKey{
		"rsa":    {Transport: &Transport{Algorithm: RSAOAEP, Digest: SHA256, MGF: MGF1SHA256}, CipherValue: octetsOf(2, 256)},
		"x25519": {Agreement: &Agreement{AgreementX25519, KWAES128, withInfo, point(ecdh.X25519(), 32)}, CipherValue: octetsOf(3, 24)},
		"p256":   {Agreement: &Agreement{AgreementECDH, KWAES128, hkdf, point(ecdh.P256(), 32)}, CipherValue: octetsOf(4, 24)},
	}
	for _, k := range keys {
		k.ID = `EK-"1"&`
		k.DataReferences = []string{"#ED-1", "#ED-2"}
	}
	return keys
}

func xmlOf(t testing.TB, k *EncryptedKey) string {
	t.Helper()
	xml, err := k.AppendXML(nil, []byte(str))
	if err != nil {
		t.Fatal(err)
	}
	return string(xml)
}

func TestWrittenElementsAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	for name, k := range golden(t) {
		got := xmlOf(t, k)
		file := filepath.Join("testdata", name+".golden.xml")
		if *update {
			if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(want)), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if _, err := ParseEncryptedKey(parsed(t, got), EDelivery); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParseRefuses changes one place of a good element.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := golden(t)
	long := base64.StdEncoding.EncodeToString(make([]byte, MaxCipherValueBytes+1))
	reference := `<xenc:DataReference URI="#ED-1"/>`
	for name, tt := range map[string]struct{ of, old, new, rule string }{
		"another element":                     {"rsa", "xenc:EncryptedKey", "xenc:EncryptedData", RuleChild},
		"another namespace":                   {"rsa", `xmlns:xenc="` + Namespace + `"`, `xmlns:xenc="urn:x"`, RuleChild},
		"an unknown attribute":                {"rsa", `<xenc:EncryptedKey `, `<xenc:EncryptedKey Carried="x" `, RuleAttribute},
		"an attribute with a prefix":          {"rsa", ` Algorithm="` + RSAOAEP, ` xenc:Algorithm="` + RSAOAEP, RuleAttribute},
		"text":                                {"rsa", `<xenc:CipherData>`, `x<xenc:CipherData>`, RuleText},
		"a comment":                           {"rsa", `<xenc:CipherData>`, `<!-- --><xenc:CipherData>`, RuleText},
		"an instruction":                      {"rsa", `<xenc:CipherData>`, `<?x y?><xenc:CipherData>`, RuleText},
		"a comment in a value":                {"rsa", `</xenc:CipherValue>`, `<!-- --></xenc:CipherValue>`, RuleText},
		"an element in a value":               {"rsa", `</xenc:CipherValue>`, `<x/></xenc:CipherValue>`, RuleText},
		"an unknown child":                    {"rsa", `</xenc:EncryptedKey>`, `<xenc:CarriedKeyName/></xenc:EncryptedKey>`, RuleChild},
		"children out of order":               {"rsa", `<xenc:CipherData>`, `<xenc:ReferenceList/><xenc:CipherData>`, RuleMissing},
		"two CipherData":                      {"rsa", `</xenc:CipherData>`, `</xenc:CipherData><xenc:CipherData/>`, RuleChild},
		"a CipherReference":                   {"rsa", `xenc:CipherValue>`, `xenc:CipherReference>`, RuleMissing},
		"two CipherValues":                    {"rsa", `</xenc:CipherData>`, `<xenc:CipherValue/></xenc:CipherData>`, RuleChild},
		"an attribute on CipherData":          {"rsa", `<xenc:CipherData>`, `<xenc:CipherData Id="x">`, RuleAttribute},
		"an attribute on CipherValue":         {"rsa", `<xenc:CipherValue>`, `<xenc:CipherValue Id="x">`, RuleAttribute},
		"a value that is not base64":          {"rsa", `<xenc:CipherValue>`, `<xenc:CipherValue>*`, RuleValue},
		"a value that is too long":            {"rsa", `<xenc:CipherValue>`, `<xenc:CipherValue>` + long, RuleLimit},
		"a value of blanks that is too long":  {"rsa", `<xenc:CipherValue>`, `<xenc:CipherValue>` + strings.Repeat(" ", 3*MaxCipherValueBytes), RuleLimit},
		"no method":                           {"rsa", `xenc:EncryptionMethod`, `xenc:EncryptionMethods`, RuleMissing},
		"a method without an algorithm":       {"rsa", ` Algorithm="` + RSAOAEP + `"`, ``, RuleMissing},
		"no KeyInfo":                          {"rsa", `ds:KeyInfo`, `ds:KeyInfos`, RuleMissing},
		"PKCS #1 v1.5":                        {"rsa", RSAOAEP, Namespace + "rsa-1_5", RuleAlgorithm},
		"OAEP with MGF1P, not allowed":        {"rsa", RSAOAEP, RSAOAEPMGF1P, RuleAlgorithm},
		"a content algorithm for the key":     {"rsa", RSAOAEP, AES128GCM, RuleAlgorithm},
		"SHA-1":                               {"rsa", `Algorithm="` + SHA256, `Algorithm="` + SHA1, RuleAlgorithm},
		"a digest as mask":                    {"rsa", MGF1SHA256, SHA256, RuleAlgorithm},
		"MGF1 with SHA-1":                     {"rsa", MGF1SHA256, MGF1SHA1, RuleAlgorithm},
		"no MGF, which means SHA-1":           {"rsa", `<xenc11:MGF xmlns:xenc11="` + Namespace11 + `" Algorithm="` + MGF1SHA256 + `"/>`, ``, RuleAlgorithm},
		"no digest, which means SHA-1":        {"rsa", `<ds:DigestMethod xmlns:ds="` + namespaceDS + `" Algorithm="` + SHA256 + `"/>`, ``, RuleAlgorithm},
		"two masks":                           {"rsa", `</xenc:EncryptionMethod>`, `<m:MGF xmlns:m="` + Namespace11 + `" Algorithm="` + MGF1SHA256 + `"/></xenc:EncryptionMethod>`, RuleChild},
		"a mask in another namespace":         {"rsa", Namespace11 + `" Algorithm`, `urn:x" Algorithm`, RuleChild},
		"a KeySize":                           {"rsa", `</xenc:EncryptionMethod>`, `<xenc:KeySize>128</xenc:KeySize></xenc:EncryptionMethod>`, RuleChild},
		"an attribute on the mask":            {"rsa", `<xenc11:MGF `, `<xenc11:MGF x="y" `, RuleAttribute},
		"content in the mask":                 {"rsa", MGF1SHA256 + `"/>`, MGF1SHA256 + `"><x/></xenc11:MGF>`, RuleChild},
		"a label that is too long":            {"rsa", `<ds:DigestMethod`, `<xenc:OAEPparams>` + base64.StdEncoding.EncodeToString(make([]byte, MaxOAEPParamsBytes+1)) + `</xenc:OAEPparams><ds:DigestMethod`, RuleLimit},
		"two recipients":                      {"rsa", `</ds:KeyInfo>`, str + `</ds:KeyInfo>`, RuleChild},
		"a RetrievalMethod":                   {"rsa", str, `<ds:RetrievalMethod URI="http://x"/>`, RuleChild},
		"X509Data, not allowed":               {"rsa", str, `<ds:X509Data/>`, RuleChild},
		"no recipient":                        {"rsa", str, ``, RuleChild},
		"an attribute on KeyInfo":             {"rsa", `<ds:KeyInfo `, `<ds:KeyInfo x="y" `, RuleAttribute},
		"65 references":                       {"rsa", reference, strings.Repeat(reference, MaxDataReferences), RuleLimit},
		"a KeyReference":                      {"rsa", reference, `<xenc:KeyReference URI="#x"/>`, RuleChild},
		"a reference without a URI":           {"rsa", reference, `<xenc:DataReference/>`, RuleMissing},
		"a reference to elsewhere":            {"rsa", `"#ED-1"`, `"http://x/#ED-1"`, RuleValue},
		"a reference to the whole":            {"rsa", `"#ED-1"`, `"#"`, RuleValue},
		"a reference that is too long":        {"rsa", `"#ED-1"`, `"#` + strings.Repeat("x", MaxURIBytes) + `"`, RuleLimit},
		"a reference with transforms":         {"rsa", reference, `<xenc:DataReference URI="#ED-1"><ds:Transforms/></xenc:DataReference>`, RuleChild},
		"an attribute on the list":            {"rsa", `<xenc:ReferenceList>`, `<xenc:ReferenceList Id="x">`, RuleAttribute},
		"a key wrap without an agreement":     {"x25519", `xenc:AgreementMethod`, `xenc:Agreement`, RuleMissing},
		"AES-256 key wrap":                    {"x25519", KWAES128, Namespace + "kw-aes256", RuleAlgorithm},
		"parameters of the key wrap":          {"x25519", `kw-aes128"/>`, `kw-aes128"><xenc:KeySize>128</xenc:KeySize></xenc:EncryptionMethod>`, RuleChild},
		"finite-field Diffie-Hellman":         {"x25519", AgreementX25519, Namespace + "dh", RuleAlgorithm},
		"an attribute on the agreement":       {"x25519", `<xenc:AgreementMethod `, `<xenc:AgreementMethod x="y" `, RuleAttribute},
		"a nonce":                             {"x25519", `<xenc11:KeyDerivationMethod`, `<xenc:KA-Nonce>AA==</xenc:KA-Nonce><xenc11:KeyDerivationMethod`, RuleMissing},
		"two agreements":                      {"x25519", `</ds:KeyInfo>`, `<xenc:AgreementMethod/></ds:KeyInfo>`, RuleChild},
		"PBKDF2":                              {"x25519", `"` + HKDF + `"`, `"` + Namespace11 + `pbkdf2"`, RuleAlgorithm},
		"ConcatKDF, not allowed":              {"x25519", `"` + HKDF + `"`, `"` + ConcatKDF + `"`, RuleAlgorithm},
		"no parameters":                       {"x25519", `dsig-more:HKDFParams`, `dsig-more:Params`, RuleMissing},
		"an attribute on the parameters":      {"x25519", `<dsig-more:HKDFParams `, `<dsig-more:HKDFParams x="y" `, RuleAttribute},
		"a PRF of SHA-512":                    {"x25519", HMACSHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512", RuleAlgorithm},
		"no PRF":                              {"x25519", `<dsig-more:PRF Algorithm="` + HMACSHA256 + `"/>`, ``, RuleMissing},
		"two PRFs":                            {"x25519", `<dsig-more:Salt>`, `<dsig-more:PRF Algorithm="` + HMACSHA256 + `"/><dsig-more:Salt>`, RuleChild},
		"a salt that is too long":             {"x25519", `<dsig-more:Salt>`, `<dsig-more:Salt>` + strings.Repeat("AAAA", MaxSaltBytes/3), RuleLimit},
		"an info that is too long":            {"x25519", `<dsig-more:Info>`, `<dsig-more:Info>` + strings.Repeat("AAAA", MaxInfoBytes/3), RuleLimit},
		"a key length of 32":                  {"x25519", `>16<`, `>32<`, RuleValue},
		"a key length that is huge":           {"x25519", `>16<`, `>` + strings.Repeat("9", 60) + `<`, RuleValue},
		"a key length of no number":           {"x25519", `>16<`, `>0x10<`, RuleValue},
		"a key length that is too long":       {"x25519", `>16<`, `>` + strings.Repeat(" ", 100) + `16<`, RuleLimit},
		"two key lengths":                     {"x25519", `</dsig-more:HKDFParams>`, `<dsig-more:KeyLength>16</dsig-more:KeyLength></dsig-more:HKDFParams>`, RuleChild},
		"no originator":                       {"x25519", `xenc:OriginatorKeyInfo`, `xenc:Originator`, RuleMissing},
		"an originator's certificate":         {"x25519", `dsig11:DEREncodedKeyValue`, `dsig11:X509Digest`, RuleMissing},
		"two ephemeral keys":                  {"x25519", `</xenc:OriginatorKeyInfo>`, `<ds:KeyName/></xenc:OriginatorKeyInfo>`, RuleChild},
		"an SPKI that is none":                {"x25519", `MCowBQYDK2Vu`, `MCowBQYDK2VV`, RuleValue},
		"an Ed25519 key":                      {"x25519", `MCowBQYDK2Vu`, `MCowBQYDK2Vw`, RuleKey},
		"no recipient's key":                  {"x25519", `xenc:RecipientKeyInfo`, `xenc:Recipient`, RuleMissing},
		"x25519 with a NIST key":              {"p256", AgreementECDH, AgreementX25519, RuleMissing},
		"ECDH-ES with an X25519 key":          {"x25519", AgreementX25519, AgreementECDH, RuleMissing},
		"a curve that is unknown":             {"p256", CurveP256, "urn:oid:1.3.132.0.10", RuleAlgorithm},
		"another curve than the point's":      {"p256", CurveP256, CurveP384, RuleValue},
		"curve parameters":                    {"p256", `dsig11:NamedCurve`, `dsig11:ECParameters`, RuleMissing},
		"an RSA key value":                    {"p256", `dsig11:ECKeyValue`, `dsig11:RSAKeyValue`, RuleMissing},
		"two points":                          {"p256", `</dsig11:ECKeyValue>`, `<dsig11:PublicKey/></dsig11:ECKeyValue>`, RuleChild},
		"a curve with content":                {"p256", CurveP256 + `"/>`, CurveP256 + `">x</dsig11:NamedCurve>`, RuleText},
		"a curve without a URI":               {"p256", ` URI="` + CurveP256 + `"`, ``, RuleMissing},
		"a point off the curve":               {"p256", `<dsig11:PublicKey>BI`, `<dsig11:PublicKey>BA`, RuleValue},
		"a point that is compressed":          {"p256", `<dsig11:PublicKey>BI`, `<dsig11:PublicKey>AI`, RuleValue},
		"an attribute on the key value":       {"p256", `<ds:KeyValue>`, `<ds:KeyValue Id="x">`, RuleAttribute},
		"an attribute on the EC key value":    {"p256", `<dsig11:ECKeyValue `, `<dsig11:ECKeyValue x="y" `, RuleAttribute},
		"an attribute on the recipient's key": {"p256", `<xenc:RecipientKeyInfo>`, `<xenc:RecipientKeyInfo x="y">`, RuleAttribute},
		"an attribute on the originator":      {"p256", `<xenc:OriginatorKeyInfo>`, `<xenc:OriginatorKeyInfo x="y">`, RuleAttribute},
		"two key values":                      {"p256", `</dsig11:ECKeyValue>`, `</dsig11:ECKeyValue><dsig11:ECKeyValue/>`, RuleChild},
		"a child behind the recipient":        {"p256", `</xenc:AgreementMethod>`, `<x/></xenc:AgreementMethod>`, RuleChild},
		"a child behind the parameters":       {"p256", `</xenc11:KeyDerivationMethod>`, `<x/></xenc11:KeyDerivationMethod>`, RuleChild},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			xml := xmlOf(t, good[tt.of])
			changed := strings.ReplaceAll(xml, tt.old, tt.new)
			if changed == xml {
				t.Fatalf("nothing to change in %s", xml)
			}
			_, err := ParseEncryptedKey(parsed(t, changed), EDelivery)
			if !hasRule(err, tt.rule) {
				t.Errorf("got %v, want %s", err, tt.rule)
			}
		})
	}
}

func TestAnAttributeTwiceIsRefused(t *testing.T) {
	t.Parallel()
	el := parsed(t, xmlOf(t, golden(t)["rsa"]))
	el.Attr = append(el.Attr, etree.Attr{Key: "Id", Value: "x"})
	if _, err := ParseEncryptedKey(el, EDelivery); !hasRule(err, RuleAttribute) {
		t.Errorf("got %v", err)
	}
}

// TestParseTakes changes a good element in ways that peers do.
func TestParseTakes(t *testing.T) {
	t.Parallel()
	good := golden(t)
	saltless := `<dsig-more:Salt>` + base64.StdEncoding.EncodeToString(octetsOf(1, SaltSize)) + `</dsig-more:Salt>`
	mgf := `<xenc11:MGF xmlns:xenc11="` + Namespace11 + `" Algorithm="` + MGF1SHA256 + `"/>`
	for name, tt := range map[string]struct{ of, old, new string }{
		"other prefixes":           {"rsa", "xenc:", "e:"},
		"blanks between elements":  {"rsa", "><", ">\n\t<"},
		"broken base64":            {"rsa", "<xenc:CipherValue>", "<xenc:CipherValue>&#13;\n "},
		"the mask first":           {"rsa", "<ds:DigestMethod", mgf + "<ds:DigestMethod"},
		"a Type":                   {"rsa", "<xenc:EncryptedKey ", `<xenc:EncryptedKey Type="` + Namespace + `EncryptedKey" Recipient="x" `},
		"no references":            {"rsa", "<xenc:ReferenceList>", "<!-- -->"},
		"no salt":                  {"x25519", saltless, ""},
		"an empty salt":            {"x25519", saltless, "<dsig-more:Salt/>"},
		"no key length":            {"x25519", "<dsig-more:KeyLength>16</dsig-more:KeyLength>", ""},
		"a key length with blanks": {"x25519", ">16<", ">\n16 <"},
		"the PRF in xenc11":        {"x25519", "dsig-more:PRF", "xenc11:PRF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.ReplaceAll(xmlOf(t, good[tt.of]), tt.old, tt.new)
			switch name {
			case "other prefixes":
				changed = strings.ReplaceAll(changed, "xmlns:xenc=", "xmlns:e=")
			case "the mask first":
				changed = strings.Replace(changed, mgf+"</xenc:", "</xenc:", 1)
			case "no references":
				before, _, _ := strings.Cut(changed, "<!-- -->")
				changed = before + "</xenc:EncryptedKey>"
			}
			k, err := ParseEncryptedKey(parsed(t, changed), EDelivery)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(k.CipherValue, good[tt.of].CipherValue) {
				t.Error("the cipher value differs")
			}
		})
	}
}

// FuzzEncryptedKey holds that parsing never panics, and that what it accepts is
// on the list and can be used.
func FuzzEncryptedKey(f *testing.F) {
	for _, k := range golden(f) {
		f.Add(xmlOf(f, k), uint8(EDelivery))
	}
	f.Add(concatXML(f, `AlgorithmID="00363532534541"`, SHA256), uint8(AllowECDH|AllowConcatKDF))
	f.Add(strings.Replace(xmlOf(f, golden(f)["rsa"]), RSAOAEP, RSAOAEPMGF1P, 1), uint8(0xFF))
	key := ecKey(ecdh.P256())
	f.Fuzz(func(t *testing.T, xml string, allow uint8) {
		doc := etree.NewDocument()
		if doc.ReadFromString(xml) != nil || doc.Root() == nil {
			return
		}
		k, err := ParseEncryptedKey(doc.Root(), Allow(allow))
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		if (k.Transport == nil) == (k.Agreement == nil) || len(k.CipherValue) > MaxCipherValueBytes || len(k.DataReferences) > MaxDataReferences {
			t.Fatalf("accepted %+v", k)
		}
		if k.Transport != nil && !profileOf(Allow(allow)).permits(k.Transport) {
			t.Fatalf("accepted transport %+v", k.Transport)
		}
		if k.Agreement != nil {
			if _, err := k.Unwrap(rand.Reader, key, AES128GCM); err == nil {
				t.Fatal("unwrapped with a key that was just made")
			}
		}
	})
}
