package directory

import (
	"bytes"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

// Bounds of an answer. The largest catalogue seen is 0.6 MB, 16,000 elements, 13 deep.
const (
	MaxAnswerBytes    = regrep.LimitBytes
	MaxAnswerDepth    = 32
	MaxAnswerElements = regrep.LimitElements
)

func answerLimits() xmlsafe.Limits {
	l := regrep.Limits()
	l.Bytes, l.Depth, l.Elements = MaxAnswerBytes, MaxAnswerDepth, MaxAnswerElements
	return l
}

// ParseRequirements reads an answer of the Evidence Broker about the requirements of procedures (TDD 3.2.4, rules R-EB-REQ).
// asked are the lines that were asked for. The error is a *Refusal, or the *Failure that the broker answered.
func ParseRequirements(body []byte, asked []Version) ([]Requirement, Version, error) {
	return parse(body, asked, requirementRules, (*reader).requirement)
}

// ParseEvidenceTypes reads an answer of the Evidence Broker about the evidence types of requirements (TDD 3.2.4, rules R-EB-EVI).
// Errors are those of ParseRequirements.
func ParseEvidenceTypes(body []byte, asked []Version) ([]Requirement, Version, error) {
	return parse(body, asked, evidenceTypeRules, (*reader).requirement)
}

// ParseDataServices reads an answer of the Data Service Directory (TDD 3.1.4, rules R-DSD-RESP and R-DSD-ERR). Errors are those of
// ParseRequirements.
func ParseDataServices(body []byte, asked []Version) ([]DataService, Version, error) {
	all, v, err := parse(body, asked, dataServiceRules, (*reader).dataServices)
	return slices.Concat(all...), v, err
}

// parse reads the envelope and each registry object in it by decode.
func parse[T any](body []byte, asked []Version, rules family, decode func(*reader, *regrep.Element) T) ([]T, Version, error) {
	r := &reader{family: rules}
	if i := bytes.IndexFunc(body, func(c rune) bool { return !strings.ContainsRune(" \t\r\n\uFEFF", c) }); i < 0 {
		return nil, "", refuse("xml.syntax", "body", "the answer is empty")
	}
	root, err := regrep.Parse(body, answerLimits())
	if err != nil {
		return nil, "", refused(err)
	}
	failed := r.envelope(root, asked)
	if r.refusal != nil {
		return nil, "", r.refusal
	}
	if failed {
		f := r.failure(root)
		if r.refusal != nil {
			return nil, "", r.refusal
		}
		return nil, r.version, f
	}
	var all []T
	for _, object := range r.objects(root) {
		all = append(all, decode(r, object))
	}
	if r.refusal != nil {
		return nil, "", r.refusal
	}
	return all, r.version, nil
}

// envelope judges root, status and version, and reports whether the answer is a failure.
func (r *reader) envelope(root *regrep.Element, asked []Version) (failed bool) {
	if root.Local != "QueryResponse" {
		r.refuse(root, r.rule("S001"), "the root element must be query:QueryResponse")
		return false
	}
	if root.Space != regrep.NamespaceQuery {
		r.refuse(root, r.rule("S002"), "the root element's namespace must be %s", regrep.NamespaceQuery)
		return false
	}
	r.version = r.specification(root, asked)
	status, there := root.Attr("status")
	switch {
	case !there:
		r.refuse(root, r.rule("S005"), "@status is missing")
	case status != regrep.StatusSuccess && status != regrep.StatusFailure:
		r.refuse(root, r.rule("S006"), "@status is %q; it must be %s or %s", regrep.Excerpt(status), regrep.StatusSuccess, regrep.StatusFailure)
	}
	return status == regrep.StatusFailure
}

// specification is the line of the answer: what its slot says, and 1.0 where no line was asked for.
func (r *reader) specification(root *regrep.Element, asked []Version) Version {
	slot, err := root.Slot(slotSpecification)
	r.note(err)
	v, err := regrep.StringOf(slot)
	r.note(err)
	switch {
	case slot == nil && acceptVersion(asked) == "":
		return V10
	case slot == nil:
		r.refuse(root, "answer.version", "slot SpecificationIdentifier is missing, though Accept-Version named %s", acceptVersion(asked))
	case !slices.Contains(asked, Version(v)):
		r.refuse(slot, "answer.version", "SpecificationIdentifier is %q, asked was %v", regrep.Excerpt(v), asked)
	}
	return Version(v)
}

// objects are the elements in the one slot of each registry object of a successful answer.
func (r *reader) objects(root *regrep.Element) []*regrep.Element {
	r.absent(root.All(rs, "Exception"), r.rule("S008"), "a success has no rs:Exception")
	lists := root.All(rim, "RegistryObjectList")
	if len(lists) != 1 {
		r.refuse(root, r.rule("S007"), "a success has exactly one rim:RegistryObjectList, here are %d", len(lists))
		return nil
	}
	objects := lists[0].All(rim, "RegistryObject")
	if len(objects) == 0 {
		r.refuse(lists[0], r.rule(r.some), "a success has at least one rim:RegistryObject")
	}
	all := make([]*regrep.Element, 0, len(objects))
	for _, o := range objects {
		r.objectID(o)
		if e := r.object(o); e != nil {
			all = append(all, e)
		}
	}
	return all
}

// objectID judges the form only, as the executable rule does: published samples repeat an @id.
func (r *reader) objectID(o *regrep.Element) {
	id := strings.TrimSpace(o.Value("id"))
	if _, ok := regrep.CutURN(id); !ok {
		r.refuse(o, r.rule(r.ids), "@id is %q; it must be urn:uuid: and a UUID", regrep.Excerpt(id))
	}
}

func (r *reader) object(o *regrep.Element) *regrep.Element {
	slots := o.Slots(r.slot)
	if len(slots) == 0 {
		r.refuse(o, r.rule(r.hasSlot), "slot %s is missing", r.slot)
		return nil
	}
	if n := len(o.All(rim, "Slot")); n != 1 {
		r.refuse(o, r.rule(r.onlySlot), "a registry object has exactly one slot, here are %d", n)
		return nil
	}
	value := slots[0].SlotValue()
	if value == nil || value.Type != regrep.AnyValueType {
		r.refuse(slots[0], r.rule(r.anyValue), "rim:SlotValue must be of rim:AnyValueType")
		return nil
	}
	if len(value.All(sdg, r.slot)) != 1 || len(value.Children) != 1 {
		r.refuse(value, r.rule(r.content), "exactly one sdg:%s is expected", r.slot)
		return nil
	}
	return value.Children[0]
}
