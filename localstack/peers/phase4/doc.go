// Package phase4 holds a live AS4 partner of another make and the tests that
// talk to it: phase4 (WSS4J, Santuario) behind a few Java classes in src, both
// directions, the three eDelivery profiles. `make interop` runs them.
package phase4
