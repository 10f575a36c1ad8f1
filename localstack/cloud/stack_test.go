package cloud_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
)

// stackOfTerraform names the file of what Terraform says it made: localstack/stack.sh sets it.
const stackOfTerraform = "VIENREIZ_STACK"

// TestTheStackOfTerraformExchangesWithAnEmbeddedNode: the emulator is all of AWS, as
// infra/terraform has made it there. Where it enforces IAM, no role lacks anything.
func TestTheStackOfTerraformExchangesWithAnEmbeddedNode(t *testing.T) {
	needEmulator(t)
	made := os.Getenv(stackOfTerraform)
	if made == "" {
		t.Skip("SKIPPED: Terraform has made no stack here; `make e2e-localstack` and `make e2e-ministack` let it, where it is")
	}
	a, err := cloud.Open(t.Context(), "emulated", made)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	l := reader(t, a)
	s := stage{a.Deployed, open(t, a.Host)}
	s.exchange(t)
	var waiting []*waiter
	if enforced() {
		l.nothingDenied(t, began)
		waiting = s.unlocked(t, a, l)
		began = time.Now().Add(time.Second) // a line from before is no matter
	}
	s.large(t, throughTheGate)
	if s.d.Store.Queues.Folded(poisoned) {
		s.handedOn(t, l, began)
	}
	if enforced() {
		waiting = append(waiting, s.swallowed(t, a)) // its evidence would have stood in the way
		l.nothingDenied(t, began)
		s.roles(t, a, trials)
	}
	s.hardened(t, a)
	if err := a.Hide(t.Context(), poisoned, 5*time.Second); err != nil {
		t.Fatal(err)
	}
	s.alarm(t)
	end(t, waiting)
	if enforced() {
		l.wait(t, "clock", began, []string{"sent again that nobody had carried out"})
		s.stuck(t, a, l)
		s.few(t, a, l)
	}
	s.walk(t, "after all that", theirs, ours, demo.Options{Count: 1, NoPreview: true})
	s.health(t)
}

// nothingDenied looks for refusals of AWS in what the functions have written.
func (l *logReader) nothingDenied(t *testing.T, since time.Time) {
	t.Helper()
	for function := range functions.All().Functions {
		for _, line := range l.lines(t, function, since) {
			if strings.Contains(line, "AccessDenied") || strings.Contains(line, "not authorized") {
				t.Errorf("the role of %s lacks a permission: %s", function, line)
			}
		}
	}
}
