package cost_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/infra/cost"
)

var update = flag.Bool("update", false, "write the published shapes anew, from the plans")

// The plans are made by `make shapes`, where there is Terraform and an emulator.
func TestThePublishedShapesAreThoseOfThePlans(t *testing.T) {
	t.Parallel()
	plans := os.Getenv("VIENREIZ_PLANS")
	if plans == "" {
		t.Skip("SKIPPED: VIENREIZ_PLANS names no folder of plans; make shapes makes them")
	}
	for _, name := range cost.Shapes() {
		octets, err := os.ReadFile(filepath.Join(plans, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := cost.OfPlan(name, octets)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			write(t, s)
			continue
		}
		published, err := cost.Published(name)
		if diff := cmp.Diff(published, s); err != nil || diff != "" {
			t.Errorf("%s was published (-) and is planned (+): %v, make shapes ARGS=-update\n%s", name, err, diff)
		}
	}
}

func write(t *testing.T, s *cost.Shape) {
	t.Helper()
	octets, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join("shapes", s.Name+".json"), append(octets, '\n'), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryPublishedShapeHasAPriceOfEverything(t *testing.T) {
	t.Parallel()
	for _, name := range cost.Shapes() {
		s, err := cost.Published(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cost.Of(s, cost.Seen(), cost.Listed(), cost.Load{Exchanges: 1000, EvidenceSize: 300_000, Free: true}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := cost.Published("gold"); err == nil {
		t.Error("a shape that is not published was given")
	}
}
