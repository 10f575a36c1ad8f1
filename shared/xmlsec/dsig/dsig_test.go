package dsig_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	goxmldsig "github.com/russellhaering/goxmldsig"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

var keys = sync.OnceValue(func() map[string]crypto.Signer {
	list := map[string]crypto.Signer{}
	list["RSA"] = must(rsa.GenerateKey(rand.Reader, 2048))
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		list["ECDSA "+c.Params().Name] = must(ecdsa.GenerateKey(c, rand.Reader))
	}
	_, list["Ed25519"], _ = ed25519.GenerateKey(rand.Reader)
	return list
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSignaturesVerifyAndChangedOnesDoNot(t *testing.T) {
	t.Parallel()
	octets := []byte("<ds:SignedInfo/>")
	for name, key := range keys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := must(dsig.MethodFor(key.Public()))
			value := must(dsig.Sign(rand.Reader, key, method, octets))
			if err := dsig.Verify(key.Public(), method, octets, value); err != nil {
				t.Errorf("our own value: %v", err)
			}
			if pub, ok := key.Public().(*ecdsa.PublicKey); ok {
				if size := 2 * ((pub.Curve.Params().N.BitLen() + 7) / 8); len(value) != size {
					t.Errorf("value has %d octets; r and s raw have %d", len(value), size)
				}
				der := must(key.Sign(rand.Reader, digest(octets), crypto.SHA256))
				if err := dsig.Verify(key.Public(), method, octets, der); !errors.Is(err, dsig.ErrSignature) {
					t.Errorf("an ASN.1 value: %v", err)
				}
			}
			for i := range value {
				changed := bytes.Clone(value)
				changed[i] ^= 0x40
				if err := dsig.Verify(key.Public(), method, octets, changed); !errors.Is(err, dsig.ErrSignature) {
					t.Fatalf("octet %d changed: %v", i, err)
				}
			}
			for _, bad := range [][]byte{nil, value[1:], append(bytes.Clone(value), 0), make([]byte, len(value))} {
				if err := dsig.Verify(key.Public(), method, octets, bad); !errors.Is(err, dsig.ErrSignature) {
					t.Errorf("a value of %d octets: %v", len(bad), err)
				}
			}
			for other, k := range keys() {
				if other != name && dsig.Verify(k.Public(), method, octets, value) == nil {
					t.Errorf("the key %s verifies it too", other)
				}
			}
		})
	}
}

func digest(octets []byte) []byte {
	d := sha256.Sum256(octets)
	return d[:]
}

func TestOnlyListedMethodsAndKeysAreUsed(t *testing.T) {
	t.Parallel()
	short := must(rsa.GenerateKey(rand.Reader, 1024))
	if _, err := dsig.Sign(rand.Reader, short, dsig.RSASHA256, nil); err == nil {
		t.Error("an RSA key of 1024 bits signed")
	}
	value := must(rsa.SignPKCS1v15(rand.Reader, short, crypto.SHA256, digest([]byte("x"))))
	if err := dsig.Verify(short.Public(), dsig.RSASHA256, []byte("x"), value); !errors.Is(err, dsig.ErrSignature) {
		t.Errorf("an RSA key of 1024 bits verified: %v", err)
	}
	for _, uri := range []string{"", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1", dsig.RSASHA256 + " "} {
		if _, err := dsig.Sign(rand.Reader, keys()["RSA"], uri, nil); err == nil {
			t.Errorf("%q signed", uri)
		}
		if err := dsig.Verify(keys()["RSA"].Public(), uri, nil, nil); err == nil {
			t.Errorf("%q verified", uri)
		}
	}
	if _, err := dsig.MethodFor("a key"); err == nil {
		t.Error("a method for no key")
	}
	if _, ok := dsig.Digest("http://www.w3.org/2000/09/xmldsig#sha1"); ok {
		t.Error("SHA-1 is in the table")
	}
}

// brokenSigner returns what no signer should.
type brokenSigner struct {
	crypto.Signer
	value []byte
}

func (b brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return b.value, nil
}

func TestSignersThatReturnNonsenseAreCaught(t *testing.T) {
	t.Parallel()
	huge := must(asn1Pair(strings.Repeat("ff", 40), "01"))
	for _, value := range [][]byte{nil, []byte("nonsense"), huge} {
		if _, err := dsig.Sign(rand.Reader, brokenSigner{keys()["ECDSA P-256"], value}, dsig.ECDSASHA256, nil); err == nil {
			t.Errorf("the value %x was taken", value)
		}
	}
}

