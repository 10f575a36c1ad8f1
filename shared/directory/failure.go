package directory

import (
	"fmt"

	"github.com/vienreiz/vienreiz/shared/regrep"
)

// Code is an error code of a catalogue (lists EBErrorCodes and DSDErrorCodes).
type Code string

// Error codes of the Evidence Broker (TDD 3.2.4) and of the Data Service Directory (TDD 3.1.4).
const (
	EBNothingFound        Code = "EB:ERR:0001" // the broker has no information
	EBUnknownRequirement  Code = "EB:ERR:0002"
	EBBadParameters       Code = "EB:ERR:0003"
	EBUnknownJurisdiction Code = "EB:ERR:0004" // before 2.0
	EBUnknownProcedure    Code = "EB:ERR:0005"
	EBUnknownCountry      Code = "EB:ERR:0006"
	EBUnknownQuery        Code = "EB:ERR:0007"

	DSDNothingFound        Code = "DSD:ERR:0001" // no data service for the parameters
	DSDUnknownEvidenceType Code = "DSD:ERR:0002"
	DSDBadParameters       Code = "DSD:ERR:0003"
	DSDUnknownQuery        Code = "DSD:ERR:0004"
	DSDAdditionalInput     Code = "DSD:ERR:0005" // no fault: ask the user
	DSDWrongAnswer         Code = "DSD:ERR:0006" // an answer of the user is not valid
)

// Severities of DSD:ERR:0005; the second is that of the artefacts of 1.0.
const (
	SeverityAdditionalInput     = "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput"
	severityAdditionalInput2022 = "urn:sr.oots.tech.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput"
)

// Types of exceptions that the catalogues' codes have.
const (
	TypeObjectNotFound = "rs:ObjectNotFoundExceptionType"
	TypeInvalidRequest = "rs:InvalidRequestExceptionType"
)

// Meaning is what a code says and asks for.
type Meaning struct {
	Code Code
	// Type is the exception's xsi:type with the conventional prefix.
	Type string
	// Message is the list's wording.
	Message string
	// Do says what the asking side does next.
	Do string
	// Alert reports whether an operator must look: our configuration or our program is wrong.
	Alert bool
}

const offerUpload = "offer manual upload"

var meanings = []Meaning{
	{EBNothingFound, TypeObjectNotFound, "The result set is empty", "there is no exchange for this requirement and country: " + offerUpload, false},
	{EBUnknownRequirement, TypeObjectNotFound, "The requirement requested cannot be found", "check the requirement's identifier and the environment: acceptance and production differ", true},
	{EBBadParameters, TypeInvalidRequest, "The query parameters do not follow the query specification", "report it: the query is wrong", true},
	{EBUnknownJurisdiction, TypeInvalidRequest, "The jurisdiction level code is invalid or unknown", "check the NUTS or LAU code (before 2.0)", true},
	{EBUnknownProcedure, TypeInvalidRequest, "The procedure is invalid or unknown", "check the procedure's code", true},
	{EBUnknownCountry, TypeInvalidRequest, "The country code is invalid or unknown", "check the country's code", true},
	{EBUnknownQuery, TypeInvalidRequest, "The requested Query does not exist", "report it: the query is wrong", true},
	{DSDNothingFound, TypeObjectNotFound, "No Data Services were found based on the given parameters", "ask for another line of the exchange, or " + offerUpload, false},
	{DSDUnknownEvidenceType, TypeObjectNotFound, "The Evidence Type requested cannot be found", "ask the Evidence Broker again", true},
	{DSDBadParameters, TypeInvalidRequest, "The query parameters do not follow the query specification", "report it: the query is wrong", true},
	{DSDUnknownQuery, TypeInvalidRequest, "The requested Query does not exist", "report it: the query is wrong", true},
	{DSDAdditionalInput, TypeObjectNotFound, "The query requires the included extra attributes to be provided by the user", "ask the user, and ask again with the answers", false},
	{DSDWrongAnswer, TypeInvalidRequest, "Incorrect provided value for requested parameters", "show the question again", false},
}

// Meanings returns what every code says, in the order of the codes.
func Meanings() []Meaning { return append([]Meaning(nil), meanings...) }

// MeaningOf returns what a code says, and whether it is a code of the catalogues.
func MeaningOf(c Code) (Meaning, bool) {
	for _, m := range meanings {
		if m.Code == c {
			return m, true
		}
	}
	return Meaning{}, false
}

