package node_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoSimulatedPartIsLinkedIntoANodeOrAFunction: what they are built of knows
// no simulated world, so none can be reached from them.
func TestNoSimulatedPartIsLinkedIntoANodeOrAFunction(t *testing.T) {
	t.Parallel()
	list, err := exec.Command("go", "list", "-deps", "../...", "../../cmd/node").Output()
	if err != nil {
		t.Skipf("the go command is needed to see what is linked: %v", err)
	}
	if !strings.Contains(string(list), "github.com/vienreiz/vienreiz/shared/exchange\n") {
		t.Fatalf("this is no list of what the functions are built of: %s", list)
	}
	for _, path := range strings.Fields(string(list)) {
		if strings.Contains(path, "/localstack") {
			t.Errorf("the functions are built with %s", path)
		}
	}
}
