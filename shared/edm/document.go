package edm

import (
	"io"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Document is a parsed message before its content is decoded: what it is and which line it claims.
type Document struct {
	Root *regrep.Element
	// Kind is what the message is, judged by most of its features, so that one wrong feature is reported as wrong.
	Kind Kind
	// Version is the value of the slot SpecificationIdentifier as it stands, known or not; empty when there is none or more than one.
	Version Version
	// RootError is the broken rule about the root element (R-EDM-REQ-S001, S002 and their twins), nil when the root is right.
	RootError *regrep.Error
}

// Parse reads a message's XML within regrep.Limits and finds out what it is. The error is an *xmlsafe.Error when it is no acceptable XML,
// and a *regrep.Error when the root element is none of an EDM message.
func Parse(b []byte) (*Document, error) {
	root, err := regrep.Parse(b, regrep.Limits())
	if err != nil {
		return nil, err
	}
	return rooted(NewDocument(root))
}

// Read is Parse from a reader.
func Read(r io.Reader) (*Document, error) {
	root, err := regrep.Read(r, regrep.Limits())
	if err != nil {
		return nil, err
	}
	return rooted(NewDocument(root))
}

func rooted(d *Document) (*Document, error) {
	if d.RootError != nil {
		return nil, d.RootError
	}
	return d, nil
}

// NewDocument classifies a parsed document, a wrong root included.
func NewDocument(root *regrep.Element) *Document {
	d := &Document{Root: root, Kind: kindOf(root)}
	d.RootError = rootError(root, d.Kind)
	if s := root.Slots("SpecificationIdentifier"); len(s) == 1 {
		d.Version = Version(s[0].SlotValue().Child(regrep.NamespaceRIM, "Value").Trimmed())
	}
	return d
}

// rulePrefix is the part of rule ids that names the kind.
func (k Kind) rulePrefix() string {
	switch k {
	case KindResponse:
		return "R-EDM-RESP-"
	case KindError:
		return "R-EDM-ERR-"
	}
	return "R-EDM-REQ-"
}

func (k Kind) root() string {
	if k == KindResponse || k == KindError {
		return "QueryResponse"
	}
	return "QueryRequest"
}

func rootError(root *regrep.Element, k Kind) *regrep.Error {
	switch {
	case root.Local != k.root():
		return regrep.Refuse(root, k.rulePrefix()+"S001", "the root element is %q; an %s has query:%s", regrep.Excerpt(root.Local), k.orRequest(), k.root())
	case root.Space != regrep.NamespaceQuery:
		return regrep.Refuse(root, k.rulePrefix()+"S002", "the root's namespace is %q; it must be %s", regrep.Excerpt(root.Space), regrep.NamespaceQuery)
	}
	return nil
}

func (k Kind) orRequest() Kind {
	if k == KindUnknown {
		return KindRequest
	}
	return k
}

// kindOf weighs what speaks for each kind. A document of another family that has a right root is taken as the kind of its root.
func kindOf(root *regrep.Element) Kind {
	request, response, failure := weigh(root)
	switch {
	case request == 0 && response == 0 && failure == 0:
		return KindUnknown
	case request >= response && request >= failure:
		return KindRequest
	case failure > response:
		return KindError
	}
	return KindResponse
}

func weigh(root *regrep.Element) (request, response, failure int) {
	add := func(n *int, weight int, is bool) {
		if is {
			*n += weight
		}
	}
	has := func(name string) bool { return len(root.Slots(name)) > 0 }
	child := func(space, local string) bool { return root.Child(space, local) != nil }
	status := root.Value("status")

	add(&request, 3, root.Local == "QueryRequest")
	add(&request, 4, child(regrep.NamespaceQuery, "Query"))
	add(&request, 1, child(regrep.NamespaceQuery, "ResponseOption"))
	add(&request, 2, has("Procedure") || has("Requirements") || has("PossibilityForPreview"))

	add(&response, 3, root.Local == "QueryResponse")
	add(&failure, 3, root.Local == "QueryResponse")
	add(&response, 2, status == regrep.StatusSuccess || status == regrep.StatusUnavailable)
	add(&response, 1, child(regrep.NamespaceRIM, "RegistryObjectList"))
	add(&response, 2, has("EvidenceProvider"))
	add(&response, 1, has("IssueDateTime"))
	add(&failure, 2, status == regrep.StatusFailure)
	add(&failure, 2, child(regrep.NamespaceRS, "Exception"))
	add(&failure, 2, has("ErrorProvider"))
	return request, response, failure
}

// Decode decodes the message into the type of its kind.
func (d *Document) Decode() (Message, error) {
	if d.RootError != nil {
		return nil, d.RootError
	}
	switch d.Kind {
	case KindRequest:
		return decoded(d.Request())
	case KindResponse:
		return decoded(d.Response())
	case KindError:
		return decoded(d.ErrorResponse())
	}
	return nil, regrep.Refuse(d.Root, "R-EDM-REQ-S001", "this is no EDM message")
}

func decoded[M Message](m M, err error) (Message, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
