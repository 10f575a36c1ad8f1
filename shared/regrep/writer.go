package regrep

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Writer appends a document: start tags, texts and end tags in the order of the calls, indented by two spaces. Names are given
// with the conventional prefixes. The first thing that XML cannot carry is remembered and returned by Bytes.
type Writer struct {
	out   []byte
	open  []string
	empty bool // the last start tag has no content yet
	err   error
}

// Root starts the document with the XML declaration and an element that declares every prefix of the messages.
func (w *Writer) Root(name string, attrs ...string) {
	w.out = append(w.out, `<?xml version="1.0" encoding="UTF-8"?>`...)
	declared := []string{
		"xmlns:query", NamespaceQuery, "xmlns:rim", NamespaceRIM, "xmlns:rs", NamespaceRS,
		"xmlns:sdg", NamespaceSDG, "xmlns:xlink", NamespaceXLink, "xmlns:xsi", NamespaceXSI,
	}
	w.Start(name, append(declared, attrs...)...)
}

// Start opens an element. attrs are names and values in turn; one with an empty value is left out.
func (w *Writer) Start(name string, attrs ...string) {
	w.line()
	w.tag(name, attrs)
	w.open = append(w.open, name)
	w.empty = true
}

// Leaf writes an element with text only; without text it is not written, unless it has an attribute with a value.
func (w *Writer) Leaf(name, text string, attrs ...string) {
	if text == "" && !anyValue(attrs) {
		return
	}
	w.line()
	w.tag(name, attrs)
	w.out = append(w.out, '>')
	w.escape(text, false)
	w.out = append(append(append(w.out, "</"...), name...), '>')
}

// Empty writes an element without content.
func (w *Writer) Empty(name string, attrs ...string) {
	w.line()
	w.tag(name, attrs)
	w.out = append(w.out, "/>"...)
}

// End closes the innermost open element.
func (w *Writer) End() {
	name := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	if w.empty {
		w.out = append(w.out, "/>"...)
		w.empty = false
		return
	}
	w.line()
	w.out = append(append(append(w.out, "</"...), name...), '>')
}

// Bytes returns the document. The error is the first text that XML cannot carry.
func (w *Writer) Bytes() ([]byte, error) {
	if w.err == nil && len(w.open) > 0 {
		w.err = fmt.Errorf("write %s: the element is still open", w.open[len(w.open)-1])
	}
	if w.err != nil {
		return nil, w.err
	}
	return append(w.out, '\n'), nil
}

func (w *Writer) line() {
	if w.empty {
		w.out = append(w.out, '>')
		w.empty = false
	}
	w.out = append(w.out, '\n')
	for range w.open {
		w.out = append(w.out, "  "...)
	}
}

func (w *Writer) tag(name string, attrs []string) {
	w.out = append(append(w.out, '<'), name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		w.out = append(append(append(w.out, ' '), attrs[i]...), `="`...)
		w.escape(attrs[i+1], true)
		w.out = append(w.out, '"')
	}
}

var errNotXML = errors.New("write text: a character that XML 1.0 cannot carry; remove it")

// escape writes text so that a parser gives back the same: CR always, and TAB and LF in attributes, as references.
func (w *Writer) escape(s string, attr bool) {
	for i, r := range s {
		switch {
		case r == '&':
			w.out = append(w.out, "&amp;"...)
		case r == '<':
			w.out = append(w.out, "&lt;"...)
		case r == '>':
			w.out = append(w.out, "&gt;"...)
		case r == '"' && attr:
			w.out = append(w.out, "&quot;"...)
		case r == '\r' || attr && (r == '\n' || r == '\t'):
			w.out = fmt.Appendf(w.out, "&#x%X;", r)
		case !isChar(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			w.err = errors.Join(w.err, errNotXML)
		default:
			w.out = utf8.AppendRune(w.out, r)
		}
	}
}

func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

func anyValue(attrs []string) bool {
	for i := 1; i < len(attrs); i += 2 {
		if attrs[i] != "" {
			return true
		}
	}
	return false
}

// StringSlot writes a slot of rim:StringValueType; an empty value writes nothing.
func (w *Writer) StringSlot(name, value string) { w.valueSlot(name, "rim:StringValueType", value) }

// DateTimeSlot writes a slot of rim:DateTimeValueType; the zero time writes nothing.
func (w *Writer) DateTimeSlot(name string, t time.Time) {
	if !t.IsZero() {
		w.valueSlot(name, "rim:DateTimeValueType", FormatDateTime(t))
	}
}

// BooleanSlot writes a slot of rim:BooleanValueType as true or false, without white space: some receivers read nothing else.
func (w *Writer) BooleanSlot(name string, v bool) {
	w.valueSlot(name, "rim:BooleanValueType", fmt.Sprint(v))
}

func (w *Writer) valueSlot(name, kind, value string) {
	if value == "" {
		return
	}
	w.Start("rim:Slot", "name", name)
	w.Start("rim:SlotValue", "xsi:type", kind)
	w.Leaf("rim:Value", value)
	w.End()
	w.End()
}

// InternationalStringSlot writes a slot of rim:InternationalStringValueType; no strings write nothing.
func (w *Writer) InternationalStringSlot(name string, all []LocalizedString) {
	if len(all) == 0 {
		return
	}
	w.Start("rim:Slot", "name", name)
	w.Start("rim:SlotValue", "xsi:type", "rim:InternationalStringValueType")
	w.Start("rim:Value")
	for _, s := range all {
		w.Empty("rim:LocalizedString", "xml:lang", s.Lang, "value", s.Value)
	}
	w.End()
	w.End()
	w.End()
}

// AnySlot writes a slot of rim:AnyValueType around what content writes.
func (w *Writer) AnySlot(name string, content func()) {
	w.Start("rim:Slot", "name", name)
	w.Start("rim:SlotValue", "xsi:type", "rim:AnyValueType")
	content()
	w.End()
	w.End()
}

// CollectionSlot writes a slot of rim:CollectionValueType (a Set) with n elements of rim:AnyValueType; none write nothing.
func (w *Writer) CollectionSlot(name string, n int, content func(i int)) {
	if n == 0 {
		return
	}
	w.Start("rim:Slot", "name", name)
	w.Start("rim:SlotValue", "xsi:type", "rim:CollectionValueType", "collectionType", CollectionTypeSet)
	for i := range n {
		w.Start("rim:Element", "xsi:type", "rim:AnyValueType")
		content(i)
		w.End()
	}
	w.End()
	w.End()
}
