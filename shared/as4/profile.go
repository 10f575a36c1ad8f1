package as4

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// Profile is the set of algorithms that one agreement allows. What it does not
// name is refused.
type Profile struct {
	Name       string
	Signatures []string  // ds:SignatureMethod; the first that fits a key is sent
	Digests    []string  // ds:DigestMethod
	Keys       enc.Allow // families of key transport and agreement
}

// The profiles.
var (
	// EDelivery115 is eDelivery AS4 1.15 §3.2.6: what OOTS speaks.
	EDelivery115 = &Profile{Name: "edelivery-as4-1.15", Signatures: []string{dsig.RSASHA256}, Digests: []string{dsig.SHA256}, Keys: enc.AllowRSA}
	// EDelivery20 is eDelivery AS4 2.0 §3.2.6: Ed25519, X25519.
	EDelivery20 = &Profile{Name: "edelivery-as4-2.0", Signatures: []string{dsig.Ed25519}, Digests: []string{dsig.SHA256}, Keys: enc.AllowX25519}
	// EDelivery20ECC is the alternative of eDelivery AS4 2.0 §4.7: NIST curves.
	// ConcatKDF, which the BDEW profile has in HKDF's place, is taken but never sent.
	EDelivery20ECC = &Profile{Name: "edelivery-as4-2.0-ecc", Signatures: []string{dsig.ECDSASHA256}, Digests: []string{dsig.SHA256}, Keys: enc.AllowECDH | enc.AllowConcatKDF}
	// EDeliveryOld is for partners that still send what 1.12 and older allowed
	// (1.15 §3.2.6.2.2: key transport other than the MUST set MAY be accepted).
	// It is never chosen by itself.
	EDeliveryOld = &Profile{Name: "edelivery-as4-1.12", Signatures: []string{dsig.RSASHA256, dsig.RSASHA384, dsig.RSASHA512}, Digests: []string{dsig.SHA256, dsig.SHA384, dsig.SHA512}, Keys: enc.AllowRSA | enc.AllowMGF1P}
)

// Profiles lists them all.
var Profiles = []*Profile{EDelivery115, EDelivery20, EDelivery20ECC, EDeliveryOld}

// ProfileNamed finds a profile by its name, or by its version alone ("1.15", "2.0", "2.0-ecc", "1.12").
func ProfileNamed(name string) (*Profile, error) {
	var known []string
	for _, p := range Profiles {
		if p.Name == name || strings.TrimPrefix(p.Name, "edelivery-as4-") == name {
			return p, nil
		}
		known = append(known, p.Name)
	}
	return nil, fmt.Errorf("profile %q is not known; use one of %s", name, strings.Join(known, ", "))
}

// ProfileFor chooses the profile that goes with a signing certificate's key:
// RSA 1.15, Ed25519 2.0, ECDSA the alternative of 2.0.
func ProfileFor(cert *x509.Certificate) (*Profile, error) {
	for _, p := range []*Profile{EDelivery115, EDelivery20, EDelivery20ECC} {
		if p.SignsWith(cert.PublicKey) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("no eDelivery AS4 profile signs with a %s key; use RSA, Ed25519 or ECDSA", cert.PublicKeyAlgorithm)
}

// method is the signature method for a key of ours.
func (p *Profile) method(key crypto.PublicKey) (string, bool) {
	m, err := dsig.MethodFor(key)
	return m, err == nil && slices.Contains(p.Signatures, m)
}

// SignsWith reports whether the profile signs with a key of this kind.
func (p *Profile) SignsWith(key crypto.PublicKey) bool {
	_, ok := p.method(key)
	return ok
}

// allow checks the signature's algorithms; those of the encryption were checked
// when the header was read with the profile's families.
func (p *Profile) allow(h *wssec.Header) error {
	if m := h.Signature.Method; !slices.Contains(p.Signatures, m) {
		return p.forbids("SignatureMethod", m)
	}
	for _, r := range h.Signature.References {
		if !slices.Contains(p.Digests, r.DigestMethod) {
			return p.forbids("DigestMethod", r.DigestMethod)
		}
	}
	return nil
}

func (p *Profile) forbids(what, uri string) error {
	return ebms.PolicyNoncompliance.Refuse("profile.algorithm", fmt.Sprintf("%s %q is not allowed by %s", what, uri, p.Name), "use the algorithms of "+p.Name)
}

// publicKey returns the key of a certificate; crypto/x509 leaves X25519 keys unparsed.
func publicKey(c *x509.Certificate) crypto.PublicKey {
	if c.PublicKey != nil {
		return c.PublicKey
	}
	key, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo)
	if err != nil {
		return nil
	}
	return key
}
