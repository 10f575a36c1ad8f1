// Package store holds the words in which functions and stores speak: records
// that change by compare-and-swap together with commands (architecture §3,
// "commit, then send", and clear what was carried out), queues of ids, and objects
// in buckets. It implements nothing but the order of these; [State], [Queue],
// [DeadLetters] and [Objects] are the contracts that each implementation under this
// folder is held to by storetest. Users declare the subset of methods that they call.
//
// All instants come from the clock that the implementation was given. They are
// kept in milliseconds and given back in UTC. Everything here is safe for
// concurrent use. Keys, prefixes, queue names and ids of commands appear in
// errors and logs, so they hold no personal data (architecture rule 11).
package store
