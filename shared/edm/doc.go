// Package edm is the OOTS Exchange Data Model: evidence request, evidence response and error response (TDD chapter 4.5) as one
// canonical model, with codecs for the four lines oots-edm:v1.0, v1.1, v1.2 and v2.0.
//
// Parse finds out what a document is; its Request, Response and ErrorResponse methods decode it, tolerant of what is missing or unknown, since the
// business rules (package edm/rules) judge that. Encode is strict: it writes exact element order and refuses what the line of the message does
// not have. Convert moves a message to another line and reports what is lost.
package edm
