package directory_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
)

// resolver asks the simulator in one line of the interface.
func resolver(t *testing.T, v directory.Version) directory.Resolver {
	t.Helper()
	client, _ := newClient(t, func(o *directory.Options) { o.Versions = []directory.Version{v} })
	return directory.Resolver{Ask: client, Versions: []directory.Version{v}}
}

func TestTheDialogueAsksAndAnswersInBothGenerations(t *testing.T) {
	t.Parallel()
	school, before := concept("school"), concept("before-2000")
	for _, c := range []struct {
		name, country, evidence string
		version                 directory.Version
		answers                 map[string]string
		state                   directory.State
		questions               []string // IDs
		providers               []string
		again                   bool
	}{
		{name: "no answer: the first round's question", country: "LV", evidence: "school-certificate", version: directory.V20, state: directory.Ask, questions: []string{school}},
		{name: "one answer: the second round's", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{school: "RIGA-1"}, state: directory.Ask, questions: []string{before}},
		{name: "both: the provider", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{school: "RIGA-1", before: "true"}, state: directory.Ready, providers: []string{"LV-SCHOOL-1"}},
		{name: "IDs in capitals", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{strings.ToUpper(school): "LIEPAJA-2", before: "false"}, state: directory.Ready, providers: []string{"LV-SCHOOL-2"}},
		{name: "a combination that nobody covers", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{school: "LIEPAJA-2", before: "true"}, state: directory.Nothing},
		{name: "a value that does not exist", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{school: "PARIS-9"}, state: directory.Ask, questions: []string{school}, again: true},
		{name: "a boolean that is none", country: "LV", evidence: "school-certificate", version: directory.V20, answers: map[string]string{school: "RIGA-1", before: "perhaps"}, state: directory.Ask, questions: []string{before}, again: true},
		{name: "concepts in 1.2", country: "LV", evidence: "school-certificate", version: directory.V12, answers: map[string]string{school: "RIGA-1", before: "true"}, state: directory.Ready, providers: []string{"LV-SCHOOL-1"}},
		{name: "concepts in 1.0", country: "LV", evidence: "school-certificate", version: directory.V10, answers: map[string]string{school: "RIGA-1", before: "true"}, state: directory.Ready, providers: []string{"LV-SCHOOL-1"}},
		{name: "a text in 2.0", country: "DE", evidence: "residence", version: directory.V20, answers: map[string]string{concept("municipality"): "Hamburg"}, state: directory.Ready, providers: []string{"02-REGISTRATION"}},
		{name: "several providers", country: "FI", evidence: "residence", version: directory.V20, state: directory.Choose, providers: []string{"FI-DVV", "FI-ALAND"}},
		{name: "several providers of one object in 1.0", country: "FI", evidence: "residence", version: directory.V10, state: directory.Choose, providers: []string{"FI-DVV", "FI-ALAND"}},
		{name: "who names no line is found at last", country: "CZ", evidence: "birth", version: directory.V20, state: directory.Ready, providers: []string{"CZ-INTERIOR"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := resolver(t, c.version).Providers(context.Background(), directory.Search{EvidenceType: evidenceType(c.country, c.evidence), Country: c.country, Answers: c.answers})
			if p.State != c.state || p.Err != nil {
				t.Fatalf("%s: %s, %v, %+v", p.State, p.Why, p.Err, p.Steps)
			}
			var ids, providers []string
			for _, q := range p.Questions {
				ids = append(ids, q.ID)
				if (q.Again != "") != c.again {
					t.Errorf("again: %q", q.Again)
				}
				if q.Type == edm.TypeCodelist && len(q.Options) != 2 {
					t.Errorf("options: %v, %s", q.Options, q.NoOptions)
				}
			}
			for _, x := range p.Candidates {
				providers = append(providers, x.Service.AccessService.Publisher.Identifier.Value)
			}
			if diff := cmp.Diff(c.questions, ids); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.providers, providers); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAPlaceIsAskedForBefore20(t *testing.T) {
	t.Parallel()
	for _, v := range []directory.Version{directory.V10, directory.V11, directory.V12} {
		search := directory.Search{EvidenceType: evidenceType("DE", "residence"), Country: "DE"}
		p := resolver(t, v).Providers(context.Background(), search)
		if p.State != directory.Ask || len(p.Questions) != 1 || p.Questions[0].Type != directory.TypePlace || p.Questions[0].Level != "NUTS1" {
			t.Fatalf("%s: %s %+v", v, p.State, p.Questions)
		}
		for answer, want := range map[string]directory.State{"DE3": directory.Ready, "DE9": directory.Ask, "Berlin": directory.Ask} {
			search.Answers = map[string]string{p.Questions[0].ID: answer}
			found := resolver(t, v).Providers(context.Background(), search)
			if found.State != want || want == directory.Ask && found.Questions[0].Again == "" {
				t.Errorf("%s with %s: %s, %s", v, answer, found.State, found.Why)
			}
		}
	}
}

func TestAnswersOfTheUserGoIntoTheRequest(t *testing.T) {
	t.Parallel()
	school, before := concept("school"), concept("before-2000")
	p := resolver(t, directory.V20).Providers(context.Background(), directory.Search{EvidenceType: evidenceType("LV", "school-certificate"), Country: "LV",
		Answers: map[string]string{school: "RIGA-1", before: "false"}})
	no := false
	if len(p.Classification) == 0 {
		t.Fatal(p.State, p.Why)
	}
	got := p.Classification[len(p.Classification)-1]
	if got.Identifier.Value != before || got.Type != edm.TypeBoolean || !cmp.Equal(got.BooleanValue, &no) || got.StringValue != "" {
		t.Errorf("got %+v", got)
	}
	ids := []string{}
	for _, c := range p.Classification {
		ids = append(ids, c.Identifier.Value)
	}
	if !slices.Equal(ids, []string{school, before}) {
		t.Errorf("answers of all rounds belong into the request: %v", ids)
	}
}

// script is a directory that answers one after the other.
type script struct {
	answers []error
	asked   []directory.DataServicesQuery
	lists   []string
}

func (s *script) Requirements(context.Context, directory.RequirementsQuery) (directory.Answer[directory.Requirement], error) {
	return directory.Answer[directory.Requirement]{}, errors.New("not asked")
}

func (s *script) EvidenceTypes(context.Context, directory.EvidenceTypesQuery) (directory.Answer[directory.Requirement], error) {
	return directory.Answer[directory.Requirement]{}, errors.New("not asked")
}

func (s *script) DataServices(_ context.Context, q directory.DataServicesQuery) (directory.Answer[directory.DataService], error) {
	s.asked = append(s.asked, q)
	err := s.answers[min(len(s.asked), len(s.answers))-1]
	return directory.Answer[directory.DataService]{Items: []directory.DataService{service("1", nil)}}, err
}

func (s *script) CodeList(_ context.Context, url string) ([]directory.ListedValue, error) {
	s.lists = append(s.lists, url)
	return nil, &directory.Refusal{Rule: "codelist.host", Detail: "elsewhere"}
}

func asks(ids ...string) *directory.Failure {
	f := &directory.Failure{Code: directory.DSDAdditionalInput, Questions: &directory.Questions{}}
	for _, id := range ids {
		f.Questions.Concepts = append(f.Questions.Concepts, directory.Concept{Identifier: id, Type: edm.TypeString})
	}
	return f
}

func TestTheDialogueEnds(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "unasked": "secret"}
	for _, c := range []struct {
		name    string
		answers []error
		state   directory.State
		asked   int
	}{
		{"at once", []error{nil}, directory.Ready, 1},
		{"after three rounds", []error{asks("a"), asks("b"), asks("c"), nil}, directory.Ready, 4},
		{"before a fourth round", []error{asks("a"), asks("b"), asks("c"), asks("d"), nil}, directory.Nothing, 4},
		{"when it asks the same again", []error{asks("a"), asks("a"), nil}, directory.Ask, 2},
		{"when an answer is missing", []error{asks("a", "z"), nil}, directory.Ask, 1},
		{"when an answer is wrong", []error{asks("a"), &directory.Failure{Code: directory.DSDWrongAnswer}}, directory.Ask, 2},
		{"when an answer is wrong that was not asked for", []error{&directory.Failure{Code: directory.DSDWrongAnswer}}, directory.Failed, 1},
		{"when parameters are wrong", []error{&directory.Failure{Code: directory.DSDBadParameters}}, directory.Failed, 1},
		{"when the query is unknown", []error{&directory.Failure{Code: directory.DSDUnknownQuery}}, directory.Failed, 1},
		{"when the type is unknown", []error{&directory.Failure{Code: directory.DSDUnknownEvidenceType}}, directory.Failed, 1},
		{"when the answer is refused", []error{&directory.Refusal{Rule: "x"}}, directory.Failed, 1},
		{"when the directory is out of reach", []error{&directory.Outage{}}, directory.Failed, 1},
		{"with the next line, then with any", []error{&directory.Failure{Code: directory.DSDNothingFound}, &directory.Failure{Code: directory.DSDNothingFound}, nil}, directory.Ready, 3},
		{"with nothing", []error{&directory.Failure{Code: directory.DSDNothingFound}}, directory.Nothing, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: c.answers}
			p := directory.Resolver{Ask: s, Versions: []directory.Version{directory.V20}}.Providers(context.Background(), directory.Search{Answers: answers})
			if p.State != c.state || len(s.asked) != c.asked || len(p.Steps) != c.asked {
				t.Errorf("%s after %d queries: %s", p.State, len(s.asked), p.Why)
			}
			for _, q := range s.asked {
				if _, sent := q.Answers["unasked"]; sent {
					t.Error("an answer that nobody asked for was sent")
				}
			}
		})
	}
}

