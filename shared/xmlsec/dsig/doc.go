// Package dsig is the part of XML Signature (W3C xmldsig-core1, RFC 9231) that
// WS-Security for AS4 needs: one SignedInfo with several detached references,
// exclusive canonicalisation, and the signature values of eDelivery AS4.
//
// It knows no keys and no trust: [Verify] says that a value fits a public key,
// never whose key that is. What a reference covers is the caller's judgement
// too. Algorithms are a table keyed by URI, deny by default.
package dsig
