package edm

import "time"

// Message is an EvidenceRequest, an EvidenceResponse or an ErrorResponse.
type Message interface {
	// Specification is the line of the message.
	Specification() Version
	// Kind says which of the three it is.
	Kind() Kind
}

// EvidenceRequest is query:QueryRequest (TDD 4.5.1).
type EvidenceRequest struct {
	// ID is @id without "urn:uuid:", lower case; new for every request (R-EDM-REQ-S003, S004).
	ID string
	// SpecificationIdentifier is the slot of that name, 1 (R-EDM-REQ-S005, C001).
	SpecificationIdentifier Version
	// Language is @xml:lang, 0..1, before 2.0 only: the wished language of the evidence (R-EDM-REQ-C069, S059).
	Language string
	// IssueDateTime is the slot of that name, 1 (R-EDM-REQ-S006, C002).
	IssueDateTime time.Time
	// Procedure is a code of the list Procedures, 1 since 1.1, should be there in 1.0 (R-EDM-REQ-S007, C003).
	Procedure string
	// PreviewLocation is 0..1, in the second request only: https, at most 256 characters (R-EDM-REQ-C005).
	PreviewLocation string
	// ReturnLocation is 2.0 only, there exactly with PreviewLocation (R-EDM-REQ-S062, C120).
	ReturnLocation string
	// PossibilityForPreview says that the user must be offered a preview, 1 (R-EDM-REQ-S009).
	PossibilityForPreview bool
	// ExplicitRequestGiven says that the user asked explicitly, 1 (R-EDM-REQ-S010).
	ExplicitRequestGiven bool
	// Requirements is 1..n since 1.1, should be there in 1.0 (R-EDM-REQ-S011).
	Requirements []Requirement
	// EvidenceRequester are agents: exactly one ER with address, any number of IP (R-EDM-REQ-S012, C073, C074).
	EvidenceRequester []Agent
	// EvidenceProvider is an agent with identifier and name, 1 (R-EDM-REQ-S013, S043).
	EvidenceProvider Agent
	// EvidenceProviderClassification are the user's answers to the directory, 0..n (R-EDM-REQ-S014).
	EvidenceProviderClassification []EvidenceProviderClassification
	// NaturalPerson or LegalPerson is the evidence subject; exactly one is set (R-EDM-REQ-S016).
	NaturalPerson *Person
	LegalPerson   *LegalPerson
	// AuthorizedRepresentative and, since 1.1, AuthorizedRepresentativeLegalPerson act for the subject, 0..1 each.
	AuthorizedRepresentative            *Person
	AuthorizedRepresentativeLegalPerson *LegalPerson
	// EvidenceType is the slot EvidenceRequest, 1 (R-EDM-REQ-S015).
	EvidenceType DataServiceEvidenceType
}

// EvidenceResponse is query:QueryResponse with the status Success or Unavailable (TDD 4.5.2).
type EvidenceResponse struct {
	// RequestID is @requestId without "urn:uuid:", lower case (R-EDM-RESP-S003, S004).
	RequestID string
	// Status is @status: regrep.StatusSuccess or regrep.StatusUnavailable (R-EDM-RESP-S005, S006).
	Status string
	// SpecificationIdentifier is the line of the request, 1 (R-EDM-RESP-S009, C002).
	SpecificationIdentifier Version
	// EvidenceResponseIdentifier is a bare UUID, new for every response (R-EDM-RESP-S010, C003).
	EvidenceResponseIdentifier string
	// IssueDateTime is 1 (R-EDM-RESP-S011, C004).
	IssueDateTime time.Time
	// ResponseAvailableDateTime says when to ask again; set exactly with the status Unavailable (R-EDM-RESP-S014, S045).
	ResponseAvailableDateTime time.Time
	// EvidenceProvider are agents: exactly one EP with address, others IP (R-EDM-RESP-S012, C046, C047).
	EvidenceProvider []Agent
	// EvidenceRequester is the requesting agent, identifier and name only (R-EDM-RESP-S013, S028).
	EvidenceRequester Agent
	// Packages are the pieces of evidence. None means that nothing is handed over. Before 2.0 a package is one flat object.
	Packages []Package
}

