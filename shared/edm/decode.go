package edm

import (
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

const sdg = regrep.NamespaceSDG

// decoder keeps the first refusal, so that a message reads top to bottom.
type decoder struct{ err error }

func (d *decoder) note(err error) {
	if d.err == nil && err != nil {
		d.err = err
	}
}

func (d *decoder) slot(parent *regrep.Element, name string) *regrep.Element {
	s, err := parent.Slot(name)
	d.note(err)
	return s
}

func (d *decoder) str(parent *regrep.Element, name string) string {
	v, err := regrep.StringOf(d.slot(parent, name))
	d.note(err)
	return v
}

func (d *decoder) boolean(parent *regrep.Element, name string) bool {
	v, err := regrep.BooleanOf(d.slot(parent, name))
	d.note(err)
	return v
}

func (d *decoder) time(parent *regrep.Element, name string) time.Time {
	v, err := regrep.DateTimeOf(d.slot(parent, name))
	d.note(err)
	return v
}

func (d *decoder) any(parent *regrep.Element, name, local string) *regrep.Element {
	v, err := regrep.AnyOf(d.slot(parent, name), sdg, local)
	d.note(err)
	return v
}

func (d *decoder) collection(parent *regrep.Element, name, local string) []*regrep.Element {
	v, err := regrep.CollectionOf(d.slot(parent, name), sdg, local)
	d.note(err)
	return v
}

func (d *decoder) version(parent *regrep.Element, rule string) Version {
	v := Version(d.str(parent, "SpecificationIdentifier"))
	if !v.Known() {
		d.note(regrep.Refuse(parent, rule, "SpecificationIdentifier is %q; it must be one of %v", regrep.Excerpt(string(v)), Versions()))
	}
	return v
}

// uuid takes the UUID out of an attribute, in lower case; a value of another shape stays as it is.
func uuid(e *regrep.Element, attr string) string {
	v := strings.TrimSpace(e.Value(attr))
	if u, ok := regrep.CutURN(v); ok {
		return strings.ToLower(u)
	}
	return v
}

// bare is a UUID in lower case, without the "urn:uuid:" that samples of 1.0 put in front.
func bare(s string) string { return strings.TrimPrefix(strings.ToLower(s), "urn:uuid:") }

func text(e *regrep.Element, local string) string { return e.Child(sdg, local).Trimmed() }

func texts(e *regrep.Element, local string) []string {
	var all []string
	for _, c := range e.All(sdg, local) {
		all = append(all, c.Trimmed())
	}
	return all
}

func localized(e *regrep.Element, local string) []LocalizedText {
	var all []LocalizedText
	for _, c := range e.All(sdg, local) {
		all = append(all, LocalizedText{c.Value("lang"), c.Trimmed()})
	}
	return all
}

func named(e *regrep.Element, local string) Text {
	c := e.Child(sdg, local)
	return Text{c.Trimmed(), c.Value("nonLatin")}
}

func identifier(e *regrep.Element) Identifier {
	return Identifier{e.Value("schemeID"), e.Trimmed()}
}

func optionalIdentifier(e *regrep.Element) *Identifier {
	if e == nil {
		return nil
	}
	i := identifier(e)
	return &i
}

func optional[T any](e *regrep.Element, decode func(*regrep.Element) T) *T {
	if e == nil {
		return nil
	}
	v := decode(e)
	return &v
}

func each[T any](all []*regrep.Element, decode func(*regrep.Element) T) []T {
	var out []T
	for _, e := range all {
		out = append(out, decode(e))
	}
	return out
}

// DecodeRequirement decodes an sdg:Requirement, wherever it stands.
func DecodeRequirement(e *regrep.Element) Requirement {
	return Requirement{Identifier: text(e, "Identifier"), Name: localized(e, "Name"), Description: localized(e, "Description")}
}

// DecodeAgent decodes an sdg:Agent or an element of that type; nil gives the zero Agent.
func DecodeAgent(e *regrep.Element) Agent {
	return Agent{
		Identifier:     identifier(e.Child(sdg, "Identifier")),
		Name:           localized(e, "Name"),
		Address:        optional(e.Child(sdg, "Address"), DecodeAddress),
		Classification: text(e, "Classification"),
	}
}

// DecodeAddress decodes an element of sdg:AddressType.
func DecodeAddress(e *regrep.Element) Address {
	return Address{
		FullAddress: text(e, "FullAddress"), LocatorDesignator: text(e, "LocatorDesignator"), PostCode: text(e, "PostCode"),
		PostCityName: text(e, "PostCityName"), Thoroughfare: text(e, "Thoroughfare"),
		AdminUnitLevel1: text(e, "AdminUnitLevel1"), AdminUnitLevel2: text(e, "AdminUnitLevel2"),
	}
}

// DecodeEvidenceProviderClassification decodes an sdg:EvidenceProviderClassification. Samples of 1.0 write the type with a capital.
func DecodeEvidenceProviderClassification(e *regrep.Element) EvidenceProviderClassification {
	c := EvidenceProviderClassification{
		Identifier: identifier(e.Child(sdg, "Identifier")), Type: strings.ToLower(text(e, "Type")),
		ValueExpression: text(e, "ValueExpression"), Description: localized(e, "Description"),
	}
	v := e.Child(sdg, "SupportedValue")
	c.StringValue, c.DateValue = text(v, "StringValue"), text(v, "DateValue")
	if b := text(v, "BooleanValue"); b != "" {
		yes := b == "true" || b == "1"
		c.BooleanValue = &yes
	}
	return c
}

// DecodeEvidenceType decodes an sdg:DataServiceEvidenceType.
func DecodeEvidenceType(e *regrep.Element) DataServiceEvidenceType {
	return DataServiceEvidenceType{
		Identifier:                 strings.ToLower(text(e, "Identifier")),
		EvidenceTypeClassification: text(e, "EvidenceTypeClassification"),
		Title:                      localized(e, "Title"),
		Description:                localized(e, "Description"),
		DistributedAs:              each(e.All(sdg, "DistributedAs"), decodeDistributedAs),
	}
}

func decodeDistributedAs(e *regrep.Element) DistributedAs {
	return DistributedAs{
		Format: text(e, "Format"), Language: texts(e, "Language"), ConformsTo: text(e, "ConformsTo"),
		Transformation: text(e, "Transformation"), AssociatedDocumentRequest: texts(e, "AssociatedDocumentRequest"),
	}
}

func decodePerson(e *regrep.Element) Person {
	return Person{
		LevelOfAssurance: text(e, "LevelOfAssurance"), Identifier: optionalIdentifier(e.Child(sdg, "Identifier")),
		FamilyName: named(e, "FamilyName"), GivenName: named(e, "GivenName"), DateOfBirth: text(e, "DateOfBirth"),
		BirthName: named(e, "BirthName"), PlaceOfBirth: named(e, "PlaceOfBirth"),
		CurrentAddress: optional(e.Child(sdg, "CurrentAddress"), DecodeAddress), Gender: text(e, "Gender"),
		Nationality: texts(e, "Nationality"), CountryOfBirth: text(e, "CountryOfBirth"), TownOfBirth: text(e, "TownOfBirth"),
		CountryOfResidence: text(e, "CountryOfResidence"), PhoneNumber: text(e, "PhoneNumber"), EmailAddress: text(e, "EmailAddress"),
		SectorSpecificAttribute: each(e.All(sdg, "SectorSpecificAttribute"), decodeAttribute),
	}
}

func decodeLegalPerson(e *regrep.Element) LegalPerson {
	return LegalPerson{
		LevelOfAssurance: text(e, "LevelOfAssurance"), Identifier: each(e.All(sdg, "Identifier"), identifier),
		LegalPersonIdentifier: optionalIdentifier(e.Child(sdg, "LegalPersonIdentifier")), LegalName: named(e, "LegalName"),
		RegisteredAddress: optional(e.Child(sdg, "RegisteredAddress"), DecodeAddress),
		LegalPhoneNumber:  text(e, "LegalPhoneNumber"), LegalEmailAddress: text(e, "LegalEmailAddress"),
		SectorSpecificAttribute: each(e.All(sdg, "SectorSpecificAttribute"), decodeAttribute),
	}
}

func decodeAttribute(e *regrep.Element) SectorSpecificAttribute {
	return SectorSpecificAttribute{text(e, "AttributeName"), text(e, "AttributeURI"), text(e, "AttributeValue")}
}
