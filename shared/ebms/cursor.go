package ebms

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// cursor walks the children of one element in the order of the schema and
// keeps the first thing that is wrong.
type cursor struct {
	parent *etree.Element
	kids   []*etree.Element
	err    error
}

func newCursor(el *etree.Element) *cursor {
	c := &cursor{parent: el}
	if el == nil {
		return c
	}
	c.kids = el.ChildElements()
	for _, child := range el.Child {
		if text, ok := child.(*etree.CharData); ok && strings.TrimSpace(text.Data) != "" {
			c.fail(invalid(el, "holds text between its elements"))
		}
	}
	return c
}

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// maybe returns the next child when it has that name, else nil.
func (c *cursor) maybe(name string) *etree.Element {
	if len(c.kids) == 0 || !is(c.kids[0], name) {
		return nil
	}
	el := c.kids[0]
	c.kids = c.kids[1:]
	return el
}

func (c *cursor) need(name string) *etree.Element {
	el := c.maybe(name)
	if el == nil && c.parent != nil {
		c.fail(invalid(c.parent, "lacks eb:%s in its place", name))
	}
	return el
}

// end reports the first error, or the first child that nobody asked for.
func (c *cursor) end() error {
	if c.err == nil && len(c.kids) > 0 {
		return invalid(c.parent, "holds eb:%s, which is unknown or out of order there", clip(c.kids[0].Tag))
	}
	return c.err
}

// text returns the character data of an element that holds nothing else.
func (c *cursor) text(el *etree.Element) string {
	if el == nil {
		return ""
	}
	if len(el.ChildElements()) > 0 {
		c.fail(invalid(el, "holds elements where text must stand"))
		return ""
	}
	text := el.Text()
	if len(text) > MaxValueBytes {
		c.fail(invalid(el, "has %d octets, at most %d are taken", len(text), MaxValueBytes))
	}
	return text
}

func (c *cursor) info(el *etree.Element) MessageInfo {
	in := newCursor(el)
	var i MessageInfo
	if ts := in.need("Timestamp"); ts != nil {
		t, err := timestamp(in.text(ts))
		if err != nil {
			in.fail(err)
		}
		i.Timestamp = t
	}
	i.MessageID = in.text(in.need("MessageId"))
	i.RefToMessageID = in.text(in.maybe("RefToMessageId"))
	if err := in.end(); err != nil {
		c.fail(err)
	}
	return i
}

// party reads eb:From or eb:To: exactly one PartyId (eDelivery AS4 §3.2.3).
func (c *cursor) party(name string) Party {
	el := c.need(name)
	in := newCursor(el)
	var ids []PartyID
	for id := in.maybe("PartyId"); id != nil && len(ids) < MaxPartyIDs; id = in.maybe("PartyId") {
		ids = append(ids, PartyID{Type: attr(id, "type"), Value: in.text(id)})
	}
	p := Party{Role: in.text(in.need("Role"))}
	if err := in.end(); err != nil {
		c.fail(err)
	}
	switch {
	case el == nil:
	case len(ids) == 0:
		c.fail(invalid(el, "lacks eb:PartyId"))
	case len(ids) > 1:
		c.fail(ProcessingModeMismatch.Refuse("ebms.partyid.one", sprintf("eb:%s has %d PartyId; the profile takes exactly one", name, len(ids)), "send one eb:PartyId per party"))
	default:
		p.ID = ids[0]
	}
	return p
}

func (c *cursor) properties(el *etree.Element) []Property {
	if el == nil {
		return nil
	}
	in := newCursor(el)
	var list []Property
	for p := in.maybe("Property"); p != nil && len(list) < MaxProperties; p = in.maybe("Property") {
		name := attr(p, "name")
		if name == "" {
			in.fail(invalid(p, "lacks @name"))
		}
		list = append(list, Property{Name: name, Type: attr(p, "type"), Value: in.text(p)})
	}
	if len(list) == 0 {
		in.fail(invalid(el, "holds no eb:Property"))
	}
	in.noMore("Property", MaxProperties)
	if err := in.end(); err != nil {
		c.fail(err)
	}
	return list
}

func (c *cursor) parts(el *etree.Element) []PartInfo {
	if el == nil {
		return nil
	}
	in := newCursor(el)
	var list []PartInfo
	for p := in.maybe("PartInfo"); p != nil && len(list) < MaxParts; p = in.maybe("PartInfo") {
		list = append(list, in.part(p))
	}
	if len(list) == 0 {
		in.fail(invalid(el, "holds no eb:PartInfo"))
	}
	in.noMore("PartInfo", MaxParts)
	if err := in.end(); err != nil {
		c.fail(err)
	}
	return list
}

// noMore names the limit when more of an element follow than were read.
func (c *cursor) noMore(name string, limit int) {
	if c.maybe(name) != nil {
		c.fail(invalid(c.parent, "holds more than %d eb:%s", limit, name))
	}
}

func (c *cursor) part(el *etree.Element) PartInfo {
	in := newCursor(el)
	in.maybe("Schema")
	in.maybe("Description")
	p := PartInfo{Href: attr(el, "href"), Properties: in.properties(in.maybe("PartProperties"))}
	if err := in.end(); err != nil {
		c.fail(err)
	}
	return p
}

func is(el *etree.Element, local string) bool {
	return el.Tag == local && el.NamespaceURI() == Namespace
}

// attr is for elements that may be missing, which the cursor has noted.
func attr(el *etree.Element, name string) string {
	if el == nil {
		return ""
	}
	return xmlsafe.PlainAttribute(el, name)
}

func invalid(el *etree.Element, format string, args ...any) error {
	return InvalidHeader.Refuse("ebms.schema", "eb:"+clip(el.Tag)+" "+sprintf(format, args...), "follow the ebMS 3.0 header schema")
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