// Package is one piece of evidence with its companions: rim:RegistryPackageType in 2.0, before it one object without an ID.
type Package struct {
	// ID is the package's @id without "urn:uuid:"; empty before 2.0 (R-EDM-RESP-S036, S037).
	ID string
	// Objects are the files: before 2.0 exactly one, in 2.0 at least the main evidence (R-EDM-RESP-S047).
	Objects []EvidenceObject
	// Associations bind companions to the main evidence, 2.0 only (R-EDM-RESP-S050 to S061).
	Associations []Association
}

// Classification nodes of an object in a package (R-EDM-RESP-S049), and the last words of the types of associations.
const (
	MainEvidence         = "MainEvidence"
	Annex                = "Annex"
	HumanReadableVersion = "HumanReadableVersion"
	Translation          = "Translation"
)

// ClassificationScheme is the @classificationScheme of the nodes above.
const ClassificationScheme = "urn:fdc:oots:classification:edm"

// Main returns the package's main evidence, nil when there is none. Before 2.0 it is the only object.
func (p *Package) Main() *EvidenceObject {
	for i := range p.Objects {
		if o := &p.Objects[i]; o.Classification == MainEvidence || o.Classification == "" {
			return o
		}
	}
	return nil
}

// EvidenceObject is one file: rim:ExtrinsicObjectType.
type EvidenceObject struct {
	// ID is @id without "urn:uuid:" (R-EDM-RESP-S036, S037).
	ID string
	// Classification is the node and ClassificationID the @id of rim:Classification without "urn:uuid:"; 2.0 only (R-EDM-RESP-S048, S049, S065).
	Classification, ClassificationID string
	// Metadata is the slot EvidenceMetadata, 1 (R-EDM-RESP-S015).
	Metadata Evidence
	// ContentID names the message part: xlink:href without "cid:" (R-EDM-RESP-S034, C042).
	ContentID string
	// Title is xlink:title (R-EDM-RESP-S035).
	Title string
}

// Association binds a companion (Source) to the main evidence (Target), both by object ID without "urn:uuid:".
type Association struct {
	ID string
	// Type is Annex, HumanReadableVersion or Translation.
	Type           string
	Source, Target string
}

// Evidence is sdg:Evidence. A companion in 2.0 has Identifier and Distribution only (R-EDM-RESP-S062, S063).
type Evidence struct {
	// Identifier is a bare UUID, 1 (R-EDM-RESP-C015).
	Identifier string
	// NaturalPerson or LegalPerson is sdg:IsAbout: the identity of the request (R-EDM-RESP-S041, S042, C027 to C037).
	NaturalPerson *Person
	LegalPerson   *LegalPerson
	// IssuingAuthority has identifier and name (R-EDM-RESP-C038, C039).
	IssuingAuthority *Agent
	// IsConformantTo is the type of evidence (R-EDM-RESP-S030, C017 to C021).
	IsConformantTo *EvidenceType
	// IssuingDate is YYYY-MM-DD (R-EDM-RESP-C016).
	IssuingDate string
	// Distribution is the file's form, 1 (R-EDM-RESP-C022 to C026, C044, C050, C058).
	Distribution Distribution
	// ValidityPeriod is 0..1 (R-EDM-RESP-C040, C041).
	ValidityPeriod *Period
}

// EvidenceType is sdg:IsConformantTo: the requested classification, titles 1..n, descriptions 0..n.
type EvidenceType struct {
	EvidenceTypeClassification string
	Title, Description         []LocalizedText
}

// Distribution is sdg:Distribution: format 1, languages 0..n, data model 0..1, subset 0..1 before 2.0.
type Distribution struct {
	Format                     string
	Language                   []string
	ConformsTo, Transformation string
}

// Period is from StartDate to EndDate, YYYY-MM-DD each.
type Period struct{ StartDate, EndDate string }

