package dsig

import (
	"encoding/base64"
	"strings"

	"github.com/vienreiz/vienreiz/shared/xmlsec/c14n"
)

// AppendSignedInfo writes ds:SignedInfo in its exclusive canonical form, so
// that the octets on the wire are the octets that are signed.
func AppendSignedInfo(dst []byte, info SignedInfo) []byte {
	dst = append(dst, `<ds:SignedInfo xmlns:ds="`+Namespace+`">`...)
	dst = append(dst, `<ds:CanonicalizationMethod Algorithm="`+c14n.Algorithm+`"></ds:CanonicalizationMethod>`...)
	dst = append(dst, `<ds:SignatureMethod Algorithm="`...)
	dst = append(dst, info.Method...)
	dst = append(dst, `"></ds:SignatureMethod>`...)
	for _, r := range info.References {
		dst = appendReference(dst, r, "")
	}
	return append(dst, `</ds:SignedInfo>`...)
}

// AppendReference writes one ds:Reference, with its namespace, in canonical
// form: as a receipt's NonRepudiationInformation holds it.
func AppendReference(dst []byte, r Reference) []byte {
	return appendReference(dst, r, ` xmlns:ds="`+Namespace+`"`)
}

func appendReference(dst []byte, r Reference, namespace string) []byte {
	dst = append(dst, `<ds:Reference`...)
	dst = append(dst, namespace...)
	dst = append(dst, ` URI="`...)
	dst = c14n.AppendAttribute(dst, r.URI)
	dst = append(dst, `">`...)
	if len(r.Transforms) > 0 {
		dst = append(dst, `<ds:Transforms>`...)
		for _, t := range r.Transforms {
			dst = appendTransform(dst, t)
		}
		dst = append(dst, `</ds:Transforms>`...)
	}
	dst = append(dst, `<ds:DigestMethod Algorithm="`...)
	dst = append(dst, r.DigestMethod...)
	dst = append(dst, `"></ds:DigestMethod><ds:DigestValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, r.DigestValue)
	return append(dst, `</ds:DigestValue></ds:Reference>`...)
}

func appendTransform(dst []byte, t Transform) []byte {
	dst = append(dst, `<ds:Transform Algorithm="`...)
	dst = append(dst, t.Algorithm...)
	dst = append(dst, `">`...)
	if len(t.Prefixes) > 0 {
		dst = append(dst, `<ec:InclusiveNamespaces xmlns:ec="`+c14n.Algorithm+`" PrefixList="`...)
		dst = c14n.AppendAttribute(dst, strings.Join(t.Prefixes, " "))
		dst = append(dst, `"></ec:InclusiveNamespaces>`...)
	}
	return append(dst, `</ds:Transform>`...)
}

// AppendSignature writes ds:Signature around the canonical SignedInfo that was
// signed; keyInfo is the content of ds:KeyInfo.
func AppendSignature(dst []byte, id string, signedInfo, value, keyInfo []byte) []byte {
	dst = append(dst, `<ds:Signature xmlns:ds="`+Namespace+`" Id="`...)
	dst = append(dst, id...)
	dst = append(dst, `">`...)
	dst = append(dst, signedInfo...)
	dst = append(dst, `<ds:SignatureValue>`...)
	dst = base64.StdEncoding.AppendEncode(dst, value)
	dst = append(dst, `</ds:SignatureValue><ds:KeyInfo>`...)
	dst = append(dst, keyInfo...)
	return append(dst, `</ds:KeyInfo></ds:Signature>`...)
}
