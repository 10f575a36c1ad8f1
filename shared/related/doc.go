// Package related reads and writes multipart/related (RFC 2387, RFC 2046 §5.1)
// as a stream: the SOAP part of an AS4 message and its attachments
// (ebMS3 Core §5.1, SOAP Messages with Attachments).
//
// The reader hands out the octets of a part as they are on the wire; the line
// end before a boundary belongs to the boundary. It has small limits, and
// refuses what two readers could understand in two ways: repeated Content-IDs
// and headers, nested multiparts, control characters, a missing end.
package related
