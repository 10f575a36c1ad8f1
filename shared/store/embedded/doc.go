// Package embedded keeps state, queues and objects in one folder of one machine:
//
//	lock        held by the process that has the store open
//	state.db    SQLite: records, outbox, queues
//	objects/    a folder a bucket, a file an object
//
// It is a product, not a double of the cloud: what it acknowledges survives
// kill -9 and power loss (WAL, synchronous=FULL; files and their folders are
// synchronised before a put returns). Concurrent writes share one transaction, so
// that they share its synchronisation.
//
// goqite keeps the queue table. Its Receive is not used: it reads the machine's
// clock, does not tell how often a message came, knows no dead letters, and scans
// what is hidden.
//
// The lock of a bucket is enforced by this code and by read-only files: who has
// the machine can break it. Against that there is the Merkle log; a lock that
// withstands an administrator is S3 Object Lock.
package embedded
