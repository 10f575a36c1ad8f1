package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/edm/edmtest"
	"github.com/vienreiz/vienreiz/shared/regrep"
)

// broken is a valid message and a change that breaks one rule. in narrows the lines when they need different changes.
type broken struct {
	rule, base string
	in         Lines
	change     change
}

// companionsOf are the ids that cannot but speak together: both say the same of one fault, on two levels or of two formats.
var companionsOf = map[string][]string{
	"R-EDM-REQ-C071": {"R-EDM-REQ-C070"}, // JSON is one of the two formats of C070
	"R-EDM-ERR-S003": {"R-EDM-ERR-C025"}, // the caution and the fatal rule on a missing requestId
	"R-EDM-ERR-C025": {"R-EDM-ERR-S003"},
}

func allCases() []broken { return slices.Concat(requestCases, responseCases, errorCases) }

func rowsOf(id string) []Rule {
	var out []Rule
	for _, table := range tables {
		for _, r := range table {
			if r.ID == id {
				out = append(out, r)
			}
		}
	}
	return out
}

func TestEachFixtureBreaksItsRuleAndOnlyIt(t *testing.T) {
	t.Parallel()
	for _, c := range allCases() {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			rows := rowsOf(c.rule)
			if len(rows) == 0 {
				t.Fatal("no such rule")
			}
			for _, r := range rows {
				for _, v := range edm.Versions() {
					if r.In.Has(v) && (c.in == 0 || c.in.Has(v)) {
						judgeBroken(t, c, r, v)
					}
				}
			}
		})
	}
}

func judgeBroken(t *testing.T, c broken, r Rule, v edm.Version) {
	t.Helper()
	valid := encode(t, edmtest.Messages(v)[c.base])
	if found := Examine(valid, nil, nil); len(found) > 0 {
		t.Fatalf("%s: the fixture that passes has %v", v, found)
	}
	d := documentOf(t, mutated(t, valid, c.change))
	hit := false
	for _, f := range Check(d, "") {
		switch {
		case f.Rule == c.rule && f.Level == r.Level:
			hit = true
			if f.Place == "" || f.Fix == "" || f.Text == "" {
				t.Errorf("%s: the finding lacks place, text or fix: %+v", v, f)
			}
		case !slices.Contains(companionsOf[c.rule], f.Rule):
			t.Errorf("%s: also %s %s at %s is %q", v, f.Rule, f.Level, f.Place, f.Value)
		}
	}
	if !hit {
		t.Errorf("%s: %s (%s) was not found", v, c.rule, r.Level)
	}
}

func TestEveryRuleHasAFixture(t *testing.T) {
	t.Parallel()
	have := map[string]Lines{}
	for _, c := range allCases() {
		in := c.in
		if in == 0 {
			in = all
		}
		have[c.rule] |= in
	}
	rules := 0
	for kind, table := range tables {
		for _, r := range table {
			rules++
			if r.In&^have[r.ID] != 0 {
				t.Errorf("%s: %s has no fixture for every line", kind, r.ID)
			}
		}
	}
	t.Logf("%d rows of %d ids have a fixture that passes and one that breaks them", rules, len(have))
}

func TestNoIdIsBothEnforcedAndNot(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, u := range NotEnforced() {
		if len(rowsOf(u.ID)) > 0 || seen[u.ID] || u.Reason == "" {
			t.Errorf("%s: enforced as well, listed twice, or without reason", u.ID)
		}
		seen[u.ID] = true
	}
}

// long256 is an identifier of one character too many.
var long256 = strings.Repeat("a", identifierLength)

func documentOf(t *testing.T, b []byte) *edm.Document {
	t.Helper()
	root, err := regrep.Parse(b, regrep.Limits())
	if err != nil {
		t.Fatal(err)
	}
	return edm.NewDocument(root)
}
