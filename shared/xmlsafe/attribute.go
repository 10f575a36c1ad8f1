package xmlsafe

import "github.com/beevik/etree"

// Attribute returns the value of an attribute by namespace name and local name;
// an attribute without a prefix has no namespace. etree's own look-up takes a
// name without a prefix for one in any namespace, so that an attribute slipped
// in before the right one would be read in its place.
func Attribute(el *etree.Element, namespace, local string) (string, bool) {
	for i := range el.Attr {
		a := &el.Attr[i]
		if a.Key != local || a.Space == "xmlns" {
			continue
		}
		if a.Space == "" && namespace == "" || a.Space != "" && a.NamespaceURI() == namespace {
			return a.Value, true
		}
	}
	return "", false
}

// PlainAttribute returns the value of an attribute without a namespace, or "".
func PlainAttribute(el *etree.Element, local string) string {
	for i := range el.Attr {
		if el.Attr[i].Space == "" && el.Attr[i].Key == local {
			return el.Attr[i].Value
		}
	}
	return ""
}
