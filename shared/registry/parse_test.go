package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

type example struct {
	Value any `yaml:"value"`
}

// examples are the bodies in registry.yaml.
func examples(t testing.TB) (requests, answers map[string][]byte) {
	t.Helper()
	file, err := os.ReadFile("registry.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type content struct {
		Content map[string]struct {
			Examples map[string]example `yaml:"examples"`
		} `yaml:"content"`
	}
	var api struct {
		Paths map[string]struct {
			Post struct {
				RequestBody content            `yaml:"requestBody"`
				Responses   map[string]content `yaml:"responses"`
			} `yaml:"post"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(file, &api); err != nil {
		t.Fatal(err)
	}
	bodies := func(c content) map[string][]byte {
		all := map[string][]byte{}
		for name, e := range c.Content["application/json"].Examples {
			if all[name], err = json.Marshal(e.Value); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	post := api.Paths["/"].Post
	return bodies(post.RequestBody), bodies(post.Responses["200"])
}

func TestTheExamplesOfTheDescriptionAreTheOperation(t *testing.T) {
	t.Parallel()
	requests, answers := examples(t)
	if len(requests) != 3 || len(answers) != 5 {
		t.Fatalf("%d requests and %d answers", len(requests), len(answers))
	}
	for name, body := range requests {
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		var r Request
		if err := d.Decode(&r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		_ = json.Unmarshal(body, &want)
		_ = json.Unmarshal(again, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-description +code):\n%s", name, diff)
		}
	}
	for name, body := range answers {
		var err error
		switch name {
		case "documents", "later":
			_, err = ParseEvidence(body, []string{"application/json"}, now)
		case "foundCompanies":
			_, err = ParseFound(body, Legal, now)
		default:
			_, err = ParseFound(body, Natural, now)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsLeftOutOfDocumentsIsFilledIn(t *testing.T) {
	t.Parallel()
	_, answers := examples(t)
	body := bytes.Replace(answers["documents"], []byte(`"companionOf":"5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b10",`), nil, 1)
	e, err := ParseEvidence(body, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if main, pdf := e.Documents[0], e.Documents[1]; main.Classification != "MainEvidence" || pdf.CompanionOf != main.Identifier || string(main.Content) != `{"diploma":"test"}` {
		t.Errorf("got %+v", e.Documents)
	}
}

const canary = "Kanārijputniņš"

// refusal is the rule of an error, which must not tell what the answer holds.
func refusal(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	if strings.Contains(e.Error(), canary) || e.Kind != BadAnswer || e.Do == "" || e.Detail == "" {
		t.Errorf("not a refusal to show: %v", e)
	}
	return strings.TrimPrefix(e.Rule, "registry.")
}

func TestBadListsOfEntriesAreRefusedByRule(t *testing.T) {
	t.Parallel()
	const right = `{"handle":"a","familyNames":["` + canary + `"],"givenName":"Anna","dateOfBirth":"1990-01-01"}`
	for _, c := range []struct{ body, rule string }{
		{`{"entries":[` + right + `]}`, ""},
		{`{"entries":[]}`, ""},
		{`{}`, "entries"},
		{`{"entries":null}`, "entries"},
		{``, "json"},
		{`[]`, "json"},
		{`"` + canary + `"`, "json"},
		{`{"entries":[]} {}`, "json"},
		{`{"entries":[]`, "json"},
		{`<html>` + canary, "json"},
		{"{\"entries\":[{\"handle\":\"\xff\"}]}", "json"},
		{`{"entries":[],"entries":[]}`, "json.twice"},
		{`{"entries":[],"Entries":[]}`, "json.twice"},
		{`{"entries":"` + canary + `"}`, "json.type"},
		{`{"entries":[],"` + canary + `":1}`, "json.field"},
		{`{"entries":[` + strings.Repeat("[", 10) + strings.Repeat("]", 10) + `]}`, "limit.depth"},
		{`{"entries":[` + strings.Repeat("{},", 5000) + `{}]}`, "limit.values"},
		{`{"entries":[` + strings.Repeat(right+",", 20) + right + `]}`, "limit.entries"},
		{`{"entries":[` + right + "," + right + `]}`, "entries.handle"},
		{`{"entries":[{"handle":" ","familyNames":["A"],"givenName":"B"}]}`, "entries.handle"},
		{`{"entries":[{"handle":"a","name":"` + canary + `"}]}`, "entries.subject"},
		{`{"entries":[{"handle":"a","familyNames":[],"givenName":"` + canary + `"}]}`, "entries.subject"},
		{`{"entries":[{"handle":"a","familyNames":["` + canary + `",""],"givenName":"B"}]}`, "entries.text"},
		{`{"entries":[{"handle":"a","familyNames":["A\u0000"],"givenName":"B"}]}`, "entries.text"},
		{`{"entries":[{"handle":"a","familyNames":["` + strings.Repeat("x", MaxTextRunes+1) + `"],"givenName":"B"}]}`, "entries.text"},
		{`{"entries":[{"handle":"a","familyNames":["A"],"givenName":"B","dateOfBirth":"01.01.1990"}]}`, "entries.dateOfBirth"},
		{`{"entries":[{"handle":"a","familyNames":["A"],"givenName":"B","availableFrom":"2020-01-01T00:00:00Z"}]}`, "availableFrom"},
		{`{"entries":[{"handle":"a","familyNames":["A"],"givenName":"B","availableFrom":"2030-01-01T00:00:00Z"}]}`, "availableFrom"},
		{`{"entries":[{"handle":"a","familyNames":["A"],"givenName":"B","availableFrom":"` + canary + `"}]}`, "json.field"},
	} {
		_, err := ParseFound([]byte(c.body), Natural, now)
		if got := refusal(t, err); got != c.rule {
			t.Errorf("%.80s: rule %q, want %q (%v)", c.body, got, c.rule, err)
		}
	}
	_, err := ParseFound([]byte(`{"entries":[`+right+`]}`), Legal, now)
	if got := refusal(t, err); got != "entries.subject" {
		t.Errorf("a person for a company: rule %q", got)
	}
}

func TestBadDocumentsAreRefusedByRule(t *testing.T) {
	t.Parallel()
	_, answers := examples(t)
	right := string(answers["documents"])
	change := func(old, changed string) string {
		if !strings.Contains(right, old) {
			t.Fatalf("no %s in the example", old)
		}
		return strings.Replace(right, old, changed, 1)
	}
	many := strings.Repeat(`{"identifier":"x"},`, MaxDocuments+1)
	for _, c := range []struct{ body, rule string }{
		{right, ""},
		{`{}`, "documents"},
		{`{"documents":[` + many[:len(many)-1] + `]}`, "limit.documents"},
		{change(`"issuingAuthority"`, `"availableFrom":"2027-01-05T08:00:00Z","issuingAuthority"`), "availableFrom"},
		{`{"availableFrom":"2020-01-05T08:00:00Z"}`, "availableFrom"},
		{`{"documents":[{"identifier":"x"}]}`, "issuingAuthority"},
		{change(`"LV-EDUCATION"`, `""`), "issuingAuthority"},
		{change(`"EN":`, `"english":`), "issuingAuthority"},
		{change(`5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b10`, canary), "documents.identifier"},
		{change(`"title":"Diploms"`, `"title":""`), "documents.title"},
		{change(`"mediaType":"application/json"`, `"mediaType":"text/html"`), "documents.mediaType"},
		{change(`"classification":"HumanReadableVersion"`, `"classification":"MainEvidence"`), "documents.mediaType"},
		{change(`"language":"LV"`, `"language":"lv"`), "documents.language"},
		{change(`"HumanReadableVersion"`, `"`+canary+`"`), "documents.classification"},
		{change(`"conformsTo":"https:`, `"conformsTo":"http:`), "documents.conformsTo"},
		{change(`"language":"LV","mediaType":"application/pdf"`, `"conformsTo":"https://example.test/x","mediaType":"application/pdf"`), "documents.conformsTo"},
		{change(`"issuingDate":"2015-06-30"`, `"issuingDate":"30.06.2015"`), "documents.issuingDate"},
		{change(`"validFrom":"2015-06-30"`, `"validFrom":"2015-06-31"`), "documents.valid"},
		{change(`"validFrom":"2015-06-30"`, `"validFrom":"2015-06-30","validUntil":"2015-06-29"`), "documents.valid"},
		{change(`"companionOf":"5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b10"`, `"companionOf":"`+canary+`"`), "documents.companionOf"},
		{change(`5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b11`, `5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b10`), "documents.identifier"},
		{change(`JVBERi0xLjcK`, `PGh0bWw+`), "documents.content"},
		{change(`JVBERi0xLjcK`, ``), "documents.content"},
		{change(`JVBERi0xLjcK`, canary), "json.field"},
		{change(`eyJkaXBsb21hIjoidGVzdCJ9`, `eyJkaXBs`), "documents.content"},
		{strings.ReplaceAll(change(`eyJkaXBsb21hIjoidGVzdCJ9`, `PCFET0NUWVBFIGE+PGEvPg==`), "application/json", "application/xml"), "documents.xml"},
	} {
		formats := []string{"application/json"}
		if strings.Contains(c.body, "application/xml") {
			formats = []string{"application/xml"}
		}
		_, err := ParseEvidence([]byte(c.body), formats, now)
		if got := refusal(t, err); got != c.rule {
			t.Errorf("%.400s:\nrule %q, want %q (%v)", c.body, got, c.rule, err)
		}
	}
}

func TestTooLargeAnswersAreRefused(t *testing.T) {
	t.Parallel()
	_, err := ParseFound(make([]byte, MaxAnswerBytes+1), Natural, now)
	if got := refusal(t, err); got != "limit.answer" {
		t.Errorf("rule %q", got)
	}
	content := append([]byte("%PDF-"), make([]byte, MaxDocumentBytes)...)
	d := &Document{Identifier: "5a4c2f14-0c62-4f3e-8a07-7f8a3a3a9b10", Title: "t", MediaType: "application/pdf", IssuingDate: "2026-01-01", Content: content}
	if got := refusal(t, d.check(0, nil)); got != "limit.document" {
		t.Errorf("rule %q", got)
	}
}

func FuzzAnswersAreUnderstoodOrRefused(f *testing.F) {
	_, answers := examples(f)
	for _, body := range answers {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, subject := range []Subject{Natural, Legal} {
			found, err := ParseFound(body, subject, now)
			if (found == nil) == (err == nil) {
				t.Fatal("neither or both")
			}
			if err == nil && (len(found.Entries) > MaxEntries || fmt.Sprint(found.Persons(), found.LegalPersons()) == "") {
				t.Fatal("too many")
			}
		}
		e, err := ParseEvidence(body, nil, now)
		if (e == nil) == (err == nil) {
			t.Fatal("neither or both")
		}
		if err == nil && len(e.Documents) == 0 == e.AvailableFrom.IsZero() {
			t.Fatal("an answer is documents or a time")
		}
	})
}