// asn1Pair is SEQUENCE { INTEGER r, INTEGER s } of short hexadecimal numbers.
func asn1Pair(r, s string) ([]byte, error) {
	var rb, sb []byte
	if _, err := fmt.Sscanf("00"+r+" 00"+s, "%x %x", &rb, &sb); err != nil {
		return nil, err
	}
	body := append(append([]byte{2, byte(len(rb))}, rb...), append([]byte{2, byte(len(sb))}, sb...)...)
	return append([]byte{0x30, byte(len(body))}, body...), nil
}

func sample() dsig.SignedInfo {
	return dsig.SignedInfo{Method: dsig.Ed25519, References: []dsig.Reference{
		{URI: "#a&b\"", Transforms: []dsig.Transform{{Algorithm: c14n.Algorithm, Prefixes: []string{"S12", "env"}}}, DigestMethod: dsig.SHA256, DigestValue: digest([]byte("1"))},
		{URI: "cid:x@y", Transforms: []dsig.Transform{{Algorithm: dsig.AttachmentContent}}, DigestMethod: dsig.SHA256, DigestValue: digest([]byte("2"))},
	}}
}

func TestWhatIsWrittenIsCanonicalAndReadsBack(t *testing.T) {
	t.Parallel()
	info := sample()
	octets := dsig.AppendSignedInfo(nil, info)
	whole := dsig.AppendSignature(nil, "SIG", octets, []byte("value"), []byte("<x/>"))
	sig := must(dsig.Parse(root(t, whole)))
	if diff := cmp.Diff(info, sig.SignedInfo); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	if got := must(sig.Canonical()); !bytes.Equal(got, octets) {
		t.Errorf("written %s\ncanonical %s", octets, got)
	}
	if string(sig.Value) != "value" {
		t.Errorf("value %q", sig.Value)
	}
	ref := dsig.AppendReference(nil, info.References[0])
	if got := must(c14n.AppendElement(nil, root(t, ref), nil)); !bytes.Equal(got, ref) {
		t.Errorf("written %s\ncanonical %s", ref, got)
	}
}

