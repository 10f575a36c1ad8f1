package wssec_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// newKey makes a P-256 key and a certificate for it.
func newKey(tb testing.TB, cn string) (*ecdsa.PrivateKey, *x509.Certificate) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(4711), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), SubjectKeyId: []byte("key of " + cn),
		Subject: pkix.Name{CommonName: cn, Organization: []string{`Tests, "quoted" + more`}, Country: []string{"LV"}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return key, cert
}

func seedCertificate(tb testing.TB) *x509.Certificate {
	_, cert := newKey(tb, "seed")
	return cert
}

// security writes a whole header: recipient's token, key, two encrypted parts,
// signer's token, signature; str replaces the signature's token reference.
func security(tb testing.TB, chain []*x509.Certificate, key *ecdsa.PrivateKey, str []byte) []byte {
	tb.Helper()
	digest := sha256.Sum256([]byte("x"))
	ref := func(uri, transform string) dsig.Reference {
		return dsig.Reference{URI: uri, Transforms: []dsig.Transform{{Algorithm: transform}}, DigestMethod: dsig.SHA256, DigestValue: digest[:]}
	}
	info := dsig.AppendSignedInfo(nil, dsig.SignedInfo{Method: dsig.ECDSASHA256, References: []dsig.Reference{
		ref("#messaging", c14n.Algorithm), ref("#body", c14n.Algorithm), ref("cid:one@x", dsig.AttachmentContent),
	}})
	value, err := dsig.Sign(rand.Reader, key, dsig.ECDSASHA256, info)
	if err != nil {
		tb.Fatal(err)
	}
	ek, err := enc.Wrap(rand.Reader, make([]byte, 16), chain[0].PublicKey)
	if err != nil {
		tb.Fatal(err)
	}
	ek.ID, ek.DataReferences = "EK", []string{"#ED-1"}
	dst := []byte(`<wsse:Security xmlns:wsse="` + wssec.Namespace + `" xmlns:wsu="` + wssec.Utility + `">`)
	dst = wssec.AppendToken(dst, "G", chain[:1])
	if dst, err = ek.AppendXML(dst, wssec.AppendTokenReference(nil, "G", chain[:1])); err != nil {
		tb.Fatal(err)
	}
	dst = wssec.AppendEncryptedData(dst, wssec.EncryptedData{ID: "ED-1", MimeType: "application/gzip", Key: "EK", URI: "cid:one@x"})
	dst = wssec.AppendToken(dst, "X509", chain)
	if str == nil {
		str = wssec.AppendTokenReference(nil, "X509", chain)
	}
	dst = dsig.AppendSignature(dst, "SIG", info, value, str)
	return append(dst, `</wsse:Security>`...)
}

func seeds(tb testing.TB) [][]byte {
	key, cert := newKey(tb, "seed")
	_, ca := newKey(tb, "ca")
	return [][]byte{
		security(tb, []*x509.Certificate{cert}, key, nil),
		security(tb, []*x509.Certificate{cert, ca}, key, nil),
		security(tb, []*x509.Certificate{cert}, key, keyIdentifier(wssec.SubjectKeyIdentifier, cert.SubjectKeyId)),
		security(tb, []*x509.Certificate{cert}, key, issuerSerial(cert.Issuer.String(), "4711")),
		[]byte(`<wsse:Security xmlns:wsse="` + wssec.Namespace + `"/>`),
	}
}
