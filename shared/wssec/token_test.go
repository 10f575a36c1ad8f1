package wssec_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

func str(content string) []byte {
	return []byte(`<wsse:SecurityTokenReference>` + content + `</wsse:SecurityTokenReference>`)
}

func keyIdentifier(valueType string, octets []byte) []byte {
	return str(`<wsse:KeyIdentifier EncodingType="` + wssec.Base64Binary + `" ValueType="` + valueType + `">` + base64.StdEncoding.EncodeToString(octets) + `</wsse:KeyIdentifier>`)
}

func issuerSerial(issuer, serial string) []byte {
	issuer = strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(issuer)
	return str(`<ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509IssuerSerial><ds:X509IssuerName>` + issuer + `</ds:X509IssuerName><ds:X509SerialNumber>` + serial + `</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>`)
}

func root(t *testing.T, octets []byte) *etree.Element {
	t.Helper()
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{})
	if err != nil {
		t.Fatalf("%v\n%s", err, octets)
	}
	return doc.Root()
}

func parse(t *testing.T, octets []byte) (*wssec.Header, error) {
	t.Helper()
	el := root(t, octets)
	ids, err := wssec.IndexIDs(el)
	if err != nil {
		return nil, err
	}
	h, err := wssec.Parse(el, ids, enc.EDelivery)
	if err != nil {
		return nil, err
	}
	return h, h.LinkKeys()
}

// The three ways to name a certificate (spec §4.2), and what products make of them.
func TestTheSignerIsFoundHoweverItIsNamed(t *testing.T) {
	t.Parallel()
	key, cert := newKey(t, "signer")
	_, other := newKey(t, "other")
	thumb := sha1.Sum(cert.Raw)
	pinned := []*x509.Certificate{other, cert}
	cases := []struct {
		name  string
		chain []*x509.Certificate
		str   []byte
		found bool
	}{
		{"by an X509v3 token", []*x509.Certificate{cert}, nil, true},
		{"by a path, end entity last", []*x509.Certificate{cert, other}, nil, true},
		{"by subject key identifier", []*x509.Certificate{cert}, keyIdentifier(wssec.SubjectKeyIdentifier, cert.SubjectKeyId), true},
		{"by thumbprint", []*x509.Certificate{cert}, keyIdentifier(wssec.ThumbprintSHA1, thumb[:]), true},
		{"by the certificate itself", []*x509.Certificate{cert}, keyIdentifier(wssec.X509v3, cert.Raw), true},
		{"by issuer and serial", []*x509.Certificate{cert}, issuerSerial(cert.Issuer.String(), "4711"), true},
		{"by issuer in Java's order and spelling", []*x509.Certificate{cert}, issuerSerial(`C=LV, O="Tests, \"quoted\" + more", CN=SIGNER`, "4711"), true},
		{"by issuer with types as numbers", []*x509.Certificate{cert}, issuerSerial(`2.5.4.3=signer,OID.2.5.4.6=LV,2.5.4.10=Tests\2c \22quoted\22 \2b more`, " 4711 "), true},
		{"by issuer in hexadecimal", []*x509.Certificate{cert}, issuerSerial(`CN=#0C067369676E6572;C=LV;O=Tests\, \"quoted\" \+ more`, "4711"), true},
		{"by issuer with an escaped blank at the end", []*x509.Certificate{cert}, issuerSerial(`CN=signer,O=Tests\, \"quoted\" \+ more\ ,C=LV`, "4711"), true},
		{"an escaped backslash at the end is no blank", []*x509.Certificate{cert}, issuerSerial(`CN=signer,O=Tests\, \"quoted\" \+ more\\ ,C=LV`, "4711"), false},
		{"another serial", []*x509.Certificate{cert}, issuerSerial(cert.Issuer.String(), "4712"), false},
		{"another issuer", []*x509.Certificate{cert}, issuerSerial("CN=else", "4711"), false},
		{"another key identifier", []*x509.Certificate{cert}, keyIdentifier(wssec.SubjectKeyIdentifier, []byte("x")), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, err := parse(t, security(t, c.chain, key, c.str))
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.Signer(pinned)
			if err != nil {
				t.Fatal(err)
			}
			if found := got == cert; found != c.found {
				t.Errorf("found %v, want %v", found, c.found)
			}
			if stranger, err := h.Signer(pinned[:1]); stranger != nil || err != nil {
				t.Errorf("without the pin: %v, %v", stranger, err)
			}
		})
	}
}

