package intake_test

import (
	"testing"

	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
)

// The lifecycle of a bucket may be quicker than whoever should have handled a message
// that has its receipt.
func TestAMessageWhosePartsAreGoneLeavesATraceAllTheSame(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.receive(t, header(ebms.ExecuteQueryRequest), "what?")
	if err := n.keeper().Drop(t.Context(), "in/x-01"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the item may come again
		if err := n.Handle(t.Context(), "message/m"); err != nil {
			t.Fatal(err)
		}
	}
	if e := n.arrival(t); e.Kind != journal.MessageUnreadable || e.Code != "vienreiz.forgotten" || e.MessageID != "1@example.be" || len(e.RegRep) > 0 {
		t.Errorf("the journal says %+v", e)
	}
}