// ErrorResponse is query:QueryResponse with the status Failure (TDD 4.5.3).
type ErrorResponse struct {
	// RequestID is @requestId without "urn:uuid:"; empty only with an invalid request (R-EDM-ERR-S003, S004, C025).
	RequestID string
	// SpecificationIdentifier is 1 (R-EDM-ERR-S009, C001).
	SpecificationIdentifier Version
	// EvidenceResponseIdentifier is a bare UUID, 1 (R-EDM-ERR-S010, C002).
	EvidenceResponseIdentifier string
	// ErrorProvider is the agent that failed, with address and classification ERRP, EP or IP (R-EDM-ERR-S011, C003 to C008, C024).
	ErrorProvider Agent
	// EvidenceRequester is 0..1: identifier and name; may be missing only with an invalid request (R-EDM-ERR-S012).
	EvidenceRequester *Agent
	// Exceptions is 1..n, exactly 1 in 1.0 (R-EDM-ERR-S008, C011).
	Exceptions []Exception
}

// SeverityPreviewRequired is the severity of an AuthorizationException that a preview resolves (R-EDM-ERR-C022).
const SeverityPreviewRequired = "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:EDMErrorResponse:PreviewRequired"

// severityPreviewRequired2022 is the same before the host got its "ec": read, never written.
const severityPreviewRequired2022 = "urn:sr.oots.tech.europa.eu:codes:ErrorSeverity:EDMErrorResponse:PreviewRequired"

// Exception is rs:Exception.
type Exception struct {
	// Type is the xsi:type with its conventional prefix, such as "rs:ObjectNotFoundExceptionType" (R-EDM-ERR-C012, C013).
	Type string
	// Severity is regrep.SeverityError or SeverityPreviewRequired (R-EDM-ERR-C014, C015).
	Severity string
	// Code is a code of EDMErrorCodes (R-EDM-ERR-C017, C026).
	Code string
	// Message is the list's wording; never compare it (R-EDM-ERR-C016).
	Message string
	// Detail is free diagnostic text, 0..1; name the violated rule there.
	Detail string
	// Timestamp is 1 (R-EDM-ERR-S013, C018).
	Timestamp time.Time
	// PreviewLocation is 0..1: https, at most 256 characters (R-EDM-ERR-C019, C022).
	PreviewLocation string
	// PreviewDescription is 0..1, one string per language (R-EDM-ERR-C020, S030).
	PreviewDescription []LocalizedString
	// PreviewMethod is GET, POST or, in 1.2, PUT; before 2.0 only, 1 with PreviewLocation in 1.1 and 1.2 (R-EDM-ERR-S031, C021).
	PreviewMethod string
}

// Kind is what a message is.
type Kind uint8

// Kinds of messages. The text is that of the ebMS action that carries it (TDD 4.7.1).
const (
	KindUnknown Kind = iota
	KindRequest
	KindResponse
	KindError
)

// Action is the eb:Action of the kind.
func (k Kind) Action() string {
	switch k {
	case KindRequest:
		return "ExecuteQueryRequest"
	case KindResponse:
		return "ExecuteQueryResponse"
	case KindError:
		return "ExceptionResponse"
	}
	return ""
}

// String names the kind in words.
func (k Kind) String() string {
	switch k {
	case KindRequest:
		return "evidence request"
	case KindResponse:
		return "evidence response"
	case KindError:
		return "error response"
	}
	return "no EDM message"
}

// Specification is the line of the request.
func (m *EvidenceRequest) Specification() Version { return m.SpecificationIdentifier }

// Kind is KindRequest.
func (m *EvidenceRequest) Kind() Kind { return KindRequest }

// Specification is the line of the response.
func (m *EvidenceResponse) Specification() Version { return m.SpecificationIdentifier }

// Kind is KindResponse.
func (m *EvidenceResponse) Kind() Kind { return KindResponse }

// Specification is the line of the error response.
func (m *ErrorResponse) Specification() Version { return m.SpecificationIdentifier }

// Kind is KindError.
func (m *ErrorResponse) Kind() Kind { return KindError }
