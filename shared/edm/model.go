package edm

import "github.com/vienreiz/vienreiz/shared/regrep"

// Identifier is an sdg identifier with its scheme.
type Identifier struct {
	// SchemeID is @schemeID: "urn:cef.eu:names:identifier:EAS:…" or "urn:oasis:names:tc:ebcore:partyid-type:unregistered:…" for agents,
	// "eidas" for persons, a code of IdentifierSchemes for the further identifiers of legal persons.
	SchemeID string
	Value    string
}

// LocalizedText is a text with its @lang, a code of LanguageCode in upper case.
type LocalizedText struct{ Lang, Text string }

// LocalizedString is a rim:LocalizedString.
type LocalizedString = regrep.LocalizedString

// Requirement is sdg:Requirement, copied from the Evidence Broker's answer (R-EDM-REQ-S037, S038).
type Requirement struct {
	// Identifier is sdg:Identifier, 1: https://sr.oots.tech.ec.europa.eu/requirements/<uuid> (R-EDM-REQ-C008).
	Identifier string
	// Name is sdg:Name, 1..n (R-EDM-REQ-C009, C010).
	Name []LocalizedText
	// Description is sdg:Description, 0..n, since 1.2 (R-EDM-REQ-C093, C094).
	Description []LocalizedText
}

// Classifications of agents.
const (
	ClassificationER   = "ER"   // evidence requester
	ClassificationIP   = "IP"   // intermediary platform
	ClassificationEP   = "EP"   // evidence provider
	ClassificationERRP = "ERRP" // error provider
)

// Agent is sdg:Agent. Which parts a slot asks for is said at the slot.
type Agent struct {
	// Identifier is sdg:Identifier, 1; its value is shorter than 256 characters (R-EDM-REQ-C011, C012, C017, C018).
	Identifier Identifier
	// Name is sdg:Name, 1..n (R-EDM-REQ-C108 to C111).
	Name []LocalizedText
	// Address is sdg:Address, 0..1.
	Address *Address
	// Classification is sdg:Classification: ER, IP, EP or ERRP (R-EDM-REQ-C013, C014).
	Classification string
}

// Address is the address of an agent or a person.
type Address struct {
	FullAddress, LocatorDesignator, PostCode, PostCityName, Thoroughfare string // 0..1 each
	// AdminUnitLevel1 is the country, 1: a code of CountryIdentificationCode (R-EDM-REQ-C015).
	AdminUnitLevel1 string
	// AdminUnitLevel2 is the region, 0..1: a NUTS code (R-EDM-REQ-C016).
	AdminUnitLevel2 string
}

// Types of an EvidenceProviderClassification (R-EDM-REQ-C095).
const (
	TypeString   = "string"
	TypeBoolean  = "boolean"
	TypeCodelist = "codelist"
)

// EvidenceProviderClassification is one answer of the user to the directory's DSD:ERR:0005 (R-EDM-REQ-C019 to C023, C095 to C105).
type EvidenceProviderClassification struct {
	// Identifier is sdg:Identifier, 1: a UUID; SchemeID is the code list's URL for the type codelist.
	Identifier Identifier
	// Type is sdg:Type, 1: string, boolean or codelist.
	Type string
	// ValueExpression is sdg:ValueExpression, 0..1: an https URL, 1 for the type codelist.
	ValueExpression string
	// Description is sdg:Description, 0..n.
	Description []LocalizedText
	// StringValue, DateValue or BooleanValue is what sdg:SupportedValue holds; exactly one is set.
	StringValue, DateValue string
	BooleanValue           *bool
}

// DataServiceEvidenceType is what is asked, copied from the directory's answer (R-EDM-REQ-S044, S045).
type DataServiceEvidenceType struct {
	// Identifier is sdg:Identifier, 1: a UUID given by the directory (R-EDM-REQ-C026, C106).
	Identifier string
	// EvidenceTypeClassification is the type's URL in the Semantic Repository, 1 (R-EDM-REQ-C027).
	EvidenceTypeClassification string
	// Title is sdg:Title, 1..n (R-EDM-REQ-C028, C029).
	Title []LocalizedText
	// Description is sdg:Description, 0..n (R-EDM-REQ-C030, C031).
	Description []LocalizedText
	// DistributedAs is 1 before 2.0 and 1..n in 2.0 (R-EDM-REQ-C032).
	DistributedAs []DistributedAs
}

