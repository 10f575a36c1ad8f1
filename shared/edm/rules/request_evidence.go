package rules

import (
	"strconv"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	distributedAs  = evidenceType + "/sdg:DistributedAs"
	classification = "rim:Slot=EvidenceProviderClassification/rim:SlotValue/rim:Element/sdg:EvidenceProviderClassification"
)

// requestEvidenceType are the rules on what is asked.
var requestEvidenceType = []Rule{
	row("R-EDM-REQ-C026", Fatal, all, evidenceType+"/sdg:Identifier", "the evidence type's Identifier is a UUID", "copy it from the directory", textMatches(filled(isBareUUID))),
	row("R-EDM-REQ-C027", Fatal, all, evidenceType+"/sdg:EvidenceTypeClassification", "EvidenceTypeClassification is https://sr.oots.tech.ec.europa.eu/evidencetypeclassifications/, an OOTS country or oots, and a lower-case UUID", "copy it from the directory", textMatches(isTypeURL)),
	row("R-EDM-REQ-C028", Fatal, all, evidenceType+"/sdg:Title", "a Title has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C029", Fatal, all, evidenceType+"/sdg:Title", "a Title has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C030", Fatal, all, evidenceType+"/sdg:Description", "a Description has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C031", Fatal, all, evidenceType+"/sdg:Description", "a Description has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C032", Fatal, until12, evidenceType, "there is at most one DistributedAs", "ask for one form", distributions(func(n int) bool { return n <= 1 })),
	row("R-EDM-REQ-C032", Fatal, in20, evidenceType, "there is at least one DistributedAs", "ask for a form", distributions(func(n int) bool { return n >= 1 })),
	row("R-EDM-REQ-C033", Fatal, all, distributedAs+"/sdg:Format", "Format is of the list OOTSMediaTypes", "send a media type of the directory's answer", textListed("OOTSMediaTypes")),
	row("R-EDM-REQ-C034", Fatal, all, distributedAs+"/sdg:ConformsTo", "ConformsTo is a data model of the Semantic Repository", "copy it from the directory", textMatches(isModelURL)),
	row("R-EDM-REQ-C035", Fatal, until12, distributedAs+"/sdg:Transformation", "Transformation is a subset in the Semantic Repository", "copy it from the directory", textMatches(isModelURL)),
	row("R-EDM-REQ-C070", Fatal, in10, distributedAs, "a structured format has a ConformsTo", "copy it from the directory", modelThere("application/xml", "application/json")),
	row("R-EDM-REQ-C070", Warning, since11, distributedAs, "a structured format should have a ConformsTo", "copy it from the directory", modelThere("application/xml", "application/json")),
	row("R-EDM-REQ-C071", Fatal, in10, distributedAs, "a Transformation has a ConformsTo beside it", "copy it from the directory", modelBesideTransformation),
	row("R-EDM-REQ-C071", Warning, since11, distributedAs, "JSON should have a ConformsTo", "copy it from the directory", modelThere("application/json")),
	row("R-EDM-REQ-C072", Fatal, in11|in12, distributedAs, "a Transformation has one ConformsTo beside it", "copy it from the directory", modelBesideTransformation),
	row("R-EDM-REQ-C106", Fatal, all, evidenceType, "the evidence type has an Identifier", "copy it from the directory", childFilled("Identifier")),
	row("R-EDM-REQ-C107", Fatal, since12, distributedAs, "an unstructured format has no ConformsTo", "leave it out", noModelForUnstructured),
	row("R-EDM-REQ-C113", Caution, in12, distributedAs+"/sdg:Transformation", "a Transformation URL in production has no environment label", "use it in that environment only", textMatches(isProduction("datamodels", "distributions"))),
	row("R-EDM-REQ-C114", Caution, since12, distributedAs+"/sdg:ConformsTo", "a ConformsTo URL in production has no environment label", "use it in that environment only", textMatches(isProduction("datamodels", "distributions"))),
	row("R-EDM-REQ-C115", Caution, since12, evidenceType+"/sdg:EvidenceTypeClassification", "an EvidenceTypeClassification URL in production has no environment label", "use it in that environment only", textMatches(isProduction("evidencetypeclassifications"))),
	row("R-EDM-REQ-C118", Fatal, in20, distributedAs+"/sdg:Language", "a wished Language is a LanguageCode", "send an upper-case ISO 639 code", textListed("LanguageCode")),
	row("R-EDM-REQ-C119", Fatal, in20, distributedAs+"/sdg:AssociatedDocumentRequest", "AssociatedDocumentRequest is Annex, HumanReadableVersion or Translation", "send one of these", textListed("AssociatedDocumentRequest")),
}

