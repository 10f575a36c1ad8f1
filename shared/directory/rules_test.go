package directory_test

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestRightAnswersOfEveryVersionRead(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"broker failure": "EB:ERR:0005", "questions": "DSD:ERR:0005", "place": "DSD:ERR:0005", "failure": "DSD:ERR:0001",
	}
	for _, v := range directory.Versions() {
		for name, b := range bodies(t, v) {
			if got := outcome(kindOf(name), b, v); got != want[name] {
				t.Errorf("%s in %s: got %q, want %q\n%s", name, v, got, want[name], b)
			}
		}
	}
}

// broken is one right answer with one change, and the rule that it breaks.
type broken struct {
	what, in, old, replacement, rule string
	version                          directory.Version // 2.0 when empty
}

const (
	anyType  = `xsi:type="rim:AnyValueType"`
	lang     = ` lang="EN"`
	badLang  = ` lang="en"`
	notUUID  = "00000000-0000-0000-0000-00000000000g"
	scheme   = ` schemeID="urn:oasis:names:tc:ebcore:partyid-type:unregistered:LV"`
	errorSev = ` severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"`
)

var envelopeMutants = []broken{
	{what: "another namespace", in: "requirements", old: `xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"`, replacement: `xmlns:query="urn:x"`, rule: "R-EB-REQ-S002"},
	{what: "no status", in: "requirements", old: ` status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"`, rule: "R-EB-REQ-S005"},
	{what: "another status", in: "evidence types", old: "ResponseStatusType:Success", replacement: "ResponseStatusType:PartialSuccess", rule: "R-EB-EVI-S006"},
	{what: "no version", in: "requirements", old: "SpecificationIdentifier", replacement: "Other", rule: "answer.version"},
	{what: "another version", in: "requirements", old: "oots-cs:v2.0", replacement: "oots-cs:v1.2", rule: "answer.version"},
	{what: "a version of another type", in: "requirements", old: "rim:StringValueType", replacement: "rim:AnyValueType", rule: "rim:StringValueType"},
	{what: "an exception in a success", in: "requirements", old: "<rim:RegistryObjectList>", replacement: "<rs:Exception/><rim:RegistryObjectList>", rule: "R-EB-REQ-S008"},
	{what: "no list in a success", in: "data services", old: "rim:RegistryObjectList", replacement: "", rule: "R-DSD-RESP-S007"},
	{what: "an id that is no URN", in: "requirements", old: `RegistryObject id="urn:uuid:`, replacement: `RegistryObject id="`, rule: "R-EB-REQ-S019"},
	{what: "an id that is no URN", in: "evidence types", old: `RegistryObject id="urn:uuid:`, replacement: `RegistryObject id="x`, rule: "R-EB-EVI-S019"},
	{what: "an id that is no URN", in: "data services", old: `RegistryObject id="urn:uuid:`, replacement: `RegistryObject id="x`, rule: "R-DSD-RESP-S014"},
	{what: "another slot", in: "requirements", old: `name="Requirement"`, replacement: `name="Other"`, rule: "R-EB-REQ-S011"},
	{what: "another slot", in: "evidence types", old: `name="Requirement"`, replacement: `name="Other"`, rule: "R-EB-EVI-S009"},
	{what: "another slot", in: "data services", old: `name="DataServiceEvidenceType"`, replacement: `name="Other"`, rule: "R-DSD-RESP-S009"},
	{what: "two slots", in: "requirements", old: `<rim:Slot name="Requirement">`, replacement: `<rim:Slot name="Other"/><rim:Slot name="Requirement">`, rule: "R-EB-REQ-S012"},
	{what: "two slots", in: "evidence types", old: `<rim:Slot name="Requirement">`, replacement: `<rim:Slot name="Other"/><rim:Slot name="Requirement">`, rule: "R-EB-EVI-S010"},
	{what: "a slot of another type", in: "requirements", old: anyType, replacement: `xsi:type="rim:StringValueType"`, rule: "R-EB-REQ-S013"},
	{what: "a slot of another type", in: "evidence types", old: anyType, replacement: `xsi:type="rim:StringValueType"`, rule: "R-EB-EVI-S011"},
	{what: "a slot of another type", in: "data services", old: anyType, replacement: `xsi:type="AnyValueType"`, rule: "R-DSD-RESP-S010"},
	{what: "two requirements in a slot", in: "requirements", old: "<sdg:Requirement>", replacement: "<sdg:Requirement/><sdg:Requirement>", rule: "R-EB-REQ-S014"},
	{what: "two requirements in a slot", in: "evidence types", old: "<sdg:Requirement>", replacement: "<sdg:Requirement/><sdg:Requirement>", rule: "R-EB-EVI-S012"},
	{what: "two types in a slot", in: "data services", old: "<sdg:DataServiceEvidenceType>", replacement: "<sdg:DataServiceEvidenceType/><sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-S011"},
}

