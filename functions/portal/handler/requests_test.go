package handler

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/requester"
)

const studentOrder = `{"procedure":"T3","requirement":"https://sr.oots.tech.ec.europa.eu/requirements/f8a6a284-34e9-42b9-9733-63b5c4f4aa42",
	"country":"EE","language":"LV","returnUrl":"https://student-portal.example.lv/back"}`

func viewOf(t *testing.T, a *httptest.ResponseRecorder) api.View {
	t.Helper()
	var v api.View
	if err := json.Unmarshal(a.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	return v
}

func TestAPortalOrdersFetchesAndConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	if a.Code != http.StatusCreated || a.Header().Get("Location") != "/v1/requests/r1" {
		t.Fatalf("create: %d %s", a.Code, a.Body)
	}
	if v := viewOf(t, a); v.State != api.StateAwaitingPerson || v.PersonUrl == "" || v.Documents == nil {
		t.Errorf("created: %+v", v)
	}
	w.desk.requests["r1"].view.State = exchange.PreviewRequired
	if v := viewOf(t, w.as(t, "student-portal", "POST", "/v1/requests/r1/continue", "")); v.PersonUrl == "" {
		t.Errorf("continued: %+v", v)
	}
	w.desk.deliver("r1", []byte("%PDF-1.7 diploma"))
	v := viewOf(t, w.as(t, "student-portal", "GET", "/v1/requests/r1", ""))
	if len(v.Documents) != 1 || v.Documents[0].Href != "/v1/requests/r1/evidence/1" || v.Deadline.IsZero() {
		t.Fatalf("delivered: %+v", v)
	}
	for range 2 {
		a = w.as(t, "student-portal", "GET", v.Documents[0].Href, "")
		want := http.Header{
			"Content-Type": {"application/pdf"}, "Content-Length": {"16"}, "Content-Disposition": {`attachment; filename="evidence-1.pdf"`},
			"Etag": {`"` + v.Documents[0].Sha256 + `"`}, "Repr-Digest": {"sha-256=:e/ww5/aQPZ4WU6znOIQWY/Qmj007FdyoIdIary3de3Q=:"},
			"Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"}, "X-Request-Id": a.Header()["X-Request-Id"],
		}
		if diff := cmp.Diff(want, a.Header()); diff != "" || a.Body.String() != "%PDF-1.7 diploma" {
			t.Errorf("fetched %d %q: %s", a.Code, a.Body, diff)
		}
	}
	if v := viewOf(t, w.as(t, "student-portal", "POST", "/v1/requests/r1/confirm", "")); v.State != api.StateConfirmed || !v.Final {
		t.Errorf("confirmed: %+v", v)
	}
}

func TestHEADGetsWhatIsSaidOfADocumentAndNotTheDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	w.desk.deliver("r1", []byte("octets"))
	if a := w.as(t, "student-portal", "HEAD", "/v1/requests/r1/evidence/1", ""); a.Code != http.StatusOK || a.Body.Len() > 0 || a.Header().Get("Content-Length") != "6" {
		t.Errorf("%d %q %v", a.Code, a.Body, a.Header())
	}
}

func TestAPortalGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	if v := viewOf(t, w.as(t, "student-portal", "POST", "/v1/requests/r1/cancel", "")); v.State != api.StateCancelled {
		t.Errorf("%+v", v)
	}
}

func TestWhatOnePortalOrderedDoesNotExistForAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	w.desk.deliver("r1", []byte("secret"))
	mine := w.as(t, "bank-portal", "GET", "/v1/requests/r9", "")
	for _, c := range [][2]string{
		{"GET", "/v1/requests/r1"}, {"POST", "/v1/requests/r1/continue"}, {"GET", "/v1/requests/r1/evidence/1"},
		{"POST", "/v1/requests/r1/confirm"}, {"POST", "/v1/requests/r1/cancel"},
	} {
		a := w.as(t, "bank-portal", c[0], c[1], "")
		if a.Code != http.StatusNotFound || problemIn(t, a).Rule != problemIn(t, mine).Rule || strings.Contains(a.Body.String(), "secret") {
			t.Errorf("%s %s: %d %s", c[0], c[1], a.Code, a.Body)
		}
	}
	if s := w.desk.requests["r1"].view.State; s != exchange.Delivered {
		t.Errorf("another portal made it %s", s)
	}
}

