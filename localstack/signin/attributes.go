package signin

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/identity/saml/samltest"
)

const (
	natural = "http://eidas.europa.eu/attributes/naturalperson/"
	legal   = "http://eidas.europa.eu/attributes/legalperson/"
	acting  = natural + "representative/"
)

// attributes are what the assertion says, with identifiers for the node's country.
func (n *Node) attributes(q *request, c choice) []samltest.Attribute {
	if c.company != nil {
		list := []samltest.Attribute{
			{Name: legal + "LegalPersonIdentifier", Value: c.company.Identifier(n.o.Country)}, value(legal+"LegalName", c.company.Name),
		}
		list = append(list, mandatory(acting, c.person, n.o.Country)...)
		return append(list, samltest.Attribute{Name: acting + "Gender", Value: c.person.Gender})
	}
	list := mandatory(natural, c.person, n.o.Country)
	for _, a := range optional(c.person) {
		if q.attributes[a.Name] && a.Value != "" {
			list = append(list, a)
		}
	}
	return list
}

func mandatory(prefix string, p *residents.Person, country string) []samltest.Attribute {
	return []samltest.Attribute{
		{Name: prefix + "PersonIdentifier", Value: p.Identifier(country)}, value(prefix+"CurrentFamilyName", p.FamilyName), value(prefix+"CurrentGivenName", p.GivenName),
		{Name: prefix + "DateOfBirth", Value: p.DateOfBirth},
	}
}

func optional(p *residents.Person) []samltest.Attribute {
	return []samltest.Attribute{
		value(natural+"BirthName", p.BirthName), value(natural+"PlaceOfBirth", p.PlaceOfBirth),
		{Name: natural + "CurrentAddress", Value: address(p)}, {Name: natural + "Gender", Value: p.Gender},
	}
}

func value(name string, t residents.Text) samltest.Attribute {
	return samltest.Attribute{Name: name, Value: t.Value, Original: t.Original}
}

// address is base64 of an XML fragment without a root (eIDAS attribute profile §2.2.7).
func address(p *residents.Person) string {
	if p.Address == nil {
		return ""
	}
	var b strings.Builder
	for _, x := range [][2]string{
		{"LocatorDesignator", p.Address.LocatorDesignator}, {"Thoroughfare", p.Address.Thoroughfare}, {"PostName", p.Address.PostCityName},
		{"PostCode", p.Address.PostCode}, {"AdminunitFirstline", p.Country},
	} {
		if x[1] != "" {
			fmt.Fprintf(&b, "<eidas:%[1]s>%[2]s</eidas:%[1]s>", x[0], html.EscapeString(x[1]))
		}
	}
	return base64.StdEncoding.EncodeToString([]byte(b.String()))
}
