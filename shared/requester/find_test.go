package requester

import (
	"errors"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/exchange"
)

func candidate(provider string) directory.Candidate {
	c := directory.Candidate{Version: edm.V20}
	c.Service.AccessService.Publisher.Identifier.Value = provider
	return c
}

// resolved is a requirement with one alternative.
func resolved(types ...directory.Providers) *directory.Outcome {
	return &directory.Outcome{Requirements: []directory.Resolved{{
		Requirement: directory.Requirement{Identifier: "https://sr.example/requirements/1"}, Alternatives: []directory.Alternative{{Types: types}},
	}}}
}

func broken(err error) *directory.Outcome {
	o := resolved()
	o.Requirements[0].Err = err
	return o
}

func TestEachStateOfTheDirectoryHasItsCode(t *testing.T) {
	t.Parallel()
	ready := directory.Providers{State: directory.Ready, EvidenceType: "a", Selection: directory.Selection{Candidates: []directory.Candidate{candidate("one")}}}
	other := ready
	other.EvidenceType = "b"
	several := directory.Providers{State: directory.Choose, EvidenceType: "a", Selection: directory.Selection{Candidates: []directory.Candidate{candidate("one"), candidate("two")}}}
	nobody := resolved()
	nobody.Requirements[0].Chosen, nobody.Requirements[0].Why = -1, "nothing is published"
	failure := &directory.Failure{Code: directory.DSDNothingFound, Message: "none"}
	for name, c := range map[string]struct {
		outcome *directory.Outcome
		err     error
		order   Order
		code    string // empty: somebody can be asked
		choices int
		says    string
	}{
		"one provider":                     {outcome: resolved(ready)},
		"one of two types was ordered":     {outcome: resolved(ready, other), order: Order{EvidenceType: "b"}},
		"another type than any":            {outcome: resolved(ready), order: Order{EvidenceType: "c"}, code: CodeNobody},
		"two types together":               {outcome: resolved(ready, other), code: CodeChoose, choices: 2},
		"several providers":                {outcome: resolved(several), code: CodeChoose, choices: 2},
		"questions to the person":          {outcome: resolved(directory.Providers{State: directory.Ask, Why: "where?", Questions: []directory.Question{{ID: "1"}}}), code: "DSD:ERR:0005", says: "where?"},
		"a stronger sign-in":               {outcome: resolved(directory.Providers{State: directory.StepUp, Why: "High is needed"}), code: CodeStepUp, says: "High"},
		"nobody, with the directory's own": {outcome: resolved(directory.Providers{State: directory.Nothing, Failure: failure}), code: string(directory.DSDNothingFound)},
		"nobody that fits":                 {outcome: resolved(directory.Providers{State: directory.Nothing, Why: "none fits"}), code: CodeNobody, says: "none fits"},
		"no list of evidence types":        {outcome: nobody, code: CodeNobody, says: "nothing is published"},
		"a refused answer":                 {outcome: resolved(directory.Providers{State: directory.Failed, Err: &directory.Refusal{Rule: "signature.missing", Detail: "unsigned"}}), code: "signature.missing", says: "unsigned"},
		"a failure of the broker":          {outcome: broken(failure), code: string(directory.DSDNothingFound), says: "none"},
		"no such requirement":              {outcome: &directory.Outcome{}, code: CodeNobody, says: "choose one of the procedure's"},
		"a failure of the first question":  {err: failure, code: string(directory.DSDNothingFound)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			f.outcome, f.down = c.outcome, c.err
			c.order.Requirement = "https://sr.example/requirements/1"
			found, stop, err := f.Find(t.Context(), &Settings{}, c.order, "High")
			switch {
			case err != nil || (found == nil) == (stop == nil):
				t.Fatalf("%+v, %+v, %v", found, stop, err)
			case found != nil && c.code != "":
				t.Errorf("somebody can be asked; want %s", c.code)
			case stop != nil && (stop.Code != c.code || len(stop.Choices) != c.choices || !strings.Contains(stop.Why, c.says)):
				t.Errorf("%+v; want %s, %d choices, %q", stop, c.code, c.choices, c.says)
			}
		})
	}
}

func TestAnOutageIsNoAnswer(t *testing.T) {
	t.Parallel()
	outage := &directory.Outage{Service: directory.EvidenceBroker, Cause: errors.New("no route")}
	for name, o := range map[string]*directory.Outcome{"of the broker": broken(outage), "of the services": resolved(directory.Providers{State: directory.Failed, Err: outage})} {
		f := open(t)
		f.outcome = o
		found, stop, err := f.Find(t.Context(), &Settings{}, order(), "")
		if found != nil || stop != nil || !errors.Is(err, outage) {
			t.Errorf("%s: %+v, %+v, %v", name, found, stop, err)
		}
	}
}

func TestASearchThatFailsIsJournalledToo(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.outcome = resolved(directory.Providers{State: directory.Failed, Err: &directory.Refusal{Rule: "signature.missing"}, Steps: []directory.Step{{Asked: "who?"}}})
	_, stop, err := f.Find(t.Context(), &Settings{}, order(), "")
	if err != nil || len(stop.entries(f.now)) != 1 {
		t.Errorf("%+v, %v", stop, err)
	}
}

func TestAnExchangeWithNobodyToAskTellsThePortalWhatToDo(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.outcome = resolved(directory.Providers{State: directory.Choose, EvidenceType: "a", Selection: directory.Selection{Candidates: []directory.Candidate{candidate("one"), candidate("two")}}})
	o := order()
	o.Answers = map[string]string{"1": "Rēzekne"}
	id := f.create(t, "", o).ID
	for range 2 { // the item may come again
		if err := f.Desk.Resolve(t.Context(), f.record(t, id).Key); err != nil {
			t.Fatal(err)
		}
	}
	v, err := f.View(t.Context(), "p", id)
	if err != nil || v.State != exchange.Refused || v.Code != CodeChoose || len(v.Choices) != 2 || !strings.Contains(v.Reason, "Choose one") {
		t.Errorf("%+v, %v", v, err)
	}
	if p, err := f.order(t.Context(), id); err != nil || p.Order.Answers != nil {
		t.Errorf("the person's answers stay in the state: %v, %v", p.Order.Answers, err)
	}
}
