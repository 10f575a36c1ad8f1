package registries_test

import (
	"bytes"
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/identity"
	"github.com/vienreiz/vienreiz/shared/outward"
	"github.com/vienreiz/vienreiz/shared/registry"
)

var update = flag.Bool("update", false, "write the golden files anew")

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// desk is a node's view of one state's registers.
type desk struct {
	*registries.Simulator
	client    *registry.Client
	base      string
	country   string
	clock     *clock
	residents *residents.Residents
	world     *commonservices.World
}

func open(t *testing.T, country string) *desk {
	t.Helper()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	r, err := residents.Default()
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)}
	s, err := registries.New(w, r, country, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	places, err := outward.ListPlaces(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return &desk{s, &registry.Client{HTTP: outward.NewClient(places, nil), Now: c.Now, Secret: func(context.Context, string) (string, error) { return "sesame", nil }}, server.URL, country, c, r, w}
}

// registry is the one that issues a type.
func (d *desk) registry(t *testing.T, kind string) registry.Registry {
	t.Helper()
	for _, r := range d.Registries(d.base) {
		if _, ok := r.Offers(d.world.EvidenceTypeURL(d.country, kind)); ok {
			return r
		}
	}
	t.Fatalf("nobody issues %s", kind)
	return registry.Registry{}
}

func (d *desk) query(kind, person string) registry.Query {
	return registry.Query{RequestID: "r-" + person, EvidenceType: d.world.EvidenceTypeURL(d.country, kind), Person: d.residents.Persons[person].Person(d.country, "High")}
}

// match searches and finds exactly one.
func (d *desk) match(t *testing.T, kind, person string) string {
	t.Helper()
	q := d.query(kind, person)
	found, err := d.client.Search(t.Context(), d.registry(t, kind), q)
	if err != nil {
		t.Fatal(err)
	}
	m := found.Match(&q, d.country)
	if m.Outcome != identity.One {
		t.Fatalf("%s of %s: %+v among %d", kind, person, m, len(found.Entries))
	}
	return m.Handle
}

// get searches, matches and fetches.
func (d *desk) get(t *testing.T, kind, person string, languages, formats []string) *registry.Evidence {
	t.Helper()
	e, err := d.client.Fetch(t.Context(), d.registry(t, kind), d.query(kind, person), d.match(t, kind, person), languages, formats)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryStateHasRightEntriesForTheConfiguration(t *testing.T) {
	t.Parallel()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	for country, state := range w.States {
		d := open(t, country)
		types := map[string]bool{}
		for _, r := range d.Registries("http://127.0.0.1:1/registers/") {
			if f := r.Validate(); len(f) > 0 {
				t.Errorf("%s: %v", r.ID, f)
			}
			for _, e := range r.EvidenceTypes {
				types[e.Type] = true
			}
		}
		if len(types) != len(state.Evidence) {
			t.Errorf("%s: %d types of %d", country, len(types), len(state.Evidence))
		}
	}
}

func TestWhatARegisterKnowsOfAPersonCanBeHad(t *testing.T) {
	t.Parallel()
	for _, country := range []string{"LV", "LT", "EE", "FI", "IT", "DE", "CZ"} {
		d := open(t, country)
		d.Require("sesame")
		for key, p := range d.residents.Persons {
			for kind, records := range p.Records[country] {
				if kind == "school-certificate" || key == "jonas-vilnius" && country != "LT" || key == "nikos" || records[0].Ready > 0 || records[0].Provider != "" {
					continue // have tests of their own
				}
				if country != "LV" && kind != "diploma" { // printing takes its time
					d.match(t, kind, key)
					continue
				}
				e := d.get(t, kind, key, []string{country}, nil)
				mains := slices.DeleteFunc(slices.Clone(e.Documents), func(d registry.Document) bool { return d.Classification != edm.MainEvidence })
				if len(mains) != len(records) {
					t.Errorf("%s %s of %s: %d documents", country, kind, key, len(mains))
				}
			}
		}
	}
}

func TestOnlyTheRightOneIsFound(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	for _, c := range []struct {
		kind, person string
		want         identity.Outcome
	}{
		{"birth", "nobody", identity.None},
		{"birth", "vaino", identity.None},
		{"diploma", "jonas-vilnius", identity.Ambiguous},
		{"diploma", "jonas-kaunas", identity.One},
		{"diploma", "kristaps", identity.One},
		{"birth", "eleni", identity.One},                 // the register writes her in Greek
		{"vehicle-registration", "nikos", identity.None}, // the register has the full given name
	} {
		q := d.query(c.kind, c.person)
		found, err := d.client.Search(t.Context(), d.registry(t, c.kind), q)
		if err != nil {
			t.Fatal(err)
		}
		if m := found.Match(&q, "LV"); m.Outcome != c.want {
			t.Errorf("%s of %s: %+v", c.kind, c.person, m)
		}
	}
}

func TestACompanyIsFoundByItsNumber(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	r := d.registry(t, "company-extract")
	for key, want := range map[string]identity.Outcome{"ziemelu-vejs": identity.One, "izdomajums": identity.One, "unknown": identity.None, "primer": identity.None} {
		q := registry.Query{RequestID: "r", EvidenceType: d.world.EvidenceTypeURL("LV", "company-extract"), LegalPerson: d.residents.Companies[key].LegalPerson("LV", "High"), Representative: d.residents.Persons["anna"].Person("LV", "High")}
		found, err := d.client.Search(t.Context(), r, q)
		if err != nil {
			t.Fatal(err)
		}
		if m := found.Match(&q, "LV"); m.Outcome != want {
			t.Errorf("%s: %+v", key, m)
		}
	}
}

func TestSchoolsHaveTheirOwnCertificates(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	for _, r := range d.Registries(d.base) {
		if !strings.HasPrefix(r.ID, "LV-SCHOOL-") {
			continue
		}
		found, err := d.client.Search(t.Context(), r, d.query("school-certificate", "anna"))
		if err != nil || len(found.Entries) != map[string]int{"LV-SCHOOL-1": 1, "LV-SCHOOL-2": 0}[r.ID] {
			t.Errorf("%s: %v, %v", r.ID, found, err)
		}
	}
}

func TestEvidenceThatNeedsTimeCanBeHadLater(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	q, r := d.query("real-estate-extract", "janis"), d.registry(t, "real-estate-extract")
	found, err := d.client.Search(t.Context(), r, q)
	if err != nil || len(found.Entries) != 1 || !found.Entries[0].AvailableFrom.Equal(d.clock.now.Add(30*time.Minute)) {
		t.Fatalf("%+v, %v", found, err)
	}
	d.clock.now = d.clock.now.Add(10 * time.Minute)
	e, err := d.client.Fetch(t.Context(), r, q, found.Entries[0].Handle, nil, nil)
	if err != nil || !e.AvailableFrom.Equal(found.Entries[0].AvailableFrom) {
		t.Fatalf("%+v, %v", e, err)
	}
	d.clock.now = d.clock.now.Add(21 * time.Minute)
	q.RequestID = "another exchange"
	e, err = d.client.Fetch(t.Context(), r, q, found.Entries[0].Handle, nil, nil)
	if err != nil || len(e.Documents) != 2 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestOneRequestGetsOneSetOfDocuments(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	first := d.get(t, "vehicle-registration", "anna", []string{"LV"}, nil)
	d.clock.now = d.clock.now.Add(48 * time.Hour)
	if diff := cmp.Diff(first, d.get(t, "vehicle-registration", "anna", []string{"LV"}, nil)); diff != "" {
		t.Error("the second answer differs")
	}
	other := open(t, "LV").get(t, "vehicle-registration", "anna", []string{"LV"}, nil)
	if diff := cmp.Diff(first, other); diff != "" {
		t.Error("another start answers otherwise at the same time")
	}
	if len(first.Documents) != 4 || first.Documents[3].CompanionOf != first.Documents[2].Identifier {
		t.Errorf("%d documents", len(first.Documents))
	}
}

func TestTheFormAskedForIsGiven(t *testing.T) {
	t.Parallel()
	d := open(t, "LV")
	e := d.get(t, "birth", "anna", nil, []string{"image/png", "application/pdf"})
	if len(e.Documents) != 1 || e.Documents[0].MediaType != "application/pdf" || e.Documents[0].Language != "EN" {
		t.Errorf("%+v", e.Documents)
	}
	e = d.get(t, "birth", "eleni", []string{"EL"}, []string{"application/xml"})
	golden := filepath.Join("testdata", "birth-EL.xml")
	if *update {
		if err := os.WriteFile(golden, e.Documents[0].Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(want, e.Documents[0].Content) {
		t.Errorf("%v\n%s", err, cmp.Diff(string(want), string(e.Documents[0].Content)))
	}
}
