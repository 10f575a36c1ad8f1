// Package saml is the service provider's side of a sign-in at the national
// eIDAS node (SAML 2.0 Web Browser SSO, HTTP-POST; eIDAS SAML Message Format
// 1.2): a signed AuthnRequest with the eIDAS extensions, and the judgement of a
// signed Response with one encrypted assertion.
//
// Signatures are RSASSA-PKCS1-v1_5 over one same-document reference, by
// goxmldsig, whose verified element is the only one that is read; what a SAML
// library leaves to its caller is checked here. ECDSA and RSASSA-PSS are refused
// by name.
package saml

import "fmt"

// Namespaces and fixed values.
const (
	Protocol   = "urn:oasis:names:tc:SAML:2.0:protocol"
	Assertions = "urn:oasis:names:tc:SAML:2.0:assertion"
	EIDAS      = "http://eidas.europa.eu/saml-extensions"
	xmldsig    = "http://www.w3.org/2000/09/xmldsig#"

	success     = "urn:oasis:names:tc:SAML:2.0:status:Success"
	bearer      = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	uriName     = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
)

// Limits of a foreign response.
const (
	MaxResponseBytes = 256 << 10
	MaxAttributes    = 64
	MaxSkew          = 2 * 60 // seconds that clocks may differ
)

// Refusal is why a sign-in is not believed.
type Refusal struct {
	Rule   string // stable, as "saml.audience"
	Detail string // never a value of the person
}

// Error gives rule and reason.
func (r *Refusal) Error() string { return r.Rule + ": " + r.Detail }

func refuse(rule, format string, args ...any) error {
	return &Refusal{Rule: "saml." + rule, Detail: fmt.Sprintf(format, args...)}
}