var requirementMutants = []broken{
	{what: "an identifier elsewhere", in: "requirements", old: "https://sr.acc.oots", replacement: "https://sr.acc.evil.example/oots", rule: "R-EB-REQ-C001"},
	{what: "an identifier elsewhere", in: "evidence types", old: "https://sr.acc.oots.tech.ec.europa.eu/requirements", replacement: "http://sr.acc.oots.tech.ec.europa.eu/requirements", rule: "R-EB-EVI-C001"},
	{what: "no language", in: "requirements", old: "sdg:Name" + lang, replacement: "sdg:Name", rule: "R-EB-REQ-C003"},
	{what: "a language in small letters", in: "requirements", old: "sdg:Name" + lang, replacement: "sdg:Name" + badLang, rule: "R-EB-REQ-C002"},
	{what: "no language", in: "evidence types", old: "sdg:Name" + lang, replacement: "sdg:Name", rule: "R-EB-EVI-C003"},
	{what: "a language in small letters", in: "evidence types", old: "sdg:Name" + lang, replacement: "sdg:Name" + badLang, rule: "R-EB-EVI-C002"},
	{what: "a framework without UUID", in: "requirements", old: "<sdg:Identifier>e6d08b98-8074-47b7-8eb2-333fc958dfdc", replacement: "<sdg:Identifier>" + notUUID, rule: "R-EB-REQ-C004"},
	{what: "a title without language", in: "requirements", old: "sdg:Title" + lang, replacement: "sdg:Title", rule: "R-EB-REQ-C006"},
	{what: "a title in small letters", in: "requirements", old: "sdg:Title" + lang, replacement: "sdg:Title" + badLang, rule: "R-EB-REQ-C005"},
	{what: "a description without language", in: "requirements", old: "<sdg:RelatedTo>", replacement: "<sdg:Description>x</sdg:Description><sdg:RelatedTo>", rule: "R-EB-REQ-C008"},
	{what: "a description in another case", in: "requirements", old: "<sdg:RelatedTo>", replacement: `<sdg:Description lang="lv">x</sdg:Description><sdg:RelatedTo>`, rule: "R-EB-REQ-C007"},
	{what: "an unknown country", in: "requirements", old: "AdminUnitLevel1>LV", replacement: "AdminUnitLevel1>XX", rule: "R-EB-REQ-C009"},
	{what: "an unknown procedure", in: "requirements", old: "<sdg:Identifier>T2", replacement: "<sdg:Identifier>Z9", rule: "R-EB-REQ-C012"},
	{what: "an unknown procedure", in: "evidence types", old: "<sdg:Identifier>T2", replacement: "<sdg:Identifier>Z9", rule: "R-EB-EVI-C012"},
	{what: "more in RelatedTo", in: "requirements", old: "<sdg:RelatedTo>", replacement: `<sdg:RelatedTo><sdg:Title lang="EN">x</sdg:Title>`, rule: "R-EB-REQ-S015"},
	{what: "more in RelatedTo", in: "evidence types", old: "<sdg:RelatedTo>", replacement: `<sdg:RelatedTo><sdg:Title lang="EN">x</sdg:Title>`, rule: "R-EB-EVI-S013"},
	{what: "a list where none belongs", in: "requirements", old: "</sdg:Requirement>", replacement: "<sdg:EvidenceTypeList/></sdg:Requirement>", rule: "R-EB-REQ-S016"},
	{what: "another match type", in: "no match", old: ">NoMatch<", replacement: ">Perhaps<", rule: "R-EB-EVI-C043"},
	{what: "an empty list without a word", in: "no match", old: "<sdg:MatchType>NoMatch</sdg:MatchType>", rule: "R-EB-EVI-S015"},
	{what: "a type elsewhere", in: "evidence types", old: "/evidencetypeclassifications/", replacement: "/evidencetypes/", rule: "R-EB-EVI-C016"},
	{what: "a type with a distribution", in: "evidence types", old: "</sdg:EvidenceType>", replacement: "<sdg:Distribution/></sdg:EvidenceType>", rule: "R-EB-EVI-S014"},
	{what: "a type without jurisdiction in 1.2", in: "evidence types", old: "", rule: "R-EB-EVI-C021", version: directory.V12},
}

