package regrep

import (
	"fmt"
	"strings"
	"time"
)

var nameSlot = Name{NamespaceRIM, "Slot"}

// Error says that an element cannot be read: which rule or schema type it breaks, where, and what is wrong with it.
// It quotes no value of a person.
type Error struct {
	// Rule is the id of the business rule, or the schema type, that is broken.
	Rule string
	// Place is the element's path.
	Place string
	// Detail says what is wrong and what would be right.
	Detail string
}

// Error gives place, rule and detail.
func (e *Error) Error() string { return e.Place + ": " + e.Detail + " (" + e.Rule + ")" }

// Refuse makes an Error about an element.
func Refuse(e *Element, rule, format string, args ...any) *Error {
	return &Error{Rule: rule, Place: e.Path(), Detail: fmt.Sprintf(format, args...)}
}

// Slots returns the rim:Slot children with that name. It may be called on nil.
func (e *Element) Slots(name string) []*Element {
	if e == nil {
		return nil
	}
	var found []*Element
	for _, c := range e.Children {
		if c.Name == nameSlot && c.Value("name") == name {
			found = append(found, c)
		}
	}
	return found
}

// Slot returns the one slot with that name, nil when there is none. Two of one name are refused: which is meant is undecided.
func (e *Element) Slot(name string) (*Element, error) {
	found := e.Slots(name)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, Refuse(e, "rim:SlotType", "slot %s stands %d times; send it once", Excerpt(name), len(found))
}

// SlotValue returns the slot's rim:SlotValue, nil for a nil slot.
func (e *Element) SlotValue() *Element { return e.Child(NamespaceRIM, "SlotValue") }

// typed returns the value element of a slot, nil for a nil slot, and refuses another xsi:type than the wanted one.
func typed(slot *Element, want Name) (*Element, error) {
	if slot == nil {
		return nil, nil
	}
	v := slot.SlotValue()
	if v == nil {
		return nil, Refuse(slot, "rim:SlotType", "rim:SlotValue is missing")
	}
	if v.Type != want {
		return nil, Refuse(v, "rim:"+want.Local, "xsi:type is %q; it must be %s", v.Type.String(), want)
	}
	return v, nil
}

// StringOf reads a slot of rim:StringValueType; a nil slot gives "". Space around the value is dropped.
func StringOf(slot *Element) (string, error) {
	v, err := typed(slot, StringValueType)
	if err != nil {
		return "", err
	}
	return v.Child(NamespaceRIM, "Value").Trimmed(), nil
}

// BooleanOf reads a slot of rim:BooleanValueType: true, false, 1 or 0 with or without space around it. A nil slot gives false.
func BooleanOf(slot *Element) (bool, error) {
	v, err := typed(slot, BooleanValueType)
	if err != nil || v == nil {
		return false, err
	}
	switch v.Child(NamespaceRIM, "Value").Trimmed() {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, Refuse(v, "rim:BooleanValueType", "rim:Value is no xs:boolean; send true or false")
}

// DateTimeOf reads a slot of rim:DateTimeValueType; a nil slot gives the zero time.
func DateTimeOf(slot *Element) (time.Time, error) {
	v, err := typed(slot, DateTimeValueType)
	if err != nil || v == nil {
		return time.Time{}, err
	}
	t, err := ParseDateTime(v.Child(NamespaceRIM, "Value").Trimmed())
	if err != nil {
		return time.Time{}, Refuse(v, "rim:DateTimeValueType", "rim:Value is no xs:dateTime; send one such as 2026-09-01T09:30:00Z")
	}
	return t, nil
}

// LocalizedString is one rim:LocalizedString: Lang is its xml:lang.
type LocalizedString struct{ Lang, Value string }

// InternationalStringOf reads a slot of rim:InternationalStringValueType; a nil slot gives none.
func InternationalStringOf(slot *Element) ([]LocalizedString, error) {
	v, err := typed(slot, InternationalStringValueType)
	if err != nil || v == nil {
		return nil, err
	}
	var all []LocalizedString
	for _, s := range v.Child(NamespaceRIM, "Value").All(NamespaceRIM, "LocalizedString") {
		lang, _ := s.AttrNS(NamespaceXML, "lang")
		all = append(all, LocalizedString{lang, s.Value("value")})
	}
	return all, nil
}

// AnyOf reads a slot of rim:AnyValueType and returns the one element in it that has the wanted name; a nil slot gives nil.
func AnyOf(slot *Element, space, local string) (*Element, error) {
	v, err := typed(slot, AnyValueType)
	if err != nil || v == nil {
		return nil, err
	}
	return only(v, Name{space, local})
}

// CollectionOf reads a slot of rim:CollectionValueType whose elements are rim:AnyValueType, and returns the element in each;
// a nil slot gives none.
func CollectionOf(slot *Element, space, local string) ([]*Element, error) {
	v, err := typed(slot, CollectionValueType)
	if err != nil || v == nil {
		return nil, err
	}
	var all []*Element
	for _, e := range v.All(NamespaceRIM, "Element") {
		x, err := only(e, Name{space, local})
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

func only(value *Element, want Name) (*Element, error) {
	if len(value.Children) != 1 || value.Children[0].Name != want {
		return nil, Refuse(value, "rim:AnyValueType", "exactly one %s is expected", want)
	}
	return value.Children[0], nil
}

// dateTimeLayouts are the lexical forms of xs:dateTime; without a zone the time is taken as UTC.
var dateTimeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"}

// ParseDateTime reads an xs:dateTime. One without a zone is taken as UTC.
func ParseDateTime(s string) (time.Time, error) {
	var (
		t   time.Time
		err error
	)
	for _, layout := range dateTimeLayouts {
		if t, err = time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("parse xs:dateTime: %w", err)
}

// FormatDateTime writes an xs:dateTime in UTC with milliseconds.
func FormatDateTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// IsUUID reports whether s is a UUID in the 8-4-4-4-12 form, in either case. No version or variant is asked for, as in the rules.
func IsUUID(s string) bool {
	if len(s) != uuidLength {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
			continue
		}
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

// CutURN takes the UUID out of a "urn:uuid:" name, and reports whether s is one. The prefix may be in either case.
func CutURN(s string) (string, bool) {
	if len(s) < len(urnUUIDPrefix) || !strings.EqualFold(s[:len(urnUUIDPrefix)], urnUUIDPrefix) {
		return "", false
	}
	return s[len(urnUUIDPrefix):], IsUUID(s[len(urnUUIDPrefix):])
}

// URN makes the "urn:uuid:" name of a UUID.
func URN(uuid string) string { return urnUUIDPrefix + strings.ToLower(uuid) }
