package rules

import (
	"strings"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// requestPersons are the rules on the evidence subject and those who act for it. The chapter publishes one battery for each slot.
var requestPersons = concat(
	personRules("NaturalPerson", personIDs{"C036", "C037", "C038", "C040", "C041", "C042", "C043", "C045", "C075", "C076", "C077"}),
	personRules("AuthorizedRepresentative", personIDs{"C058", "C059", "C060", "C061", "C062", "C063", "C064", "C067", "C078", "C079", "C080"}),
	legalPersonRules("LegalPerson", all, legalPersonIDs{"C047", "C048", "C049", "C051", "C052", "C053", "C054", "C055", "C056"}),
	legalPersonRules("AuthorizedRepresentativeLegalPerson", since11, legalPersonIDs{"C082", "C083", "C084", "C085", "C086", "C087", "C088", "C089", "C090"}),
	[]Rule{
		row("R-EDM-REQ-C081", Fatal, since11, representative+"/sdg:SectorSpecificAttribute", "a natural representative's PowerOfRepresentationScope is one procedure code",
			"send one code of the Procedures list", scopeListed(func(s string) []string { return []string{s} })),
		row("R-EDM-REQ-C091", Fatal, since11, legalRepresentative+"/sdg:SectorSpecificAttribute", "a legal representative's PowerOfRepresentationScope is procedure codes, separated by commas",
			"send codes of the Procedures list", scopeListed(func(s string) []string { return strings.Split(s, ",") })),
		row("R-EDM-REQ-C124", Fatal, in20, representative+"/sdg:Gender", "a representative's Gender is a code of the Gender list", "send Male, Female or Unspecified", textListed("Gender")),
		row("R-EDM-REQ-C126", Fatal, in20, representative+"/sdg:Gender", "a representative's Gender fits the scheme of the identifier: words with eidas, digits with eidas2",
			"send Male, Female or Unspecified", genderOfScheme),
	},
)

const (
	representative      = "query:Query/rim:Slot=AuthorizedRepresentative/rim:SlotValue/sdg:Person"
	legalRepresentative = "query:Query/rim:Slot=AuthorizedRepresentativeLegalPerson/rim:SlotValue/sdg:LegalPerson"
)

// personIDs are the ids of one battery, without "R-EDM-REQ-".
type personIDs struct {
	levelThere, level, identifierThere, identifier, schemeThere, scheme, birth, address, nationality, birthCountry, residence string
}

func personRules(slot string, id personIDs) []Rule {
	p := "query:Query/rim:Slot=" + slot + "/rim:SlotValue/sdg:Person"
	r := func(id string, level Level, in Lines, below, text, fix string, t test) Rule {
		return row("R-EDM-REQ-"+id, level, in, p+below, slot+": "+text, fix, t)
	}
	const country = "send an ISO 3166-1 code or leave it out"
	return []Rule{
		r(id.levelThere, Fatal, all, "", "LevelOfAssurance is there", "send Low, Substantial or High", childFilled("LevelOfAssurance")),
		r(id.level, Fatal, all, "/sdg:LevelOfAssurance", "LevelOfAssurance is Low, Substantial or High", "send one of these", textListedIfFilled("LevelsOfAssurance")),
		r(id.identifierThere, Warning, all, "", "the eIDAS Identifier should be there", "send it when there is one", childFilled("Identifier")),
		r(id.identifier, Fatal, all, "/sdg:Identifier", "the Identifier is AA/BB/ with OOTS countries, and 6 to 256 characters without space", "send the eIDAS identifier", eidasValue),
		r(id.schemeThere, Fatal, all, "/sdg:Identifier", "the Identifier has a schemeID", "add schemeID=\"eidas\"", attrThere("schemeID")),
		r(id.scheme, Fatal, all, "/sdg:Identifier", "the schemeID is eidas", "send eidas", attrIs("schemeID", "eidas")),
		r(id.birth, Fatal, all, "/sdg:DateOfBirth", "DateOfBirth is YYYY-MM-DD", "send the date in that form", textMatches(isDate)),
		r(id.address, Fatal, all, "/sdg:CurrentAddress/sdg:AdminUnitLevel1", "the country of the address is a CountryIdentificationCode", country, textListed("CountryIdentificationCode")),
		r(id.nationality, Fatal, since11, "/sdg:Nationality", "Nationality is a CountryIdentificationCode", country, textListed("CountryIdentificationCode")),
		r(id.birthCountry, Fatal, since11, "/sdg:CountryOfBirth", "CountryOfBirth is a CountryIdentificationCode", country, textListed("CountryIdentificationCode")),
		r(id.residence, Fatal, since11, "/sdg:CountryOfResidence", "CountryOfResidence is a CountryIdentificationCode", country, textListed("CountryIdentificationCode")),
	}
}

// legalPersonIDs are the ids of one battery, without "R-EDM-REQ-".
type legalPersonIDs struct {
	levelThere, level, identifierThere, identifier, schemeThere, scheme, otherThere, other, address string
}

func legalPersonRules(slot string, in Lines, id legalPersonIDs) []Rule {
	p := "query:Query/rim:Slot=" + slot + "/rim:SlotValue/sdg:LegalPerson"
	r := func(id, below, text, fix string, t test) Rule {
		return row("R-EDM-REQ-"+id, Fatal, in, p+below, slot+": "+text, fix, t)
	}
	return []Rule{
		r(id.levelThere, "", "LevelOfAssurance is there", "send Low, Substantial or High", childFilled("LevelOfAssurance")),
		r(id.level, "/sdg:LevelOfAssurance", "LevelOfAssurance is Low, Substantial or High", "send one of these", textListedIfFilled("LevelsOfAssurance")),
		r(id.identifierThere, "", "LegalPersonIdentifier is there", "send the eIDAS identifier", childFilled("LegalPersonIdentifier")),
		r(id.identifier, "/sdg:LegalPersonIdentifier", "LegalPersonIdentifier is AA/BB/ with OOTS countries, and 6 to 256 characters without space", "send the eIDAS identifier", unlessBlank(eidasValue)),
		r(id.schemeThere, "/sdg:LegalPersonIdentifier", "LegalPersonIdentifier has a schemeID", "add schemeID=\"eidas\"", attrThere("schemeID")),
		r(id.scheme, "/sdg:LegalPersonIdentifier", "the schemeID of LegalPersonIdentifier is eidas", "send eidas", attrIs("schemeID", "eidas")),
		r(id.otherThere, "/sdg:Identifier", "the Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
		r(id.other, "/sdg:Identifier", "the schemeID of Identifier is of the list IdentifierSchemes", "send VAT, TAX, BusinessCode, LEI, EORI, SEED or SIC", otherScheme),
		r(id.address, "/sdg:RegisteredAddress/sdg:AdminUnitLevel1", "the country of the address is a CountryIdentificationCode", "send an ISO 3166-1 code", textListed("CountryIdentificationCode")),
	}
}

// unlessBlank leaves blank text to the rule on presence.
func unlessBlank(t test) test {
	return func(m *message, e *regrep.Element) *breach {
		if e.Trimmed() == "" {
			return nil
		}
		return t(m, e)
	}
}

func otherScheme(m *message, e *regrep.Element) *breach {
	v, ok := e.Attr("schemeID")
	return when(ok && !m.list("IdentifierSchemes").Has(v), "/@schemeID", v)
}

// scopeListed judges an attribute that is a power of representation.
func scopeListed(split func(string) []string) test {
	return func(m *message, e *regrep.Element) *breach {
		if !isScope(e) {
			return nil
		}
		value := e.Child(sdg, "AttributeValue").Trimmed()
		for _, code := range split(value) {
			if !m.list("Procedures").Has(strings.TrimSpace(code)) {
				return &breach{"/sdg:AttributeValue", strings.TrimSpace(code)}
			}
		}
		return nil
	}
}

// genderOfScheme leaves a gender outside the list to R-EDM-REQ-C124.
func genderOfScheme(m *message, e *regrep.Element) *breach {
	v := e.Trimmed()
	if !m.list("Gender").Has(v) {
		return nil
	}
	digits := strings.Trim(v, "0123456789") == ""
	scheme := e.Parent.Child(sdg, "Identifier").Value("schemeID")
	return when(scheme == "eidas" && digits || scheme == "eidas2" && !digits, "", v)
}
