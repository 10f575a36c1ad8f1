package enc

import (
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
)

const blanks = " \t\r\n"

// children hands out the child elements of one element in the schema's order,
// and whatever is not taken is refused: nothing is overlooked.
type children struct {
	parent *etree.Element
	rest   []*etree.Element
}

func childrenOf(el *etree.Element) (*children, error) {
	c := &children{parent: el}
	for _, token := range el.Child {
		switch t := token.(type) {
		case *etree.Element:
			c.rest = append(c.rest, t)
		case *etree.CharData:
			if strings.Trim(t.Data, blanks) != "" {
				return nil, refuse(RuleText, el.Tag, "text between its children")
			}
		default:
			return nil, refuse(RuleText, el.Tag, "a comment or processing instruction between its children")
		}
	}
	return c, nil
}

// take returns the next child if it has that name, else nil.
func (c *children) take(namespace, tag string) *etree.Element {
	if len(c.rest) == 0 || !is(c.rest[0], namespace, tag) {
		return nil
	}
	el := c.rest[0]
	c.rest = c.rest[1:]
	return el
}

func (c *children) need(namespace, tag string) (*etree.Element, error) {
	el := c.take(namespace, tag)
	if el != nil {
		return el, nil
	}
	if len(c.rest) > 0 {
		return nil, refuse(RuleMissing, c.parent.Tag, "%s is expected where %q stands", tag, c.rest[0].Tag)
	}
	return nil, refuse(RuleMissing, c.parent.Tag, "no %s", tag)
}

func (c *children) end() error {
	if len(c.rest) == 0 {
		return nil
	}
	return refuse(RuleChild, c.parent.Tag, "%q is unknown, repeated or out of order", c.rest[0].Tag)
}

func is(el *etree.Element, namespace, tag string) bool {
	return el.Tag == tag && el.NamespaceURI() == namespace
}

// attributes returns the values of the named attributes, "" for an absent one,
// and refuses every other but namespace declarations.
func attributes(el *etree.Element, names ...string) ([]string, error) {
	values := make([]string, len(names))
	seen := make([]bool, len(names))
	for _, a := range el.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		i := indexOf(names, a)
		if i < 0 || seen[i] {
			return nil, refuse(RuleAttribute, el.Tag, "attribute %q is unknown or repeated", a.FullKey())
		}
		values[i], seen[i] = a.Value, true
	}
	return values, nil
}

func indexOf(names []string, a etree.Attr) int {
	for i, name := range names {
		if a.Space == "" && a.Key == name {
			return i
		}
	}
	return -1
}

// requiredAttribute returns the only attribute that an element has and must have.
func requiredAttribute(el *etree.Element, name string) (string, error) {
	values, err := attributes(el, name)
	if err != nil {
		return "", err
	}
	if values[0] == "" {
		return "", refuse(RuleMissing, el.Tag, "no attribute %s", name)
	}
	return values[0], nil
}

// empty refuses content in an element that only has attributes.
func empty(el *etree.Element) error {
	c, err := childrenOf(el)
	if err != nil {
		return err
	}
	return c.end()
}

// algorithmOf reads an element that is an Algorithm attribute and no content.
func algorithmOf(el *etree.Element) (string, error) {
	uri, err := requiredAttribute(el, "Algorithm")
	if err != nil {
		return "", err
	}
	return uri, empty(el)
}

// text returns the characters of an element without attributes and children.
func text(el *etree.Element, limit int) (string, error) {
	if _, err := attributes(el); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, token := range el.Child {
		chars, ok := token.(*etree.CharData)
		if !ok {
			return "", refuse(RuleText, el.Tag, "something else than characters in it")
		}
		if b.Len()+len(chars.Data) > limit {
			return "", refuse(RuleLimit, el.Tag, "more than %d characters", limit)
		}
		b.WriteString(chars.Data)
	}
	return b.String(), nil
}

// octets decodes base64 content of at most limit octets, with blanks anywhere
// (peers break lines, and write "&#13;").
func octets(el *etree.Element, limit int) ([]byte, error) {
	chars, err := text(el, 2*limit+64)
	if err != nil {
		return nil, err
	}
	value, err := base64.StdEncoding.Strict().DecodeString(strings.Map(withoutBlanks, chars))
	if err != nil {
		return nil, refuse(RuleValue, el.Tag, "not base64: %v", err)
	}
	if len(value) > limit {
		return nil, refuse(RuleLimit, el.Tag, "%d octets, more than %d", len(value), limit)
	}
	return value, nil
}

func withoutBlanks(r rune) rune {
	if strings.ContainsRune(blanks, r) {
		return -1
	}
	return r
}
