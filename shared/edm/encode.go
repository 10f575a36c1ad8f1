package edm

import (
	"fmt"
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Encode writes a message in the line that it names: the element order of the schema, the prefixes query, rim, rs, sdg, xsi and xlink,
// UTF-8, the same bytes for the same message. It refuses, with a *regrep.Error that names the rule, what that line does not have
// (Convert drops it) and what every message must have. The business rules beyond that are those of package edm/rules.
func Encode(m Message) ([]byte, error) {
	v := m.Specification()
	if !v.Known() {
		return nil, missing(m, ruleC001(m.Kind()), "SpecificationIdentifier is %q; it must be one of %v", v, Versions())
	}
	e := &encoder{v: v, kind: m.Kind()}
	switch m := m.(type) {
	case *EvidenceRequest:
		e.request(m)
	case *EvidenceResponse:
		e.response(m)
	case *ErrorResponse:
		e.failure(m)
	}
	if e.err != nil {
		return nil, e.err
	}
	b, err := e.Bytes()
	if err != nil {
		return nil, fmt.Errorf("encode the %s: %w", m.Kind(), err)
	}
	return b, nil
}

func ruleC001(k Kind) string {
	if k == KindResponse {
		return "R-EDM-RESP-C002"
	}
	return k.rulePrefix() + "C001"
}

func missing(m Message, rule, format string, args ...any) *regrep.Error {
	return &regrep.Error{Rule: rule, Place: "/query:" + m.Kind().root(), Detail: fmt.Sprintf(format, args...)}
}

// encoder writes one message and keeps the first refusal.
type encoder struct {
	regrep.Writer
	v    Version
	kind Kind
	err  *regrep.Error
}

// must refuses an absent mandatory value.
func (e *encoder) must(there bool, rule, what string) {
	if !there {
		e.refuse(rule, what, "is missing")
	}
}

// only refuses a value that the line does not have.
func (e *encoder) only(lineHasIt, there bool, rule, what string) {
	if there && !lineHasIt {
		e.refuse(rule, what, "does not exist in "+string(e.v)+"; convert the message first")
	}
}

func (e *encoder) refuse(rule, what, why string) {
	if e.err == nil {
		e.err = &regrep.Error{Rule: rule, Place: "/query:" + e.kind.root(), Detail: what + " " + why}
	}
}

func (e *encoder) short(rule, what, value string) {
	if len([]rune(value)) > regrep.StringValueLength {
		e.refuse(rule, what, fmt.Sprintf("is longer than the %d characters of rim:StringValueType", regrep.StringValueLength))
	}
}

func (e *encoder) localized(name string, all []LocalizedText) {
	for _, t := range all {
		e.Leaf(name, t.Text, "lang", t.Lang)
	}
}

func (e *encoder) leaves(name string, all []string) {
	for _, s := range all {
		e.Leaf(name, s)
	}
}

func (e *encoder) identifier(name string, i Identifier) {
	e.Leaf(name, i.Value, "schemeID", i.SchemeID)
}

func (e *encoder) text(name string, t Text) {
	e.only(e.v.extraIdentity(), t.NonLatin != "", "sdg:PersonType", name+"/@nonLatin")
	e.Leaf(name, t.Value, "nonLatin", t.NonLatin)
}

func (e *encoder) agent(name string, a Agent) {
	e.must(a.Identifier.Value != "", "sdg:AgentType", "the agent's Identifier")
	e.must(len(a.Name) > 0, "sdg:AgentType", "the agent's Name")
	e.Start(name)
	e.identifier("sdg:Identifier", a.Identifier)
	e.localized("sdg:Name", a.Name)
	e.address("sdg:Address", a.Address)
	e.Leaf("sdg:Classification", a.Classification)
	e.End()
}

// bare writes an agent in a slot that takes identifier and name only.
func (e *encoder) bare(name string, a Agent, rule string) {
	if a.Address != nil || a.Classification != "" {
		e.refuse(rule, "the agent", "may have Identifier and Name only in this slot")
	}
	e.agent(name, a)
}

func (e *encoder) address(name string, a *Address) {
	if a == nil {
		return
	}
	e.must(a.AdminUnitLevel1 != "", "sdg:AddressType", "AdminUnitLevel1")
	e.Start(name)
	e.Leaf("sdg:FullAddress", a.FullAddress)
	e.Leaf("sdg:LocatorDesignator", a.LocatorDesignator)
	e.Leaf("sdg:PostCode", a.PostCode)
	e.Leaf("sdg:PostCityName", a.PostCityName)
	e.Leaf("sdg:Thoroughfare", a.Thoroughfare)
	e.Leaf("sdg:AdminUnitLevel1", a.AdminUnitLevel1)
	e.Leaf("sdg:AdminUnitLevel2", a.AdminUnitLevel2)
	e.End()
}

func (e *encoder) person(name string, p *Person) {
	e.must(p.FamilyName.Value != "" && p.GivenName.Value != "" && p.DateOfBirth != "", "sdg:PersonType",
		"FamilyName, GivenName or DateOfBirth")
	e.only(e.v.extraIdentity(), p.extra(), "sdg:PersonType", "Nationality, birth country or town, residence, phone or e-mail")
	e.only(e.v.genderCodes(), p.Gender != "" && strings.Trim(p.Gender, "0123456789") == "", "sdg:GenderType", "a numeric Gender")
	e.Start(name)
	e.Leaf("sdg:LevelOfAssurance", p.LevelOfAssurance)
	if p.Identifier != nil {
		e.identifier("sdg:Identifier", *p.Identifier)
	}
	e.text("sdg:FamilyName", p.FamilyName)
	e.text("sdg:GivenName", p.GivenName)
	e.Leaf("sdg:DateOfBirth", p.DateOfBirth)
	e.text("sdg:BirthName", p.BirthName)
	e.text("sdg:PlaceOfBirth", p.PlaceOfBirth)
	e.address("sdg:CurrentAddress", p.CurrentAddress)
	e.Leaf("sdg:Gender", p.Gender)
	e.leaves("sdg:Nationality", p.Nationality)
	e.Leaf("sdg:CountryOfBirth", p.CountryOfBirth)
	e.Leaf("sdg:TownOfBirth", p.TownOfBirth)
	e.Leaf("sdg:CountryOfResidence", p.CountryOfResidence)
	e.Leaf("sdg:PhoneNumber", p.PhoneNumber)
	e.Leaf("sdg:EmailAddress", p.EmailAddress)
	e.attributes(p.SectorSpecificAttribute)
	e.End()
}

// extra reports whether the person has attributes that 1.0 does not know.
func (p *Person) extra() bool {
	return len(p.Nationality) > 0 || p.CountryOfBirth != "" || p.TownOfBirth != "" || p.CountryOfResidence != "" ||
		p.PhoneNumber != "" || p.EmailAddress != ""
}

func (e *encoder) legalPerson(name string, p *LegalPerson) {
	e.must(p.LegalName.Value != "", "sdg:LegalPersonType", "LegalName")
	e.only(e.v.extraIdentity(), p.LegalPhoneNumber != "" || p.LegalEmailAddress != "", "sdg:LegalPersonType", "LegalPhoneNumber or LegalEmailAddress")
	e.Start(name)
	e.Leaf("sdg:LevelOfAssurance", p.LevelOfAssurance)
	for _, i := range p.Identifier {
		e.identifier("sdg:Identifier", i)
	}
	if p.LegalPersonIdentifier != nil {
		e.identifier("sdg:LegalPersonIdentifier", *p.LegalPersonIdentifier)
	}
	e.text("sdg:LegalName", p.LegalName)
	e.address("sdg:RegisteredAddress", p.RegisteredAddress)
	e.Leaf("sdg:LegalPhoneNumber", p.LegalPhoneNumber)
	e.Leaf("sdg:LegalEmailAddress", p.LegalEmailAddress)
	e.attributes(p.SectorSpecificAttribute)
	e.End()
}

func (e *encoder) attributes(all []SectorSpecificAttribute) {
	for _, a := range all {
		e.Start("sdg:SectorSpecificAttribute")
		e.Leaf("sdg:AttributeName", a.AttributeName)
		e.Leaf("sdg:AttributeURI", a.AttributeURI)
		e.Leaf("sdg:AttributeValue", a.AttributeValue)
		e.End()
	}
}
