package directory_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/directory"
)

func TestQueriesAreBuiltAsTheInterfaceWantsThem(t *testing.T) {
	t.Parallel()
	var got *http.Request
	client, _ := newClient(t, func(o *directory.Options) {
		o.Versions = []directory.Version{directory.V20, directory.V12}
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) { got = r; return through(simulator())(r) })
	})
	answer := "Rīgas 1. ģimnāzija & Co +/?"
	_, _ = client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "birth"), Country: "LV", Specification: "oots-edm:v2.0",
		Answers: map[string]string{strings.ToUpper(concept("school")): answer}})
	if got.Method != http.MethodGet || got.Header.Get("Accept") != "application/x-ebrs+xml" || got.Header.Get("Accept-Version") != "oots-cs:v2.0,oots-cs:v1.2" {
		t.Errorf("%s %v", got.Method, got.Header)
	}
	raw := got.URL.RawQuery
	mustContain(t, raw, "queryId=urn%3Afdc%3Aoots%3Adsd%3A", "&evidence-type-classification=https%3A%2F%2Fsr.acc.", "&country-code=LV&specification=oots-edm%3Av2.0&", "%201.%20", "%2B%2F%3F")
	if strings.Contains(raw, "+") || got.URL.Path != "/dsd/rest/search" {
		t.Errorf("%s?%s", got.URL.Path, raw)
	}
	values, err := url.ParseQuery(raw)
	if err != nil || values.Get(concept("school")) != answer {
		t.Errorf("%v, %v", values, err)
	}
	client, _ = newClient(t, func(o *directory.Options) {
		o.Versions = []directory.Version{directory.V10}
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) { got = r; return through(simulator())(r) })
	})
	if a, err := client.Requirements(context.Background(), admission); err != nil || a.Version != directory.V10 || got.Header.Values("Accept-Version") != nil {
		t.Errorf("1.0: %v, %v", got.Header, err)
	}
}

func TestWrongQueriesAreNotSent(t *testing.T) {
	t.Parallel()
	client, _ := newClient(t, func(o *directory.Options) {
		o.HTTP = doFunc(func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, io.EOF })
	})
	right := directory.DataServicesQuery{EvidenceType: evidenceType("LV", "birth"), Country: "LV"}
	with := func(change func(*directory.DataServicesQuery)) directory.DataServicesQuery {
		q := right
		change(&q)
		return q
	}
	answers := map[string]string{}
	for i := range directory.MaxAnswers + 1 {
		answers[strings.Repeat("0", i)] = "x"
	}
	for what, ask := range map[string]func() error{
		"a procedure that is no code": func() error {
			_, err := client.Requirements(context.Background(), directory.RequirementsQuery{Procedure: "T2&x=y"})
			return err
		},
		"a country that is no code": func() error {
			_, err := client.Requirements(context.Background(), directory.RequirementsQuery{Country: "lv"})
			return err
		},
		"a NUTS code in 2.0": func() error {
			_, err := client.Requirements(context.Background(), directory.RequirementsQuery{AdminUnitLevel2: "LV0"})
			return err
		},
		"a requirement elsewhere": func() error {
			_, err := client.EvidenceTypes(context.Background(), directory.EvidenceTypesQuery{Requirement: "https://x.example/requirements/1"})
			return err
		},
	} {
		if _, ok := errors.AsType[*directory.WrongQuery](ask()); !ok {
			t.Errorf("%s is sent", what)
		}
	}
	for what, q := range map[string]directory.DataServicesQuery{
		"no type":                   with(func(q *directory.DataServicesQuery) { q.EvidenceType = "" }),
		"no country":                with(func(q *directory.DataServicesQuery) { q.Country = "" }),
		"no line":                   with(func(q *directory.DataServicesQuery) { q.Specification = "v2.0" }),
		"a context in 2.0":          with(func(q *directory.DataServicesQuery) { q.JurisdictionContextID = "x" }),
		"an evidence-type-id":       with(func(q *directory.DataServicesQuery) { q.EvidenceTypeID = "x" }),
		"an answer to no concept":   with(func(q *directory.DataServicesQuery) { q.Answers = map[string]string{"country-code": "FI"} }),
		"an empty answer":           with(func(q *directory.DataServicesQuery) { q.Answers = map[string]string{concept("school"): ""} }),
		"an answer that is no text": with(func(q *directory.DataServicesQuery) { q.Answers = map[string]string{concept("school"): "a\x00"} }),
		"an endless answer": with(func(q *directory.DataServicesQuery) {
			q.Answers = map[string]string{concept("school"): strings.Repeat("x", directory.MaxAnswerValue+1)}
		}),
		"too many answers": with(func(q *directory.DataServicesQuery) { q.Answers = answers }),
	} {
		_, err := client.DataServices(context.Background(), q)
		if _, ok := errors.AsType[*directory.WrongQuery](err); !ok {
			t.Errorf("%s is sent: %v", what, err)
		}
	}
}

// Whatever the user answers arrives as it was given, and is no parameter of its own.
func TestAnswersArriveAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	var raw string
	client, _ := newClient(t, func(o *directory.Options) {
		o.Fresh = -1
		o.HTTP = doFunc(func(r *http.Request) (*http.Response, error) { raw = r.URL.RawQuery; return through(simulator())(r) })
	})
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[ -~āšž&=+%#?/;]{1,40}`).Draw(r, "answer")
		_, _ = client.DataServices(context.Background(), directory.DataServicesQuery{EvidenceType: evidenceType("LV", "school-certificate"), Country: "LV", Answers: map[string]string{concept("school"): text}})
		values, err := url.ParseQuery(raw)
		if err != nil || values.Get(concept("school")) != text || len(values) != 4 || strings.ContainsAny(raw, "+ ") {
			r.Fatalf("%q became %q, %v", text, raw, err)
		}
	})
}