func distributions(ok func(n int) bool) test {
	return func(_ *message, e *regrep.Element) *breach {
		n := len(e.All(sdg, "DistributedAs"))
		return when(!ok(n), "/sdg:DistributedAs", countText(n))
	}
}

// modelThere judges a distribution of one of the formats. Beside a Transformation, the rule on that one speaks.
func modelThere(formats ...string) test {
	return func(_ *message, e *regrep.Element) *breach {
		format := e.Child(sdg, "Format").Trimmed()
		for _, f := range formats {
			if f == format && e.Child(sdg, "Transformation") == nil {
				return when(e.Child(sdg, "ConformsTo") == nil, "/sdg:ConformsTo", "missing for "+format)
			}
		}
		return nil
	}
}

func modelBesideTransformation(_ *message, e *regrep.Element) *breach {
	n := len(e.All(sdg, "ConformsTo"))
	return when(e.Child(sdg, "Transformation") != nil && n != 1, "/sdg:ConformsTo", countText(n))
}

func noModelForUnstructured(m *message, e *regrep.Element) *breach {
	structured, known := isStructured(m, e.Child(sdg, "Format").Trimmed())
	model := e.Child(sdg, "ConformsTo")
	return when(known && !structured && model != nil, "/sdg:ConformsTo", model.Trimmed())
}

// requestClassification are the rules on the user's answers to the directory.
var requestClassification = []Rule{
	row("R-EDM-REQ-C019", Fatal, all, classification+"/sdg:Identifier", "a classification's Identifier is a UUID", "copy it from the directory", textMatches(isBareUUID)),
	row("R-EDM-REQ-C020", Fatal, all, classification, "a classification has a Type", "send string, boolean or codelist", childFilled("Type")),
	row("R-EDM-REQ-C021", Fatal, all, classification+"/sdg:Description", "a classification's Description has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-REQ-C022", Fatal, all, classification+"/sdg:Description", "a classification's Description has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-REQ-C023", Fatal, in10|in11, classification, "a classification's SupportedValue is not empty", "send the user's answer", supportedValueThere),
	row("R-EDM-REQ-C023", Fatal, since12, classification+"/sdg:SupportedValue", "a classification's SupportedValue is not empty", "send the user's answer", supportedValueFilled),
	row("R-EDM-REQ-C095", Fatal, since12, classification+"/sdg:Type", "a classification's Type is string, boolean or codelist", "copy it from the directory", textListedIfFilled("EvidenceProviderClassificationType")),
	row("R-EDM-REQ-C096", Fatal, since12, classification, "a classification of the type codelist has a schemeID", "copy it from the directory", codelistScheme),
	row("R-EDM-REQ-C097", Fatal, since12, classification+"/sdg:Identifier", "a classification's schemeID is https://sr.oots.tech.ec.europa.eu/codelists/<country>/<name>", "copy it from the directory", schemePart(func(_ *message, country, name string) bool { return country != "" && name != "" })),
	row("R-EDM-REQ-C098", Fatal, since12, classification+"/sdg:Identifier", "the code list's URL has an OOTS country", "copy it from the directory", schemePart(func(m *message, country, name string) bool {
		return country == "" || name == "" || m.list("OOTSCountry").Has(country)
	})),
	row("R-EDM-REQ-C099", Fatal, since12, classification+"/sdg:Identifier", "the code list's short name has 2 to 50 letters and digits", "copy it from the directory", schemePart(func(_ *message, country, name string) bool {
		return country == "" || name == "" || isShortName(name)
	})),
	row("R-EDM-REQ-C100", Fatal, since12, classification, "a classification of the type codelist has a ValueExpression", "copy it from the directory", ofType(childFilled("ValueExpression"), edm.TypeCodelist)),
	row("R-EDM-REQ-C101", Fatal, since12, classification, "the ValueExpression of a codelist starts with https://", "copy it from the directory", ofType(expressionHTTPS, edm.TypeCodelist)),
	row("R-EDM-REQ-C102", Fatal, since12, classification, "a classification of a known Type has a SupportedValue", "send the user's answer", ofType(supportedValueCount(func(n int) bool { return n > 0 }), edm.TypeString, edm.TypeBoolean, edm.TypeCodelist)),
	row("R-EDM-REQ-C103", Fatal, since12, classification, "the types string and codelist have a StringValue", "send StringValue", ofType(valueKind("StringValue"), edm.TypeString, edm.TypeCodelist)),
	row("R-EDM-REQ-C104", Fatal, since12, classification, "the type boolean has a BooleanValue", "send BooleanValue", ofType(valueKind("BooleanValue"), edm.TypeBoolean)),
	row("R-EDM-REQ-C105", Fatal, since12, classification, "a classification has exactly one SupportedValue", "send one answer", supportedValueCount(func(n int) bool { return n <= 1 })),
}

