package directory

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Bounds of a signature, and how old it may be.
const (
	MaxSignatureBytes        = 32 << 10
	MaxSignatureCertificates = 8
	// DefaultMaxAge is how old a signature may be: a caching proxy may keep an answer for a day.
	DefaultMaxAge = 24 * time.Hour
	// ClockSkew is how far in the future it may be.
	ClockSkew = 5 * time.Minute
)

// Headers of a signed answer (TDD 3.6.2).
const (
	HeaderDigest    = "Digest"
	HeaderSignature = "Oots-Response-Sig"
)

// Trust is what a signature must come from. The zero Trust trusts nobody.
type Trust struct {
	// Roots are the pinned certificates that the chain in the signature must end in.
	Roots []*x509.Certificate
	// Signers are the common names that the signing certificate may have; none allows any under the roots.
	Signers []string
	// MaxAge is how old a signature may be; zero means DefaultMaxAge.
	MaxAge time.Duration
}

// Signed is what a verified signature says.
type Signed struct {
	// At is when the answer was signed.
	At time.Time `json:"at"`
	// By is the common name of the signing certificate.
	By string `json:"by"`
}

// protected is the protected header (ETSI TS 119 182-1, with the profile of TDD 3.6.2).
type protected struct {
	Algorithm   string   `json:"alg"`
	Critical    []string `json:"crit"`
	B64         *bool    `json:"b64"`
	IssuedAt    *int64   `json:"iat"`
	Chain       [][]byte `json:"x5c"` // base64 with padding, as RFC 7515, section 4.1.6, has it
	Certificate *struct {
		Algorithm string `json:"digAlg"`
		Value     string `json:"digVal"`
	} `json:"x5t#o"`
	Detached *struct {
		Mechanism string   `json:"mId"`
		Headers   []string `json:"pars"`
	} `json:"sigD"`
}

// Verify checks the detached signature of an answer: the digest of the body, the protected header, the chain to a pinned root, and
// the signature over the digest header. The error is a *Refusal.
func (t Trust) Verify(header http.Header, body []byte, now time.Time) (Signed, error) {
	digest, err := single(header, HeaderDigest)
	if err != nil {
		return Signed{}, err
	}
	if err := checkDigest(digest, body); err != nil {
		return Signed{}, err
	}
	jws, err := single(header, HeaderSignature)
	if err != nil {
		return Signed{}, err
	}
	parts := strings.Split(jws, ".")
	if len(jws) > MaxSignatureBytes || len(parts) != 3 || parts[1] != "" {
		return Signed{}, refuse("signature.form", HeaderSignature, "a detached JWS is expected: header, two dots, signature, at most %d octets", MaxSignatureBytes)
	}
	p, err := parseProtected(parts[0])
	if err != nil {
		return Signed{}, err
	}
	at, err := t.judge(p, now)
	if err != nil {
		return Signed{}, err
	}
	leaf, err := t.chain(p, now)
	if err != nil {
		return Signed{}, err
	}
	if err := checkSignature(p.Algorithm, leaf, parts[0]+".digest: "+digest, parts[2]); err != nil {
		return Signed{}, err
	}
	return Signed{At: at, By: leaf.Subject.CommonName}, nil
}

func single(header http.Header, name string) (string, error) {
	values := header.Values(name)
	if len(values) != 1 || strings.TrimSpace(values[0]) == "" {
		return "", refuse("signature.header", name, "the header is expected once, here it stands %d times", len(values))
	}
	return strings.TrimSpace(values[0]), nil
}

func checkDigest(digest string, body []byte) error {
	algorithm, value, found := strings.Cut(digest, "=")
	if !found || !strings.EqualFold(algorithm, "SHA-256") {
		return refuse("signature.digest", HeaderDigest, "SHA-256= and a digest is expected")
	}
	want, err := base64.StdEncoding.Strict().DecodeString(value)
	sum := sha256.Sum256(body)
	if err != nil || subtle.ConstantTimeCompare(want, sum[:]) != 1 {
		return refuse("signature.digest", HeaderDigest, "the digest is not that of the body: the answer was changed on its way")
	}
	return nil
}

func parseProtected(encoded string) (*protected, error) {
	octets, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err == nil {
		err = distinctNames(octets)
	}
	var p protected
	if err == nil {
		err = json.Unmarshal(octets, &p)
	}
	if err != nil {
		return nil, refuse("signature.form", HeaderSignature, "the protected header is no base64url of a JSON object with distinct names and the types of the profile")
	}
	return &p, nil
}

