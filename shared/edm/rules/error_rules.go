package rules

import (
	"slices"
	"strings"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

const (
	errorProvider  = "rim:Slot=ErrorProvider/rim:SlotValue/sdg:Agent"
	errorRequester = "rim:Slot=EvidenceRequester/rim:SlotValue/sdg:Agent"
	exception      = "rs:Exception"
)

// errorStructure are R-EDM-ERR-S001 to S031.
var errorStructure = []Rule{
	row("R-EDM-ERR-S001", Fatal, all, "", "the root element is QueryResponse", "send query:QueryResponse", nil),
	row("R-EDM-ERR-S002", Fatal, all, "", "the root is in the query namespace", "declare "+regrep.NamespaceQuery, nil),
	row("R-EDM-ERR-S003", Caution, all, "", "the requestId should be there, unless the request was invalid", "send the id of the request", requestIDUnlessInvalid),
	row("R-EDM-ERR-S004", Fatal, all, "", "the requestId is urn:uuid: and a UUID", "send the id of the request", requestID("requestId")),
	row("R-EDM-ERR-S006", Fatal, all, "", "the status is Failure", "send "+regrep.StatusFailure, statusFailure),
	row("R-EDM-ERR-S007", Fatal, all, "", "an error response has no RegistryObjectList", "leave it out", noList),
	row("R-EDM-ERR-S008", Fatal, all, "", "there is at least one rs:Exception", "say what failed", exceptions(func(n int) bool { return n > 0 })),
	row("R-EDM-ERR-S009", Fatal, all, "", "there is exactly one SpecificationIdentifier", "send the slot once", slotOnce("SpecificationIdentifier")),
	row("R-EDM-ERR-S010", Fatal, all, "", "there is exactly one EvidenceResponseIdentifier", "send the slot once", slotOnce("EvidenceResponseIdentifier")),
	row("R-EDM-ERR-S011", Fatal, all, "", "there is exactly one ErrorProvider", "send the slot once", slotOnce("ErrorProvider")),
	row("R-EDM-ERR-S012", Caution, all, "", "EvidenceRequester should be there once, unless the request was invalid", "send the slot once", requesterUnlessInvalid),
	row("R-EDM-ERR-S013", Fatal, all, exception, "each exception has exactly one Timestamp", "send the slot once", slotOnce("Timestamp")),
	row("R-EDM-ERR-S014", Caution, all, exception, "PreviewLocation may be there, once", "send the slot once", slotAtMostOnce("PreviewLocation")),
	row("R-EDM-ERR-S015", Caution, all, exception, "PreviewDescription may be there, once", "send the slot once", slotAtMostOnce("PreviewDescription")),
	row("R-EDM-ERR-S016", Caution, until12, exception, "PreviewMethod may be there, once", "send the slot once", slotAtMostOnce("PreviewMethod")),
	row("R-EDM-ERR-S017", Fatal, all, "rim:Slot", "the error response has no other slots", "leave the slot out", slotNames("SpecificationIdentifier", "EvidenceResponseIdentifier", "ErrorProvider", "EvidenceRequester")),
	slotTypeRow("R-EDM-ERR-S018", all, "SpecificationIdentifier", regrep.StringValueType),
	slotTypeRow("R-EDM-ERR-S019", all, "EvidenceResponseIdentifier", regrep.StringValueType),
	slotTypeRow("R-EDM-ERR-S020", all, "ErrorProvider", regrep.AnyValueType),
	slotTypeRow("R-EDM-ERR-S021", all, "EvidenceRequester", regrep.AnyValueType),
	exceptionSlotTypeRow("R-EDM-ERR-S022", all, "Timestamp", regrep.DateTimeValueType),
	exceptionSlotTypeRow("R-EDM-ERR-S023", all, "PreviewLocation", regrep.StringValueType),
	exceptionSlotTypeRow("R-EDM-ERR-S024", all, "PreviewDescription", regrep.InternationalStringValueType),
	exceptionSlotTypeRow("R-EDM-ERR-S025", until12, "PreviewMethod", regrep.StringValueType),
	row("R-EDM-ERR-S026", Fatal, all, "rim:Slot=ErrorProvider/rim:SlotValue", "ErrorProvider holds sdg:Agent", "send sdg:Agent", holds("Agent")),
	row("R-EDM-ERR-S027", Fatal, all, exception+"/rim:Slot", "an exception has no other slots than those of its line", "leave the slot out", slotNamesOf(exceptionSlotNames)),
	row("R-EDM-ERR-S028", Fatal, all, "//rim:Slot", "each slot has one rim:SlotValue", "send one rim:SlotValue", oneSlotValue),
	row("R-EDM-ERR-S029", Fatal, all, "//rim:SlotValue", "no rim:SlotValue is empty", "send the value or leave the slot out", slotValueFilled()),
	row("R-EDM-ERR-S030", Fatal, all, setTranslated, "no two siblings of one name have the same language", "send each language once", languageOnce),
	row("R-EDM-ERR-S031", Fatal, in11|in12, exception, "a PreviewLocation has a PreviewMethod beside it", "send GET", methodWithLocation),
}

func exceptionSlotTypeRow(id string, in Lines, slot string, want regrep.Name) Rule {
	return row(id, Fatal, in, exception+"/rim:Slot="+slot+"/rim:SlotValue", slot+" has the type "+want.String(), "send that xsi:type", typeIs(want))
}

// errorContent are R-EDM-ERR-C001 to C031.
var errorContent = []Rule{
	row("R-EDM-ERR-C001", Fatal, all, "rim:Slot=SpecificationIdentifier/rim:SlotValue", "SpecificationIdentifier is the literal of the line", "send that of the request", slotText(regrep.StringValueType, isLiteral)),
	row("R-EDM-ERR-C002", Fatal, all, "rim:Slot=EvidenceResponseIdentifier/rim:SlotValue", "EvidenceResponseIdentifier is a UUID without prefix", "send a new UUID", slotText(regrep.StringValueType, isBareUUID)),
	row("R-EDM-ERR-C003", Fatal, all, errorProvider+"/sdg:Identifier", "the error provider's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-ERR-C004", Fatal, all, errorProvider+"/sdg:Identifier", "the error provider's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-ERR-C005", Fatal, all, errorProvider+"/sdg:Address/sdg:AdminUnitLevel1", "the error provider's country is a CountryIdentificationCode", "send an ISO 3166-1 code", textListed("CountryIdentificationCode")),
	row("R-EDM-ERR-C006", Fatal, in20, errorProvider+"/sdg:Address/sdg:AdminUnitLevel2", "the error provider's region is a NUTS code", "send a NUTS code or leave it out", textListed("NUTS")),
	row("R-EDM-ERR-C007", Fatal, all, errorProvider, "the error provider has a Classification", "send ERRP", childFilled("Classification")),
	row("R-EDM-ERR-C008", Fatal, all, errorProvider+"/sdg:Classification", "the error provider's Classification is ERRP, EP or IP", "send ERRP", textOneOf("ERRP", "EP", "IP")),
	row("R-EDM-ERR-C009", Fatal, all, errorRequester+"/sdg:Identifier", "the requester's Identifier has a schemeID", "add @schemeID", attrThere("schemeID")),
	row("R-EDM-ERR-C010", Fatal, all, errorRequester+"/sdg:Identifier", "the requester's scheme is EAS or unregistered, its Identifier shorter than 256", "send a scheme of the list", agentIdentifier),
	row("R-EDM-ERR-C011", Fatal, in10, "", "a failure has exactly one rs:Exception", "send one", exceptions(func(n int) bool { return n <= 1 })),
	row("R-EDM-ERR-C012", Fatal, all, exception, "an exception has an xsi:type", "send the type of the error code", exceptionTyped),
	row("R-EDM-ERR-C013", Fatal, all, exception, "the xsi:type is of the list EDMErrorCodes", "send the type of the error code", exceptionTypeListed),
	row("R-EDM-ERR-C014", Fatal, all, exception, "the severity is Error or PreviewRequired", "send one of these", severityListed),
	row("R-EDM-ERR-C015", Fatal, all, exception, "the severity is Error unless the code is EDM:ERR:0002", "send "+regrep.SeverityError, severityOfCode),
	row("R-EDM-ERR-C016", Fatal, all, exception, "an exception has a message", "send the message of the error code", attrFilled("message")),
	row("R-EDM-ERR-C017", Fatal, all, exception, "the code is of the list EDMErrorCodes", "send EDM:ERR:0001 to 0008", attrListed("code", "EDMErrorCodes")),
	row("R-EDM-ERR-C018", Fatal, all, exception+"/rim:Slot=Timestamp/rim:SlotValue", "Timestamp has a date and a time to the second", "send YYYY-MM-DDThh:mm:ssZ", slotText(regrep.DateTimeValueType, always(isDateTime))),
	row("R-EDM-ERR-C019", Fatal, all, exception+"/rim:Slot=PreviewLocation/rim:SlotValue", "PreviewLocation starts with https://", "send an https URL", slotText(regrep.StringValueType, always(isHTTPS))),
	row("R-EDM-ERR-C020", Fatal, all, exception+"/rim:Slot=PreviewDescription/rim:SlotValue/rim:Value/rim:LocalizedString", "the xml:lang of PreviewDescription is a LanguageCode", "send an upper-case ISO 639 code", langListed),
	row("R-EDM-ERR-C021", Fatal, until12, exception+"/rim:Slot=PreviewMethod/rim:SlotValue", "PreviewMethod is GET or POST (in 1.2 also PUT)", "send GET", slotText(regrep.StringValueType, func(m *message, s string) bool { return m.list("PreviewMethod").Has(s) })),
	row("R-EDM-ERR-C022", Fatal, all, exception, "an exception with PreviewLocation has the severity PreviewRequired and the type rs:AuthorizationExceptionType", "send both", previewAuthorized),
	row("R-EDM-ERR-C023", Fatal, all, "rim:Slot=ErrorProvider/rim:SlotValue", "ErrorProvider has one agent", "send one sdg:Agent", oneProviderAgent),
	row("R-EDM-ERR-C024", Fatal, in11|in12, errorProvider+"/sdg:Address", "the error provider's Address has exactly one AdminUnitLevel1", "add the country", oneCountry),
	row("R-EDM-ERR-C024", Fatal, in20, errorProvider, "the error provider has exactly one Address with AdminUnitLevel1", "add the address", func(_ *message, e *regrep.Element) *breach { return oneAddress(e) }),
	row("R-EDM-ERR-C025", Fatal, all, "", "without requestId the exception is rs:InvalidRequestExceptionType", "send the id of the request", requestIDUnlessInvalid),
	row("R-EDM-ERR-C026", Fatal, all, exception, "an exception has a code", "send EDM:ERR:0001 to 0008", attrFilled("code")),
	row("R-EDM-ERR-C027", Fatal, since11, setTexts, "free text has at least two characters (LocatorDesignator one)", "send the text or leave the element out", longEnough),
	row("R-EDM-ERR-C028", Fatal, since12, errorRequester+"/sdg:Name", "the requester's Name has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-ERR-C029", Fatal, since12, errorRequester+"/sdg:Name", "the requester's Name has a lang", "add @lang", attrFilled("lang")),
	row("R-EDM-ERR-C030", Fatal, since12, errorProvider+"/sdg:Name", "the error provider's Name has a lang of LanguageCode", "send an upper-case ISO 639 code", attrListed("lang", "LanguageCode")),
	row("R-EDM-ERR-C031", Fatal, since12, errorProvider+"/sdg:Name", "the error provider's Name has a lang", "add @lang", attrFilled("lang")),
}

var (
	invalidRequest = regrep.Name{Space: regrep.NamespaceRS, Local: "InvalidRequestExceptionType"}
	authorization  = regrep.Name{Space: regrep.NamespaceRS, Local: "AuthorizationExceptionType"}
)

func isInvalidRequest(root *regrep.Element) bool {
	return slices.ContainsFunc(root.All(regrep.NamespaceRS, "Exception"), func(x *regrep.Element) bool { return x.Type == invalidRequest })
}

func requestIDUnlessInvalid(_ *message, e *regrep.Element) *breach {
	_, ok := e.Attr("requestId")
	return when(!ok && !isInvalidRequest(e), "/@requestId", "missing")
}

func requesterUnlessInvalid(_ *message, e *regrep.Element) *breach {
	n := len(e.Slots("EvidenceRequester"))
	return when(n > 1 || n == 0 && !isInvalidRequest(e), "/rim:Slot[@name='EvidenceRequester']", countText(n))
}

func statusFailure(_ *message, e *regrep.Element) *breach {
	v := e.Value("status")
	return when(v != regrep.StatusFailure, "/@status", v)
}

func noList(_ *message, e *regrep.Element) *breach {
	return when(e.Child(rim, "RegistryObjectList") != nil, "/rim:RegistryObjectList", "there")
}

func exceptions(ok func(n int) bool) test {
	return func(_ *message, e *regrep.Element) *breach {
		n := len(e.All(regrep.NamespaceRS, "Exception"))
		return when(!ok(n), "/rs:Exception", countText(n))
	}
}

func exceptionSlotNames(m *message) []string {
	names := []string{"Timestamp", "PreviewLocation", "PreviewDescription"}
	if m.version != edm.V20 {
		names = append(names, "PreviewMethod")
	}
	return names
}

// languageOnce reports the second and later siblings.
func languageOnce(m *message, e *regrep.Element) *breach {
	lang := langOf(e)
	return when(m.languages[languageKey{e.Parent, e.Local, lang}] != e, "/@lang", lang)
}

func methodWithLocation(_ *message, e *regrep.Element) *breach {
	return when(len(e.Slots("PreviewLocation")) > 0 && len(e.Slots("PreviewMethod")) == 0, "/rim:Slot[@name='PreviewMethod']", "missing")
}

func exceptionTyped(_ *message, e *regrep.Element) *breach {
	return when(e.Type.Local == "", "/@xsi:type", "missing")
}

func exceptionTypeListed(m *message, e *regrep.Element) *breach {
	return when(e.Type.Local != "" && !isExceptionType(m, e.Type), "/@xsi:type", rawType(e))
}

func isExceptionType(m *message, t regrep.Name) bool {
	for _, c := range m.list("EDMErrorCodes").Codes() {
		if c.Structure == t.String() {
			return true
		}
	}
	return false
}

func severityListed(m *message, e *regrep.Element) *breach {
	v := severityOf(e)
	return when(!isSeverity(m, v), "/@severity", v)
}

// severityOf is the severity without the white space that its schema type collapses; an official sample of 1.0 has some.
func severityOf(e *regrep.Element) string { return strings.TrimSpace(e.Value("severity")) }

// isSeverity leaves out the severity that only the directory uses.
func isSeverity(m *message, v string) bool {
	return m.list("ErrorSeverity").Has(v) && !strings.HasSuffix(v, ":AdditionalInput")
}

const codeMissingAuthorization = "EDM:ERR:0002"

// severityOfCode judges a severity that is of the list, of a code that is there.
func severityOfCode(m *message, e *regrep.Element) *breach {
	v, code := severityOf(e), strings.TrimSpace(e.Value("code"))
	return when(code != "" && code != codeMissingAuthorization && isSeverity(m, v) && v != regrep.SeverityError, "/@severity", v)
}

// previewAuthorized leaves a missing or unlisted severity or type, and a code that forbids the severity, to their own rules.
func previewAuthorized(m *message, e *regrep.Element) *breach {
	if len(e.Slots("PreviewLocation")) == 0 {
		return nil
	}
	severity := severityOf(e)
	if isSeverity(m, severity) && severity == regrep.SeverityError {
		return &breach{"/@severity", severity}
	}
	return when(isExceptionType(m, e.Type) && e.Type != authorization, "/@xsi:type", rawType(e))
}

func oneProviderAgent(_ *message, e *regrep.Element) *breach {
	n := len(e.All(sdg, "Agent"))
	return when(n > 1, "/sdg:Agent", countText(n))
}

func oneCountry(_ *message, e *regrep.Element) *breach {
	n := len(e.All(sdg, "AdminUnitLevel1"))
	return when(n != 1, "/sdg:AdminUnitLevel1", countText(n))
}
