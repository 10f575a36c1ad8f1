package commonservices_test

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/shared/directory"
	"github.com/vienreiz/vienreiz/shared/edm"
	"github.com/vienreiz/vienreiz/shared/outward"
)

func sleep(context.Context, time.Duration) error { return nil }

// serve runs a simulator over loopback and gives a client of it.
func serve(t *testing.T, versions ...directory.Version) (*directory.Client, *commonservices.World, string) {
	t.Helper()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	s, err := commonservices.New(w, rand.Reader, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	places, err := outward.ListPlaces(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := directory.NewClient(directory.Options{
		HTTP: outward.NewClient(places, nil), Versions: versions, Trust: directory.Trust{Roots: []*x509.Certificate{s.Root()}}, Repository: server.URL + "/sr",
		Locate: &directory.Locator{Fixed: map[directory.Service]map[string]string{
			directory.EvidenceBroker: {"": server.URL + "/eb", "FI": server.URL + "/eb/FI"}, directory.DataServiceDirectory: {"": server.URL + "/dsd/"},
		}},
		Now: time.Now, Sleep: sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client, w, server.URL
}

// annexII are the procedures of Annex II of Regulation (EU) 2018/1724.
var annexII = strings.Fields("R1 S1 T1 T2 T3 U1 U2 U3 U4 V1 V2 V3 V4 W1 W2 X1 X2 X3 X4 X5 X6")

func TestEveryProcedureOfAnnexIIRequiresSomethingInEveryStateAndVersion(t *testing.T) {
	t.Parallel()
	for _, v := range directory.Versions() {
		client, w, _ := serve(t, v)
		if len(w.States) < 6 || w.States["LV"] == nil {
			t.Fatalf("%d states", len(w.States))
		}
		for country := range w.States {
			for _, p := range append(annexII, "00") {
				a, err := client.Requirements(context.Background(), directory.RequirementsQuery{Procedure: p, Country: country})
				if err != nil || len(a.Items) == 0 || a.Version != v {
					t.Errorf("%s in %s, %s: %d requirements, %v", p, country, v, len(a.Items), err)
				}
			}
		}
	}
}

func TestEverythingThatTheWorldPromisesIsFoundInEveryVersion(t *testing.T) {
	t.Parallel()
	for _, v := range directory.Versions() {
		client, w, _ := serve(t, v)
		resolver := directory.Resolver{Ask: client, Versions: []directory.Version{v}}
		for country, state := range w.States {
			for requirement, lists := range state.Proves {
				a, err := client.EvidenceTypes(context.Background(), directory.EvidenceTypesQuery{Requirement: w.RequirementURL(requirement), Country: country})
				if v != directory.V20 && slices.ContainsFunc(lists, func(l commonservices.List) bool { return l.NoMatch != nil }) {
					if f, ok := errors.AsType[*directory.Failure](err); !ok || f.Code != directory.EBNothingFound {
						t.Errorf("%s of %s in %s, which cannot say no match: %v", requirement, country, v, err)
					}
					continue
				}
				found := directory.Lists(a.Items, country)
				if err != nil || len(found.Alternatives) != len(lists) && !found.NoMatch {
					t.Errorf("%s of %s in %s: %+v, %v", requirement, country, v, found, err)
				}
			}
			for key := range state.Evidence {
				p := resolver.Providers(context.Background(), directory.Search{EvidenceType: w.EvidenceTypeURL(country, key), Country: country})
				if p.State != directory.Ready && p.State != directory.Choose && p.State != directory.Ask {
					t.Errorf("%s of %s in %s: %s, %s", key, country, v, p.State, p.Why)
				}
			}
		}
	}
}

func TestLatviaIssuesTheEightTypes(t *testing.T) {
	t.Parallel()
	client, w, _ := serve(t, directory.V20)
	for _, key := range []string{"birth", "residence", "family-status", "vehicle-registration", "diploma", "company-extract", "real-estate-extract", "social-contributions"} {
		p := directory.Resolver{Ask: client}.Providers(context.Background(), directory.Search{EvidenceType: w.EvidenceTypeURL("LV", key), Country: "LV", Wish: directory.Wish{Formats: []string{"application/pdf"}}})
		if p.State != directory.Ready || p.Candidates[0].Version != edm.V20 || p.Candidates[0].Service.Title.In("LV") == p.Candidates[0].Service.Title.In("EN") {
			t.Errorf("%s: %s, %+v", key, p.State, p.Candidates)
		}
	}
	for procedure, want := range map[string]string{"R1": "dff4b79e-d0b0-439c-8b43-2f22951adae6", "T2": "e6d08b98-8074-47b7-8eb2-333fc958dfdc", "00": "df6db4db-05a4-4793-a742-a719b5babafb"} {
		if got := w.States["LV"].Frameworks[procedure]; got != want {
			t.Errorf("%s is declared as %s, in the acceptance environment as %s", procedure, got, want)
		}
	}
}

// get asks by hand, as a client that this package does not know.
func get(t *testing.T, address string, header http.Header) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestEveryErrorCodeIsAnsweredWithStatus200(t *testing.T) {
	t.Parallel()
	_, w, base := serve(t, directory.V20)
	school := w.Concepts["school"].ID
	for code, c := range map[directory.Code]struct{ version, service, query string }{
		directory.EBNothingFound:         {"oots-cs:v2.0", "eb", values("queryId", directory.QueryRequirements, "procedure-id", "T2", "country-code", "SE")},
		directory.EBUnknownRequirement:   {"oots-cs:v2.0", "eb", values("queryId", directory.QueryEvidenceTypes, "requirement-id", w.Repository+"/requirements/12345678-0000-0000-0000-000000000000")},
		directory.EBBadParameters:        {"oots-cs:v2.0", "eb", values("queryId", directory.QueryEvidenceTypes)},
		directory.EBUnknownJurisdiction:  {"oots-cs:v1.2", "eb", values("queryId", directory.QueryRequirements, "jurisdiction-admin-l2", "nowhere")},
		directory.EBUnknownProcedure:     {"oots-cs:v2.0", "eb", values("queryId", directory.QueryRequirements, "procedure-id", "Z9")},
		directory.EBUnknownCountry:       {"oots-cs:v2.0", "eb", values("queryId", directory.QueryRequirements, "country-code", "GR")},
		directory.EBUnknownQuery:         {"oots-cs:v2.0", "eb", values("queryId", directory.QueryDataServices)},
		directory.DSDNothingFound:        {"oots-cs:v2.0", "dsd", services(w, "birth", "country-code", "LV", "specification", "oots-edm:v1.0")},
		directory.DSDUnknownEvidenceType: {"oots-cs:v2.0", "dsd", values("queryId", directory.QueryDataServices, "country-code", "LV", "evidence-type-classification", "x")},
		directory.DSDBadParameters:       {"oots-cs:v2.0", "dsd", services(w, "birth")},
		directory.DSDUnknownQuery:        {"oots-cs:v2.0", "dsd", values("queryId", "urn:x")},
		directory.DSDAdditionalInput:     {"oots-cs:v2.0", "dsd", services(w, "school-certificate", "country-code", "LV")},
		directory.DSDWrongAnswer:         {"oots-cs:v2.0", "dsd", services(w, "school-certificate", "country-code", "LV", school, "x")},
	} {
		status, body := get(t, base+"/"+c.service+"/rest/search?"+c.query, http.Header{"Accept": {"application/x-ebrs+xml"}, "Accept-Version": {c.version}})
		_, _, err := directory.ParseDataServices([]byte(body), []directory.Version{directory.Version(c.version)})
		if c.service == "eb" {
			_, _, err = directory.ParseRequirements([]byte(body), []directory.Version{directory.Version(c.version)})
		}
		f, ok := errors.AsType[*directory.Failure](err)
		if m, _ := directory.MeaningOf(code); !ok || f.Code != code || f.Type != m.Type || status != http.StatusOK {
			t.Errorf("%s: status %d, %v\n%s", code, status, err, body)
		}
	}
	if len(directory.Meanings()) != 13 {
		t.Errorf("%d codes", len(directory.Meanings()))
	}
}

func values(all ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(all); i += 2 {
		v.Add(all[i], all[i+1])
	}
	return v.Encode()
}

func services(w *commonservices.World, key string, all ...string) string {
	return values(append([]string{"queryId", directory.QueryDataServices, "evidence-type-classification", w.EvidenceTypeURL("LV", key)}, all...)...)
}

func TestVersionsAreNegotiated(t *testing.T) {
	t.Parallel()
	_, _, base := serve(t, directory.V20)
	query := base + "/eb/rest/search?" + values("queryId", directory.QueryRequirements, "procedure-id", "T2")
	for _, c := range []struct{ asked, want, not string }{
		{"oots-cs:v2.0", "oots-cs:v2.0", ""},
		{"oots-cs:v1.0, oots-cs:v1.2,oots-cs:v9.0", "oots-cs:v1.2", ""},
		{"oots-cs:v9.0", "InvalidRequestExceptionType", "SpecificationIdentifier"},
		{"", "ResponseStatusType:Success", "SpecificationIdentifier"},
	} {
		h := http.Header{"Accept": {"application/x-ebrs+xml"}}
		if c.asked != "" {
			h.Set("Accept-Version", c.asked)
		}
		_, body := get(t, query, h)
		if !strings.Contains(body, c.want) || c.not != "" && strings.Contains(body, c.not) {
			t.Errorf("%q: %s", c.asked, body)
		}
	}
	if _, body := get(t, query+"&procedure-id=T3", http.Header{"Accept": {"application/x-ebrs+xml"}}); !strings.Contains(body, "EB:ERR:0003") {
		t.Errorf("a parameter twice: %s", body)
	}
	if _, body := get(t, query+"&x=y", http.Header{"Accept": {"application/x-ebrs+xml"}}); !strings.Contains(body, "EB:ERR:0003") {
		t.Errorf("an unknown parameter: %s", body)
	}
	if _, body := get(t, query, nil); !strings.Contains(body, "EB:ERR:0003") {
		t.Errorf("no Accept: %s", body)
	}
	for path, want := range map[string]int{"/": 404, "/eb/": 404, "/sr/codelists/LV/Nothing": 404, "/eb/LV/rest/search": 200} {
		if status, _ := get(t, base+path, nil); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	resp, err := http.Post(query, "text/plain", nil)
	if err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %v, %v", resp, err)
	}
	resp.Body.Close()
}

func TestBrokenWorldsAreNotLoaded(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"no YAML":                "\x00",
		"an unknown field":       "nonsense: 1",
		"an unknown procedure":   "requirements: {a: {procedures: [T2]}}",
		"an unknown provider":    "states: {LV: {evidence: {a: {providers: [b]}}}}",
		"an unknown form":        "states: {LV: {evidence: {a: {forms: [b]}}}}",
		"an unknown concept":     "states: {LV: {evidence: {a: {ask: [[b]]}}}}",
		"an unknown requirement": "states: {LV: {proves: {a: []}}}",
		"an unknown evidence":    "requirements: {a: {}}\nstates: {LV: {proves: {a: [{types: [b]}]}}}",
	} {
		if _, err := commonservices.LoadWorld([]byte(text)); err == nil {
			t.Errorf("%s is loaded", what)
		}
	}
}

func TestFaultsHaveNames(t *testing.T) {
	t.Parallel()
	for _, name := range commonservices.Faults() {
		if err := (commonservices.Fault{Broken: name}).Check(); err != nil {
			t.Error(err)
		}
	}
	if err := (commonservices.Fault{Broken: "nonsense"}).Check(); err == nil || !strings.Contains(fmt.Sprint(err), "signature") {
		t.Errorf("got %v", err)
	}
}

func TestASlowServiceAnswersLateAndStopsForWhoLeaves(t *testing.T) {
	t.Parallel()
	w, err := commonservices.DefaultWorld()
	if err != nil {
		t.Fatal(err)
	}
	s, err := commonservices.New(w, rand.Reader, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s.Set(commonservices.Fault{Slow: time.Hour})
	ctx, leave := context.WithCancel(context.Background())
	leave()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/eb/rest/search", nil).WithContext(ctx))
	if answer.Body.Len() != 0 {
		t.Error("an answer for who left")
	}
}