// distinctNames refuses a JSON object in which a name stands twice: readers would disagree on what was signed.
func distinctNames(octets []byte) error {
	d := json.NewDecoder(bytes.NewReader(octets))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("no object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		folded := strings.ToLower(name) // encoding/json matches names without case
		if seen[folded] {
			return fmt.Errorf("%q stands twice", name)
		}
		seen[folded] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one object")
	}
	return nil
}

// judge checks the header against the profile, and its time.
func (t Trust) judge(p *protected, now time.Time) (time.Time, error) {
	no := func(rule, format string, args ...any) (time.Time, error) {
		return time.Time{}, refuse(rule, HeaderSignature, format, args...)
	}
	slices.Sort(p.Critical)
	switch {
	case p.Algorithm != "ES256" && p.Algorithm != "EdDSA":
		return no("signature.algorithm", "alg is %q; it must be ES256 or EdDSA", regrep.Excerpt(p.Algorithm))
	case !slices.Equal(p.Critical, []string{"b64", "sigD"}):
		return no("signature.crit", "crit is %q; it must be b64 and sigD", p.Critical)
	case p.B64 == nil || *p.B64:
		return no("signature.b64", "b64 must be false")
	case p.Detached == nil || p.Detached.Mechanism != "http://uri.etsi.org/19182/HttpHeaders" || !slices.Equal(p.Detached.Headers, []string{"digest"}):
		return no("signature.sigD", "sigD must be http://uri.etsi.org/19182/HttpHeaders over digest alone")
	case p.IssuedAt == nil:
		return no("signature.iat", "iat is missing")
	}
	at := time.Unix(*p.IssuedAt, 0).UTC()
	maxAge := t.MaxAge
	if maxAge == 0 {
		maxAge = DefaultMaxAge
	}
	switch {
	case at.After(now.Add(ClockSkew)):
		return no("signature.iat", "the answer was signed at %s, which is later than now; check the clocks", at.Format(time.RFC3339))
	case at.Before(now.Add(-maxAge)):
		return no("signature.iat", "the answer was signed at %s, more than %s ago: it may be a replay; accept a greater age for recorded answers only", at.Format(time.RFC3339), maxAge)
	}
	return at, nil
}

// chain validates x5c to a pinned root and returns the leaf.
func (t Trust) chain(p *protected, now time.Time) (*x509.Certificate, error) {
	no := func(format string, args ...any) (*x509.Certificate, error) {
		return nil, refuse("signature.chain", HeaderSignature, format, args...)
	}
	if n := len(p.Chain); n == 0 || n > MaxSignatureCertificates {
		return no("x5c must have 1 to %d certificates, leaf first", MaxSignatureCertificates)
	}
	certs := make([]*x509.Certificate, len(p.Chain))
	for i, der := range p.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return no("x5c: certificate %d cannot be read", i+1)
		}
		certs[i] = c
	}
	leaf, between, roots := certs[0], x509.NewCertPool(), x509.NewCertPool()
	for _, c := range certs[1:] {
		between.AddCert(c)
	}
	for _, c := range t.Roots {
		roots.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		return no("the certificate of %q does not chain to a pinned root: %v", regrep.Excerpt(leaf.Subject.CommonName), err)
	}
	if leaf.IsCA || leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return no("the certificate of %q is not made for signatures", regrep.Excerpt(leaf.Subject.CommonName))
	}
	if len(t.Signers) > 0 && !slices.Contains(t.Signers, leaf.Subject.CommonName) {
		return no("%q may not sign; pinned are %q", regrep.Excerpt(leaf.Subject.CommonName), t.Signers)
	}
	if x := p.Certificate; x != nil {
		sum := sha512.Sum512(leaf.Raw)
		if x.Algorithm != "S512" || x.Value != base64.RawURLEncoding.EncodeToString(sum[:]) {
			return no("x5t#o is not the S512 digest of the first certificate of x5c")
		}
	}
	return leaf, nil
}

// checkSignature checks the raw signature over the signing input. go-jose refuses any crit but b64, therefore by hand.
func checkSignature(algorithm string, leaf *x509.Certificate, input, encoded string) error {
	signature, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return refuse("signature.form", HeaderSignature, "the signature is no base64url")
	}
	right := false
	switch key := leaf.PublicKey.(type) {
	case *ecdsa.PublicKey:
		sum := sha256.Sum256([]byte(input))
		right = algorithm == "ES256" && key.Curve == elliptic.P256() && len(signature) == 64 &&
			ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	case ed25519.PublicKey:
		right = algorithm == "EdDSA" && len(signature) == ed25519.SignatureSize && ed25519.Verify(key, []byte(input), signature)
	}
	if !right {
		return refuse("signature.value", HeaderSignature, "the signature is not that of %q over the digest", regrep.Excerpt(leaf.Subject.CommonName))
	}
	return nil
}
