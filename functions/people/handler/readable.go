package handler

import (
	"strings"
	"unicode"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Limits of structured evidence that is shown as a table; beyond them there is the file.
const (
	MaxReadable = 256 << 10 // octets
	maxDepth    = 24
	maxElements = 2000
	maxIndent   = 5
)

// row is one line of the table: a heading, or a name with its value.
type row struct {
	Name, Value string
	Heading     bool
	Indent      int // 0 to maxIndent
}

// readable renders any XML without knowing its model: elements and attributes
// become names with values, nesting becomes indentation. An attribute "label" of a
// value takes the place of the element's name and an attribute "name". Nothing else is left out but
// comments, processing instructions and namespaces.
func readable(octets []byte) []row {
	doc, err := xmlsafe.ParseBytes(octets, xmlsafe.Limits{Bytes: MaxReadable, Depth: maxDepth, Elements: maxElements, Comments: true})
	if err != nil {
		return nil
	}
	return lines(nil, doc.Root(), 0)
}

func lines(list []row, el *etree.Element, depth int) []row {
	kids := el.ChildElements()
	at := row{Name: spaced(el.Tag), Value: content(el), Heading: len(kids) > 0, Indent: min(depth, maxIndent)}
	label := ""
	for _, a := range el.Attr {
		if strings.EqualFold(a.Key, "label") && a.Space == "" && a.Value != "" && len(kids) == 0 {
			label, at.Name = a.Key, a.Value // it says what the element's name does not
		}
	}
	list = append(list, at)
	for _, a := range el.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" || a.Space == "xsi" || label != "" && (a.Key == label || strings.EqualFold(a.Key, "name")) {
			continue
		}
		list = append(list, row{Name: spaced(a.Key), Value: a.Value, Indent: min(depth+1, maxIndent)})
	}
	for _, kid := range kids {
		list = lines(list, kid, depth+1)
	}
	return list
}

// content is the text of an element itself, whatever stands between its children.
func content(el *etree.Element) string {
	var b strings.Builder
	for _, t := range el.Child {
		if c, ok := t.(*etree.CharData); ok {
			b.WriteString(c.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// spaced makes words of a name: DateOfBirth becomes "Date of birth".
func spaced(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		upper := unicode.IsUpper(c)
		word := i > 0 && upper && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsLetter(runes[i-1]))
		switch {
		case c == '_' || c == '-' || c == '.':
			b.WriteByte(' ')
			continue
		case word:
			b.WriteByte(' ')
		}
		alone := i+1 < len(runes) && unicode.IsUpper(runes[i+1]) || i > 0 && unicode.IsUpper(runes[i-1]) && !word
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(c))
		case upper && !alone:
			b.WriteRune(unicode.ToLower(c))
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
