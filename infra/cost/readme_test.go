package cost_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/infra/cost"
)

func TestTheFrontPageShowsWhatTheCommandComputes(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cost.Shapes() {
		s, err := cost.Published(name)
		if err != nil {
			t.Fatal(err)
		}
		idle, err := cost.Of(s, cost.Seen(), cost.Listed(), cost.Load{Free: true})
		if err != nil {
			t.Fatal(err)
		}
		thousand, err := cost.PerThousand(s, cost.Seen(), cost.Listed(), 300_000)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("| %.2f | %.2f |", idle.EUR, thousand); !strings.Contains(string(readme), "\n| "+name+":") || !strings.Contains(string(readme), want) {
			t.Errorf("README.md has no row %s: … %s", name, want)
		}
	}
}
