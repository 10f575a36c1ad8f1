package residents

import "github.com/vienreiz/vienreiz/shared/edm"

// Identifier is the eIDAS identifier that the person's country gives to a receiving state: "LV/IT/150387-90001".
func (p *Person) Identifier(receiver string) string {
	return p.Country + "/" + receiver + "/" + p.Number
}

// Identifier is the eIDAS identifier that the company's country gives to a receiving state.
func (c *Company) Identifier(receiver string) string {
	return c.Country + "/" + receiver + "/" + c.Number
}

// Person is the natural person as a node of the receiving state knows it after a sign-in of that level.
func (p *Person) Person(receiver, level string) *edm.Person {
	e := &edm.Person{
		LevelOfAssurance: level, Identifier: &edm.Identifier{SchemeID: "eidas", Value: p.Identifier(receiver)},
		FamilyName: p.FamilyName.text(), GivenName: p.GivenName.text(), DateOfBirth: p.DateOfBirth,
		BirthName: p.BirthName.text(), PlaceOfBirth: p.PlaceOfBirth.text(), Gender: p.Gender,
	}
	if a := p.Address; a != nil {
		e.CurrentAddress = &edm.Address{Thoroughfare: a.Thoroughfare, LocatorDesignator: a.LocatorDesignator, PostCode: a.PostCode, PostCityName: a.PostCityName, AdminUnitLevel1: p.Country}
	}
	return e
}

// LegalPerson is the company as a node of the receiving state knows it after a sign-in of that level.
func (c *Company) LegalPerson(receiver, level string) *edm.LegalPerson {
	return &edm.LegalPerson{LevelOfAssurance: level, LegalPersonIdentifier: &edm.Identifier{SchemeID: "eidas", Value: c.Identifier(receiver)}, LegalName: c.Name.text()}
}

func (t Text) text() edm.Text { return edm.Text{Value: t.Value, NonLatin: t.Original} }
