package rules

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	rim = regrep.NamespaceRIM
	sdg = regrep.NamespaceSDG
)

// when turns a statement into a test's answer.
func when(broken bool, suffix, value string) *breach {
	if !broken {
		return nil
	}
	return &breach{suffix, value}
}

// slotOnce: the element has exactly one slot of that name.
func slotOnce(name string) test {
	return func(_ *message, e *regrep.Element) *breach {
		n := len(e.Slots(name))
		return when(n != 1, "/rim:Slot[@name='"+name+"']", countText(n))
	}
}

// slotAtMostOnce: a slot that may be there is there once.
func slotAtMostOnce(name string) test {
	return func(_ *message, e *regrep.Element) *breach {
		n := len(e.Slots(name))
		return when(n > 1, "/rim:Slot[@name='"+name+"']", countText(n))
	}
}

func countText(n int) string {
	if n == 0 {
		return "missing"
	}
	return strconv.Itoa(n) + " times"
}

// slotNames: the element has no other slots than these.
func slotNames(names ...string) test { return slotNamesOf(func(*message) []string { return names }) }

func slotNamesOf(names func(*message) []string) test {
	return func(m *message, e *regrep.Element) *breach {
		name, ok := e.Attr("name")
		return when(!ok || !slices.Contains(names(m), name), "", name)
	}
}

// typeIs: the element's xsi:type is that one.
func typeIs(want regrep.Name) test {
	return func(_ *message, e *regrep.Element) *breach {
		return when(e.Type != want, "/@xsi:type", rawType(e))
	}
}

func rawType(e *regrep.Element) string {
	v, ok := e.AttrNS(regrep.NamespaceXSI, "type")
	if !ok {
		return "missing"
	}
	return v
}

// holds: the value has the wanted element. An empty value is the business of the rules on emptiness.
func holds(local string) test {
	holds := holdsOrEmpty(local)
	return func(m *message, e *regrep.Element) *breach {
		if len(e.Children) == 0 {
			return nil
		}
		return holds(m, e)
	}
}

// holdsOrEmpty: the value has the wanted element; for messages without a rule on emptiness. Of a value of another type its type rule speaks.
func holdsOrEmpty(local string) test {
	return func(_ *message, e *regrep.Element) *breach {
		if e.Type != regrep.AnyValueType {
			return nil
		}
		found := "empty"
		if len(e.Children) > 0 {
			found = e.Children[0].Name.String()
		}
		return when(e.Child(sdg, local) == nil, "/sdg:"+local, found)
	}
}

// childrenOnly: the element has no other children than these sdg elements.
func childrenOnly(names ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		for _, c := range e.Children {
			if c.Space != sdg || !slices.Contains(names, c.Local) {
				return &breach{"/" + c.Name.String(), c.Name.String()}
			}
		}
		return nil
	}
}

// attrThere: the attribute is there, empty or not.
func attrThere(name string) test {
	return func(_ *message, e *regrep.Element) *breach {
		_, ok := e.Attr(name)
		return when(!ok, "/@"+name, "missing")
	}
}

// attrFilled: the attribute is there and not blank.
func attrFilled(name string) test {
	return func(_ *message, e *regrep.Element) *breach {
		return when(strings.TrimSpace(e.Value(name)) == "", "/@"+name, "missing")
	}
}

// attrIs: the attribute, when it is there, has that value.
func attrIs(name, want string) test {
	return func(_ *message, e *regrep.Element) *breach {
		v, ok := e.Attr(name)
		return when(ok && v != want, "/@"+name, v)
	}
}

// attrListed: the attribute, when it is there and not blank, is a code of the list.
func attrListed(name, list string) test {
	return func(m *message, e *regrep.Element) *breach {
		v := e.Value(name)
		return when(strings.TrimSpace(v) != "" && !m.list(list).Has(v), "/@"+name, v)
	}
}

// langListed is attrListed for xml:lang.
func langListed(m *message, e *regrep.Element) *breach {
	v, ok := e.AttrNS(regrep.NamespaceXML, "lang")
	return when(ok && !m.list("LanguageCode").Has(v), "/@xml:lang", v)
}

// childFilled: a child of that name is there, and the first one is not blank.
func childFilled(local string) test {
	return func(_ *message, e *regrep.Element) *breach {
		c := e.Child(sdg, local)
		return when(c.Trimmed() == "", "/sdg:"+local, "missing")
	}
}

// textListed: the text is a code of the list. A blank text is the business of the rule on presence when there is one.
func textListed(list string) test {
	return func(m *message, e *regrep.Element) *breach {
		return when(!m.list(list).Has(e.Trimmed()), "", e.Text)
	}
}

func textListedIfFilled(list string) test {
	listed := textListed(list)
	return func(m *message, e *regrep.Element) *breach {
		if e.Trimmed() == "" {
			return nil
		}
		return listed(m, e)
	}
}

// textOneOf: the text, unless blank, is one of these.
func textOneOf(values ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		return when(e.Trimmed() != "" && !slices.Contains(values, e.Trimmed()), "", e.Text)
	}
}

// textMatches: the text satisfies the predicate.
func textMatches(ok func(m *message, s string) bool) test {
	return func(m *message, e *regrep.Element) *breach {
		return when(!ok(m, e.Trimmed()), "", e.Text)
	}
}

// slotText judges the rim:Value of a slot value that has the type it should have; of another type, the rule on types speaks.
func slotText(want regrep.Name, ok func(m *message, s string) bool) test {
	return func(m *message, e *regrep.Element) *breach {
		if e.Type != want || len(e.Children) == 0 {
			return nil
		}
		v := e.Child(rim, "Value")
		return when(!ok(m, v.Trimmed()), "/rim:Value", v.Trimmed())
	}
}

// shortestTexts are the elements of sdg that R-EDM-REQ-C092 and its twins measure, with their shortest length in characters.
var shortestTexts = map[string]int{
	"Description": 2, "Name": 2, "Title": 2, "Note": 2, "FullAddress": 2, "LocatorDesignator": 1, "PostCode": 2, "PostCityName": 2,
	"Thoroughfare": 2, "PlaceOfBirth": 2, "TownOfBirth": 2, "PhoneNumber": 2, "EmailAddress": 2, "LegalPhoneNumber": 2,
	"LegalEmailAddress": 2, "ValueExpression": 2, "AttributeName": 2, "AttributeValue": 2, "FamilyName": 2, "GivenName": 2,
}

// longEnough judges one free text. A scope of representation is the business of the rules on its codes.
func longEnough(_ *message, e *regrep.Element) *breach {
	if e.Local == "AttributeValue" && isScope(e.Parent) {
		return nil
	}
	return when(utf8.RuneCountInString(e.DeepText()) < shortestTexts[e.Local], "", e.Text)
}
