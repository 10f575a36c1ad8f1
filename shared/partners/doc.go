// Package partners holds what one access point has agreed with its partners:
// a versioned JSON document with party ids, endpoints, pinned certificates,
// profile, dialect and legs of each, the P-Modes of eDelivery AS4 1.15 §3.5.
//
// A document is written by hand or made by [Import] from what the Commission
// publishes: a Domibus P-Mode and a trust store with one certificate a party
// (spec: trust is the pinned leaf of the party in eb:From). [Merge] takes a newer
// publication into a document without losing what was set by hand.
//
// [Document.Agreements] turns a document into what [as4] works with, and
// [Document.Expiries] lists how long its certificates last.
package partners
