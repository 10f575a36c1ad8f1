package directory_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/directory"
)

// pki is a root and a signing key under it, made for one test.
type pki struct {
	root, leaf *x509.Certificate
	key        crypto.Signer
}

func certificate(t *testing.T, name string, key crypto.Signer, parent *x509.Certificate, parentKey crypto.Signer, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: today.Add(-time.Hour), NotAfter: today.Add(time.Hour),
		BasicConstraintsValid: true, IsCA: parent == nil, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if parent == nil {
		c.KeyUsage = x509.KeyUsageCertSign
		parent, parentKey = c, key
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func p256(t *testing.T) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newPKI(t *testing.T, key crypto.Signer, change func(*x509.Certificate)) pki {
	t.Helper()
	rootKey := p256(t)
	root := certificate(t, "Test Root", rootKey, nil, nil, nil)
	return pki{root, certificate(t, "TEST-SIGNER", key, root, rootKey, change), key}
}

// header is the protected header that a right signature has.
func (p pki) header(algorithm string) map[string]any {
	sum := sha512.Sum512(p.leaf.Raw)
	return map[string]any{
		"alg": algorithm, "kid": "x", "typ": "jose", "b64": false, "iat": today.Unix(), "crit": []string{"b64", "sigD"},
		"x5c":   [][]byte{p.leaf.Raw, p.root.Raw},
		"x5t#o": map[string]string{"digAlg": "S512", "digVal": base64.RawURLEncoding.EncodeToString(sum[:])},
		"sigD":  map[string]any{"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": []string{"digest"}},
	}
}

// sign signs a body under a protected header, whatever that says.
func (p pki) sign(t *testing.T, body []byte, protected []byte) http.Header {
	t.Helper()
	sum := sha256.Sum256(body)
	digest := "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	encoded := base64.RawURLEncoding.EncodeToString(protected)
	input := encoded + ".digest: " + digest
	var raw []byte
	switch k := p.key.(type) {
	case *ecdsa.PrivateKey:
		hashed := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, k, hashed[:])
		if err != nil {
			t.Fatal(err)
		}
		size := (k.Params().BitSize + 7) / 8
		raw = make([]byte, 2*size)
		r.FillBytes(raw[:size])
		s.FillBytes(raw[size:])
	case ed25519.PrivateKey:
		raw = ed25519.Sign(k, []byte(input))
	}
	return http.Header{directory.HeaderDigest: {digest}, directory.HeaderSignature: {encoded + ".." + base64.RawURLEncoding.EncodeToString(raw)}}
}

func (p pki) signed(t *testing.T, body []byte, header map[string]any) http.Header {
	t.Helper()
	b, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return p.sign(t, body, b)
}

func TestRightSignaturesOfBothAlgorithmsVerify(t *testing.T) {
	t.Parallel()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for algorithm, key := range map[string]crypto.Signer{"ES256": p256(t), "EdDSA": ed} {
		p := newPKI(t, key, nil)
		trust := directory.Trust{Roots: []*x509.Certificate{p.root}, Signers: []string{"TEST-SIGNER"}}
		signed, err := trust.Verify(p.signed(t, []byte("answer"), p.header(algorithm)), []byte("answer"), today)
		if err != nil || signed.By != "TEST-SIGNER" || !signed.At.Equal(today) {
			t.Errorf("%s: %+v, %v", algorithm, signed, err)
		}
	}
}

func TestProtectedHeadersOutsideTheProfileAreRefused(t *testing.T) {
	t.Parallel()
	p := newPKI(t, p256(t), nil)
	other := newPKI(t, p256(t), nil)
	trust := directory.Trust{Roots: []*x509.Certificate{p.root}}
	for what, c := range map[string]struct {
		change func(map[string]any)
		rule   string
	}{
		"no algorithm":               {func(h map[string]any) { h["alg"] = "none" }, "signature.algorithm"},
		"an HMAC":                    {func(h map[string]any) { h["alg"] = "HS256" }, "signature.algorithm"},
		"another elliptic algorithm": {func(h map[string]any) { h["alg"] = "ES384" }, "signature.algorithm"},
		"the other algorithm":        {func(h map[string]any) { h["alg"] = "EdDSA" }, "signature.value"},
		"an unknown critical header": {func(h map[string]any) { h["crit"] = []string{"b64", "sigD", "exp"} }, "signature.crit"},
		"too few critical headers":   {func(h map[string]any) { h["crit"] = []string{"b64"} }, "signature.crit"},
		"a critical header twice":    {func(h map[string]any) { h["crit"] = []string{"b64", "b64", "sigD"} }, "signature.crit"},
		"an encoded payload":         {func(h map[string]any) { h["b64"] = true }, "signature.b64"},
		"no b64":                     {func(h map[string]any) { delete(h, "b64") }, "signature.b64"},
		"no sigD":                    {func(h map[string]any) { delete(h, "sigD") }, "signature.sigD"},
		"another mechanism": {func(h map[string]any) {
			h["sigD"] = map[string]any{"mId": "http://uri.etsi.org/19182/ObjectIdByURI", "pars": []string{"digest"}}
		}, "signature.sigD"},
		"another signed header": {func(h map[string]any) {
			h["sigD"] = map[string]any{"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": []string{"date"}}
		}, "signature.sigD"},
		"no time":                    {func(h map[string]any) { delete(h, "iat") }, "signature.iat"},
		"a time as text":             {func(h map[string]any) { h["iat"] = "today" }, "signature.form"},
		"a time too late":            {func(h map[string]any) { h["iat"] = today.Add(directory.ClockSkew + time.Second).Unix() }, "signature.iat"},
		"a time too early":           {func(h map[string]any) { h["iat"] = today.Add(-directory.DefaultMaxAge - time.Second).Unix() }, "signature.iat"},
		"no chain":                   {func(h map[string]any) { delete(h, "x5c") }, "signature.chain"},
		"an endless chain":           {func(h map[string]any) { h["x5c"] = make([][]byte, directory.MaxSignatureCertificates+1) }, "signature.chain"},
		"rubbish in the chain":       {func(h map[string]any) { h["x5c"] = [][]byte{[]byte("rubbish")} }, "signature.chain"},
		"the chain of another root":  {func(h map[string]any) { h["x5c"] = [][]byte{other.leaf.Raw, other.root.Raw} }, "signature.chain"},
		"the root first":             {func(h map[string]any) { h["x5c"] = [][]byte{p.root.Raw, p.leaf.Raw} }, "signature.chain"},
		"another certificate's hash": {func(h map[string]any) { h["x5t#o"] = map[string]string{"digAlg": "S512", "digVal": "AAAA"} }, "signature.chain"},
	} {
		h := p.header("ES256")
		c.change(h)
		if _, err := trust.Verify(p.signed(t, []byte("answer"), h), []byte("answer"), today); !breaks(err, c.rule) {
			t.Errorf("%s: got %v, want %s", what, err, c.rule)
		}
	}
}

func TestCertificatesThatMayNotSignAreRefused(t *testing.T) {
	t.Parallel()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		key     crypto.Signer
		change  func(*x509.Certificate)
		signers []string
		rule    string
	}{
		"expired":             {p256(t), func(c *x509.Certificate) { c.NotAfter = today.Add(-time.Second) }, nil, "signature.chain"},
		"not yet valid":       {p256(t), func(c *x509.Certificate) { c.NotBefore = today.Add(time.Second) }, nil, "signature.chain"},
		"for encryption only": {p256(t), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, nil, "signature.chain"},
		"an authority":        {p256(t), func(c *x509.Certificate) { c.IsCA = true }, nil, "signature.chain"},
		"of another name":     {p256(t), nil, []string{"EC-OOTS-CS-PROD"}, "signature.chain"},
		"of another curve":    {p384, nil, nil, "signature.value"},
	} {
		p := newPKI(t, c.key, c.change)
		trust := directory.Trust{Roots: []*x509.Certificate{p.root}, Signers: c.signers}
		if _, err := trust.Verify(p.signed(t, []byte("answer"), p.header("ES256")), []byte("answer"), today); !breaks(err, c.rule) {
			t.Errorf("a certificate %s: got %v, want %s", what, err, c.rule)
		}
	}
}

