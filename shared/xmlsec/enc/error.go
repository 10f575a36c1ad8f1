package enc

import "fmt"

// Rules that an [Error] names.
const (
	RuleChild     = "xenc.child"     // a child that is unknown, repeated or out of the schema's order
	RuleMissing   = "xenc.missing"   // a child or attribute that must be there
	RuleAttribute = "xenc.attribute" // an attribute that is unknown or repeated
	RuleText      = "xenc.text"      // text, a comment or an instruction where none may be
	RuleValue     = "xenc.value"     // a value that does not parse
	RuleLimit     = "xenc.limit"     // a value longer, or a list longer, than the exported limit
	RuleAlgorithm = "xenc.algorithm" // an algorithm, or a mixture of them, that is not allowed
	RuleKey       = "xenc.key"       // a key of another kind than the algorithm needs
)

// Error is the refusal of an xenc element: which rule, in which element, why.
// It speaks of what the peer wrote, never of what decryption found.
type Error struct {
	Rule    string // one of the Rule constants
	Element string // local name
	Detail  string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Rule, e.Element, e.Detail)
}

func refuse(rule, element, format string, args ...any) error {
	return &Error{Rule: rule, Element: element, Detail: fmt.Sprintf(format, args...)}
}
