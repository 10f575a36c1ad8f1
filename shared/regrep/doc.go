// Package regrep reads and writes the OASIS ebXML RegRep 4.0 shapes that OOTS messages are made of: slots with typed values,
// registry objects, exceptions (regrep-rim-v4.0, regrep-rs-v4.0). It knows no business content.
//
// Reading goes by namespace and local name, never by prefix, and resolves xsi:type against the bindings in scope. Writing uses one
// fixed set of prefixes, because receivers exist that look for exactly those.
package regrep

// Namespaces of the messages (TDD 4.5, RegRep 4.0).
const (
	NamespaceQuery = "urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
	NamespaceRIM   = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
	NamespaceRS    = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
	NamespaceLCM   = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:4.0"
	NamespaceSDG   = "http://data.europa.eu/p4s"
	NamespaceXSI   = "http://www.w3.org/2001/XMLSchema-instance"
	NamespaceXLink = "http://www.w3.org/1999/xlink"
	NamespaceXML   = "http://www.w3.org/XML/1998/namespace"
	NamespaceEBMS  = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
)

// Status values of a query:QueryResponse.
const (
	StatusSuccess     = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
	StatusUnavailable = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Unavailable"
	StatusFailure     = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
)

// Fixed values of RegRep attributes in OOTS.
const (
	CollectionTypeSet     = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"
	AssociationTypePrefix = "urn:oasis:names:tc:ebxml-regrep:AssociationType:"
	SeverityError         = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
)

// Lengths that rim.xsd gives to values, in characters.
const (
	StringValueLength          = 256
	InternationalStringLength  = 1024
	uuidLength                 = 36
	urnUUIDPrefix              = "urn:uuid:"
	maximumPathSteps           = 64
	maximumValueInRefusalRunes = 120
)

// Types of rim:SlotValue, rim:Element and rim:RegistryObject, as xsi:type names them.
var (
	StringValueType              = Name{NamespaceRIM, "StringValueType"}
	DateTimeValueType            = Name{NamespaceRIM, "DateTimeValueType"}
	BooleanValueType             = Name{NamespaceRIM, "BooleanValueType"}
	InternationalStringValueType = Name{NamespaceRIM, "InternationalStringValueType"}
	AnyValueType                 = Name{NamespaceRIM, "AnyValueType"}
	CollectionValueType          = Name{NamespaceRIM, "CollectionValueType"}
	ExtrinsicObjectType          = Name{NamespaceRIM, "ExtrinsicObjectType"}
	RegistryPackageType          = Name{NamespaceRIM, "RegistryPackageType"}
	AssociationType              = Name{NamespaceRIM, "AssociationType"}
)
