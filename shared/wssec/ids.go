package wssec

import "github.com/beevik/etree"

// IDs finds elements by their Id over one whole document.
type IDs map[string]*etree.Element

// IndexIDs collects wsu:Id, Id, ID and xml:id of every element below root and
// refuses a value that stands twice: a signature reference must lead to one
// place only (spec of signature wrapping: WSS 1.1.1 §4.2).
func IndexIDs(root *etree.Element) (IDs, error) {
	ids := make(IDs, 8)
	return ids, ids.collect(root)
}

func (ids IDs) collect(el *etree.Element) error {
	for i := range el.Attr {
		a := &el.Attr[i]
		if !isID(a) {
			continue
		}
		if a.Value == "" || len(a.Value) > MaxIDBytes {
			return refuse("id.length", "an Id of %s has %d octets; 1 to %d are taken", el.Tag, len(a.Value), MaxIDBytes)
		}
		if was, twice := ids[a.Value]; twice && was != el {
			return refuse("id.duplicate", "Id %q stands at %s and at %s; Ids must be unique in the message", a.Value, was.Tag, el.Tag)
		}
		ids[a.Value] = el
	}
	for _, child := range el.Child {
		if kid, ok := child.(*etree.Element); ok {
			if err := ids.collect(kid); err != nil {
				return err
			}
		}
	}
	return nil
}

func isID(a *etree.Attr) bool {
	switch a.Key {
	case "Id":
		return a.Space == "" || a.NamespaceURI() == Utility
	case "ID":
		return a.Space == ""
	case "id":
		return a.Space == "xml"
	}
	return false
}
