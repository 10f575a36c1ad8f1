package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// RuleUnreadable is the rule of a finding about a document that could not be read at all.
const RuleUnreadable = "read"

// Examine judges the bytes of a message by everything there is: the XML and its limits, the rules of its kind and line, whether it can be decoded,
// and, when they are given, the header that carried it and the request that it answers. No finding means that nothing was found wrong.
func Examine(b []byte, header *Header, request *edm.Document) []Finding {
	root, err := regrep.Parse(b, regrep.Limits())
	if err != nil {
		return []Finding{Unreadable(err)}
	}
	d := edm.NewDocument(root)
	var hint edm.Version
	if header != nil {
		hint = header.Specification()
	}
	found := Check(d, hint)
	if d.RootError != nil {
		return found
	}
	if weight(found) == 0 {
		found = append(found, schemaFindings(d)...)
	}
	if header != nil {
		found = append(found, CheckHeader(header, d.Version)...)
		found = append(found, CheckAgainstHeader(d, header)...)
	}
	if request != nil {
		found = append(found, CheckAgainstRequest(d, request)...)
	}
	return found
}

// schemaFindings are for messages that broke no fatal rule: what the schemas demand beyond, and whether the message can be decoded.
func schemaFindings(d *edm.Document) []Finding {
	if found := run(newMessage(d.Root, d.Version), schemaRules); len(found) > 0 {
		return found
	}
	if _, err := d.Decode(); err != nil {
		return []Finding{Unreadable(err)}
	}
	return nil
}

// SchemaRules returns the demands of the schemas that Examine adds to the business rules.
func SchemaRules() []Rule { return append([]Rule(nil), schemaRules...) }

// IsValid reports whether no finding is fatal.
func IsValid(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return f.Level == Fatal })
}

// Unreadable turns the refusal of a document into a fatal finding: its rule is the limit or the syntax rule, or the schema type that is broken.
func Unreadable(err error) Finding {
	var x *xmlsafe.Error
	if errors.As(err, &x) {
		return Finding{
			Rule: x.Rule, Level: Fatal, Place: fmt.Sprintf("line %d, octet %d", x.Line, x.Offset), Value: x.Detail,
			Text: "the document is XML 1.0 in UTF-8 within the limits", Fix: adviceOf(x),
		}
	}
	var r *regrep.Error
	if errors.As(err, &r) {
		return Finding{Rule: r.Rule, Level: Fatal, Place: r.Place, Text: r.Detail, Fix: r.Detail}
	}
	return Finding{Rule: RuleUnreadable, Level: Fatal, Text: "the document can be read", Value: err.Error(), Fix: "give a readable file"}
}

// adviceOf is what a refusal of XML says to do, behind its last colon.
func adviceOf(x *xmlsafe.Error) string {
	text := x.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+len(": "):]
	}
	return text
}
