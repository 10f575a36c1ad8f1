// Package registry is the protocol between a node and a registry (an evidence
// provider's data source), and the node's client of it.
//
// It is one HTTPS operation: POST a [Query] as JSON to the registry's URL. A query
// without an entry searches, and the registry lists whom it might mean; which one
// is meant, or none, is judged by the node (package identity). A query with an
// entry fetches that one's documents. registry.yaml beside this file is the
// operation as OpenAPI 3.1, with examples.
//
// A call can come more than once (architecture, section 5, rule 2): requestId is
// the same then, as is the header Idempotency-Key, and the registry must answer
// with the same documents. Answers are foreign: each has limits, and one that
// breaks a rule is refused as a whole, with the rule and what to do.
package registry

import "time"

// Limits of an answer and of a call.
const (
	// MaxEntries bounds what a search may list: a registry that finds more has not understood the query.
	MaxEntries = 20
	// MaxDocuments bounds what a fetch may give.
	MaxDocuments = 16
	// MaxDocumentBytes bounds one decoded document: what OOTS allows a file.
	MaxDocumentBytes = 25 << 20
	// MaxAnswerBytes bounds the body of an answer, base64 included.
	MaxAnswerBytes = 48 << 20
	// MaxTextRunes bounds each text of an answer, documents' content aside.
	MaxTextRunes = 512
	// MaxFamilyNames bounds the names of one entry: present, at birth, former.
	MaxFamilyNames = 8
	// MaxDepth bounds how deep an answer's objects and lists stand in one another.
	MaxDepth = 8
	// MaxValues bounds the names and values in an answer.
	MaxValues = 4096
	// MaxSecretBytes bounds a bearer token.
	MaxSecretBytes = 8 << 10
	// CallTimeout bounds one call, from dialling to the answer's last octet; the context may end it earlier.
	CallTimeout = 20 * time.Second
	// MaxWait bounds how far ahead availableFrom may be.
	MaxWait = 90 * 24 * time.Hour
)

// IdempotencyKey is the header that stays the same when a call is repeated: the
// requestId for a search, and "<requestId>/fetch" for a fetch, because one key
// must not stand for two different bodies.
const IdempotencyKey = "Idempotency-Key"
