package dsig

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
)

// Namespace is that of XML Signature.
const Namespace = "http://www.w3.org/2000/09/xmldsig#"

// AttachmentContent is the SwA transform that takes a part's content without
// its MIME headers (WSS SwA 1.1 §5.4.2). The Complete one is not for AS4.
const AttachmentContent = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform"

// Limits of a foreign signature.
const (
	MaxReferences  = 66      // Messaging, Body and 64 parts
	MaxValueBytes  = 2048    // SignatureValue; RSA-16384
	MaxPrefixes    = 32      // tokens in one InclusiveNamespaces/@PrefixList
	MaxURIBytes    = 1024    // Reference/@URI
	maxBase64Chars = 1 << 16 // any base64 text in a signature
	sizeOfDigest   = 64      // the longest digest, SHA-512
)

// Transform is one ds:Transform with its InclusiveNamespaces/@PrefixList, if any.
type Transform struct {
	Algorithm string
	Prefixes  []string
}

// Reference is one ds:Reference.
type Reference struct {
	URI          string // "#id" or "cid:…"
	Transforms   []Transform
	DigestMethod string
	DigestValue  []byte
}

// SignedInfo is ds:SignedInfo. CanonicalizationMethod is exclusive C14N always.
type SignedInfo struct {
	Prefixes   []string // InclusiveNamespaces of the CanonicalizationMethod
	Method     string
	References []Reference
}

// Signature is a parsed ds:Signature. Nothing in it is verified.
type Signature struct {
	SignedInfo
	Element *etree.Element // ds:SignedInfo in its place
	Value   []byte
	KeyInfo *etree.Element // ds:KeyInfo; never nil
}

// Error is a signature that is not of the one shape that this package takes.
type Error struct {
	Rule   string // stable, as "dsig.transform"
	Detail string
}

// Error says which rule is broken, and by what.
func (e *Error) Error() string { return e.Rule + ": " + e.Detail }

func refuse(rule, format string, args ...any) error {
	return &Error{Rule: "dsig." + rule, Detail: fmt.Sprintf(format, args...)}
}

// Canonical returns the octets that the SignatureValue is over.
func (s *Signature) Canonical() ([]byte, error) {
	return c14n.AppendElement(nil, s.Element, s.Prefixes)
}

// Parse reads a ds:Signature strictly: SignedInfo, SignatureValue and KeyInfo
// once each, no Object, at most [MaxReferences] references with known
// transforms and digest methods. It verifies nothing.
func Parse(el *etree.Element) (*Signature, error) {
	kids, err := sequence(el, "SignedInfo", "SignatureValue", "KeyInfo")
	if err != nil {
		return nil, err
	}
	info, err := ParseSignedInfo(kids[0])
	if err != nil {
		return nil, err
	}
	value, err := base64Text(kids[1], MaxValueBytes)
	if err != nil {
		return nil, err
	}
	return &Signature{SignedInfo: info, Element: kids[0], Value: value, KeyInfo: kids[2]}, nil
}

// ParseSignedInfo reads one ds:SignedInfo as strictly, in its place or kept by itself.
func ParseSignedInfo(el *etree.Element) (SignedInfo, error) {
	var info SignedInfo
	if !is(el, "SignedInfo") {
		return info, refuse("structure", "%s stands where a ds:SignedInfo must", el.Tag)
	}
	kids := el.ChildElements()
	if len(kids) < 3 || !is(kids[0], "CanonicalizationMethod") || !is(kids[1], "SignatureMethod") {
		return info, refuse("structure", "ds:SignedInfo must hold CanonicalizationMethod, SignatureMethod and at least one Reference")
	}
	if len(kids)-2 > MaxReferences {
		return info, refuse("references", "%d references, at most %d are taken", len(kids)-2, MaxReferences)
	}
	canon, err := parseTransform(kids[0])
	if err != nil {
		return info, err
	}
	if canon.Algorithm != c14n.Algorithm {
		return info, refuse("algorithm", "CanonicalizationMethod %q; only %s is taken", canon.Algorithm, c14n.Algorithm)
	}
	info.Prefixes = canon.Prefixes
	if info.Method, err = bareAlgorithm(kids[1]); err != nil {
		return info, err
	}
	if _, ok := methods[info.Method]; !ok {
		return info, refuse("algorithm", "SignatureMethod %q is not in the table", info.Method)
	}
	info.References = make([]Reference, 0, len(kids)-2)
	for _, k := range kids[2:] {
		ref, err := ParseReference(k)
		if err != nil {
			return info, err
		}
		info.References = append(info.References, ref)
	}
	return info, nil
}

// ParseReference reads one ds:Reference, in a SignedInfo or copied into a
// receipt. Transforms may be absent (the schema lets a copy leave them out).
func ParseReference(el *etree.Element) (Reference, error) {
	var ref Reference
	if !is(el, "Reference") {
		return ref, refuse("structure", "%s stands where a ds:Reference must", el.Tag)
	}
	ref.URI = xmlsafe.PlainAttribute(el, "URI")
	if ref.URI == "" || len(ref.URI) > MaxURIBytes {
		return ref, refuse("uri", "a Reference needs a URI of 1 to %d octets", MaxURIBytes)
	}
	kids := el.ChildElements()
	if len(kids) > 0 && is(kids[0], "Transforms") {
		var err error
		if ref.Transforms, err = parseTransforms(kids[0]); err != nil {
			return ref, err
		}
		kids = kids[1:]
	}
	if len(kids) != 2 || !is(kids[0], "DigestMethod") || !is(kids[1], "DigestValue") {
		return ref, refuse("structure", "Reference %q must hold DigestMethod and DigestValue, after Transforms", ref.URI)
	}
	return parseDigest(ref, kids[0], kids[1])
}

