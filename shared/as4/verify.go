package as4

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/wssec"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
)

// verified is an envelope whose signer, signature, and Messaging and Body
// digests hold. What its cid: references cover is for the parts to prove.
type verified struct {
	*envelope
	header     *wssec.Header
	signer     *x509.Certificate
	signedInfo []byte                     // canonical octets
	parts      map[string]*dsig.Reference // by cid: URI as written
}

// verify judges the security of an envelope against a partner: shape,
// algorithms, pinned signer, signature value, coverage of Messaging and Body.
// parts is how many cid: references there must be.
func (e *envelope) verify(p *Partner, parts int, now time.Time) (*verified, error) {
	if e.security == nil {
		return nil, ebms.PolicyNoncompliance.Refuse("wssec.missing", "the message has no wsse:Security header", "sign the message")
	}
	h, err := wssec.Parse(e.security, e.ids, p.Profile.Keys)
	if err != nil {
		return nil, badSecurity(err, "follow the security layout of "+p.Profile.Name)
	}
	if err := h.LinkKeys(); err != nil {
		return nil, badSecurity(err, "name every EncryptedData's key")
	}
	if err := p.Profile.allow(h); err != nil {
		return nil, err
	}
	v := &verified{envelope: e, header: h}
	if err := v.plan(parts); err != nil {
		return nil, err
	}
	if err := v.authenticate(p, now); err != nil {
		return nil, err
	}
	return v, v.checkDigests()
}

// plan checks what the signature is said to cover: eb:Messaging, Body and as
// many parts as there are, each once, each by the transform that AS4 names
// (AS4 §5.1.4, §5.1.5), and nothing else.
func (v *verified) plan(parts int) error {
	refs := v.header.Signature.References
	if len(refs) > parts+2 {
		return uncovered("dsig.references", fmt.Sprintf("%d references for Messaging, Body and %d parts", len(refs), parts))
	}
	v.parts = make(map[string]*dsig.Reference, parts)
	seen := map[*etree.Element]bool{}
	for i := range refs {
		if err := v.planReference(&refs[i], seen); err != nil {
			return err
		}
	}
	if !seen[v.messaging] {
		return uncovered("dsig.coverage.messaging", "eb:Messaging is not signed")
	}
	if !seen[v.body] {
		return uncovered("dsig.coverage.body", "the SOAP Body is not signed")
	}
	return nil
}

func (v *verified) planReference(ref *dsig.Reference, seen map[*etree.Element]bool) error {
	if len(ref.Transforms) != 1 {
		return uncovered("dsig.transform", fmt.Sprintf("reference %q has no transform", ref.URI))
	}
	alg := ref.Transforms[0].Algorithm
	if strings.HasPrefix(ref.URI, "cid:") {
		if alg != dsig.AttachmentContent || v.parts[ref.URI] != nil {
			return uncovered("dsig.coverage.part", fmt.Sprintf("reference %q must stand once, with the attachment transform", ref.URI))
		}
		v.parts[ref.URI] = ref
		return nil
	}
	el := v.ids[strings.TrimPrefix(ref.URI, "#")]
	if !strings.HasPrefix(ref.URI, "#") || (el != v.messaging && el != v.body) || el == nil {
		return uncovered("dsig.reference", fmt.Sprintf("reference %q leads neither to eb:Messaging, nor to the Body, nor to a part", ref.URI))
	}
	if alg != c14n.Algorithm || seen[el] {
		return uncovered("dsig.coverage", fmt.Sprintf("reference %q must stand once, with exclusive canonicalisation", ref.URI))
	}
	seen[el] = true
	return nil
}