func TestHeadersOfAnotherShapeAreRefused(t *testing.T) {
	t.Parallel()
	key, cert := newKey(t, "signer")
	whole := string(security(t, []*x509.Certificate{cert}, key, nil))
	edit := func(old, new string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("nothing to replace: %q", old)
		}
		return strings.Replace(whole, old, new, 1)
	}
	token := whole[strings.Index(whole, "<wsse:BinarySecurityToken"):]
	token = token[:strings.Index(token, "</wsse:BinarySecurityToken>")+len("</wsse:BinarySecurityToken>")]
	encrypted := whole[strings.Index(whole, "<xenc:EncryptedData"):]
	encrypted = encrypted[:strings.Index(encrypted, "</xenc:EncryptedData>")+len("</xenc:EncryptedData>")]
	longID := strings.Repeat("i", wssec.MaxIDBytes+1)
	cases := []struct{ name, xml, rule string }{
		{"no signature", whole[:strings.Index(whole, "<ds:Signature")] + "</wsse:Security>", "wssec.signature"},
		{"text in the header", edit("</wsse:Security>", "text</wsse:Security>"), "wssec.text"},
		{"text in an EncryptedData", edit("<xenc:CipherReference", "text<xenc:CipherReference"), "wssec.text"},
		{"a username token", edit("</wsse:Security>", "<wsse:UsernameToken/></wsse:Security>"), "wssec.element"},
		{"a derived key", edit("</wsse:Security>", `<c:DerivedKeyToken xmlns:c="http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512"/></wsse:Security>`), "wssec.element"},
		{"a token without an Id", edit(`wsu:Id="G"`, ""), "wssec.token.id"},
		{"one Id twice", edit(`wsu:Id="X509"`, `wsu:Id="G"`), "wssec.id.duplicate"},
		{"an Id beyond the limit", edit(`wsu:Id="G"`, `wsu:Id="`+longID+`"`), "wssec.id.length"},
		{"a token too many", edit("</wsse:Security>", tokens(strings.Replace(token, `wsu:Id="G"`, "", 1), wssec.MaxTokens-1)+"</wsse:Security>"), "wssec.tokens"},
		{"a key behind the signature", strings.Replace(edit("<xenc:EncryptedKey", "<xenc:EncryptedKey"), "</wsse:Security>", whole[strings.Index(whole, "<xenc:EncryptedKey"):strings.Index(whole, "</xenc:EncryptedKey>")]+"</xenc:EncryptedKey></wsse:Security>", 1), "wssec.id.duplicate"},
		{"an EncryptedData of another type", edit(wssec.AttachmentContentOnly, "http://www.w3.org/2001/04/xmlenc#Element"), "wssec.encrypteddata.type"},
		{"an EncryptedData whose key is unknown", edit(`URI="#EK"`, `URI="#EX"`), "wssec.referencelist"},
		{"a ReferenceList that leads nowhere", edit(`<xenc:DataReference URI="#ED-1"`, `<xenc:DataReference URI="#ED-2"`), "wssec.referencelist"},
		{"an EncryptedData of inline octets", edit(encrypted, strings.Replace(encrypted, encrypted[strings.Index(encrypted, "<xenc:CipherReference"):strings.Index(encrypted, "</xenc:CipherData>")], "<xenc:CipherValue>AAAA</xenc:CipherValue>", 1)), "wssec.structure"},
		{"a CipherReference over http", edit(`CipherReference URI="cid:one@x"`, `CipherReference URI="http://x/"`), "wssec.cipherreference"},
		{"another transform of the ciphertext", edit(wssec.AttachmentCiphertext, "http://www.w3.org/TR/1999/REC-xslt-19991116"), "wssec.transform"},
		{"parameters of the content algorithm", edit(`<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/>`, `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"><x xmlns="urn:x"/></xenc:EncryptionMethod>`), "wssec.algorithm"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, []byte(c.xml))
			if rule, _, _ := wssec.IsShape(err); rule != c.rule {
				t.Errorf("refused by %q (%v), want %s", rule, err, c.rule)
			}
		})
	}
}