func root(t *testing.T, octets []byte) *etree.Element {
	t.Helper()
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestSignaturesOfAnotherShapeAreRefused(t *testing.T) {
	t.Parallel()
	whole := string(dsig.AppendSignature(nil, "SIG", dsig.AppendSignedInfo(nil, sample()), []byte("value"), nil))
	edit := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("nothing to replace: %q", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	exc := `Algorithm="` + c14n.Algorithm + `"`
	reference := whole[strings.Index(whole, `<ds:Reference URI="cid`):strings.LastIndex(whole, `</ds:SignedInfo>`)]
	cases := []struct{ name, xml, rule string }{
		{"an Object", edit("</ds:Signature>", "<ds:Object/></ds:Signature>"), "dsig.structure"},
		{"no KeyInfo", edit("<ds:KeyInfo></ds:KeyInfo>", ""), "dsig.structure"},
		{"KeyInfo first", strings.Replace(edit("<ds:KeyInfo></ds:KeyInfo>", ""), "<ds:SignedInfo", "<ds:KeyInfo/><ds:SignedInfo", 1), "dsig.structure"},
		{"an empty value", edit(base64.StdEncoding.EncodeToString([]byte("value")), ""), "dsig.base64"},
		{"a value that is no base64", edit(base64.StdEncoding.EncodeToString([]byte("value")), "!!!!"), "dsig.base64"},
		{"a value with an element", edit("<ds:SignatureValue>", "<ds:SignatureValue><x/>"), "dsig.structure"},
		{"inclusive canonicalisation", edit(exc, `Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"`), "dsig.algorithm"},
		{"an unknown method", edit(dsig.Ed25519, "urn:x"), "dsig.algorithm"},
		{"a method with parameters", edit(`"></ds:SignatureMethod>`, `"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>`), "dsig.algorithm"},
		{"the algorithm in another namespace", edit(`<ds:SignatureMethod Algorithm=`, `<ds:SignatureMethod xmlns:x="urn:x" x:Algorithm=`), "dsig.algorithm"},
		{"no reference", whole[:strings.Index(whole, "<ds:Reference")] + whole[strings.LastIndex(whole, "</ds:SignedInfo>"):], "dsig.structure"},
		{"67 references", edit(reference, strings.Repeat(reference, 66)), "dsig.references"},
		{"a reference without a URI", edit(` URI="cid:x@y"`, ""), "dsig.uri"},
		{"two transforms", edit("</ds:Transforms>", `<ds:Transform `+exc+`/></ds:Transforms>`), "dsig.transform"},
		{"no transform in Transforms", edit(`<ds:Transform Algorithm="`+dsig.AttachmentContent+`"></ds:Transform>`, ""), "dsig.transform"},
		{"an XSLT transform", edit(dsig.AttachmentContent, "http://www.w3.org/TR/1999/REC-xslt-19991116"), "dsig.transform"},
		{"an enveloped-signature transform", edit(dsig.AttachmentContent, "http://www.w3.org/2000/09/xmldsig#enveloped-signature"), "dsig.transform"},
		{"a transform with an XPath", edit(`Algorithm="`+dsig.AttachmentContent+`">`, `Algorithm="`+dsig.AttachmentContent+`"><ds:XPath>1</ds:XPath>`), "dsig.transform"},
		{"parameters of the attachment transform", edit(`Algorithm="`+dsig.AttachmentContent+`">`, `Algorithm="`+dsig.AttachmentContent+`"><ec:InclusiveNamespaces xmlns:ec="`+c14n.Algorithm+`" PrefixList="a"/>`), "dsig.transform"},
		{"33 prefixes", edit(`PrefixList="S12 env"`, `PrefixList="`+strings.Repeat("p ", 33)+`"`), "dsig.prefixlist"},
		{"SHA-1", edit(dsig.SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"), "dsig.algorithm"},
		{"a digest of another length", edit("<ds:DigestValue>", "<ds:DigestValue>AAAA"), "dsig.digest"},
		{"DigestValue before DigestMethod", edit(`<ds:DigestMethod Algorithm="`+dsig.SHA256+`"></ds:DigestMethod>`, ""), "dsig.structure"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := dsig.Parse(root(t, []byte(c.xml)))
			var refusal *dsig.Error
			if !errors.As(err, &refusal) || refusal.Rule != c.rule {
				t.Errorf("refused by %v, want %s", err, c.rule)
			}
		})
	}
}

func TestBase64WithLineBreaksIsRead(t *testing.T) {
	t.Parallel()
	if got := must(dsig.DecodeBase64(" aGVs\r\n\tbG8= \r")); string(got) != "hello" {
		t.Errorf("got %q", got)
	}
	if _, err := dsig.DecodeBase64(strings.Repeat("A", 1<<17)); err == nil {
		t.Error("128 KiB of base64 were read")
	}
}

// sameDocument signs a document with an enveloped-free same-document
// reference, in the shape that xmlsec1 reads.
func sameDocument(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	data := `<Data xmlns:z="urn:zzz" xmlns:a="http://a/" Id="d" z:b="1" a:c="2"><v xml:lang="lv">ē &amp; &lt;</v></Data>`
	canonical := must(c14n.AppendElement(nil, root(t, []byte(data)), nil))
	info := dsig.SignedInfo{Method: must(dsig.MethodFor(key.Public())), References: []dsig.Reference{
		{URI: "#d", Transforms: []dsig.Transform{{Algorithm: c14n.Algorithm}}, DigestMethod: dsig.SHA256, DigestValue: digest(canonical)},
	}}
	signed := dsig.AppendSignedInfo(nil, info)
	value := must(dsig.Sign(rand.Reader, key, info.Method, signed))
	doc := append([]byte("<Root>"+data), dsig.AppendSignature(nil, "s", signed, value, nil)...)
	return append(doc, "</Root>"...)
}

func TestXmlsec1AndWeAgree(t *testing.T) {
	t.Parallel()
	xmlsec1, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("SKIPPED: xmlsec1 is not installed; signatures were not cross-checked with it")
	}
	for _, name := range []string{"RSA", "ECDSA P-256", "ECDSA P-384", "ECDSA P-521"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, dir := keys()[name], t.TempDir()
			private, public := writeKeys(t, dir, key)
			ours := filepath.Join(dir, "ours.xml")
			write(t, ours, sameDocument(t, key))
			if out, err := exec.Command(xmlsec1, "--verify", "--id-attr:Id", "Data", "--pubkey-pem", public, ours).CombinedOutput(); err != nil {
				t.Errorf("xmlsec1 refuses our signature: %v\n%s", err, out)
			}
			write(t, filepath.Join(dir, "changed.xml"), bytes.Replace(must(os.ReadFile(ours)), []byte("ē"), []byte("e"), 1))
			if exec.Command(xmlsec1, "--verify", "--id-attr:Id", "Data", "--pubkey-pem", public, filepath.Join(dir, "changed.xml")).Run() == nil {
				t.Error("xmlsec1 accepts a changed document, so it proves nothing here")
			}
			theirs := filepath.Join(dir, "theirs.xml")
			if out, err := exec.Command(xmlsec1, "--sign", "--id-attr:Id", "Data", "--privkey-pem", private, "--output", theirs, template(t, dir, ours)).CombinedOutput(); err != nil {
				t.Fatalf("xmlsec1 does not sign: %v\n%s", err, out)
			}
			verifySameDocument(t, key.Public(), must(os.ReadFile(theirs)))
		})
	}
}

