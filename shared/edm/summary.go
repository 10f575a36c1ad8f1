package edm

import (
	"fmt"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Summary tells in plain words what a message says, for a case worker. It holds personal data: never log it.
func Summary(m Message) string {
	s := &summary{line: m.Specification().Line()}
	s.add("Message", "%s, %s", m.Kind(), m.Specification())
	switch m := m.(type) {
	case *EvidenceRequest:
		s.request(m)
	case *EvidenceResponse:
		s.response(m)
	case *ErrorResponse:
		s.failure(m)
	}
	return s.out.String()
}

type summary struct {
	out  strings.Builder
	line string
}

const summaryLabel = "  %-22s %s\n"

func (s *summary) add(label, format string, args ...any) {
	if text := strings.TrimSpace(fmt.Sprintf(format, args...)); text != "" {
		fmt.Fprintf(&s.out, summaryLabel, label, printable(text))
	}
}

// printable keeps foreign text from steering the reader's terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

func (s *summary) time(label string, t time.Time) {
	if !t.IsZero() {
		s.add(label, "%s", t.UTC().Format("2 January 2006 15:04:05 UTC"))
	}
}

// name is a code's name beside it, when the list gives one.
func (s *summary) name(list, code string) string {
	if c, ok := codelist.Of(list, s.line).Find(code); ok && c.Name != "" {
		return code + " (" + c.Name + ")"
	}
	return code
}

func (s *summary) request(m *EvidenceRequest) {
	s.add("Request", "%s", m.ID)
	s.time("Issued", m.IssueDateTime)
	s.add("Procedure", "%s", s.name("Procedures", m.Procedure))
	for _, r := range m.Requirements {
		s.add("To prove", "%s", preferred(r.Name))
	}
	for _, a := range m.EvidenceRequester {
		s.agent(agentLabels[a.Classification], a)
	}
	s.agent("Asked", m.EvidenceProvider)
	s.person("About", m.NaturalPerson)
	s.legalPerson("About", m.LegalPerson)
	s.person("Represented by", m.AuthorizedRepresentative)
	s.legalPerson("Represented by", m.AuthorizedRepresentativeLegalPerson)
	s.add("Wanted evidence", "%s", preferred(m.EvidenceType.Title))
	for _, d := range m.EvidenceType.DistributedAs {
		s.add("As", "%s", strings.Join(append([]string{d.Format}, append(d.Language, d.AssociatedDocumentRequest...)...), ", "))
	}
	s.add("Explicit request", "%s", yesNo(m.ExplicitRequestGiven))
	s.add("Preview possible", "%s", yesNo(m.PossibilityForPreview))
	s.add("Preview at", "%s", m.PreviewLocation)
	s.add("Return to", "%s", m.ReturnLocation)
}

var agentLabels = map[string]string{
	ClassificationER: "Asked by", ClassificationIP: "Through", ClassificationEP: "Provided by", ClassificationERRP: "Reported by", "": "Agent",
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// preferred is the English text, or the first one.
func preferred(all []LocalizedText) string {
	for _, t := range all {
		if t.Lang == "EN" {
			return t.Text
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].Text
}

func (s *summary) agent(label string, a Agent) {
	country := ""
	if a.Address != nil {
		country = ", " + s.name("CountryIdentificationCode", a.Address.AdminUnitLevel1)
	}
	s.add(label, "%s [%s]%s", preferred(a.Name), a.Identifier.Value, country)
}

func (s *summary) person(label string, p *Person) {
	if p == nil {
		return
	}
	s.add(label, "%s %s, born %s", p.GivenName.Value, p.FamilyName.Value, p.DateOfBirth)
	s.identifier(p.Identifier)
	s.add("Assurance", "%s", p.LevelOfAssurance)
}

func (s *summary) legalPerson(label string, p *LegalPerson) {
	if p == nil {
		return
	}
	s.add(label, "%s", p.LegalName.Value)
	s.identifier(p.LegalPersonIdentifier)
	s.add("Assurance", "%s", p.LevelOfAssurance)
}

func (s *summary) identifier(i *Identifier) {
	if i != nil {
		s.add("Identifier", "%s", i.Value)
	}
}

func (s *summary) response(m *EvidenceResponse) {
	s.add("Answers request", "%s", m.RequestID)
	s.time("Issued", m.IssueDateTime)
	s.time("Available from", m.ResponseAvailableDateTime)
	for _, a := range m.EvidenceProvider {
		s.agent(agentLabels[a.Classification], a)
	}
	s.agent("Asked by", m.EvidenceRequester)
	switch {
	case len(m.Packages) == 0 && m.Status == regrep.StatusUnavailable:
		s.add("Evidence", "not available yet")
	case len(m.Packages) == 0:
		s.add("Evidence", "none handed over")
	}
	for i := range m.Packages {
		for j := range m.Packages[i].Objects {
			s.object(&m.Packages[i].Objects[j])
		}
	}
}

func (s *summary) object(o *EvidenceObject) {
	label := o.Classification
	if label == "" || label == MainEvidence {
		label = "Evidence"
	}
	e := &o.Metadata
	s.add(label, "%s, %s", o.Title, e.Distribution.Format)
	if e.IsConformantTo != nil {
		s.add("Type", "%s", preferred(e.IsConformantTo.Title))
	}
	s.person("About", e.NaturalPerson)
	s.legalPerson("About", e.LegalPerson)
	if e.IssuingAuthority != nil {
		s.agent("Issued by", *e.IssuingAuthority)
	}
	s.add("Issued on", "%s", e.IssuingDate)
	if p := e.ValidityPeriod; p != nil {
		s.add("Valid", "%s to %s", p.StartDate, p.EndDate)
	}
}

func (s *summary) failure(m *ErrorResponse) {
	s.add("Answers request", "%s", m.RequestID)
	s.agent("Reported by", m.ErrorProvider)
	if m.EvidenceRequester != nil {
		s.agent("Asked by", *m.EvidenceRequester)
	}
	for i := range m.Exceptions {
		x := &m.Exceptions[i]
		s.time("At", x.Timestamp)
		s.add("Error", "%s", s.name("EDMErrorCodes", x.Code))
		s.add("Message", "%s", x.Message)
		s.add("Detail", "%s", x.Detail)
		if x.Severity == SeverityPreviewRequired {
			s.add("What to do", "the user has to look at the evidence first")
		}
		s.add("Preview at", "%s", x.PreviewLocation)
		s.add("Preview method", "%s", x.PreviewMethod)
		for _, d := range x.PreviewDescription {
			s.add("Explanation ("+d.Lang+")", "%s", d.Value)
		}
	}
}