// authenticate binds the signature to the party: its token is one of the
// certificates pinned for the party, valid now, and the value verifies.
func (v *verified) authenticate(p *Partner, now time.Time) error {
	cert, err := v.header.Signer(p.Signing)
	if err != nil {
		return badSecurity(err, "name the signing certificate by a BinarySecurityToken")
	}
	if cert == nil {
		return unauthenticated("wssec.signer", fmt.Sprintf("the signing certificate is not one pinned for party %q", p.ID.Value), "sign with the registered certificate, or register the new one")
	}
	if !validAt(cert, now) {
		return unauthenticated("x509.validity", fmt.Sprintf("the certificate of party %q is valid from %s to %s only", p.ID.Value, cert.NotBefore.UTC().Format(time.DateOnly), cert.NotAfter.UTC().Format(time.DateOnly)), "register a valid certificate")
	}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < dsig.MinRSABits {
		return unauthenticated("x509.keysize", fmt.Sprintf("the RSA key of party %q has %d bits; at least %d are taken", p.ID.Value, key.N.BitLen(), dsig.MinRSABits), "register a certificate with a longer key")
	}
	octets, err := v.header.Signature.Canonical()
	if err != nil {
		return unauthenticated("dsig.c14n", "ds:SignedInfo cannot be canonicalised: "+err.Error(), "declare the namespaces that it uses")
	}
	if dsig.Verify(publicKey(cert), v.header.Signature.Method, octets, v.header.Signature.Value) != nil {
		return unauthenticated("dsig.value", "the signature value does not verify", "sign the exclusive canonical form of ds:SignedInfo, and change nothing after signing")
	}
	v.signer, v.signedInfo = cert, octets
	return nil
}

// checkDigests compares the digests of eb:Messaging and Body.
func (v *verified) checkDigests() error {
	var buf []byte
	for i := range v.header.Signature.References {
		ref := &v.header.Signature.References[i]
		if strings.HasPrefix(ref.URI, "cid:") {
			continue
		}
		octets, err := c14n.AppendElement(buf[:0], v.ids[ref.URI[1:]], ref.Transforms[0].Prefixes)
		if err != nil {
			return unauthenticated("dsig.c14n", fmt.Sprintf("reference %q cannot be canonicalised: %v", ref.URI, err), "declare the namespaces that it uses")
		}
		buf = octets
		h, _ := dsig.Digest(ref.DigestMethod)
		d := h.New()
		d.Write(octets)
		if !bytes.Equal(d.Sum(nil), ref.DigestValue) {
			return unauthenticated("dsig.digest", fmt.Sprintf("the digest of reference %q does not match", ref.URI), "change nothing after signing")
		}
	}
	return nil
}

// digestSet is one value for what was signed: equal sets mean equal content,
// whatever the order of the references.
func digestSet(refs []dsig.Reference) [32]byte {
	rows := make([]string, len(refs))
	for i, r := range refs {
		rows[i] = fmt.Sprintf("%s %s %x", r.URI, r.DigestMethod, r.DigestValue)
	}
	slices.Sort(rows)
	return sha256.Sum256([]byte(strings.Join(rows, "\n")))
}

// DigestSet is that of a message whose canonical ds:SignedInfo was kept: what
// [Message] had when it came. It verifies nothing.
func DigestSet(signedInfo []byte) ([32]byte, error) {
	doc, err := xmlsafe.ParseBytes(signedInfo, xmlsafe.Limits{})
	if err != nil {
		return [32]byte{}, err
	}
	info, err := dsig.ParseSignedInfo(doc.Root())
	if err != nil {
		return [32]byte{}, err
	}
	return digestSet(info.References), nil
}

// badSecurity is a security header that is refused for its shape or algorithms.
func badSecurity(err error, fix string) *ebms.Error {
	rule, detail, ok := wssec.IsShape(err)
	if !ok {
		rule, detail = "wssec", err.Error()
	}
	return ebms.PolicyNoncompliance.Refuse(rule, detail, fix)
}

func uncovered(rule, what string) *ebms.Error {
	return ebms.PolicyNoncompliance.Refuse(rule, what, "sign eb:Messaging, Body and every part, once each")
}

func unauthenticated(rule, what, fix string) *ebms.Error {
	return ebms.FailedAuthentication.Refuse(rule, what, fix)
}
