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
	for _, path := range linked(t, "../...", "../../cmd/node") {
		if strings.Contains(path, "/localstack") {
			t.Errorf("the functions are built with %s", path)
		}
	}
}

// TestTheContainersProgramKeepsNothingItself: its file system is read-only, and a
// database that is linked in is only more to look after.
func TestTheContainersProgramKeepsNothingItself(t *testing.T) {
	t.Parallel()
	for _, path := range linked(t, "../../cmd/node") {
		if strings.Contains(path, "/store/embedded") || strings.Contains(path, "sqlite") {
			t.Errorf("it is built with %s", path)
		}
	}
}

// linked are the packages that some others are built of.
func linked(t *testing.T, packages ...string) []string {
	t.Helper()
	list, err := exec.Command("go", append([]string{"list", "-deps"}, packages...)...).Output()
	if err != nil {
		t.Skipf("the go command is needed to see what is linked: %v", err)
	}
	if !strings.Contains(string(list), "github.com/vienreiz/vienreiz/shared/exchange\n") {
		t.Fatalf("this is no list of what the functions are built of: %s", list)
	}
	return strings.Fields(string(list))
}
