package saml

import (
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/xmlsafe"
)

const (
	natural = "http://eidas.europa.eu/attributes/naturalperson/"
	legal   = "http://eidas.europa.eu/attributes/legalperson/"
	acting  = "representative/" // before the name, for who acts for the subject
)

type attribute struct {
	uri, friendly string
	mandatory     bool
}

var naturalAttributes = []attribute{
	{natural + "PersonIdentifier", "PersonIdentifier", true}, {natural + "CurrentFamilyName", "FamilyName", true}, {natural + "CurrentGivenName", "FirstName", true}, {natural + "DateOfBirth", "DateOfBirth", true},
	{natural + "BirthName", "BirthName", false}, {natural + "PlaceOfBirth", "PlaceOfBirth", false}, {natural + "CurrentAddress", "CurrentAddress", false}, {natural + "Gender", "Gender", false},
}

var legalAttributes = []attribute{
	{legal + "LegalPersonIdentifier", "LegalPersonIdentifier", true}, {legal + "LegalName", "LegalName", true},
}

// requested is the whole mandatory set of one person type, and its optional
// attributes; those of representatives are never requested, but come.
func requested(isLegal bool) []attribute {
	if isLegal {
		return legalAttributes
	}
	return naturalAttributes
}

// attributes are values by name, the Latin one and the one in the original script.
type attributes map[string]edm.Text

// readAttributes reads the AttributeStatement.
func readAttributes(assertion *etree.Element) (attributes, error) {
	statements := children(assertion, Assertions, "AttributeStatement")
	if len(statements) != 1 {
		return nil, refuse("attributes", "%d attribute statements instead of one", len(statements))
	}
	list := children(statements[0], Assertions, "Attribute")
	if len(list) > MaxAttributes {
		return nil, refuse("attributes", "%d attributes, more than %d", len(list), MaxAttributes)
	}
	all := attributes{}
	for _, el := range list {
		name := xmlsafe.PlainAttribute(el, "Name")
		if _, twice := all[name]; twice {
			return nil, refuse("attributes", "the attribute %q stands twice", name)
		}
		all[name] = value(el)
	}
	return all, nil
}

// value takes the Latin value and keeps the original beside it. LatinScript is
// written with and without a namespace.
func value(el *etree.Element) edm.Text {
	var t edm.Text
	for _, v := range children(el, Assertions, "AttributeValue") {
		latin := true
		for i := range v.Attr {
			latin = latin && !(v.Attr[i].Key == "LatinScript" && v.Attr[i].Value == "false")
		}
		if latin && t.Value == "" {
			t.Value = strings.TrimSpace(v.Text())
		} else if !latin {
			t.NonLatin = strings.TrimSpace(v.Text())
		}
	}
	return t
}

func (a attributes) text(name string) edm.Text { return a[name] }

// person reads a natural person below a prefix of attribute names.
func (a attributes) person(prefix string, level Level) (*edm.Person, error) {
	p := &edm.Person{
		LevelOfAssurance: string(level),
		FamilyName:       a.text(prefix + "CurrentFamilyName"), GivenName: a.text(prefix + "CurrentGivenName"),
		DateOfBirth: a.text(prefix + "DateOfBirth").Value,
		BirthName:   a.text(prefix + "BirthName"), PlaceOfBirth: a.text(prefix + "PlaceOfBirth"),
		Gender: a.text(prefix + "Gender").Value,
	}
	if id := a.text(prefix + "PersonIdentifier").Value; id != "" {
		p.Identifier = &edm.Identifier{SchemeID: "eidas", Value: id}
	}
	if p.FamilyName.Value == "" || p.GivenName.Value == "" || p.DateOfBirth == "" {
		return nil, refuse("attributes.mandatory", "family name, given name or date of birth is missing below %s", prefix)
	}
	address, err := currentAddress(a.text(prefix + "CurrentAddress").Value)
	p.CurrentAddress = address
	return p, err
}

func (a attributes) legalPerson(prefix string, level Level) (*edm.LegalPerson, error) {
	p := &edm.LegalPerson{LevelOfAssurance: string(level), LegalName: a.text(prefix + "LegalName")}
	id := a.text(prefix + "LegalPersonIdentifier").Value
	if id == "" || p.LegalName.Value == "" {
		return nil, refuse("attributes.mandatory", "identifier or name is missing below %s", prefix)
	}
	p.LegalPersonIdentifier = &edm.Identifier{SchemeID: "eidas", Value: id}
	return p, nil
}

func (a attributes) has(prefix string) bool {
	for name := range a {
		if rest, ok := strings.CutPrefix(name, prefix); ok && !strings.HasPrefix(rest, acting) {
			return true
		}
	}
	return false
}

// currentAddress reads base64 of an XML fragment without a root whose prefixes
// are rarely declared: the fragment is wrapped, prefixes are cut off, names are
// compared without case (eIDAS attribute profile §2.2.7 as products write it).
func currentAddress(encoded string) (*edm.Address, error) {
	if encoded == "" {
		return nil, nil
	}
	fragment, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil {
		return nil, refuse("address", "CurrentAddress is no base64")
	}
	wrapped := append([]byte(`<a xmlns:eidas="urn:x" xmlns:eidas-natural="urn:x" xmlns:eidas-legal="urn:x">`), fragment...)
	doc, err := xmlsafe.ParseBytes(append(wrapped, "</a>"...), xmlsafe.Limits{Bytes: 16 << 10, Depth: 4, Elements: 32})
	if err != nil {
		return nil, refuse("address", "CurrentAddress is no XML fragment: %v", err)
	}
	address := &edm.Address{}
	fields := map[string]*string{
		"fullcvaddress": &address.FullAddress, "locatordesignator": &address.LocatorDesignator, "postcode": &address.PostCode, "postname": &address.PostCityName,
		"thoroughfare": &address.Thoroughfare, "adminunitfirstline": &address.AdminUnitLevel1, "adminunitsecondline": &address.AdminUnitLevel2,
	}
	for _, el := range doc.Root().ChildElements() {
		if field := fields[strings.ToLower(el.Tag)]; field != nil {
			*field = strings.TrimSpace(el.Text())
		}
	}
	if len(address.AdminUnitLevel1) != 2 {
		return nil, nil // no country code: the address is left out (R-EDM-REQ-C045)
	}
	return address, nil
}

func children(el *etree.Element, namespace, local string) []*etree.Element {
	var list []*etree.Element
	for _, kid := range el.ChildElements() {
		if kid.Tag == local && kid.NamespaceURI() == namespace {
			list = append(list, kid)
		}
	}
	return list
}