// DistributedAs is one form in which the evidence is wanted.
type DistributedAs struct {
	// Format is a code of OOTSMediaTypes, 1 (R-EDM-REQ-C033).
	Format string
	// Language are wished languages, 0..n, 2.0 only (R-EDM-REQ-C118).
	Language []string
	// ConformsTo is the data model's URL, 0..1, for structured formats only (R-EDM-REQ-C034, C070, C071, C107).
	ConformsTo string
	// Transformation is a subset's URL, 0..1, before 2.0 only (R-EDM-REQ-C035, C072).
	Transformation string
	// AssociatedDocumentRequest are the wished companions, 0..n, 2.0 only (R-EDM-REQ-C119).
	AssociatedDocumentRequest []string
}

// Text is a name with its writing in the original script, which lines before 1.1 do not have.
type Text struct{ Value, NonLatin string }

// Person is sdg:Person: the evidence subject, or a natural person who acts for it.
type Person struct {
	// LevelOfAssurance is Low, Substantial or High, 1 in requests (R-EDM-REQ-C036, C037; C058, C059).
	LevelOfAssurance string
	// Identifier is the eIDAS identifier AA/BB/…, 0..1 (R-EDM-REQ-C038 to C042; C060 to C063).
	Identifier *Identifier
	// FamilyName and GivenName are 1 each, at least two characters (R-EDM-REQ-C092).
	FamilyName, GivenName Text
	// DateOfBirth is YYYY-MM-DD, 1 (R-EDM-REQ-C043; C064).
	DateOfBirth string
	// BirthName, PlaceOfBirth: 0..1.
	BirthName, PlaceOfBirth Text
	// CurrentAddress is 0..1 (R-EDM-REQ-C045; C067).
	CurrentAddress *Address
	// Gender is Male, Female, Unspecified, in 2.0 also a digit, 0..1 (R-EDM-REQ-C124, C126).
	Gender string
	// Nationality is 0..n, CountryOfBirth, TownOfBirth, CountryOfResidence, PhoneNumber and EmailAddress are 0..1; all since 1.1
	// (R-EDM-REQ-C075 to C080).
	Nationality                                                                []string
	CountryOfBirth, TownOfBirth, CountryOfResidence, PhoneNumber, EmailAddress string
	// SectorSpecificAttribute is 0..n.
	SectorSpecificAttribute []SectorSpecificAttribute
}

// LegalPerson is sdg:LegalPerson: the evidence subject, or a legal person that acts for it.
type LegalPerson struct {
	// LevelOfAssurance is Low, Substantial or High, 1 in requests (R-EDM-REQ-C047, C048; C082, C083).
	LevelOfAssurance string
	// Identifier are further identifiers, 0..n, of the list IdentifierSchemes (R-EDM-REQ-C054, C055; C088, C089).
	Identifier []Identifier
	// LegalPersonIdentifier is the eIDAS identifier, 1 (R-EDM-REQ-C049 to C053; C084 to C087).
	LegalPersonIdentifier *Identifier
	// LegalName is 1.
	LegalName Text
	// RegisteredAddress is 0..1 (R-EDM-REQ-C056; C090).
	RegisteredAddress *Address
	// LegalPhoneNumber and LegalEmailAddress are 0..1, since 1.1.
	LegalPhoneNumber, LegalEmailAddress string
	// SectorSpecificAttribute is 0..n.
	SectorSpecificAttribute []SectorSpecificAttribute
}

// The attribute by which a representative says for which procedures the power of representation holds (R-EDM-REQ-C081, C091).
const (
	PowerOfRepresentationScope    = "PowerOfRepresentationScope"
	PowerOfRepresentationScopeURI = "http://data.europa.eu/p4s/attributes/PowerOfRepresentationScope"
)

// SectorSpecificAttribute is sdg:SectorSpecificAttribute; each part is 1.
type SectorSpecificAttribute struct{ AttributeName, AttributeURI, AttributeValue string }