func TestLinesOfTheExchangeAreTriedInTurn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		versions []directory.Version
		wish     []edm.Version
		want     []string
	}{
		{[]directory.Version{directory.V20}, nil, []string{"oots-edm:v2.0", "oots-edm:v1.2", ""}},
		{[]directory.Version{directory.V12}, []edm.Version{edm.V12}, []string{"oots-edm:v1.2", ""}},
		{[]directory.Version{directory.V10}, nil, []string{""}},
	} {
		s := &script{answers: []error{&directory.Failure{Code: directory.DSDNothingFound}}}
		directory.Resolver{Ask: s, Versions: c.versions}.Providers(context.Background(), directory.Search{Wish: directory.Wish{Versions: c.wish}})
		var got []string
		for _, q := range s.asked {
			got = append(got, q.Specification)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAListThatCannotBeFetchedLeavesTheQuestion(t *testing.T) {
	t.Parallel()
	f := asks("z")
	f.Questions.Concepts[0].Type, f.Questions.Concepts[0].ValueExpression = edm.TypeCodelist, "https://evil.example/list"
	s := &script{answers: []error{f}}
	p := directory.Resolver{Ask: s}.Providers(context.Background(), directory.Search{})
	if p.State != directory.Ask || p.Questions[0].NoOptions == "" || len(s.lists) != 1 {
		t.Errorf("%s: %+v", p.State, p.Questions)
	}
}