func tokens(one string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(one, "<wsse:BinarySecurityToken", `<wsse:BinarySecurityToken wsu:Id="t`+strconv.Itoa(i)+`"`, 1))
	}
	return b.String()
}

func TestTokenReferencesOfAnotherShapeAreRefused(t *testing.T) {
	t.Parallel()
	key, cert := newKey(t, "signer")
	chain := []*x509.Certificate{cert}
	cases := []struct {
		name string
		str  []byte
		rule string
	}{
		{"nothing", str(""), "wssec.tokenreference"},
		{"text", str(`text<wsse:Reference URI="#X509"/>`), "wssec.text"},
		{"two names", str(`<wsse:Reference URI="#X509"/><wsse:Reference URI="#X509"/>`), "wssec.tokenreference"},
		{"an embedded token", str(`<wsse:Embedded/>`), "wssec.tokenreference"},
		{"a key name", str(`<ds:KeyName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">x</ds:KeyName>`), "wssec.tokenreference"},
		{"a token that is not there", str(`<wsse:Reference URI="#none"/>`), "wssec.tokenreference"},
		{"the signature in a token's place", str(`<wsse:Reference URI="#SIG"/>`), "wssec.tokenreference"},
		{"a token elsewhere", str(`<wsse:Reference URI="http://x/"/>`), "wssec.tokenreference"},
		{"a KeyIdentifier of another type", keyIdentifier("urn:x", []byte("x")), "wssec.keyidentifier"},
		{"a KeyIdentifier that is no base64", str(`<wsse:KeyIdentifier ValueType="` + wssec.SubjectKeyIdentifier + `">***</wsse:KeyIdentifier>`), "wssec.keyidentifier"},
		{"an issuer that is no name", issuerSerial("nonsense", "1"), "wssec.issuername"},
		{"an issuer of unknown type", issuerSerial("XYZ=1", "1"), "wssec.issuername"},
		{"a serial that is no number", issuerSerial("CN=x", "0x10"), "wssec.issuerserial"},
		{"an endless issuer", issuerSerial("CN="+strings.Repeat("x", wssec.MaxNameBytes), "1"), "wssec.issuername"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, err := parse(t, security(t, chain, key, c.str))
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.Signer(chain)
			if rule, _, _ := wssec.IsShape(err); rule != c.rule || got != nil {
				t.Errorf("refused by %q (%v), want %s", rule, err, c.rule)
			}
		})
	}
}

func TestPathsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	key, cert := newKey(t, "signer")
	whole := security(t, []*x509.Certificate{cert, cert}, key, nil)
	path := whole[bytes.LastIndex(whole, []byte("#X509PKIPathv1"+`" wsu:Id="X509">`)):]
	path = path[bytes.IndexByte(path, '>')+1 : bytes.IndexByte(path, '<')]
	for name, octets := range map[string][]byte{
		"empty":          {0x30, 0x00},
		"not a sequence": {0x04, 0x01, 0x00},
		"trailing octet": append(must(base64.StdEncoding.DecodeString(string(path))), 0),
		"a cut length":   {0x30, 0x84, 0xff},
		"nine certificates": func() []byte {
			inner := bytes.Repeat([]byte{0x30, 0x00}, wssec.MaxPathLength+1)
			return append([]byte{0x30, byte(len(inner))}, inner...)
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			h, err := parse(t, bytes.Replace(whole, path, []byte(base64.StdEncoding.EncodeToString(octets)), 1))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := h.Signer([]*x509.Certificate{cert}); got != nil || err == nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