var space = regexp.MustCompile(`>\s+<`)

// flat drops the white space between elements, so that a change can name neighbours.
func flat(s string) string { return space.ReplaceAllString(s, "><") }

func TestAnswersThatBreakOneRuleAreRefusedByIt(t *testing.T) {
	t.Parallel()
	all := slices.Concat(envelopeMutants, requirementMutants, serviceMutants, failureMutants, moreMutants)
	for _, m := range all {
		v := m.version
		if v == "" {
			v = directory.V20
		}
		b := []byte(flat(string(bodies(t, v)[m.in])))
		m.old, m.replacement = flat(m.old), flat(m.replacement)
		switch {
		case m.rule == "R-EB-EVI-C021":
			i := strings.Index(string(b), "<sdg:EvidenceType>")
			b = append(b[:i:i], cut(t, b[i:], "<sdg:Jurisdiction>", "</sdg:Jurisdiction>")...)
		case m.old == "rim:RegistryObjectList":
			b = cut(t, b, "<rim:RegistryObjectList>", "</rim:RegistryObjectList>")
		case strings.HasSuffix(m.old, "…"):
			start := strings.TrimSuffix(m.old, "…")
			end := "</" + strings.FieldsFunc(start, func(r rune) bool { return strings.ContainsRune("< >", r) })[0] + ">"
			b = cut(t, b, start, end)
			for (strings.HasPrefix(start, "<rim:RegistryObject ") || start == "<sdg:ReferenceFramework>") && bytes.Contains(b, []byte(start)) {
				b = cut(t, b, start, end)
			}
		default:
			b = change(t, b, m.old, m.replacement)
		}
		if got := outcome(kindOf(m.in), b, v); got != m.rule {
			t.Errorf("%s in %s of %s: got %q, want %s", m.what, m.in, v, got, m.rule)
		}
	}
}