func TestHeadersThatAreNoSignatureAreRefused(t *testing.T) {
	t.Parallel()
	p := newPKI(t, p256(t), nil)
	trust := directory.Trust{Roots: []*x509.Certificate{p.root}}
	right := func() http.Header { return p.signed(t, []byte("answer"), p.header("ES256")) }
	part := func(i int, change func(string) string) http.Header {
		h := right()
		parts := strings.Split(h.Get(directory.HeaderSignature), ".")
		parts[i] = change(parts[i])
		h.Set(directory.HeaderSignature, strings.Join(parts, "."))
		return h
	}
	without := func(name string) http.Header { h := right(); h.Del(name); return h }
	with := func(name, value string) http.Header { h := right(); h.Set(name, value); return h }
	twice := func(name string) http.Header { h := right(); h.Add(name, h.Get(name)); return h }
	protected, _ := json.Marshal(p.header("ES256"))
	for what, c := range map[string]struct {
		header http.Header
		rule   string
	}{
		"no header":                  {http.Header{}, "signature.header"},
		"no digest":                  {without(directory.HeaderDigest), "signature.header"},
		"no signature":               {without(directory.HeaderSignature), "signature.header"},
		"two digests":                {twice(directory.HeaderDigest), "signature.header"},
		"two signatures":             {twice(directory.HeaderSignature), "signature.header"},
		"another digest":             {with(directory.HeaderDigest, "SHA-256=AAAA"), "signature.digest"},
		"a digest of MD5":            {with(directory.HeaderDigest, "MD5=AAAA"), "signature.digest"},
		"a digest without algorithm": {with(directory.HeaderDigest, "AAAA"), "signature.digest"},
		"words":                      {with(directory.HeaderSignature, "words"), "signature.form"},
		"a JWS with its payload":     {part(1, func(string) string { return "AAAA" }), "signature.form"},
		"a header with padding":      {part(0, func(s string) string { return s + "=" }), "signature.form"},
		"a header that is no JSON":   {part(0, func(string) string { return "AAAA" }), "signature.form"},
		"an endless header":          {part(0, func(s string) string { return strings.Repeat(s, 20) }), "signature.form"},
		"no signature value":         {part(2, func(string) string { return "" }), "signature.value"},
		"zeros":                      {part(2, func(string) string { return base64.RawURLEncoding.EncodeToString(make([]byte, 64)) }), "signature.value"},
		"a signature that is cut":    {part(2, func(s string) string { return s[:len(s)-5] }), "signature.form"},
		"a name twice":               {p.sign(t, []byte("answer"), append(protected[:len(protected)-1:len(protected)-1], `,"alg":"ES256"}`...)), "signature.form"},
		"a name twice in two cases":  {p.sign(t, []byte("answer"), append(protected[:len(protected)-1:len(protected)-1], `,"ALG":"ES256"}`...)), "signature.form"},
		"more after the header":      {p.sign(t, []byte("answer"), append(protected[:len(protected):len(protected)], `{}`...)), "signature.form"},
	} {
		if _, err := trust.Verify(c.header, []byte("answer"), today); !breaks(err, c.rule) {
			t.Errorf("%s: got %v, want %s", what, err, c.rule)
		}
	}
	if _, err := trust.Verify(right(), []byte("answer"), today); err != nil {
		t.Errorf("the right one: %v", err)
	}
}
