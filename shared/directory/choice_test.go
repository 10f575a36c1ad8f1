package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
)

const model = "https://sr.oots.tech.ec.europa.eu/datamodels/birth-1.0.0"

// service is a data service that tests change.
func service(id string, change func(*directory.DataService)) directory.DataService {
	d := directory.DataService{
		Identifier: id, EvidenceTypeClassification: evidenceType("LV", "birth"), Title: directory.Texts{{Lang: "EN", Text: "Birth"}},
		DistributedAs: []directory.Distribution{{Format: []string{"application/xml"}, ConformsTo: model}, {Format: []string{"application/pdf"}, Language: []string{"LV", "EN"}}},
		AccessService: directory.AccessService{
			Identifier: directory.PartyID{Value: "AP"}, ConformsTo: []string{"oots-edm:v1.2", "oots-edm:v2.0"},
			Publisher: directory.Publisher{Identifier: directory.PartyID{Value: "P-" + id}, Name: directory.Texts{{Lang: "EN", Text: "Provider"}}},
		},
		AuthenticationLevelOfAssurance: "Substantial",
	}
	if change != nil {
		change(&d)
	}
	return d
}

func speaks(lines ...string) func(*directory.DataService) {
	return func(d *directory.DataService) { d.AccessService.ConformsTo = lines }
}

func forms(all ...directory.Distribution) func(*directory.DataService) {
	return func(d *directory.DataService) { d.DistributedAs = all }
}

func needs(level string) func(*directory.DataService) {
	return func(d *directory.DataService) { d.AuthenticationLevelOfAssurance = level }
}

func TestVersionFormAndAssuranceAreChosenOrSayWhyNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		service func(*directory.DataService)
		wish    directory.Wish
		version edm.Version
		form    directory.Distribution
		dropped directory.Reason
		stepUp  string
	}{
		{name: "the newest common line, the first form", version: edm.V20, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "our preferred line", wish: directory.Wish{Versions: []edm.Version{edm.V12, edm.V20}}, version: edm.V12, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "no line is all lines", service: speaks(), wish: directory.Wish{Versions: []edm.Version{edm.V11}}, version: edm.V11, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "no common line", service: speaks("oots-edm:v3.0"), dropped: directory.ByVersion},
		{name: "a wished media type, in a wished language", wish: directory.Wish{Formats: []string{"application/pdf"}, Languages: []string{"EN"}}, version: edm.V20, form: directory.Distribution{Format: []string{"application/pdf"}, Language: []string{"EN"}}},
		{name: "languages before 2.0 are not written", service: speaks("oots-edm:v1.2"), wish: directory.Wish{Formats: []string{"application/pdf"}, Languages: []string{"EN"}}, version: edm.V12, form: directory.Distribution{Format: []string{"application/pdf"}}},
		{name: "the portal's order of media types", wish: directory.Wish{Formats: []string{"image/png", "application/pdf", "application/xml"}}, version: edm.V20, form: directory.Distribution{Format: []string{"application/pdf"}}},
		{name: "no common media type", wish: directory.Wish{Formats: []string{"image/png"}}, dropped: directory.ByFormat},
		{name: "the whole before a subset", service: forms(directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model, Transformation: model + "/age"}, directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}),
			wish: directory.Wish{Versions: []edm.Version{edm.V12}}, version: edm.V12, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "a subset where there is nothing else", service: forms(directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model, Transformation: model + "/age"}),
			wish: directory.Wish{Versions: []edm.Version{edm.V12}}, version: edm.V12, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model, Transformation: model + "/age"}},
		{name: "a subset in 2.0", service: forms(directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model, Transformation: model + "/age"}), dropped: directory.ByFormat},
		{name: "a data model on a picture is not written", service: forms(directory.Distribution{Format: []string{"application/pdf"}, ConformsTo: model}), version: edm.V20, form: directory.Distribution{Format: []string{"application/pdf"}}},
		{name: "the second media type of one form", service: forms(directory.Distribution{Format: []string{"image/png", "image/jpeg"}}), wish: directory.Wish{Formats: []string{"image/jpeg"}}, version: edm.V20, form: directory.Distribution{Format: []string{"image/jpeg"}}},
		{name: "the same level", wish: directory.Wish{LevelOfAssurance: "Substantial"}, version: edm.V20, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "a higher level", wish: directory.Wish{LevelOfAssurance: "High"}, version: edm.V20, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "no level needed", service: needs(""), wish: directory.Wish{LevelOfAssurance: "Low"}, version: edm.V20, form: directory.Distribution{Format: []string{"application/xml"}, ConformsTo: model}},
		{name: "a lower level", wish: directory.Wish{LevelOfAssurance: "Low"}, dropped: directory.ByAssurance, stepUp: "Substantial"},
		{name: "a lower level that would not help", service: speaks("oots-edm:v3.0"), wish: directory.Wish{LevelOfAssurance: "Low"}, dropped: directory.ByVersion},
		{name: "another provider", wish: directory.Wish{Provider: "P-2"}, dropped: directory.ByProvider},
		{name: "another access point", wish: directory.Wish{AccessPoint: "AP2"}, dropped: directory.ByProvider},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := directory.Select([]directory.DataService{service("1", c.service)}, c.wish)
			if c.dropped != "" {
				if len(s.Candidates) != 0 || len(s.Dropped) != 1 || s.Dropped[0].Reason != c.dropped || s.StepUp != c.stepUp {
					t.Errorf("got %+v", s)
				}
				return
			}
			if len(s.Candidates) != 1 {
				t.Fatalf("dropped: %+v", s.Dropped)
			}
			if got := s.Candidates[0]; got.Version != c.version || !cmp.Equal(got.Form, c.form) || len(got.Choices) != 2 {
				t.Errorf("got %s and %s, want %s and %s", got.Version, cmp.Diff(c.form, got.Form), c.version, "no difference")
			}
		})
	}
}