var serviceMutants = []broken{
	{what: "an identifier without UUID", in: "data services", old: "<sdg:Identifier>", replacement: "<sdg:Identifier>x", rule: "R-DSD-RESP-C002"},
	{what: "a type elsewhere", in: "data services", old: "https://sr.acc", replacement: "https://sr.acc.attacker", rule: "R-DSD-RESP-C003"},
	{what: "a title without language", in: "data services", old: "sdg:Title" + lang, replacement: "sdg:Title", rule: "R-DSD-RESP-C005"},
	{what: "a title in small letters", in: "data services", old: "sdg:Title" + lang, replacement: "sdg:Title" + badLang, rule: "R-DSD-RESP-C004"},
	{what: "a description without language", in: "data services", old: "<sdg:DistributedAs>", replacement: "<sdg:Description>x</sdg:Description><sdg:DistributedAs>", rule: "R-DSD-RESP-C007"},
	{what: "a description in another case", in: "data services", old: "<sdg:DistributedAs>", replacement: `<sdg:Description lang="Lv">x</sdg:Description><sdg:DistributedAs>`, rule: "R-DSD-RESP-C006"},
	{what: "an unknown media type", in: "data services", old: "application/pdf", replacement: "text/html", rule: "R-DSD-RESP-C009"},
	{what: "a data model elsewhere", in: "data services", old: "https://sr.acc.oots.tech.ec.europa.eu/datamodels/", replacement: "https://models.example/", rule: "R-DSD-RESP-C010"},
	{what: "a subset elsewhere", in: "data services", old: "</sdg:ConformsTo>", replacement: "</sdg:ConformsTo><sdg:Transformation>urn:x</sdg:Transformation>", rule: "R-DSD-RESP-C038", version: directory.V12},
	{what: "two media types before 2.0", in: "data services", old: "<sdg:Format>", replacement: "<sdg:Format>application/pdf</sdg:Format><sdg:Format>", rule: "sdg:EvidenceTypeDistributionType", version: directory.V12},
	{what: "an unknown language", in: "data services", old: "<sdg:Language>LV", replacement: "<sdg:Language>lv", rule: "sdg:EvidenceTypeDistributionType"},
	{what: "no access service", in: "data services", old: "<sdg:AccessService>…", rule: "R-DSD-RESP-S013"},
	{what: "two access services", in: "data services", old: "</sdg:AccessService>", replacement: "</sdg:AccessService><sdg:AccessService/>", rule: "R-DSD-RESP-S014"},
	{what: "an access point without scheme", in: "data services", old: scheme, rule: "R-DSD-RESP-C012"},
	{what: "an access point of another scheme", in: "data services", old: scheme, replacement: ` schemeID="urn:x"`, rule: "R-DSD-RESP-C014"},
	{what: "an access point of an unknown EAS code", in: "data services", old: scheme, replacement: ` schemeID="urn:cef.eu:names:identifier:EAS:0000"`, rule: "R-DSD-RESP-C014"},
	{what: "an unknown line", in: "data services", old: "oots-edm:v1.2", replacement: "edm-1.2", rule: "R-DSD-RESP-C015"},
	{what: "a provider without scheme", in: "data services", old: scheme + ">LV-LAND", replacement: ">LV-LAND", rule: "R-DSD-RESP-C016"},
	{what: "a provider of another scheme", in: "data services", old: scheme + ">LV-LAND", replacement: ` schemeID="eidas">LV-LAND`, rule: "R-DSD-RESP-C017"},
	{what: "a provider without identifier", in: "data services", old: ">LV-LAND<", replacement: "><", rule: "sdg:EvidenceProviderType"},
	{what: "an address elsewhere", in: "data services", old: "AdminUnitLevel1>LV", replacement: "AdminUnitLevel1>lv", rule: "R-DSD-RESP-C018"},
	{what: "no address", in: "data services", old: "<sdg:Address>…", rule: "sdg:EvidenceProviderType"},
	{what: "a jurisdiction elsewhere", in: "data services", old: "<sdg:Jurisdiction>\n                  <sdg:AdminUnitLevel1>LV", replacement: "<sdg:Jurisdiction>\n                  <sdg:AdminUnitLevel1>QQ", rule: "R-DSD-RESP-C020"},
	{what: "an unknown level of assurance", in: "data services", old: ">High<", replacement: ">high<", rule: "R-DSD-RESP-C008"},
	{what: "a concept without UUID", in: "school", old: "codelists/LV/School\">", replacement: "codelists/LV/School\">x", rule: "R-DSD-RESP-C023"},
	{what: "a concept without type", in: "school", old: "<sdg:Type>codelist</sdg:Type>", rule: "R-DSD-RESP-C024"},
	{what: "a concept without language", in: "school", old: "sdg:Description" + lang, replacement: "sdg:Description", rule: "R-DSD-RESP-C027"},
	{what: "a concept in small letters", in: "school", old: "sdg:Description" + lang, replacement: "sdg:Description" + badLang, rule: "R-DSD-RESP-C026"},
	{what: "a concept without value", in: "school", old: "<sdg:SupportedValue>…", rule: "R-DSD-RESP-C028"},
	{what: "a classification without value", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: classification + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-S012"},
	{what: "a classification without UUID", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(classification, "<sdg:Identifier>", "<sdg:Identifier>x", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C029"},
	{what: "a classification without type", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(classification, "<sdg:Type>string</sdg:Type>", "", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C030"},
	{what: "a classification without description", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(classification, ">Q<", "><", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C031"},
	{what: "a classification in small letters", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(classification, "EN", "en", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C032"},
	{what: "a determination without UUID", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(determination, "<sdg:JurisdictionContextId>", "<sdg:JurisdictionContextId>x", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C034", version: directory.V12},
	{what: "a determination without language", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(determination, lang, "", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C036", version: directory.V12},
	{what: "a determination at no level", in: "data services", old: "</sdg:DataServiceEvidenceType>", replacement: strings.Replace(determination, "NUTS1", "NUTS9", 1) + "</sdg:DataServiceEvidenceType>", rule: "R-DSD-RESP-C037", version: directory.V12},
}

const (
	classification = `<sdg:EvidenceProviderClassification><sdg:Identifier>12c58ee8-f40a-42ac-b056-938499d55a1a</sdg:Identifier><sdg:Type>string</sdg:Type><sdg:Description lang="EN">Q</sdg:Description></sdg:EvidenceProviderClassification>`
	determination  = `<sdg:EvidenceProviderJurisdictionDetermination><sdg:JurisdictionContextId>12c58ee8-f40a-42ac-b056-938499d55a1a</sdg:JurisdictionContextId><sdg:JurisdictionContext lang="EN">Q</sdg:JurisdictionContext><sdg:JurisdictionLevel>NUTS1</sdg:JurisdictionLevel></sdg:EvidenceProviderJurisdictionDetermination>`
)

var failureMutants = []broken{
	{what: "a list in a failure", in: "broker failure", old: "</query:QueryResponse>", replacement: "<rim:RegistryObjectList/></query:QueryResponse>", rule: "R-EB-ERR-S007"},
	{what: "a list in a failure", in: "failure", old: "</query:QueryResponse>", replacement: "<rim:RegistryObjectList/></query:QueryResponse>", rule: "R-DSD-ERR-S007"},
	{what: "two exceptions", in: "broker failure", old: "</query:QueryResponse>", replacement: "<rs:Exception/></query:QueryResponse>", rule: "R-EB-ERR-S008"},
	{what: "an exception of another namespace", in: "failure", old: "<rs:Exception", replacement: "<rim:Exception", rule: "R-DSD-ERR-S008"},
	{what: "another slot", in: "broker failure", old: "<rs:Exception", replacement: `<rim:Slot name="x"/><rs:Exception`, rule: "R-EB-ERR-017"},
	{what: "another slot", in: "failure", old: "<rs:Exception", replacement: `<rim:Slot name="x"/><rs:Exception`, rule: "R-DSD-ERR-S010"},
	{what: "no type", in: "broker failure", old: ` xsi:type="rs:InvalidRequestExceptionType"`, rule: "R-EB-ERR-009"},
	{what: "another type", in: "broker failure", old: "rs:InvalidRequestExceptionType", replacement: "rs:TimeoutExceptionType", rule: "R-EB-ERR-010"},
	{what: "no type", in: "failure", old: ` xsi:type="rs:ObjectNotFoundExceptionType"`, rule: "R-DSD-ERR-C016"},
	{what: "another type", in: "failure", old: "rs:ObjectNotFoundExceptionType", replacement: "query:QueryExceptionType", rule: "R-DSD-ERR-C017"},
	{what: "no severity", in: "broker failure", old: errorSev, rule: "R-EB-ERR-011a"},
	{what: "another severity", in: "broker failure", old: "ErrorSeverityType:Error", replacement: "ErrorSeverityType:Warning", rule: "R-EB-ERR-012"},
	{what: "no severity", in: "failure", old: errorSev, rule: "R-DSD-ERR-C018"},
	{what: "no message", in: "broker failure", old: ` message="The procedure is invalid or unknown"`, rule: "R-EB-ERR-013"},
	{what: "no message", in: "failure", old: ` message="No Data Services were found based on the given parameters"`, rule: "R-DSD-ERR-C020"},
	{what: "no code", in: "broker failure", old: ` code="EB:ERR:0005"`, rule: "R-EB-ERR-015"},
	{what: "an unknown code", in: "broker failure", old: "EB:ERR:0005", replacement: "EB:ERR:0008", rule: "R-EB-ERR-016"},
	{what: "the other catalogue's code", in: "broker failure", old: "EB:ERR:0005", replacement: "DSD:ERR:0001", rule: "R-EB-ERR-016"},
	{what: "no code", in: "failure", old: ` code="DSD:ERR:0001"`, rule: "R-DSD-ERR-C021"},
	{what: "an unknown code", in: "failure", old: "DSD:ERR:0001", replacement: "DSD:ERR:0007", rule: "R-DSD-ERR-C023"},
	{what: "questions of another code", in: "questions", old: "DSD:ERR:0005", replacement: "DSD:ERR:0001", rule: "R-DSD-ERR-C018"},
	{what: "questions as an error", in: "questions", old: "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput", replacement: "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error", rule: "R-DSD-ERR-C019"},
	{what: "questions of another severity", in: "questions", old: "DSDErrorResponse:AdditionalInput", replacement: "EDMErrorResponse:PreviewRequired", rule: "R-DSD-ERR-C025"},
	{what: "a foreign slot", in: "questions", old: `<rim:Slot name="DataServiceEvidenceType">`, replacement: `<rim:Slot name="x"/><rim:Slot name="DataServiceEvidenceType">`, rule: "R-DSD-ERR-S010"},
	{what: "a place in 2.0", in: "questions", old: `<rim:Slot name="DataServiceEvidenceType">`, replacement: `<rim:Slot name="JurisdictionDetermination"/><rim:Slot name="DataServiceEvidenceType">`, rule: "R-DSD-ERR-S010"},
	{what: "no question", in: "questions", old: `name="UserRequestedClassificationConcepts"`, replacement: `name="DataServiceEvidenceTypes"`, rule: "R-DSD-ERR-S010"},
	{what: "a type of evidence in another type of slot", in: "questions", old: anyType, replacement: `xsi:type="rim:StringValueType"`, rule: "R-DSD-ERR-S017"},
	{what: "concepts in another type of slot", in: "questions", old: "rim:CollectionValueType", replacement: "rim:AnyValueType", rule: "R-DSD-ERR-S015"},
	{what: "a concept in another type of element", in: "questions", old: "<rim:Element " + anyType, replacement: `<rim:Element xsi:type="rim:StringValueType"`, rule: "R-DSD-ERR-S016"},
	{what: "an element without a concept", in: "questions", old: "<sdg:EvidenceProviderClassification>…", rule: "R-DSD-ERR-S019"},
	{what: "an access service in the question", in: "questions", old: "</sdg:DataServiceEvidenceType>", replacement: "<sdg:AccessService/></sdg:DataServiceEvidenceType>", rule: "R-DSD-ERR-S021"},
	{what: "a type of evidence elsewhere", in: "questions", old: "https://sr.acc.oots.tech.ec.europa.eu/evidence", replacement: "https://sr.acc.oots.tech.ec.europa.eu.example/evidence", rule: "R-DSD-ERR-C011"},
	{what: "a title without language", in: "questions", old: "sdg:Title" + lang, replacement: "sdg:Title", rule: "R-DSD-ERR-C013"},
	{what: "a value in the question", in: "questions", old: "</sdg:EvidenceProviderClassification>", replacement: "<sdg:SupportedValue><sdg:StringValue>x</sdg:StringValue></sdg:SupportedValue></sdg:EvidenceProviderClassification>", rule: "R-DSD-ERR-S023"},
	{what: "a question without UUID", in: "questions", old: "codelists/LV/School\">", replacement: "codelists/LV/School\">x", rule: "R-DSD-ERR-C005"},
	{what: "a question without its list as scheme", in: "questions", old: ` schemeID="https://sr.acc.oots.tech.ec.europa.eu/codelists/LV/School"`, rule: "R-DSD-ERR-C005"},
	{what: "a question without type", in: "questions", old: "<sdg:Type>codelist</sdg:Type>", rule: "R-DSD-ERR-C006"},
	{what: "a question of a type of 1.x", in: "questions", old: "<sdg:Type>codelist", replacement: "<sdg:Type>Codelist", rule: "R-DSD-ERR-C006"},
	{what: "a question without text", in: "questions", old: "<sdg:Description lang=\"EN\">At which school did you take the final examination?", replacement: "<sdg:Description lang=\"EN\">", rule: "R-DSD-ERR-C007"},
	{what: "a question without language", in: "questions", old: "sdg:Description" + lang, replacement: "sdg:Description", rule: "R-DSD-ERR-C009"},
	{what: "a question in small letters", in: "questions", old: "sdg:Description" + lang, replacement: "sdg:Description" + badLang, rule: "R-DSD-ERR-C008"},
	{what: "a list by http", in: "questions", old: "<sdg:ValueExpression>https:", replacement: "<sdg:ValueExpression>http:", rule: "sdg:InformationConceptType"},
	{what: "a place without UUID", in: "place", old: "<sdg:JurisdictionContextId>", replacement: "<sdg:JurisdictionContextId>x", rule: "R-DSD-ERR-C001", version: directory.V10},
	{what: "a place without language", in: "place", old: "sdg:JurisdictionContext" + lang, replacement: "sdg:JurisdictionContext", rule: "R-DSD-ERR-C003", version: directory.V11},
	{what: "a place at no level", in: "place", old: ">NUTS1<", replacement: ">nuts1<", rule: "R-DSD-ERR-C004", version: directory.V12},
	{what: "a place in another type of slot", in: "place", old: `<rim:Slot name="JurisdictionDetermination">` + "\n      <rim:SlotValue " + anyType, replacement: `<rim:Slot name="JurisdictionDetermination">` + "\n      " + `<rim:SlotValue xsi:type="rim:StringValueType"`, rule: "R-DSD-ERR-S014", version: directory.V12},
	{what: "no identifier before 2.0", in: "place", old: "<sdg:Identifier>…", rule: "R-DSD-ERR-S021", version: directory.V12},
	{what: "no form before 2.0", in: "place", old: "<sdg:DistributedAs>…", rule: "R-DSD-ERR-S021", version: directory.V12},
}

func TestAnotherRootIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{"requirements": "R-EB-REQ-S001", "evidence types": "R-EB-EVI-S001", "data services": "R-DSD-RESP-S001"} {
		b := bytes.ReplaceAll(bodies(t, directory.V20)[name], []byte("query:QueryResponse"), []byte("query:QueryRequest"))
		if got := outcome(kindOf(name), b, directory.V20); got != rule {
			t.Errorf("%s: got %q, want %s", name, got, rule)
		}
	}
	for _, text := range []string{"", " \n", "\uFEFF", "no XML", "<html/>", "\x00", "<a>"} {
		if got := outcome("requirements", []byte(text), directory.V20); got == "" || strings.Contains(got, " ") {
			t.Errorf("%q: got %q, which is no rule", text, got)
		}
	}
}

func TestTheAdditionalInputSeverityOf2022IsRead(t *testing.T) {
	t.Parallel()
	b := change(t, bodies(t, directory.V12)["questions"], "urn:sr.oots.tech.ec.europa.eu:codes", "urn:sr.oots.tech.europa.eu:codes")
	_, _, err := directory.ParseDataServices(b, []directory.Version{directory.V12})
	f, ok := errors.AsType[*directory.Failure](err)
	if !ok || f.Severity != directory.SeverityAdditionalInput || len(f.Questions.Concepts) != 1 {
		t.Errorf("got %v", err)
	}
}

func TestPrefixesAndUnknownElementsDoNotMatter(t *testing.T) {
	t.Parallel()
	b := string(bodies(t, directory.V20)["data services"])
	b = strings.NewReplacer("xmlns:sdg", "xmlns:oots", "<sdg:", "<oots:", "</sdg:", "</oots:").Replace(b)
	b = strings.Replace(b, "<oots:DistributedAs>", `<oots:UserIdentityAttribute name="x"/><oots:DistributedAs>`, 1)
	if got := outcome("data services", []byte(b), directory.V20); got != "" {
		t.Error(got)
	}
}
