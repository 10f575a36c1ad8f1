package regrep

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Name is an expanded name: namespace and local part. Space is empty for no namespace.
type Name struct{ Space, Local string }

// String gives the name with the conventional prefix of its namespace, "{namespace}local" for one without.
func (n Name) String() string {
	if n.Space == "" {
		return n.Local
	}
	if p := prefixOf(n.Space); p != "" {
		return p + ":" + n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

// Attr is an attribute that is no namespace declaration.
type Attr struct {
	Name
	Value string
}

// Element is one element of a parsed message, with its names resolved. It is read-only by convention.
type Element struct {
	Name
	// Type is the resolved xsi:type, the zero Name when there is none. A prefix that is bound to nothing leaves Space empty.
	Type   Name
	Attrs  []Attr
	Parent *Element
	// Children are the element children in document order. Comments and processing instructions are dropped on reading.
	Children []*Element
	// Text is the element's own character data, concatenated, as given.
	Text string
}

// Attr returns the value of an attribute without a namespace, and whether it is there.
func (e *Element) Attr(local string) (string, bool) { return e.AttrNS("", local) }

// AttrNS returns the value of the attribute with that expanded name, and whether it is there.
func (e *Element) AttrNS(space, local string) (string, bool) {
	if e == nil {
		return "", false
	}
	for i := range e.Attrs {
		if a := &e.Attrs[i]; a.Local == local && a.Space == space {
			return a.Value, true
		}
	}
	return "", false
}

// Value returns the value of an attribute without a namespace, "" when it is not there.
func (e *Element) Value(local string) string {
	v, _ := e.Attr(local)
	return v
}

// Child returns the first child with that name, nil when there is none. It may be called on nil.
func (e *Element) Child(space, local string) *Element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Local == local && c.Space == space {
			return c
		}
	}
	return nil
}

// All returns the children with that name. It may be called on nil.
func (e *Element) All(space, local string) []*Element {
	if e == nil {
		return nil
	}
	var found []*Element
	for _, c := range e.Children {
		if c.Local == local && c.Space == space {
			found = append(found, c)
		}
	}
	return found
}

// Trimmed is the element's own text without XML white space around it, "" for nil.
func (e *Element) Trimmed() string {
	if e == nil {
		return ""
	}
	return strings.Trim(e.Text, " \t\r\n")
}

// DeepText is the text of the element and all below it, white space collapsed (XPath's normalize-space(.)).
func (e *Element) DeepText() string {
	if len(e.Children) == 0 {
		return strings.Join(strings.Fields(e.Text), " ")
	}
	var b strings.Builder
	e.Walk(func(x *Element) {
		b.WriteString(x.Text)
		b.WriteByte(' ')
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Walk calls f for the element and everything below it, in document order.
func (e *Element) Walk(f func(*Element)) {
	f(e)
	for _, c := range e.Children {
		c.Walk(f)
	}
}

// Path is the element's place as an XPath with the conventional prefixes; slots are named, other repeated siblings counted.
func (e *Element) Path() string {
	if e == nil {
		return ""
	}
	steps := make([]string, 0, maximumPathSteps)
	for x := e; x != nil; x = x.Parent {
		steps = append(steps, x.step())
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(steps[i])
	}
	return b.String()
}

func (e *Element) step() string {
	name := e.Name.String()
	if slot, ok := e.Attr("name"); ok && e.Name == nameSlot {
		return name + "[@name='" + Excerpt(slot) + "']"
	}
	if e.Parent == nil {
		return name
	}
	position, count := 0, 0
	for _, s := range e.Parent.Children {
		if s.Local == e.Local && s.Space == e.Space {
			count++
		}
		if s == e {
			position = count
		}
		if position > 0 && count > 1 {
			return name + "[" + strconv.Itoa(position) + "]"
		}
	}
	return name
}

// Excerpt shortens a foreign value for a message and shows control characters as spaces.
func Excerpt(s string) string {
	const most = (maximumValueInRefusalRunes + 1) * utf8.UTFMax
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	runes := 0
	for i := range s {
		if runes == maximumValueInRefusalRunes {
			return s[:i] + "…"
		}
		runes++
	}
	return s
}

func prefixOf(space string) string {
	switch space {
	case NamespaceQuery:
		return "query"
	case NamespaceRIM:
		return "rim"
	case NamespaceRS:
		return "rs"
	case NamespaceLCM:
		return "lcm"
	case NamespaceSDG:
		return "sdg"
	case NamespaceXSI:
		return "xsi"
	case NamespaceXLink:
		return "xlink"
	case NamespaceXML:
		return "xml"
	case NamespaceEBMS:
		return "eb"
	}
	return ""
}
