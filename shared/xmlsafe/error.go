package xmlsafe

import "fmt"

// Ids of the rules that a refusal names in Error.Rule.
const (
	RuleSyntax              = "xml.syntax"
	RuleTruncated           = "xml.truncated"
	RuleEncoding            = "xml.encoding"
	RuleUTF8                = "xml.utf8"
	RuleChar                = "xml.char"
	RuleReference           = "xml.reference"
	RuleEntity              = "xml.entity"
	RuleDeclaration         = "xml.declaration"
	RuleDoctype             = "xml.doctype"
	RuleComment             = "xml.comment"
	RuleProcInst            = "xml.procinst"
	RuleName                = "xml.name"
	RuleNesting             = "xml.nesting"
	RuleRoot                = "xml.root"
	RuleCDATAEnd            = "xml.text.cdataend"
	RuleAttributeDuplicate  = "xml.attribute.duplicate"
	RuleAttributeLessThan   = "xml.attribute.lessthan"
	RuleNamespaceUndeclared = "xml.namespace.undeclared"
	RuleNamespaceEmpty      = "xml.namespace.empty"
	RuleNamespaceReserved   = "xml.namespace.reserved"
	RuleNamespaceRelative   = "xml.namespace.relative"
	RuleLimitBytes          = "xml.limit.bytes"
	RuleLimitDepth          = "xml.limit.depth"
	RuleLimitElements       = "xml.limit.elements"
	RuleLimitAttributes     = "xml.limit.attributes"
	RuleLimitNamespaces     = "xml.limit.namespaces"
	RuleLimitName           = "xml.limit.name"
	RuleLimitValue          = "xml.limit.value"
	RuleLimitText           = "xml.limit.text"
)

const sendSmaller = "send a smaller document or agree on a higher limit with the receiver"

var advice = map[string]string{
	RuleSyntax:              "send well-formed XML 1.0",
	RuleTruncated:           "send the whole document",
	RuleEncoding:            "send UTF-8",
	RuleUTF8:                "send valid UTF-8",
	RuleChar:                "leave out characters that XML 1.0 forbids",
	RuleReference:           "write character references as &#decimal; or &#xhex;",
	RuleEntity:              "use only amp, lt, gt, quot, apos and character references",
	RuleDeclaration:         `begin with <?xml version="1.0" encoding="UTF-8"?> or without a declaration`,
	RuleDoctype:             "leave the document type declaration out",
	RuleComment:             "leave comments out",
	RuleProcInst:            "leave processing instructions out",
	RuleName:                "use names that Namespaces in XML 1.0 allows",
	RuleNesting:             "close elements in the order they were opened",
	RuleRoot:                "send exactly one root element and nothing after it",
	RuleCDATAEnd:            "write ]]&gt; in text",
	RuleAttributeDuplicate:  "give each attribute once",
	RuleAttributeLessThan:   "write &lt; in attribute values",
	RuleNamespaceUndeclared: "declare the prefix",
	RuleNamespaceEmpty:      "bind the prefix to a namespace name",
	RuleNamespaceReserved:   "leave xml and xmlns and their namespaces alone",
	RuleNamespaceRelative:   "use an absolute URI as namespace name",
	RuleLimitBytes:          sendSmaller,
	RuleLimitDepth:          sendSmaller,
	RuleLimitElements:       sendSmaller,
	RuleLimitAttributes:     sendSmaller,
	RuleLimitNamespaces:     sendSmaller,
	RuleLimitName:           sendSmaller,
	RuleLimitValue:          sendSmaller,
	RuleLimitText:           sendSmaller,
}

// Error is the refusal of a document. It quotes names, never values or text.
type Error struct {
	// Rule is the stable id of the rule that was broken.
	Rule string
	// Detail says what broke it.
	Detail string
	// Line is the line of the place, counted by line feeds from 1.
	Line int
	// Offset is the octet of the place, counted from 0.
	Offset int64
}

// Error gives the rule, what broke it, where, and what to do.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s at line %d, byte %d: %s", e.Rule, e.Detail, e.Line, e.Offset, advice[e.Rule])
}

// quoted shows a foreign name, cut where it gets long.
func quoted[T string | []byte](name T) string {
	const most = 64
	if len(name) > most {
		return fmt.Sprintf("%q…", name[:most])
	}
	return fmt.Sprintf("%q", name)
}
