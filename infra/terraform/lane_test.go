package terraform_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/vienreiz/vienreiz/functions"
)

// TestAShapeSetsWhatIsThere: each example of a tenant file sets variables of the
// root, and says what is to be filled in.
func TestAShapeSetsWhatIsThere(t *testing.T) {
	t.Parallel()
	root := read(t, "tenant")
	for _, shape := range []string{"pilot", "hardened", "conformant", "emulator"} {
		name := filepath.Join("tenant", shape+".tfvars")
		octets, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, diagnostics := hclparse.NewParser().ParseHCL(octets, name)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		set := f.Body.(*hclsyntax.Body).Attributes
		for variable := range set {
			if len(root.blocks("variable", variable)) != 1 {
				t.Errorf("%s sets %s, which is no variable of the root", name, variable)
			}
		}
		if set["name"] == nil || set["region"] == nil {
			t.Errorf("%s has no name or no region", name)
		}
		if shape != "emulator" && !strings.Contains(string(octets), "fill in") {
			t.Errorf("%s does not say what to fill in", name)
		}
	}
}

// TestTheLaneRunsTheFunctionOfTheGatewayThatItReplaces, by the paths of that one.
func TestTheLaneRunsTheFunctionOfTheGatewayThatItReplaces(t *testing.T) {
	t.Parallel()
	for name, f := range functions.All().Functions {
		if (f.Trigger.Gateway == "as4") != (name == "as4-receive") {
			t.Errorf("%s is of gateway %q: with the lane only as4-receive runs for it", name, f.Trigger.Gateway)
		}
	}
	m := tenant(t)
	lane := m.blocks("module", "lane")
	if len(lane) != 1 || m.text(lane[0].Body, "statements") != `local.statements["as4-receive"]` {
		t.Error("the task's role is not that of as4-receive in functions.yaml")
	}
	service := string(read(t, "modules/lane").source["modules/lane/service.tf"])
	if !strings.Contains(service, `command                = ["--only", "as4-receive", "--listen", "as4=:${local.port}"`) || !strings.Contains(service, "readonlyRootFilesystem = true") {
		t.Error("the container does not run as4-receive alone on a file system that it cannot write")
	}
}

// TestWhoCallsOutIsKnown: functions with calls get a way to fixed addresses, and the
// receiver, which calls nobody, is not among them.
func TestWhoCallsOutIsKnown(t *testing.T) {
	t.Parallel()
	var calling []string
	for name, f := range functions.All().Functions {
		if f.Calls != "" {
			calling = append(calling, name)
		}
	}
	slices.Sort(calling)
	if want := []string{"as4-send", "people", "provide", "resolve"}; !slices.Equal(calling, want) {
		t.Errorf("%v call out, and infra/terraform/README.md names %v", calling, want)
	}
}
