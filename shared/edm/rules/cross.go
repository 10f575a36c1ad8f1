package rules

import (
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// CrossRule is a rule between two documents. Chapter 4.6 gives these no ids; the ids are ours.
type CrossRule struct {
	ID        string
	Level     Level
	Text, Fix string
}

// The rules between body and header (TDD 4.7, 4.7.1) and between answer and request (TDD 4.4, 4.5.2, 4.5.3).
var (
	headerSpecification = CrossRule{"X-HEADER-SPECIFICATION", Fatal, "SpecificationId in the header and SpecificationIdentifier in the body are equal (TDD 4.7)", "send the same line in both"}
	headerAction        = CrossRule{"X-HEADER-ACTION", Fatal, "eb:Action fits the body: ExecuteQueryRequest, ExecuteQueryResponse or ExceptionResponse (TDD 4.7.1)", "send the action of the message"}
	headerSender        = CrossRule{"X-HEADER-SENDER", Fatal, "originalSender is an agent of the sending side in the body (TDD 4.7.1)", "send the agent's identifier and, as type, its schemeID"}
	headerSenderLoose   = CrossRule{"X-HEADER-SENDER", Warning, headerSender.Text, headerSender.Fix}
	headerRecipient     = CrossRule{"X-HEADER-RECIPIENT", Fatal, "finalRecipient is an agent of the receiving side in the body (TDD 4.7.1)", "send the agent's identifier and, as type, its schemeID"}
	headerRecipientOld  = CrossRule{"X-HEADER-RECIPIENT", Warning, headerRecipient.Text, headerRecipient.Fix}
	headerPart          = CrossRule{"X-HEADER-PART", Fatal, "every cid: of the body is a part of the message (TDD 4.5.2)", "add the part or correct the reference"}
	headerUnreferenced  = CrossRule{"X-HEADER-UNREFERENCED", Warning, "every part of the message is named in the body (TDD 4.5.2)", "name it in a RepositoryItemRef or leave it out"}

	againstKind          = CrossRule{"X-AGAINST-KIND", Fatal, "an answer is compared with an evidence request", "give the request that was answered"}
	againstRequestID     = CrossRule{"X-AGAINST-REQUEST-ID", Fatal, "requestId is the id of the request (TDD 4.5.2, 4.5.3)", "answer with the request's id"}
	againstSpecification = CrossRule{"X-AGAINST-SPECIFICATION", Fatal, "the answer is in the line of the request (TDD 4.4)", "answer in the request's line"}
	againstRequester     = CrossRule{"X-AGAINST-REQUESTER", Fatal, "EvidenceRequester is the requesting agent of the request (TDD 4.5.2, 4.5.3)", "copy identifier and scheme of the ER agent"}
	againstType          = CrossRule{"X-AGAINST-TYPE", Fatal, "the evidence conforms to the requested type (TDD 4.5.2)", "send evidence of the requested EvidenceTypeClassification"}
	againstFormat        = CrossRule{"X-AGAINST-FORMAT", Warning, "the main evidence has a requested format (TDD 4.5.1)", "send a format that was asked for"}
	againstSubject       = CrossRule{"X-AGAINST-SUBJECT", Warning, "IsAbout repeats the identity of the request (TDD 4.5.2)", "echo the request's identity data; check for a mix-up"}
)

// CrossRules returns the rules between documents.
func CrossRules() []CrossRule {
	return []CrossRule{
		headerSpecification, headerAction, headerSender, headerSenderLoose, headerRecipient, headerRecipientOld, headerPart, headerUnreferenced,
		againstKind, againstRequestID, againstSpecification, againstRequester, againstType, againstFormat, againstSubject,
	}
}

func (c CrossRule) finding(place, value string) Finding {
	return Finding{Rule: c.ID, Level: c.Level, Place: place, Value: regrep.Excerpt(value), Text: c.Text, Fix: c.Fix}
}

// crossing collects the findings of one comparison.
type crossing struct{ found []Finding }

func (x *crossing) unless(right bool, r CrossRule, place, value string) {
	if !right && len(x.found) < FindingsLimit {
		x.found = append(x.found, r.finding(place, value))
	}
}

const (
	headerPlace   = "/eb:Messaging/eb:UserMessage"
	propertyPlace = headerPlace + "/eb:MessageProperties/eb:Property[@name='"
)

// CheckAgainstHeader compares a message with the header that carried it. A message that cannot be decoded is not compared: its own findings say why.
func CheckAgainstHeader(d *edm.Document, h *Header) []Finding {
	var x crossing
	spec, named := h.Property("SpecificationId")
	literal := spec.Value == string(edm.V20) // otherwise R-EDM-ebMS-038 speaks
	x.unless(!named || !literal || d.Version == edm.V20 || d.Version == "", headerSpecification, propertyPlace+"SpecificationId']", spec.Value)
	x.unless(h.Action == d.Kind.Action(), headerAction, headerPlace+"/eb:CollaborationInfo/eb:Action", h.Action)
	m, err := d.Decode()
	if err != nil {
		return x.found
	}
	from, to := corners(m)
	strict := d.Version == edm.V20
	x.corner(h, "originalSender", from, choose(strict, headerSender, headerSenderLoose))
	x.corner(h, "finalRecipient", to, choose(strict, headerRecipient, headerRecipientOld))
	if r, ok := m.(*edm.EvidenceResponse); ok {
		x.parts(h, r)
	}
	return x.found
}

func choose(strict bool, a, b CrossRule) CrossRule {
	if strict {
		return a
	}
	return b
}

// corners are the agents of the sending and of the receiving side.
func corners(m edm.Message) (from, to []edm.Agent) {
	switch m := m.(type) {
	case *edm.EvidenceRequest:
		return m.EvidenceRequester, []edm.Agent{m.EvidenceProvider}
	case *edm.EvidenceResponse:
		return m.EvidenceProvider, []edm.Agent{m.EvidenceRequester}
	case *edm.ErrorResponse:
		if m.EvidenceRequester != nil {
			to = []edm.Agent{*m.EvidenceRequester}
		}
		return []edm.Agent{m.ErrorProvider}, to
	}
	return nil, nil
}

// corner is silent when the body names nobody on that side or the header has no such property, and about a @type that is not there: captured messages omit it.
func (x *crossing) corner(h *Header, name string, agents []edm.Agent, r CrossRule) {
	p, ok := h.Property(name)
	if !ok || len(agents) == 0 {
		return
	}
	right := slices.ContainsFunc(agents, func(a edm.Agent) bool {
		return a.Identifier.Value == strings.TrimSpace(p.Value) && (p.Type == "" || a.Identifier.SchemeID == p.Type)
	})
	x.unless(right, r, propertyPlace+name+"']", p.Value)
}

// parts compares the evidence files with the header's parts; the first part is the body itself.
func (x *crossing) parts(h *Header, m *edm.EvidenceResponse) {
	named, there := map[string]bool{}, map[string]bool{}
	for _, href := range h.Parts {
		there[href] = true
	}
	for _, p := range m.Packages {
		for _, o := range p.Objects {
			href := "cid:" + o.ContentID
			named[href] = true
			x.unless(there[href], headerPart, headerPlace+"/eb:PayloadInfo", href)
		}
	}
	for i, href := range h.Parts {
		x.unless(i == 0 || named[href], headerUnreferenced, headerPlace+"/eb:PayloadInfo/eb:PartInfo", href)
	}
}

// CheckAgainstRequest compares an answer with the request it answers. What cannot be decoded is not compared: its own findings say why.
func CheckAgainstRequest(d, request *edm.Document) []Finding {
	var x crossing
	if request.Kind != edm.KindRequest || d.Kind == edm.KindRequest {
		x.unless(false, againstKind, d.Root.Path(), d.Kind.String()+" against "+request.Kind.String())
		return x.found
	}
	q, err := request.Request()
	if err != nil {
		return nil
	}
	m, err := d.Decode()
	if err != nil {
		return nil
	}
	x.unless(d.Version == request.Version, againstSpecification, d.Root.Path()+"/rim:Slot[@name='SpecificationIdentifier']", string(d.Version))
	switch m := m.(type) {
	case *edm.EvidenceResponse:
		x.answers(d, q, m.RequestID, &m.EvidenceRequester)
		x.evidence(d, q, m)
	case *edm.ErrorResponse:
		x.answers(d, q, m.RequestID, m.EvidenceRequester)
	}
	return x.found
}

func (x *crossing) answers(d *edm.Document, q *edm.EvidenceRequest, id string, requester *edm.Agent) {
	x.unless(id == "" || strings.EqualFold(id, q.ID), againstRequestID, d.Root.Path()+"/@requestId", id)
	if requester == nil {
		return
	}
	same := slices.ContainsFunc(q.EvidenceRequester, func(a edm.Agent) bool {
		return a.Classification != edm.ClassificationIP && a.Identifier == requester.Identifier
	})
	x.unless(same, againstRequester, d.Root.Path()+"/rim:Slot[@name='EvidenceRequester']", requester.Identifier.Value)
}

func (x *crossing) evidence(d *edm.Document, q *edm.EvidenceRequest, m *edm.EvidenceResponse) {
	place := d.Root.Path() + "/rim:RegistryObjectList"
	wanted := map[string]bool{"": true} // a missing format is another rule's
	for _, w := range q.EvidenceType.DistributedAs {
		wanted[w.Format] = true
	}
	for i := range m.Packages {
		main := m.Packages[i].Main()
		if main == nil {
			continue
		}
		e := &main.Metadata
		if t := e.IsConformantTo; t != nil {
			x.unless(t.EvidenceTypeClassification == q.EvidenceType.EvidenceTypeClassification, againstType, place, t.EvidenceTypeClassification)
		}
		x.unless(wanted[e.Distribution.Format], againstFormat, place, e.Distribution.Format)
		x.unless(sameSubject(q, e), againstSubject, place, withheld)
	}
}

// sameSubject compares what both messages give.
func sameSubject(q *edm.EvidenceRequest, e *edm.Evidence) bool {
	switch {
	case e.NaturalPerson != nil:
		p := q.NaturalPerson
		return p != nil && sameID(p.Identifier, e.NaturalPerson.Identifier) && p.FamilyName.Value == e.NaturalPerson.FamilyName.Value &&
			p.GivenName.Value == e.NaturalPerson.GivenName.Value && p.DateOfBirth == e.NaturalPerson.DateOfBirth
	case e.LegalPerson != nil:
		p := q.LegalPerson
		return p != nil && sameID(p.LegalPersonIdentifier, e.LegalPerson.LegalPersonIdentifier)
	}
	return true
}

func sameID(a, b *edm.Identifier) bool {
	return a == nil || b == nil || strings.EqualFold(a.Value, b.Value)
}
