package directory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestAndOrAndNoMatchAcrossTheWorld(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                     string
		procedure, from, country string
		assurance                string
		want                     map[string]directory.State // by requirement
		chosen                   map[string]int
	}{
		{name: "a list of two types before a list of one", procedure: "T3", from: "LV", country: "FI", want: map[string]directory.State{"tertiary-qualification": directory.Ready}, chosen: map[string]int{"tertiary-qualification": 0}},
		{name: "the other list when the first needs a stronger sign-in", procedure: "T3", from: "LV", country: "FI", assurance: "Low", want: map[string]directory.State{"tertiary-qualification": directory.StepUp}},
		{name: "questions, and a type at once", procedure: "T2", from: "FI", country: "LV", want: map[string]directory.State{"tertiary-qualification": directory.Ready, "secondary-qualification": directory.Ask}},
		{name: "the state says that nothing fits", procedure: "V2", from: "FI", country: "LV", want: map[string]directory.State{"vehicle-registration": directory.Ready, "roadworthiness": directory.NothingFits}, chosen: map[string]int{"roadworthiness": -1}},
		{name: "the broker knows nothing", procedure: "X4", from: "LV", country: "IT", want: map[string]directory.State{"legal-person": directory.NoInformation, "real-estate": directory.NoInformation}},
		{name: "several providers", procedure: "V1", from: "LV", country: "FI", want: map[string]directory.State{"residence": directory.Choose, "marital-status": directory.NoInformation}},
		{name: "the system check stays at home", procedure: "00", from: "LV", country: "LV", want: map[string]directory.State{"test": directory.Ready, "test-2": directory.Ready}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, err := resolver(t, directory.V20).Resolve(context.Background(), directory.Case{
				Procedure: c.procedure, RequesterCountry: c.from, ProviderCountry: c.country, Wish: directory.Wish{LevelOfAssurance: c.assurance},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]directory.State{}
			for _, q := range out.Requirements {
				for key := range world().Requirements {
					if requirement(key) != q.Requirement.Identifier {
						continue
					}
					got[key] = q.State
					if want, checked := c.chosen[key]; checked && q.Chosen != want {
						t.Errorf("%s: chosen %d, want %d", key, q.Chosen, want)
					}
					if len(q.Alternatives) > 1 && len(q.Dropped) != len(q.Alternatives)-1 {
						t.Errorf("%s: %d alternatives, %d dropped with a reason", key, len(q.Alternatives), len(q.Dropped))
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEvidenceOfTheOwnStateIsNotExchanged(t *testing.T) {
	t.Parallel()
	for _, c := range []directory.Case{
		{Procedure: "T2", RequesterCountry: "LV", ProviderCountry: "LV"},
		{Procedure: "T2", RequesterCountry: "LV"},
		{RequesterCountry: "LV", ProviderCountry: "EE"},
	} {
		if _, err := resolver(t, directory.V20).Resolve(context.Background(), c); err == nil {
			t.Errorf("%+v is resolved", c)
		}
	}
}

func TestOnlyTheFrameworkAndTheRequirementsThatWereAskedForAreResolved(t *testing.T) {
	t.Parallel()
	base := directory.Case{Procedure: "T2", RequesterCountry: "LV", ProviderCountry: "FI"}
	own, other, one := base, base, base
	own.Framework = world().States["LV"].Frameworks["T2"]
	other.Framework = world().States["LV"].Frameworks["T3"]
	one.Requirements = []string{requirement("tertiary-qualification")}
	for what, c := range map[string]struct {
		c             directory.Case
		kept, dropped int
	}{"the own framework": {own, 2, 0}, "another framework": {other, 0, 2}, "one requirement": {one, 1, 1}} {
		out, err := resolver(t, directory.V20).Resolve(context.Background(), c.c)
		if err != nil || len(out.Requirements) != c.kept || len(out.Dropped) != c.dropped {
			t.Errorf("%s: %d kept, %d dropped, %v", what, len(out.Requirements), len(out.Dropped), err)
		}
	}
}

func TestAFailureOfTheFirstStepIsTheErrorLaterOnesAreStates(t *testing.T) {
	t.Parallel()
	_, err := resolver(t, directory.V20).Resolve(context.Background(), directory.Case{Procedure: "Z9", RequesterCountry: "LV", ProviderCountry: "EE"})
	if f, ok := errors.AsType[*directory.Failure](err); !ok || f.Code != directory.EBUnknownProcedure {
		t.Errorf("got %v", err)
	}
}

func list(country, match string, types ...directory.EvidenceType) directory.EvidenceTypeList {
	return directory.EvidenceTypeList{Identifier: country + match, MatchType: match, EvidenceType: types, Jurisdiction: directory.Jurisdiction{AdminUnitLevel1: country}}
}

func TestListsOfACountry(t *testing.T) {
	t.Parallel()
	in := func(countries ...string) directory.EvidenceType {
		var e directory.EvidenceType
		for _, c := range countries {
			e.Jurisdiction = append(e.Jurisdiction, directory.Jurisdiction{AdminUnitLevel1: c})
		}
		return e
	}
	for what, c := range map[string]struct {
		lists   []directory.EvidenceTypeList
		kept    int
		dropped []directory.Reason
		noMatch bool
	}{
		"of the country":                        {[]directory.EvidenceTypeList{list("LV", "", in())}, 1, nil, false},
		"of the Union":                          {[]directory.EvidenceTypeList{list("EU", "", in())}, 1, nil, false},
		"of another":                            {[]directory.EvidenceTypeList{list("EE", "", in())}, 0, []directory.Reason{directory.ByCountry}, false},
		"no match":                              {[]directory.EvidenceTypeList{list("LV", "NoMatch")}, 0, []directory.Reason{directory.ByNoMatch}, true},
		"no match of another":                   {[]directory.EvidenceTypeList{list("EE", "NoMatch")}, 0, []directory.Reason{directory.ByCountry}, false},
		"no match with types is still no match": {[]directory.EvidenceTypeList{list("LV", "NoMatch", in())}, 0, []directory.Reason{directory.ByNoMatch}, true},
		"no match beside a list that matches":   {[]directory.EvidenceTypeList{list("LV", "NoMatch"), list("LV", "", in())}, 1, []directory.Reason{directory.ByNoMatch}, false},
		"before 2.0 by its types":               {[]directory.EvidenceTypeList{list("", "", in("LV", "EE"), in("LV"))}, 1, nil, false},
		"before 2.0 one type of another":        {[]directory.EvidenceTypeList{list("", "", in("LV"), in("EE"))}, 0, []directory.Reason{directory.ByCountry}, false},
	} {
		got := directory.Lists([]directory.Requirement{{EvidenceTypeList: c.lists}}, "LV")
		var reasons []directory.Reason
		for _, d := range got.Dropped {
			reasons = append(reasons, d.Reason)
		}
		if len(got.Alternatives) != c.kept || got.NoMatch != c.noMatch || !cmp.Equal(reasons, c.dropped) {
			t.Errorf("%s: %+v", what, got)
		}
	}
}