// Failure is an error that a catalogue answered, signed like any answer.
type Failure struct {
	Code Code `json:"code"`
	// Type and Severity are rs:Exception/@xsi:type and @severity.
	Type     string `json:"type"`
	Severity string `json:"severity"`
	// Message and Detail are for people; never compare them.
	Message string `json:"message"`
	Detail  string `json:"detail,omitempty"`
	// Questions are what the user must be asked, with DSD:ERR:0005 only.
	Questions *Questions `json:"questions,omitempty"`
}

// Error gives the code, what it says and what to do next.
func (f *Failure) Error() string {
	m, _ := MeaningOf(f.Code)
	detail := ""
	if f.Detail != "" {
		detail = " (" + regrep.Excerpt(f.Detail) + ")"
	}
	return fmt.Sprintf("%s: %s%s; %s", f.Code, regrep.Excerpt(f.Message), detail, m.Do)
}

// failure reads the one rs:Exception of an unsuccessful answer (R-EB-ERR, R-DSD-ERR).
func (r *reader) failure(root *regrep.Element) *Failure {
	r.absent(root.All(rim, "RegistryObjectList"), r.err("S007"), "a failure has no rim:RegistryObjectList")
	exceptions := root.All(rs, "Exception")
	if len(exceptions) != 1 {
		r.refuse(root, r.err("S008"), "a failure has exactly one rs:Exception, here are %d", len(exceptions))
		return nil
	}
	for _, s := range root.All(rim, "Slot") {
		if s.Value("name") != slotSpecification {
			r.refuse(s, r.err(bySort(r.service, "017", "S010")), "a failure has no other slot than SpecificationIdentifier")
		}
	}
	e := exceptions[0]
	f := &Failure{Code: Code(e.Value("code")), Severity: e.Value("severity"), Message: e.Value("message"), Detail: e.Value("detail")}
	if e.Type != (regrep.Name{}) {
		f.Type = e.Type.String()
	}
	r.exception(e, f)
	if f.Code == DSDAdditionalInput && r.service == DataServiceDirectory {
		f.Questions = r.questions(e)
	} else if slots := e.All(rim, "Slot"); len(slots) > 0 {
		r.refuse(slots[0], r.err(bySort(r.service, "017", "S010")), "an exception has slots with %s only", DSDAdditionalInput)
	}
	return f
}

// exception judges the attributes.
func (r *reader) exception(e *regrep.Element, f *Failure) {
	m, known := MeaningOf(f.Code)
	known = known && (m.Code[0] == 'E') == (r.service == EvidenceBroker)
	_, hasMessage := e.Attr("message")
	switch {
	case f.Type == "":
		r.refuse(e, r.err(bySort(r.service, "009", "C016")), "xsi:type is missing")
	case f.Type != TypeObjectNotFound && f.Type != TypeInvalidRequest:
		r.refuse(e, r.err(bySort(r.service, "010", "C017")), "xsi:type is %q; the catalogue's errors have %s or %s", regrep.Excerpt(f.Type), TypeObjectNotFound, TypeInvalidRequest)
	case f.Severity == "":
		r.refuse(e, r.err(bySort(r.service, "011a", "C018")), "@severity is missing")
	case !hasMessage:
		r.refuse(e, r.err(bySort(r.service, "013", "C020")), "@message is missing")
	case f.Code == "":
		r.refuse(e, r.err(bySort(r.service, "015", "C021")), "@code is missing")
	case !known:
		r.refuse(e, r.err(bySort(r.service, "016", "C023")), "@code is %q, no code of the %s", regrep.Excerpt(string(f.Code)), r.service)
	case f.Code == DSDAdditionalInput && f.Severity == regrep.SeverityError:
		r.refuse(e, "R-DSD-ERR-C019", "@severity of %s is %s", f.Code, SeverityAdditionalInput)
	case f.Code == DSDAdditionalInput && f.Severity != SeverityAdditionalInput && f.Severity != severityAdditionalInput2022:
		r.refuse(e, "R-DSD-ERR-C025", "@severity of %s is %s", f.Code, SeverityAdditionalInput)
	case f.Code != DSDAdditionalInput && f.Severity != regrep.SeverityError:
		r.refuse(e, r.err(bySort(r.service, "012", "C018")), "@severity is %q; it must be %s", regrep.Excerpt(f.Severity), regrep.SeverityError)
	}
	if f.Severity == severityAdditionalInput2022 {
		f.Severity = SeverityAdditionalInput
	}
}

func bySort(s Service, eb, dsd string) string {
	if s == EvidenceBroker {
		return eb
	}
	return dsd
}
