// Package as4 is the access point: it receives, sends and judges messages of
// eDelivery AS4 1.15 and 2.0 (One-Way/Push with a signed receipt in the same
// HTTP exchange).
//
// A [Receiver] works in one pass over the stream. The SOAP part is judged whole
// before a byte of a part is read; parts are then decrypted, hashed and
// decompressed into a quarantine as they arrive, and nothing is handed on
// before signature, coverage, digests and tags all hold.
//
// A [Sender] signs once. What it signed is kept by an [Outbox]; each attempt
// encrypts those octets afresh.
//
// Keys, clock, randomness and storage come from outside.
package as4