// template empties the values of a signed document, for xmlsec1 to fill in.
func template(t *testing.T, dir, signed string) string {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromFile(signed); err != nil {
		t.Fatal(err)
	}
	doc.FindElement("//SignatureValue").SetText("")
	doc.FindElement("//DigestValue").SetText("")
	path := filepath.Join(dir, "template.xml")
	if err := doc.WriteToFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func verifySameDocument(t *testing.T, key crypto.PublicKey, octets []byte) {
	t.Helper()
	el := root(t, octets)
	sig, err := dsig.Parse(el.ChildElements()[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := dsig.Verify(key, sig.Method, must(sig.Canonical()), sig.Value); err != nil {
		t.Errorf("we refuse their signature: %v", err)
	}
	canonical := must(c14n.AppendElement(nil, el.ChildElements()[0], sig.References[0].Transforms[0].Prefixes))
	if !bytes.Equal(digest(canonical), sig.References[0].DigestValue) {
		t.Error("their digest is another than ours")
	}
}

func writeKeys(t *testing.T, dir string, key crypto.Signer) (private, public string) {
	t.Helper()
	private, public = filepath.Join(dir, "key.pem"), filepath.Join(dir, "pub.pem")
	write(t, private, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))}))
	write(t, public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(key.Public()))}))
	return private, public
}

func write(t *testing.T, path string, octets []byte) {
	t.Helper()
	if err := os.WriteFile(path, octets, 0o600); err != nil {
		t.Fatal(err)
	}
}

type keyStore struct{ key *rsa.PrivateKey }

func (s keyStore) GetKeyPair() (*rsa.PrivateKey, []byte, error) {
	return s.key, []byte("certificate"), nil
}

// goxmldsig does RSA over one same-document reference, which is what it is for.
func TestGoxmldsigAndWeAgreeOnRSA(t *testing.T) {
	t.Parallel()
	key := keys()["RSA"].(*rsa.PrivateKey)
	ctx := goxmldsig.NewDefaultSigningContext(keyStore{key})
	ctx.Canonicalizer = goxmldsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	el := etree.NewElement("Assertion")
	el.CreateAttr("ID", "a1")
	el.CreateElement("Subject").SetText("ē & <")
	signed := must(ctx.SignEnveloped(el))
	doc := etree.NewDocument()
	doc.SetRoot(signed)
	octets := must(doc.WriteToBytes())
	reread := root(t, octets)
	kids := reread.ChildElements()
	info, value := kids[1].SelectElement("SignedInfo"), kids[1].SelectElement("SignatureValue")
	canonical := must(c14n.AppendElement(nil, info, nil))
	if err := dsig.Verify(key.Public(), dsig.RSASHA256, canonical, must(dsig.DecodeBase64(value.Text()))); err != nil {
		t.Errorf("we refuse goxmldsig's signature: %v", err)
	}
	reread.RemoveChild(kids[1])
	if d := digest(must(c14n.AppendElement(nil, reread, nil))); base64.StdEncoding.EncodeToString(d) != info.FindElement(".//DigestValue").Text() {
		t.Error("goxmldsig's digest is another than ours")
	}
}