func TestSelectionKeepsTheOrderDropsDuplicatesAndOffersTheWeakestStepUp(t *testing.T) {
	t.Parallel()
	s := directory.Select([]directory.DataService{service("1", nil), service("2", nil), service("1", nil)}, directory.Wish{})
	if len(s.Candidates) != 2 || s.Candidates[0].Service.Identifier != "1" || len(s.Dropped) != 1 || s.Dropped[0].Reason != directory.ByDuplicate {
		t.Errorf("got %+v", s)
	}
	low := directory.Wish{LevelOfAssurance: "Low"}
	s = directory.Select([]directory.DataService{service("1", needs("High")), service("2", needs("Substantial")), service("3", needs("High"))}, low)
	if s.StepUp != "Substantial" || len(s.Dropped) != 3 {
		t.Errorf("step up to %q", s.StepUp)
	}
	s = directory.Select([]directory.DataService{service("1", needs("High")), service("2", needs("Low"))}, low)
	if s.StepUp != "" || len(s.Candidates) != 1 {
		t.Errorf("step up to %q beside %d candidates", s.StepUp, len(s.Candidates))
	}
}

func TestTheRequestCopiesWhatWasChosen(t *testing.T) {
	t.Parallel()
	s := directory.Select([]directory.DataService{service("1", nil)}, directory.Wish{Formats: []string{"application/pdf"}, Languages: []string{"LV"}})
	want := edm.DataServiceEvidenceType{
		Identifier: "1", EvidenceTypeClassification: evidenceType("LV", "birth"), Title: []edm.LocalizedText{{Lang: "EN", Text: "Birth"}},
		DistributedAs: []edm.DistributedAs{{Format: "application/pdf", Language: []string{"LV"}}},
	}
	if diff := cmp.Diff(want, s.Candidates[0].EvidenceRequest()); diff != "" {
		t.Error(diff)
	}
	if agent := s.Candidates[0].Service.AccessService.Publisher.Agent(); agent.Identifier.Value != "P-1" || len(agent.Name) != 1 {
		t.Errorf("got %+v", agent)
	}
}

// Whatever is offered and wished: each data service is chosen or dropped, once, and what is chosen fits the wish.
func TestEveryDataServiceIsChosenOrDroppedWithAReason(t *testing.T) {
	t.Parallel()
	lines := []string{"oots-edm:v1.0", "oots-edm:v1.1", "oots-edm:v1.2", "oots-edm:v2.0", "oots-edm:v9.9"}
	formats := []string{"application/pdf", "application/xml", "image/png"}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(r, "services")
		var all []directory.DataService
		for i := range n {
			all = append(all, service(fmt.Sprint(rapid.IntRange(0, 4).Draw(r, "id"), i/4), func(d *directory.DataService) {
				d.AccessService.ConformsTo = rapid.SliceOfDistinct(rapid.SampledFrom(lines), rapid.ID).Draw(r, "lines")
				d.DistributedAs = []directory.Distribution{{Format: rapid.SliceOfNDistinct(rapid.SampledFrom(formats), 1, 3, rapid.ID).Draw(r, "formats")}}
				d.AuthenticationLevelOfAssurance = rapid.SampledFrom([]string{"", "Low", "Substantial", "High"}).Draw(r, "needs")
			}))
		}
		w := directory.Wish{
			Versions:         rapid.SliceOfDistinct(rapid.SampledFrom(edm.Versions()), rapid.ID[edm.Version]).Draw(r, "versions"),
			Formats:          rapid.SliceOfDistinct(rapid.SampledFrom(formats), rapid.ID).Draw(r, "wanted"),
			LevelOfAssurance: rapid.SampledFrom([]string{"", "Low", "Substantial", "High"}).Draw(r, "has"),
		}
		s := directory.Select(all, w)
		if len(s.Candidates)+len(s.Dropped) != n {
			r.Fatalf("%d services, %d chosen, %d dropped", n, len(s.Candidates), len(s.Dropped))
		}
		for _, d := range s.Dropped {
			if d.Reason == "" || d.Why == "" || d.What == "" {
				r.Fatalf("no reason: %+v", d)
			}
		}
		for _, c := range s.Candidates {
			spoken := c.Service.AccessService.ConformsTo
			if len(spoken) > 0 && !slices.Contains(spoken, string(c.Version)) || len(w.Versions) > 0 && !slices.Contains(w.Versions, c.Version) ||
				len(w.Formats) > 0 && !slices.Contains(w.Formats, c.Form.Format[0]) || !slices.Contains(c.Service.DistributedAs[0].Format, c.Form.Format[0]) {
				r.Fatalf("chosen against the wish %+v: %+v", w, c)
			}
		}
	})
}
