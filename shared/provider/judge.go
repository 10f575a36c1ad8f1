package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/rules"
	"github.com/vienreiz/vienreiz/shared/intake"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// refusal is why a request is not answered with evidence.
type refusal struct{ code, detail string }

// invalid is the first broken rule of a request (TDD 4.6): its id is in the detail.
func (d *Desk) invalid(l *intake.Letter) *refusal {
	p := l.Problem()
	if p == nil {
		return nil
	}
	return &refusal{codeInvalid, explained(p)}
}

// explained is a finding in words: the rule, where, the value that broke it, what
// to do. Only business rules know which values belong to a person and withhold
// them; what else was found may quote the document.
func explained(p *rules.Finding) string {
	value := ""
	if p.Value != "" && strings.HasPrefix(p.Rule, "R-EDM-") {
		value = fmt.Sprintf(" (here: %.100q)", p.Value)
	}
	place := ""
	if p.Place != "" {
		place = " at " + p.Place
	}
	return p.Rule + place + ": " + p.Text + value + "; " + p.Fix
}

// systemCheck is the procedure of tests, which may be asked within one country.
const systemCheck = "00"

// judge says whether a valid request may be answered, and by which registry
// (TDD 4.4; Reg. art. 13 to 16; the rules of the tenant).
func judge(q *edm.EvidenceRequest, s *Settings) (*registry.Registry, *refusal) {
	r := registryOf(q, s)
	if r == nil {
		return nil, &refusal{codeUnresolved, fmt.Sprintf("EvidenceProvider %q is not served by this access point; ask the Data Service Directory again", q.EvidenceProvider.Identifier.Value)}
	}
	t, offers := r.Offers(q.EvidenceType.EvidenceTypeClassification)
	if !offers {
		return nil, &refusal{codeUnresolved, fmt.Sprintf("EvidenceTypeClassification %q is not issued by this provider; ask the Data Service Directory again", q.EvidenceType.EvidenceTypeClassification)}
	}
	for _, check := range []func(*edm.EvidenceRequest, *registry.EvidenceType, *Settings) *refusal{within, asked, assured, subject, format, powers} {
		if no := check(q, t, s); no != nil {
			return nil, no
		}
	}
	return r, nil
}

func registryOf(q *edm.EvidenceRequest, s *Settings) *registry.Registry {
	for i := range s.Registries {
		if s.Registries[i].ID == q.EvidenceProvider.Identifier.Value {
			return &s.Registries[i]
		}
	}
	return nil
}

// within refuses requests of the own country and of procedures that the evidence
// is not for.
func within(q *edm.EvidenceRequest, t *registry.EvidenceType, s *Settings) *refusal {
	if a := requesterOf(q).Address; q.Procedure != systemCheck && a != nil && a.AdminUnitLevel1 == s.Country {
		return &refusal{codeUnauthorised, "the OOTS is not for evidence of the requester's own country; use the national services"}
	}
	if !t.Allows(q.Procedure) {
		return &refusal{codeUnauthorised, fmt.Sprintf("this evidence is not given for procedure %q", q.Procedure)}
	}
	return nil
}

// asked holds to "at the user's explicit request" (Reg. (EU) 2018/1724 art. 14(4)).
func asked(q *edm.EvidenceRequest, _ *registry.EvidenceType, _ *Settings) *refusal {
	if !q.ExplicitRequestGiven {
		return &refusal{codeUnauthorised, "slot ExplicitRequestGiven is false: this evidence is given at the user's explicit request only"}
	}
	return nil
}

func assured(q *edm.EvidenceRequest, t *registry.EvidenceType, _ *Settings) *refusal {
	level := ""
	switch {
	case q.NaturalPerson != nil:
		level = q.NaturalPerson.LevelOfAssurance
	case q.LegalPerson != nil:
		level = q.LegalPerson.LevelOfAssurance
	}
	if !t.Assured(level) {
		return &refusal{codeUnauthenticated, fmt.Sprintf("LevelOfAssurance %q: the evidence needs a sign-in of level %s or higher", level, t.Assurance)}
	}
	return nil
}

func subject(q *edm.EvidenceRequest, t *registry.EvidenceType, _ *Settings) *refusal {
	if (t.Subject == registry.Legal) != (q.LegalPerson != nil) {
		return &refusal{codeUnsupported, fmt.Sprintf("this evidence is about a %s person", t.Subject)}
	}
	return nil
}

// format wants one form that the registry has.
func format(q *edm.EvidenceRequest, t *registry.EvidenceType, _ *Settings) *refusal {
	for _, f := range q.EvidenceType.DistributedAs {
		if slices.Contains(t.Formats, f.Format) {
			return nil
		}
	}
	return &refusal{codeUnsupported, fmt.Sprintf("DistributedAs: the evidence is there as %s", strings.Join(t.Formats, ", "))}
}

// powers wants a representative's power to hold for the procedure
// (R-EDM-REQ-C081, C091).
func powers(q *edm.EvidenceRequest, _ *registry.EvidenceType, _ *Settings) *refusal {
	var attributes []edm.SectorSpecificAttribute
	switch {
	case q.AuthorizedRepresentative != nil:
		attributes = q.AuthorizedRepresentative.SectorSpecificAttribute
	case q.AuthorizedRepresentativeLegalPerson != nil:
		attributes = q.AuthorizedRepresentativeLegalPerson.SectorSpecificAttribute
	default:
		return nil
	}
	for _, a := range attributes {
		if a.AttributeURI == edm.PowerOfRepresentationScopeURI && slices.Contains(strings.FieldsFunc(a.AttributeValue, separator), q.Procedure) {
			return nil
		}
	}
	return &refusal{codeUnauthorised, fmt.Sprintf("PowerOfRepresentationScope does not hold for procedure %q", q.Procedure)}
}

func separator(r rune) bool { return r == ',' || r == ' ' }
