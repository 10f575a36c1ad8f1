package handler

import (
	"regexp"
	"time"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/codelist"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// Limits of a person's attributes, in characters (R-EDM-REQ-C092).
const (
	MinAttribute     = 2
	MaxAttribute     = 255
	MaxNationalities = 8
)

// eidas is the scheme of identifiers of persons (R-EDM-REQ-C038, C049).
const eidas = "eidas"

var (
	eidasIdentifier = regexp.MustCompile(`^[A-Z]{2}/[A-Z]{2}/[^/]+$`)
	region          = regexp.MustCompile(`^[A-Z]{2}[A-Z0-9]{0,3}$`)
)

func (c *checks) subject(s *api.Subject) *requester.Subject {
	if s == nil {
		return nil
	}
	c.unless((s.NaturalPerson == nil) != (s.LegalPerson == nil), "subject", "has not exactly one of naturalPerson and legalPerson", "write whose evidence it is; who acts for them is the representative")
	return &requester.Subject{
		Person: c.person("subject.naturalPerson", s.NaturalPerson), LegalPerson: c.legalPerson("subject.legalPerson", s.LegalPerson),
		Representative: c.person("subject.representative", s.Representative),
	}
}

func (c *checks) person(at string, p *api.NaturalPerson) *edm.Person {
	if p == nil {
		return nil
	}
	_, err := time.Parse(time.DateOnly, p.DateOfBirth)
	c.unless(err == nil, at+".dateOfBirth", "is no day", "write it as YYYY-MM-DD")
	c.unless(len(p.Nationality) <= MaxNationalities, at+".nationality", "has more than 8 entries (handler.MaxNationalities)", "write fewer")
	for _, n := range p.Nationality {
		c.country(at+".nationality", n)
	}
	c.country(at+".countryOfBirth", p.CountryOfBirth)
	c.country(at+".countryOfResidence", p.CountryOfResidence)
	return &edm.Person{
		LevelOfAssurance: string(p.LevelOfAssurance), Identifier: c.identifier(at+".personIdentifier", p.PersonIdentifier),
		FamilyName:  c.name(at+".familyName", p.FamilyName, p.FamilyNameNonLatin),
		GivenName:   c.name(at+".firstName", p.FirstName, p.FirstNameNonLatin),
		DateOfBirth: p.DateOfBirth, Gender: string(p.Gender), Nationality: p.Nationality,
		BirthName:      c.name(at+".birthName", p.BirthName, p.BirthNameNonLatin),
		PlaceOfBirth:   c.name(at+".placeOfBirth", p.PlaceOfBirth, p.PlaceOfBirthNonLatin),
		CurrentAddress: c.home(at+".currentAddress", p.CurrentAddress),
		CountryOfBirth: p.CountryOfBirth, CountryOfResidence: p.CountryOfResidence, TownOfBirth: c.attribute(at+".townOfBirth", p.TownOfBirth),
		PhoneNumber: c.attribute(at+".phoneNumber", p.PhoneNumber), EmailAddress: c.attribute(at+".emailAddress", p.EmailAddress),
	}
}

func (c *checks) legalPerson(at string, p *api.LegalPerson) *edm.LegalPerson {
	if p == nil {
		return nil
	}
	legal := &edm.LegalPerson{
		LevelOfAssurance: string(p.LevelOfAssurance), LegalPersonIdentifier: c.identifier(at+".legalPersonIdentifier", p.LegalPersonIdentifier),
		LegalName:         c.name(at+".legalName", p.LegalName, p.LegalNameNonLatin),
		RegisteredAddress: c.home(at+".legalAddress", p.LegalAddress),
		LegalPhoneNumber:  c.attribute(at+".legalPhoneNumber", p.LegalPhoneNumber),
		LegalEmailAddress: c.attribute(at+".legalEmailAddress", p.LegalEmailAddress),
	}
	// Codes of IdentifierSchemes (R-EDM-REQ-C055).
	for _, more := range []struct{ scheme, field, value string }{
		{"VAT", "vatRegistration", p.VatRegistration}, {"TAX", "taxReference", p.TaxReference}, {"BusinessCode", "businessCode", p.BusinessCode},
		{"LEI", "lei", p.Lei}, {"EORI", "eori", p.Eori}, {"SEED", "seed", p.Seed}, {"SIC", "sic", p.Sic},
	} {
		if c.attribute(at+"."+more.field, more.value) != "" {
			legal.Identifier = append(legal.Identifier, edm.Identifier{SchemeID: more.scheme, Value: more.value})
		}
	}
	return legal
}

func (c *checks) home(at string, a *api.Address) *edm.Address {
	if a == nil {
		return nil
	}
	c.country(at+".adminUnitLevel1", a.AdminUnitLevel1)
	c.text(at+".locatorDesignator", a.LocatorDesignator, 1, MaxAttribute)
	nuts := a.AdminUnitLevel2
	c.unless(nuts == "" || region.MatchString(nuts) && codelist.Of("NUTS", "2.0").Has(nuts), at+".adminUnitLevel2", "is no code of NUTS", "write one, as LV00C, or leave it out")
	return &edm.Address{
		FullAddress: c.attribute(at+".fullAddress", a.FullAddress), LocatorDesignator: a.LocatorDesignator,
		Thoroughfare: c.attribute(at+".thoroughfare", a.Thoroughfare), PostCode: c.attribute(at+".postCode", a.PostCode),
		PostCityName: c.attribute(at+".postCityName", a.PostCityName), AdminUnitLevel1: a.AdminUnitLevel1, AdminUnitLevel2: nuts,
	}
}

func (c *checks) identifier(at, s string) *edm.Identifier {
	if s == "" {
		return nil
	}
	c.text(at, s, 1, MaxAttribute)
	c.unless(eidasIdentifier.MatchString(s), at, "is no identifier of eIDAS", "write country of the person, country that asks, and identifier, as ES/LV/02635542Y")
	return &edm.Identifier{SchemeID: eidas, Value: s}
}

func (c *checks) attribute(at, s string) string {
	c.text(at, s, MinAttribute, MaxAttribute)
	return s
}

func (c *checks) name(at, latin, original string) edm.Text {
	c.unless(original == "" || latin != "", at, "is missing beside its original script", "write it in Latin letters too")
	return edm.Text{Value: c.attribute(at, latin), NonLatin: c.attribute(at+"NonLatin", original)}
}
