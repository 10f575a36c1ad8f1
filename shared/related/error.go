package related

import "fmt"

// Rules that an [Error] names.
const (
	RuleContentType    = "mime.content-type"   // the multipart's own Content-Type does not parse or is another type
	RuleBoundary       = "mime.boundary"       // a boundary that is not legal, or a boundary line with more on it
	RulePreamble       = "mime.preamble"       // more before the first boundary than the limit
	RuleEpilogue       = "mime.epilogue"       // more after the last boundary than the limit
	RuleParts          = "mime.parts"          // more parts than the limit, or none
	RuleTruncated      = "mime.truncated"      // the message ends before its closing boundary
	RuleHeader         = "mime.header"         // a header line that does not parse
	RuleHeaderBytes    = "mime.header.bytes"   // headers of a part longer than the limit
	RuleHeaderCount    = "mime.header.count"   // more header fields in a part than the limit
	RuleHeaderOctets   = "mime.header.octets"  // control characters, or octets that are not UTF-8, in a header
	RuleHeaderRepeated = "mime.header.repeat"  // Content-ID, -Type or -Transfer-Encoding twice in a part
	RuleContentID      = "mime.content-id"     // a Content-ID that does not parse
	RuleDuplicate      = "mime.content-id.dup" // two parts with one Content-ID
	RuleNested         = "mime.nested"         // a multipart in the multipart
	RuleEncoding       = "mime.encoding"       // a transfer encoding that is unknown, or content that does not fit it
	RuleStart          = "mime.start"          // no part has the Content-ID that start names
	RuleRootBuffer     = "mime.root.buffer"    // more before the root part than the limit
	RuleOutline        = "mime.outline"        // parts written otherwise than the outline says
)

// Error is the refusal of a message: which rule, and what broke it.
type Error struct {
	Rule   string // one of the Rule constants
	Detail string
}

func (e *Error) Error() string { return e.Rule + ": " + e.Detail }

func refuse(rule, format string, args ...any) error {
	return &Error{Rule: rule, Detail: fmt.Sprintf(format, args...)}
}