func parseDigest(ref Reference, methodEl, valueEl *etree.Element) (Reference, error) {
	var err error
	if ref.DigestMethod, err = bareAlgorithm(methodEl); err != nil {
		return ref, err
	}
	h, ok := digests[ref.DigestMethod]
	if !ok {
		return ref, refuse("algorithm", "DigestMethod %q is not in the table", ref.DigestMethod)
	}
	if ref.DigestValue, err = base64Text(valueEl, sizeOfDigest); err != nil {
		return ref, err
	}
	if len(ref.DigestValue) != h.Size() {
		return ref, refuse("digest", "DigestValue of %q has %d octets, its method gives %d", ref.URI, len(ref.DigestValue), h.Size())
	}
	return ref, nil
}

func parseTransforms(el *etree.Element) ([]Transform, error) {
	kids := el.ChildElements()
	if len(kids) != 1 {
		return nil, refuse("transform", "%d transforms in one Reference; exactly one is taken", len(kids))
	}
	if !is(kids[0], "Transform") {
		return nil, refuse("structure", "%s in ds:Transforms", kids[0].Tag)
	}
	t, err := parseTransform(kids[0])
	if err != nil {
		return nil, err
	}
	if t.Algorithm != c14n.Algorithm && t.Algorithm != AttachmentContent {
		return nil, refuse("transform", "Transform %q is not taken", t.Algorithm)
	}
	if t.Algorithm == AttachmentContent && len(t.Prefixes) > 0 {
		return nil, refuse("transform", "the attachment transform takes no parameters")
	}
	return []Transform{t}, nil
}

// parseTransform reads Algorithm and an optional InclusiveNamespaces.
func parseTransform(el *etree.Element) (Transform, error) {
	t := Transform{Algorithm: xmlsafe.PlainAttribute(el, "Algorithm")}
	kids := el.ChildElements()
	if len(kids) == 0 {
		return t, noText(el)
	}
	inc := kids[0]
	if len(kids) > 1 || inc.Tag != "InclusiveNamespaces" || inc.NamespaceURI() != c14n.Algorithm || len(inc.ChildElements()) > 0 {
		return t, refuse("transform", "%s under %s: only one InclusiveNamespaces may stand there", inc.Tag, el.Tag)
	}
	t.Prefixes = strings.Fields(xmlsafe.PlainAttribute(inc, "PrefixList"))
	if len(t.Prefixes) > MaxPrefixes {
		return t, refuse("prefixlist", "%d prefixes, at most %d are taken", len(t.Prefixes), MaxPrefixes)
	}
	return t, nil
}

func bareAlgorithm(el *etree.Element) (string, error) {
	if len(el.ChildElements()) > 0 {
		return "", refuse("algorithm", "%s takes no parameters", el.Tag)
	}
	return xmlsafe.PlainAttribute(el, "Algorithm"), nil
}

func noText(el *etree.Element) error {
	if strings.TrimSpace(el.Text()) != "" {
		return refuse("structure", "text in %s", el.Tag)
	}
	return nil
}

func base64Text(el *etree.Element, limit int) ([]byte, error) {
	if len(el.ChildElements()) > 0 {
		return nil, refuse("structure", "elements in %s", el.Tag)
	}
	b, err := DecodeBase64(el.Text())
	if err != nil || len(b) == 0 || len(b) > limit {
		return nil, refuse("base64", "%s is no base64 of 1 to %d octets", el.Tag, limit)
	}
	return b, nil
}

// DecodeBase64 reads xsd:base64Binary, white space anywhere (values arrive with
// line breaks, even as &#13;). At most 64 KiB of text.
func DecodeBase64(text string) ([]byte, error) {
	if len(text) > maxBase64Chars {
		return nil, fmt.Errorf("base64 text of %d characters, at most %d are taken", len(text), maxBase64Chars)
	}
	if strings.ContainsAny(text, " \t\r\n") {
		text = strings.Join(strings.Fields(text), "")
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

func is(el *etree.Element, local string) bool {
	return el.Tag == local && el.NamespaceURI() == Namespace
}

// sequence returns the children when they are exactly these ds: elements in this order.
func sequence(el *etree.Element, names ...string) ([]*etree.Element, error) {
	kids := el.ChildElements()
	if len(kids) != len(names) {
		return nil, refuse("structure", "%s has %d children; it must hold %s", el.Tag, len(kids), strings.Join(names, ", "))
	}
	for i, name := range names {
		if !is(kids[i], name) {
			return nil, refuse("structure", "%s stands in %s where ds:%s must", kids[i].Tag, el.Tag, name)
		}
	}
	return kids, nil
}