func supportedValueThere(_ *message, e *regrep.Element) *breach {
	v := e.Child(sdg, "SupportedValue")
	return when(v == nil || v.DeepText() == "", "/sdg:SupportedValue", "empty")
}

func supportedValueFilled(_ *message, e *regrep.Element) *breach {
	return when(e.DeepText() == "", "", "empty")
}

func supportedValueCount(ok func(n int) bool) test {
	return func(_ *message, e *regrep.Element) *breach {
		n := len(e.All(sdg, "SupportedValue"))
		return when(!ok(n), "/sdg:SupportedValue", countText(n))
	}
}

// ofType applies a test to classifications of these types.
func ofType(t test, types ...string) test {
	return func(m *message, e *regrep.Element) *breach {
		for _, name := range types {
			if e.Child(sdg, "Type").Trimmed() == name {
				return t(m, e)
			}
		}
		return nil
	}
}

// valueKind judges the values that are not empty.
func valueKind(want string) test {
	return func(_ *message, e *regrep.Element) *breach {
		for _, v := range e.All(sdg, "SupportedValue") {
			if v.DeepText() != "" && v.Child(sdg, want) == nil {
				return &breach{"/sdg:SupportedValue", "no " + want}
			}
		}
		return nil
	}
}

func codelistScheme(_ *message, e *regrep.Element) *breach {
	id := e.Child(sdg, "Identifier")
	if e.Child(sdg, "Type").Trimmed() != edm.TypeCodelist {
		return nil
	}
	return when(strings.TrimSpace(id.Value("schemeID")) == "", "/sdg:Identifier/@schemeID", "missing")
}

func expressionHTTPS(_ *message, e *regrep.Element) *breach {
	v := e.Child(sdg, "ValueExpression").Trimmed()
	return when(v != "" && !isHTTPS(v), "/sdg:ValueExpression", v)
}

// schemePart judges country and short name of a schemeID that is there; both are empty when it is no code list's URL.
func schemePart(ok func(m *message, country, name string) bool) test {
	return func(m *message, e *regrep.Element) *breach {
		v := strings.TrimSpace(e.Value("schemeID"))
		if v == "" {
			return nil
		}
		country, name := "", ""
		if _, rest, is := repository(m, v, "codelists"); is && strings.Count(rest, "/") == 1 {
			country, name, _ = strings.Cut(rest, "/")
		}
		return when(!ok(m, country, name), "/@schemeID", v)
	}
}

const shortNameLeast, shortNameMost = 2, 50

func isShortName(s string) bool {
	if len(s) < shortNameLeast || len(s) > shortNameMost {
		return false
	}
	for _, r := range s {
		if _, err := strconv.ParseUint(string(r), 36, 8); err != nil {
			return false
		}
	}
	return true
}
