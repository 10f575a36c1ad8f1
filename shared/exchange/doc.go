// Package exchange is the state machine of one exchange of evidence, for both
// roles: what the requester's and the provider's node know, what may happen,
// and what is to be done then (TDD 4.4, 4.9, 4.10; architecture §4).
//
// The machine is a table: state × event → state and commands. It is pure: it
// knows no clock, no store and no wire. Whoever applies an event gives the time
// of it, commits the new [Exchange] together with the commands in one
// transaction, and only then lets the commands be carried out.
//
// Deadlines are data. They are judged on every event and every look: an event
// that comes after its deadline finds an exchange that has expired.
package exchange
