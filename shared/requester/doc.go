// Package requester is the requester's side of an exchange (TDD 4.4, 4.10;
// architecture §4): it takes orders of procedure portals, finds out whom to ask,
// sends the evidence request at the person's explicit request, takes the person to the preview
// space and back, and holds the evidence until the portal has it.
//
// Every look-up is keyed by portal: what one portal ordered does not exist for
// another (architecture rule 12).
package requester
