package partners

import (
	"crypto/x509"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/vienreiz/vienreiz/shared/as4"
)

// family is the kind of keys that a security of a P-Mode wants. Which profile of
// eDelivery AS4 2.0 the elliptic one is, a partner's certificate tells.
type family string

const (
	familyRSA family = "rsa" // eDelivery AS4 1.15
	familyECC family = "ecc" // eDelivery AS4 2.0, or its alternative (§4.7)
)

// family reads a security. It refuses what does not say that it signs by
// SHA-256 and encrypts: policies of another name may do neither.
func (s pmodeSecurity) family() (family, error) {
	policy := path.Base(s.policy)
	if s.policy != "" && !strings.HasPrefix(policy, "eDeliveryAS4Policy") {
		return "", fmt.Errorf("its policy %q is not one of eDeliveryAS4Policy*.xml, which sign and encrypt", clip(s.policy))
	}
	if s.policy == "" && s.profile == "" {
		return "", errors.New("it has neither policy nor profile")
	}
	byProfile, err := lookUp(s.profile, map[string]family{"": "", "RSA": familyRSA, "ECC": familyECC})
	if err != nil {
		return "", fmt.Errorf("its profile %w", err)
	}
	byMethod, err := lookUp(s.signatureMethod, map[string]family{
		"": "", "RSA_SHA256": familyRSA,
		"ECC_SHA256": familyECC, "ECDSA_SHA256": familyECC, "EDDSA_ED25519": familyECC, "ED25519": familyECC,
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("its signatureMethod %w", err)
	case byProfile == "" && byMethod == "":
		return "", errors.New("it has neither profile nor signatureMethod")
	case byProfile != "" && byMethod != "" && byProfile != byMethod:
		return "", fmt.Errorf("its profile %q and signatureMethod %q contradict each other", clip(s.profile), clip(s.signatureMethod))
	case byProfile != "":
		return byProfile, nil
	}
	return byMethod, nil
}

func lookUp(s string, known map[string]family) (family, error) {
	if f, ok := known[strings.ToUpper(strings.TrimSpace(s))]; ok {
		return f, nil
	}
	return "", fmt.Errorf("%q is not known", clip(s))
}

// profile picks the profile of a family that goes with a signing certificate.
func (f family) profile(c *x509.Certificate) (*as4.Profile, error) {
	p, err := as4.ProfileFor(c)
	if err != nil {
		return nil, err
	}
	if (p == as4.EDelivery115) != (f == familyRSA) {
		return nil, fmt.Errorf("the P-Mode's security is %s, and the certificate has a %s", f, keyKind(c))
	}
	return p, nil
}

// aliases are the names that a party's certificate may have in the trust store,
// the best first: the party id in lower case (the published files), the party's
// name (Domibus), or party_profile_purpose where Domibus has security profiles.
func (f family) aliases(p pmodeParty, id, purpose string) []string {
	var list []string
	for _, name := range []string{id, p.name} {
		list = append(list, strings.ToLower(fmt.Sprintf("%s_%s_%s", name, f, purpose)), strings.ToLower(name))
	}
	return list
}
