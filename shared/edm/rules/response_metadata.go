package rules

import (
	"regexp"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	aboutPerson      = evidence + "/sdg:IsAbout/sdg:NaturalPerson"
	aboutLegalPerson = evidence + "/sdg:IsAbout/sdg:LegalPerson"
	conformant       = evidence + "/sdg:IsConformantTo"
	distribution     = evidence + "/sdg:Distribution"
)

// responseMetadata are the rules on sdg:Evidence and the file it describes.
var responseMetadata = []Rule{
	row("R-EDM-RESP-C015", Fatal, all, evidence+"/sdg:Identifier", "the evidence's Identifier is a UUID without prefix", "send a UUID", textMatches(isBareUUID)),
	row("R-EDM-RESP-C016", Fatal, all, evidence+"/sdg:IssuingDate", "IssuingDate is YYYY-MM-DD", "send the date in that form", textMatches(isDate)),
	row("R-EDM-RESP-C017", Fatal, all, conformant+"/sdg:EvidenceTypeClassification", "EvidenceTypeClassification is https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/, an OOTS country or oots, and a lower-case UUID", "send the requested one", textMatches(isTypeURL)),
	row("R-EDM-RESP-C018", Fatal, all, conformant+"/sdg:Title", "a Title has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-RESP-C019", Fatal, all, conformant+"/sdg:Title", "a Title has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-RESP-C020", Fatal, all, conformant+"/sdg:Description", "a Description has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-RESP-C021", Fatal, all, conformant+"/sdg:Description", "a Description has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-RESP-C022", Fatal, all, distribution+"/sdg:ConformsTo", "ConformsTo is a data model of the Semantic Repository", "send the requested one", textMatches(isModelURL)),
	row("R-EDM-RESP-C023", Fatal, all, distribution+"/sdg:Format", "Format is of the list OOTSMediaTypes", "send a media type of the list", textListed("OOTSMediaTypes")),
	row("R-EDM-RESP-C026", Fatal, all, distribution+"/sdg:Language", "Language is a LanguageCode", "send an upper-case ISO 639 code", textListed("LanguageCode")),
	row("R-EDM-RESP-C027", Warning, all, aboutPerson, "the person's eIDAS Identifier should be there", "send that of the request", childFilled("Identifier")),
	row("R-EDM-RESP-C028", Fatal, all, aboutPerson+"/sdg:Identifier", "the person's Identifier is AA/BB/ with OOTS countries, and 6 to 256 characters without space", "send that of the request", eidasValue),
	row("R-EDM-RESP-C030", Fatal, all, aboutPerson+"/sdg:Identifier", "the person's Identifier has a schemeID", "add schemeID=\"eidas\"", attrThere("schemeID")),
	row("R-EDM-RESP-C031", Fatal, all, aboutPerson+"/sdg:Identifier", "the person's schemeID is eidas", "send eidas", attrIs("schemeID", "eidas")),
	row("R-EDM-RESP-C032", Fatal, all, aboutPerson+"/sdg:DateOfBirth", "DateOfBirth is YYYY-MM-DD", "send the date in that form", textMatches(isDate)),
	row("R-EDM-RESP-C033", Fatal, all, aboutLegalPerson, "the legal person's LegalPersonIdentifier is there", "send that of the request", childFilled("LegalPersonIdentifier")),
	row("R-EDM-RESP-C035", Fatal, all, aboutLegalPerson+"/sdg:LegalPersonIdentifier", "LegalPersonIdentifier is AA/BB/ with OOTS countries, and 6 to 256 characters without space", "send that of the request", unlessBlank(eidasValue)),
	row("R-EDM-RESP-C036", Fatal, all, aboutLegalPerson+"/sdg:LegalPersonIdentifier", "LegalPersonIdentifier has a schemeID", "add schemeID=\"eidas\"", attrThere("schemeID")),
	row("R-EDM-RESP-C037", Fatal, all, aboutLegalPerson+"/sdg:LegalPersonIdentifier", "the schemeID of LegalPersonIdentifier is eidas", "send eidas", attrIs("schemeID", "eidas")),
	row("R-EDM-RESP-C038", Fatal, all, evidence+"/sdg:IssuingAuthority/sdg:Identifier", "the issuing authority's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-RESP-C039", Fatal, all, evidence+"/sdg:IssuingAuthority/sdg:Identifier", "the issuing authority's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-RESP-C040", Fatal, all, evidence+"/sdg:ValidityPeriod/sdg:StartDate", "StartDate is YYYY-MM-DD", "send the date in that form", textMatches(isDate)),
	row("R-EDM-RESP-C041", Fatal, all, evidence+"/sdg:ValidityPeriod/sdg:EndDate", "EndDate is YYYY-MM-DD", "send the date in that form", textMatches(isDate)),
	row("R-EDM-RESP-C042", Fatal, all, repositoryItem, "xlink:href is cid: and a content id with @", "send the part's Content-ID", contentID),
	row("R-EDM-RESP-C043", Fatal, until12, distribution+"/sdg:Transformation", "Transformation is a subset in the Semantic Repository", "send the requested one", textMatches(isModelURL)),
	row("R-EDM-RESP-C044", Fatal, all, distribution, "a structured format has a ConformsTo", "send the requested data model", mainOnly(modelThere("application/xml", "application/json"))),
	row("R-EDM-RESP-C045", Fatal, until12, distribution, "a Transformation has a ConformsTo beside it", "send the requested data model", modelBesideTransformation),
	row("R-EDM-RESP-C050", Fatal, since12, distribution, "an unstructured format has no ConformsTo", "leave it out", mainOnly(noModelForUnstructured)),
	row("R-EDM-RESP-C058", Fatal, in20, distribution, "a Distribution has exactly one Format", "send one Format", oneFormat),
}

var contentIDShape = regexp.MustCompile(`^cid:[^@\s]+@[^@\s]+$`)

func contentID(_ *message, e *regrep.Element) *breach {
	v, ok := e.AttrNS(regrep.NamespaceXLink, "href")
	return when(ok && !contentIDShape.MatchString(v), "/@xlink:href", v)
}

// mainOnly leaves the companions of a package to R-EDM-RESP-S063, which forbids them a data model.
func mainOnly(t test) test {
	return func(m *message, e *regrep.Element) *breach {
		object := e
		for object != nil && object.Local != "RegistryObject" {
			object = object.Parent
		}
		if node := m.nodeOf(object); m.version == edm.V20 && node != "" && node != edm.MainEvidence {
			return nil
		}
		return t(m, e)
	}
}

func oneFormat(_ *message, e *regrep.Element) *breach {
	n := len(e.All(sdg, "Format"))
	return when(n != 1, "/sdg:Format", countText(n))
}
