package ebms

import (
	"fmt"
	"strings"
)

// Severity of an error (ebMS 3.0 Core §6.2.3).
type Severity string

// The two severities.
const (
	Failure Severity = "failure"
	Warning Severity = "warning"
)

// Code is one row of the error table (ebMS 3.0 Core §6.7, AS4 §3.2, §3.3).
type Code struct {
	Code             string
	ShortDescription string
	Severity         Severity
	Category         string
	Origin           string
}

// The error table of ebMS 3.0 Core and AS4.
var (
	ValueNotRecognized           = Code{"EBMS:0001", "ValueNotRecognized", Failure, "Content", "ebMS"}
	FeatureNotSupported          = Code{"EBMS:0002", "FeatureNotSupported", Warning, "Content", "ebMS"}
	ValueInconsistent            = Code{"EBMS:0003", "ValueInconsistent", Failure, "Content", "ebMS"}
	Other                        = Code{"EBMS:0004", "Other", Failure, "Content", "ebMS"}
	ConnectionFailure            = Code{"EBMS:0005", "ConnectionFailure", Failure, "Communication", "ebMS"}
	EmptyMessagePartitionChannel = Code{"EBMS:0006", "EmptyMessagePartitionChannel", Warning, "Communication", "ebMS"}
	MimeInconsistency            = Code{"EBMS:0007", "MimeInconsistency", Failure, "Unpackaging", "ebMS"}
	FeatureNotSupportedUnpacking = Code{"EBMS:0008", "FeatureNotSupported", Failure, "Unpackaging", "ebMS"}
	InvalidHeader                = Code{"EBMS:0009", "InvalidHeader", Failure, "Unpackaging", "ebMS"}
	ProcessingModeMismatch       = Code{"EBMS:0010", "ProcessingModeMismatch", Failure, "Processing", "ebMS"}
	ExternalPayloadError         = Code{"EBMS:0011", "ExternalPayloadError", Failure, "Content", "ebMS"}
	FailedAuthentication         = Code{"EBMS:0101", "FailedAuthentication", Failure, "Processing", "security"}
	FailedDecryption             = Code{"EBMS:0102", "FailedDecryption", Failure, "Processing", "security"}
	PolicyNoncompliance          = Code{"EBMS:0103", "PolicyNoncompliance", Failure, "Processing", "security"}
	DysfunctionalReliability     = Code{"EBMS:0201", "DysfunctionalReliability", Failure, "Processing", "reliability"}
	DeliveryFailure              = Code{"EBMS:0202", "DeliveryFailure", Failure, "Communication", "reliability"}
	MissingReceipt               = Code{"EBMS:0301", "MissingReceipt", Failure, "Communication", "ebMS"}
	InvalidReceipt               = Code{"EBMS:0302", "InvalidReceipt", Failure, "Communication", "ebMS"}
	DecompressionFailure         = Code{"EBMS:0303", "DecompressionFailure", Failure, "Communication", "ebMS"}
)

// Codes is the whole table, in order of the codes.
var Codes = []Code{
	ValueNotRecognized, FeatureNotSupported, ValueInconsistent, Other, ConnectionFailure, EmptyMessagePartitionChannel,
	MimeInconsistency, FeatureNotSupportedUnpacking, InvalidHeader, ProcessingModeMismatch, ExternalPayloadError,
	FailedAuthentication, FailedDecryption, PolicyNoncompliance, DysfunctionalReliability, DeliveryFailure,
	MissingReceipt, InvalidReceipt, DecompressionFailure,
}

// Error is eb:Error, and the Go error of everything that refuses a message.
// What leaves the house in it never holds a secret or personal data.
type Error struct {
	Code
	RefToMessageInError string // eb:Error/@refToMessageInError
	Description         string // eb:Error/eb:Description: the rule that is broken, in words
	Detail              string // eb:Error/eb:ErrorDetail: rule id, value, what to do
}

// Refuse makes the error for a broken rule: its id, what is wrong with which
// value, and what the other side can do about it.
func (c Code) Refuse(rule, what, fix string) *Error {
	detail := "rule " + rule + ": " + what
	if fix != "" {
		detail += "; " + fix
	}
	return &Error{Code: c, Description: what, Detail: detail}
}

// Error gives code, short description and detail in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Code.Code, e.ShortDescription, e.Detail)
}

// Lookup returns the row of a code, and false for one that the table does not have.
func Lookup(code string) (Code, bool) {
	for _, c := range Codes {
		if c.Code == code {
			return c, true
		}
	}
	return Code{}, false
}

// Duplicate reports whether the error says that the message was there before:
// phase4 answers a repeated message so (EBMS:4001, or EBMS:0004 with the word).
func (e *Error) Duplicate() bool {
	text := strings.ToLower(e.Description + " " + e.Detail + " " + e.ShortDescription)
	return e.Code.Code == "EBMS:4001" || strings.Contains(text, "duplicate")
}
