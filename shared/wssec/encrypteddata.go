package wssec

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

func (h *Header) takeEncryptedData(el *etree.Element) error {
	if len(h.EncryptedData) == MaxEncryptedData {
		return refuse("encrypteddata", "more than %d EncryptedData", MaxEncryptedData)
	}
	data, err := parseEncryptedData(el)
	if err != nil {
		return err
	}
	h.EncryptedData = append(h.EncryptedData, data)
	return nil
}

func parseEncryptedData(el *etree.Element) (EncryptedData, error) {
	d := EncryptedData{ID: xmlsafe.PlainAttribute(el, "Id"), MimeType: xmlsafe.PlainAttribute(el, "MimeType")}
	if t := xmlsafe.PlainAttribute(el, "Type"); t != AttachmentContentOnly {
		return d, refuse("encrypteddata.type", "EncryptedData/@Type %q; only %s is taken", t, AttachmentContentOnly)
	}
	shape := []string{enc.Namespace, "EncryptionMethod", dsig.Namespace, "KeyInfo", enc.Namespace, "CipherData"}
	named := len(el.ChildElements()) == len(shape)/2
	if !named { // Holodeck lets the key's ReferenceList alone say which key it is
		shape = append(shape[:2:2], shape[4:]...)
	}
	kids, err := children(el, shape...)
	if err != nil {
		return d, err
	}
	if alg := xmlsafe.PlainAttribute(kids[0], "Algorithm"); alg != enc.AES128GCM || len(kids[0].ChildElements()) > 0 {
		return d, refuse("algorithm", "content encryption %q; only %s is taken", alg, enc.AES128GCM)
	}
	if named {
		if d.Key, err = keyOf(kids[1]); err != nil {
			return d, err
		}
	}
	d.URI, err = cipherReference(kids[len(kids)-1])
	return d, err
}

// keyOf follows KeyInfo/SecurityTokenReference/Reference to the Id of an EncryptedKey.
func keyOf(keyInfo *etree.Element) (string, error) {
	str, err := children(keyInfo, Namespace, "SecurityTokenReference")
	if err != nil {
		return "", err
	}
	ref, err := children(str[0], Namespace, "Reference")
	if err != nil {
		return "", err
	}
	uri := xmlsafe.PlainAttribute(ref[0], "URI")
	if !strings.HasPrefix(uri, "#") {
		return "", refuse("encrypteddata.key", "EncryptedData names its key by %q; only #id of an EncryptedKey is taken", uri)
	}
	return uri[1:], nil
}

func cipherReference(cipherData *etree.Element) (string, error) {
	ref, err := children(cipherData, enc.Namespace, "CipherReference")
	if err != nil {
		return "", err
	}
	uri := xmlsafe.PlainAttribute(ref[0], "URI")
	if !strings.HasPrefix(uri, "cid:") {
		return "", refuse("cipherreference", "CipherReference/@URI %q; only a cid: URL of a part is taken", uri)
	}
	transforms, err := children(ref[0], enc.Namespace, "Transforms")
	if err != nil {
		return "", err
	}
	t, err := children(transforms[0], dsig.Namespace, "Transform")
	if err != nil {
		return "", err
	}
	if alg := xmlsafe.PlainAttribute(t[0], "Algorithm"); alg != AttachmentCiphertext || len(t[0].ChildElements()) > 0 {
		return "", refuse("transform", "CipherReference transform %q; only %s is taken", alg, AttachmentCiphertext)
	}
	return uri, nil
}

// children returns the child elements when they are exactly the (namespace,
// name) pairs given, in this order.
func children(el *etree.Element, pairs ...string) ([]*etree.Element, error) {
	if err := elementsOnly(el); err != nil {
		return nil, err
	}
	kids := el.ChildElements()
	if len(kids) != len(pairs)/2 {
		return nil, refuse("structure", "%s has %d children, %d are expected", el.Tag, len(kids), len(pairs)/2)
	}
	for i, kid := range kids {
		if kid.Tag != pairs[2*i+1] || kid.NamespaceURI() != pairs[2*i] {
			return nil, refuse("structure", "%s stands in %s where %s must", kid.Tag, el.Tag, pairs[2*i+1])
		}
	}
	return kids, nil
}

// elementsOnly refuses text where the schemas have elements and white space.
func elementsOnly(el *etree.Element) error {
	for _, child := range el.Child {
		if text, ok := child.(*etree.CharData); ok && strings.TrimSpace(text.Data) != "" {
			return refuse("text", "%s holds text between its elements", el.Tag)
		}
	}
	return nil
}
