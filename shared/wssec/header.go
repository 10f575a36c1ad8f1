package wssec

import (
	"errors"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
	"github.com/vienreiz/vienreiz/shared/xmlsec/dsig"
	"github.com/vienreiz/vienreiz/shared/xmlsec/enc"
)

// Header is a parsed wsse:Security. Nothing in it is verified or decrypted.
type Header struct {
	Signature     *dsig.Signature
	EncryptedKeys []*enc.EncryptedKey // xenc:EncryptedKey, in document order
	EncryptedData []EncryptedData
	tokens        map[string]*etree.Element // wsse:BinarySecurityToken by its Id
	allow         enc.Allow
}

// EncryptedData describes one encrypted attachment.
type EncryptedData struct {
	ID       string
	MimeType string // of the part before encryption; decides the digest rule (SwA §5.5)
	Key      string // Id of the EncryptedKey
	URI      string // "cid:…" of the part that holds the octets
}

// Parse reads wsse:Security: BinarySecurityTokens, EncryptedKeys, EncryptedData,
// exactly one ds:Signature, and a wsu:Timestamp, which some peers put there and
// AS4 gives no meaning (it is ignored). Anything else is refused: no SAML, no
// UsernameToken, no derived keys, no second signature. Key transport and
// agreement are read as far as allow has them.
func Parse(security *etree.Element, ids IDs, allow enc.Allow) (*Header, error) {
	h := &Header{tokens: make(map[string]*etree.Element, 2), allow: allow}
	if err := elementsOnly(security); err != nil {
		return nil, err
	}
	for _, el := range security.ChildElements() {
		if err := h.take(el); err != nil {
			return nil, err
		}
	}
	if h.Signature == nil {
		return nil, refuse("signature", "wsse:Security holds no ds:Signature; AS4 messages are signed")
	}
	for id, el := range h.tokens {
		if ids[id] != el {
			return nil, refuse("id.duplicate", "BinarySecurityToken Id %q is not unique", id)
		}
	}
	return h, nil
}

func (h *Header) take(el *etree.Element) error {
	switch name := el.NamespaceURI() + " " + el.Tag; name {
	case Namespace + " BinarySecurityToken":
		return h.takeToken(el)
	case enc.Namespace + " EncryptedKey":
		return h.takeEncryptedKey(el)
	case enc.Namespace + " EncryptedData":
		return h.takeEncryptedData(el)
	case dsig.Namespace + " Signature":
		return h.takeSignature(el)
	case Utility + " Timestamp":
		return nil
	}
	return refuse("element", "%s in namespace %q has no place in the wsse:Security of AS4", el.Tag, el.NamespaceURI())
}

func (h *Header) takeToken(el *etree.Element) error {
	id, _ := xmlsafe.Attribute(el, Utility, "Id")
	if id == "" {
		return refuse("token.id", "a BinarySecurityToken has no wsu:Id")
	}
	if len(h.tokens) == MaxTokens {
		return refuse("tokens", "more than %d BinarySecurityTokens", MaxTokens)
	}
	h.tokens[id] = el
	return nil
}

func (h *Header) takeEncryptedKey(el *etree.Element) error {
	if len(h.EncryptedKeys) == MaxEncryptedKeys {
		return refuse("encryptedkeys", "more than %d EncryptedKeys", MaxEncryptedKeys)
	}
	if h.Signature != nil {
		return refuse("order", "EncryptedKey stands behind the signature; encrypt after signing, so that who works in document order decrypts first")
	}
	key, err := enc.ParseEncryptedKey(el, h.allow)
	if err != nil {
		return err
	}
	h.EncryptedKeys = append(h.EncryptedKeys, key)
	return nil
}

func (h *Header) takeSignature(el *etree.Element) error {
	if h.Signature != nil {
		return refuse("signature", "wsse:Security holds more than one ds:Signature")
	}
	sig, err := dsig.Parse(el)
	h.Signature = sig
	return err
}

// LinkKeys finds the EncryptedKey of every EncryptedData: by the reference in
// its KeyInfo, or by the key's ReferenceList when it has no KeyInfo. It refuses
// one whose key is not in the header, one that two keys claim, and a
// ReferenceList that names something else than the header's EncryptedData.
func (h *Header) LinkKeys() error {
	data := make(map[string]*EncryptedData, len(h.EncryptedData))
	for i := range h.EncryptedData {
		data["#"+h.EncryptedData[i].ID] = &h.EncryptedData[i]
	}
	keys := make(map[string]bool, len(h.EncryptedKeys))
	for _, k := range h.EncryptedKeys {
		keys[k.ID] = true
		for _, uri := range k.DataReferences {
			d := data[uri]
			if d == nil {
				return refuse("referencelist", "DataReference %q leads to no EncryptedData of the header", uri)
			}
			if d.Key != "" && d.Key != k.ID {
				return refuse("referencelist", "EncryptedData %q is claimed by the key %q and by %q", d.ID, d.Key, k.ID)
			}
			d.Key = k.ID
		}
	}
	for i := range h.EncryptedData {
		if !keys[h.EncryptedData[i].Key] {
			return refuse("encrypteddata.key", "EncryptedData %q names the key %q, which is not in the header", h.EncryptedData[i].ID, h.EncryptedData[i].Key)
		}
	}
	return nil
}

// IsShape reports whether err is a refusal of the header's shape or algorithms
// by this package or those below it, and returns its rule and what is wrong.
func IsShape(err error) (rule, detail string, ok bool) {
	var w *Error
	var d *dsig.Error
	var e *enc.Error
	switch {
	case errors.As(err, &w):
		return w.Rule, w.Detail, true
	case errors.As(err, &d):
		return d.Rule, d.Detail, true
	case errors.As(err, &e):
		return e.Rule, e.Element + ": " + e.Detail, true
	}
	return "", "", false
}