func TestTheSameKeyOfTheSamePortalIsTheSameRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(portal, order string) string {
		a := w.call(t, "POST", "/v1/requests", order, "Authorization", "Bearer "+w.token(t, portal), "Content-Type", "application/json; charset=utf-8", "Idempotency-Key", "7c6f")
		return a.Header().Get("Location")
	}
	first, second := create("student-portal", studentOrder), create("student-portal", studentOrder)
	other := create("bank-portal", strings.ReplaceAll(studentOrder, "student-portal", "bank-portal"))
	if first == "" || first != second || other == first {
		t.Errorf("%q, %q and of another portal %q", first, second, other)
	}
}

func TestAViewShowsQuestionsAndChoices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	v := &w.desk.requests["r1"].view
	v.State, v.Final, v.Code, v.Reason, v.PersonURL = exchange.Refused, true, "DSD:ERR:0005", "Where were you born?", ""
	v.Questions = []requester.Question{{ID: "q1", Type: "codelist", Text: "Where?", Options: []requester.Option{{Code: "EE037", Name: "Harju"}}}}
	v.Choices = []requester.Choice{{Provider: "p1", Name: "Register", EvidenceType: "https://sr.example/e", Title: "Birth"}}
	got := viewOf(t, w.as(t, "student-portal", "GET", "/v1/requests/r1", ""))
	want := api.View{
		Id: "r1", State: api.StateRefused, Final: true, Code: "DSD:ERR:0005", Reason: "Where were you born?", Created: noon, Documents: []api.Document{},
		Questions: []api.Question{{Id: "q1", Type: "codelist", Text: "Where?", Options: []api.Option{{Code: "EE037", Name: "Harju"}}}},
		Choices:   []api.Choice{{Provider: "p1", Name: "Register", EvidenceType: "https://sr.example/e", Title: "Birth"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// elsewhere is a desk whose large documents are fetched from elsewhere.
type elsewhere struct {
	*counter
	large bool
}

func (e elsewhere) Open(ctx context.Context, portal, id string, n int) (*requester.Opened, error) {
	o, err := e.counter.Open(ctx, portal, id, n)
	if err == nil && e.large {
		o.Body, o.Link = nil, secretLink
	}
	return o, err
}

const secretLink = "https://evidence.example/o?X-Amz-Signature=x"

func TestALargeDocumentIsFetchedFromElsewhere(t *testing.T) {
	t.Parallel()
	for large, want := range map[bool]int{true: http.StatusSeeOther, false: http.StatusOK} {
		w := newWorld(t)
		w.api = New(w.options(w.api.(*handler).Authority, elsewhere{w.desk, large}))
		w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
		w.desk.deliver("r1", []byte("large"))
		a := w.as(t, "student-portal", "GET", "/v1/requests/r1/evidence/1", "")
		if a.Code != want || large != (a.Header().Get("Location") == secretLink) {
			t.Errorf("large %v: %d %v", large, a.Code, a.Header())
		}
		if large && (a.Body.Len() > 0 || strings.Contains(w.log.String(), "X-Amz-Signature") || strings.Contains(w.log.String(), "evidence.example")) {
			t.Errorf("the link stands elsewhere too: %q\n%s", a.Body, w.log)
		}
		if a := w.as(t, "bank-portal", "GET", "/v1/requests/r1/evidence/1", ""); a.Code != http.StatusNotFound {
			t.Errorf("another portal's: %d", a.Code)
		}
	}
}

// torn is evidence that cannot be read to its end.
type torn struct{ *counter }

func (t torn) Open(ctx context.Context, portal, id string, n int) (*requester.Opened, error) {
	o, err := t.counter.Open(ctx, portal, id, n)
	o.Body = io.NopCloser(io.MultiReader(strings.NewReader("half"), brokenReader{}))
	return o, err
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errDisk }

func TestAPartOfADocumentIsNotGivenAsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	w.desk.deliver("r1", []byte("whole document"))
	w.api = New(w.options(w.api.(*handler).Authority, torn{w.desk}))
	s := httptest.NewServer(w.api)
	t.Cleanup(s.Close)
	s.Config.ErrorLog = nil
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/v1/requests/r1/evidence/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token(t, "student-portal"))
	a, err := s.Client().Do(r)
	if err == nil {
		_, err = io.ReadAll(a.Body)
		a.Body.Close()
	}
	if err == nil {
		t.Error("the answer ends as if it were whole")
	}
}
