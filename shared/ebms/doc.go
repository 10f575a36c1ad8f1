// Package ebms is the eb:Messaging header: ebMS 3.0 Core as the AS4 profile and
// eDelivery AS4 narrow it. User messages, receipts with
// NonRepudiationInformation, and the table of errors.
//
// Reading is strict on what the schema and the profiles say and lenient on
// prefixes; writing gives the exclusive canonical form, so that the octets on
// the wire are the octets that are signed.
package ebms

// Namespaces and fixed values (ebMS 3.0 Core §5.2, AS4 §5.1.8).
const (
	Namespace   = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
	SOAP12      = "http://www.w3.org/2003/05/soap-envelope"
	Signals     = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
	DefaultMPC  = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/defaultMPC"
	TestService = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/service"
	TestAction  = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/test"
)

// Values that OOTS fixes (TDD 4.7.1; eDelivery page "4.7 eDelivery Profiling and Configuration").
const (
	OOTSPartyType   = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:oots"
	OOTSRole        = "http://sdg.europa.eu/edelivery/gateway"
	OOTSServiceType = "urn:oasis:names:tc:ebcore:ebrs:ebms:binding:1.0"

	QueryManager     = "QueryManager"
	LifecycleManager = "LifecycleManager"

	ExecuteQueryRequest   = "ExecuteQueryRequest"
	ExecuteQueryResponse  = "ExecuteQueryResponse"
	ExceptionResponse     = "ExceptionResponse"
	SubmitObjectsRequest  = "SubmitObjectsRequest"
	SubmitObjectsResponse = "SubmitObjectsResponse"
)

// Names of message and part properties (eDelivery AS4 §4.1; AS4 §3.1; TDD 4.7.1 §2.5).
const (
	OriginalSender  = "originalSender"
	FinalRecipient  = "finalRecipient"
	ExchangeID      = "ExchangeId"
	SpecificationID = "SpecificationId"

	MimeType        = "MimeType"
	CharacterSet    = "CharacterSet"
	CompressionType = "CompressionType"
)

// GZIP is the only CompressionType of AS4 (§3.1).
const GZIP = "application/gzip"

// Limits of a foreign header.
const (
	MaxParts      = 64   // eb:PartInfo
	MaxProperties = 64   // eb:Property of a message, and of each part
	MaxPartyIDs   = 4    // read; exactly one is taken
	MaxErrors     = 16   // eb:Error of one signal
	MaxValueBytes = 4096 // any one value
)
