package wssec_test

import (
	"crypto/x509"
	"errors"
	"testing"

	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// FuzzSecurityHeader: whatever the header, reading ends in a Header or in a
// refusal that names a rule, and a Header keeps to the limits and references.
func FuzzSecurityHeader(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	certs := []*x509.Certificate{seedCertificate(f)}
	f.Fuzz(func(t *testing.T, octets []byte) {
		doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{})
		if err != nil {
			return
		}
		ids, err := wssec.IndexIDs(doc.Root())
		if err != nil {
			named(t, err)
			return
		}
		h, err := wssec.Parse(doc.Root(), ids, enc.EDelivery)
		if err != nil {
			named(t, err)
			return
		}
		if h.Signature == nil || h.Signature.KeyInfo == nil || len(h.Signature.References) == 0 {
			t.Fatal("a header without signature, KeyInfo or references was read")
		}
		if _, err := h.Signature.Canonical(); err != nil && len(octets) == 0 {
			t.Fatal(err)
		}
		if c, err := h.Signer(certs); err != nil {
			named(t, err)
		} else if c != nil && c != certs[0] {
			t.Fatal("a certificate that is not pinned was returned")
		}
		if err := h.LinkKeys(); err != nil {
			named(t, err)
			return
		}
		for _, d := range h.EncryptedData {
			if d.Key == "" || d.URI == "" {
				t.Fatalf("an EncryptedData without key or part was read: %+v", d)
			}
		}
	})
}

func named(t *testing.T, err error) {
	t.Helper()
	rule, detail, ok := wssec.IsShape(err)
	if !ok || rule == "" || detail == "" {
		t.Fatalf("the refusal names no rule: %v", err)
	}
	if errors.Is(err, enc.ErrDecrypt) {
		t.Fatal("reading decrypted")
	}
}
