// Package directory asks the OOTS Common Services: the Evidence Broker (TDD
// 3.2), which knows what a procedure requires and which evidence types prove
// it, and the Data Service Directory (TDD 3.1), which knows who issues such
// evidence at which access point.
//
// An answer is used only after its detached signature, its size and depth, its
// structure, its business rules and its fit to the question hold. What breaks
// one of them is a *Refusal that names rule and element; an error that the
// service itself answered is a *Failure; a service that cannot be reached is an
// *Outage. On top stands the resolution: from a procedure to the data services
// that may be asked, with every choice and every reason against the others.
//
// Rule ids are those of TDD 3.1.7 and 3.2.6. The artefacts of 1.0 name rules of
// DSD errors R-DSD-RESP-… and R-EDM-REQ-… by mistake; here they are R-DSD-ERR-…
// with the same number.
package directory
