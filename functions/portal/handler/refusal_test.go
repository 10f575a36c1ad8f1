package handler

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/requester"
)

func problemIn(t testing.TB, a *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.Body.Bytes(), &p); err != nil || a.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("no problem: %d %s", a.Code, a.Body)
	}
	if p.Status != a.Code || p.Do == "" || p.Detail == "" || !strings.HasSuffix(p.Instance, a.Header().Get("X-Request-Id")) || p.Type != typePrefix+p.Rule || p.Title == "" {
		t.Errorf("a problem that does not explain itself: %s", a.Body)
	}
	return p
}

func TestACallThatIsNotOfTheContractIsRefusedWithTheWayOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bearer := "Bearer " + w.token(t, "student-portal")
	for name, c := range map[string]struct {
		method, path, body, mediaType string
		status                        int
		rule                          string
	}{
		"an unknown path":            {"GET", "/v1/evidence", "", "", 404, "http.path"},
		"another method":             {"DELETE", "/v1/requests/r1", "", "", 405, "http.method"},
		"a query":                    {"GET", "/v1/requests/r1?access_token=x", "", "", 400, "http.query"},
		"an empty query":             {"GET", "/v1/requests/r1?", "", "", 400, "http.query"},
		"a body of a form":           {"POST", "/v1/requests", studentOrder, "application/x-www-form-urlencoded", 415, "http.mediaType"},
		"a body of no type":          {"POST", "/v1/requests", studentOrder, "", 415, "http.mediaType"},
		"a large body":               {"POST", "/v1/requests", `{"procedure":"` + strings.Repeat("x", MaxBody) + `"}`, "application/json", 413, "http.size"},
		"no JSON":                    {"POST", "/v1/requests", "procedure=T3", "application/json", 400, "http.json"},
		"an unfinished JSON":         {"POST", "/v1/requests", studentOrder[:60], "application/json", 400, "http.json"},
		"two JSON documents":         {"POST", "/v1/requests", studentOrder + "{}", "application/json", 400, "http.json"},
		"a request that is not":      {"GET", "/v1/requests/r7", "", "", 404, "order.unknown"},
		"an id that is none":         {"GET", "/v1/requests/%00", "", "", 404, "order.unknown"},
		"an id that leads elsewhere": {"GET", "/v1/requests/..%2f..%2fops", "", "", 404, "order.unknown"},
		"a document of no number":    {"GET", "/v1/requests/r1/evidence/first", "", "", 404, "evidence.unknown"},
		"a document number 0":        {"GET", "/v1/requests/r1/evidence/0", "", "", 404, "evidence.unknown"},
		"a document number 01":       {"GET", "/v1/requests/r1/evidence/01", "", "", 404, "evidence.unknown"},
		"a document number 1000":     {"GET", "/v1/requests/r1/evidence/1000", "", "", 404, "evidence.unknown"},
	} {
		a := w.call(t, c.method, c.path, c.body, "Authorization", bearer, "Content-Type", c.mediaType)
		if p := problemIn(t, a); a.Code != c.status || p.Rule != c.rule {
			t.Errorf("%s: %d %s, want %d %s", name, a.Code, a.Body, c.status, c.rule)
		}
	}
	if len(w.desk.requests) > 0 {
		t.Error("something was ordered")
	}
}

func TestAnIdempotencyKeyIsOneVisibleText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	head := []string{"Authorization", "Bearer " + w.token(t, "student-portal"), "Content-Type", "application/json", "Idempotency-Key"}
	for name, c := range map[string]struct {
		header []string
		rule   string
	}{
		"a long one":         {append(head, strings.Repeat("k", MaxIdempotencyKey+1)), "http.idempotencyKey"},
		"one with a blank":   {append(head, "a b"), "http.idempotencyKey"},
		"one in other marks": {append(head, "atslēga"), "http.idempotencyKey"},
		"two":                {append(head, "a", "Idempotency-Key", "b"), "http.header"},
	} {
		a := w.call(t, "POST", "/v1/requests", studentOrder, c.header...)
		if p := problemIn(t, a); a.Code != http.StatusBadRequest || p.Rule != c.rule {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}

func TestWithoutATokenOfThisNodeNothingIsLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.token(t, "student-portal")
	forged := signed(t, key(1), "at+jwt", jwt.Claims{Issuer: issuer, Subject: "student-portal", Audience: jwt.Audience{issuer}, Expiry: jwt.NewNumericDate(noon.Add(1e9))})
	for name, c := range map[string]struct {
		header []string
		rule   string
		code   string
	}{
		"no token":                 {nil, "token.missing", ""},
		"another scheme":           {[]string{"Authorization", "Basic " + good}, "token.missing", ""},
		"two tokens":               {[]string{"Authorization", "Bearer " + good, "Authorization", "Bearer " + good}, "token.missing", ""},
		"a token that is none":     {[]string{"Authorization", "Bearer x"}, "token.invalid", "invalid_token"},
		"a token that was changed": {[]string{"Authorization", "Bearer " + good[:len(good)-4] + "AAAA"}, "token.invalid", "invalid_token"},
		"a portal's own token":     {[]string{"Authorization", "Bearer " + forged}, "token.invalid", "invalid_token"},
		"an assertion":             {[]string{"Authorization", "Bearer " + assertion(t, "student-portal", 1, "x")}, "token.invalid", "invalid_token"},
	} {
		for _, path := range []string{"/v1/requests/r1", "/v1/nothing", "/"} {
			a := w.call(t, "GET", path, "", c.header...)
			p := problemIn(t, a)
			if a.Code != http.StatusUnauthorized || p.Rule != c.rule || !strings.Contains(a.Header().Get("WWW-Authenticate"), c.code) || !strings.HasPrefix(a.Header().Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s at %s: %d %s %v", name, path, a.Code, a.Body, a.Header())
			}
		}
	}
}

func TestAPortalThatWasRemovedIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bearer := "Bearer " + w.token(t, "student-portal")
	delete(w.book, "student-portal")
	a := w.call(t, "GET", "/v1/requests/r1", "", "Authorization", bearer)
	if p := problemIn(t, a); a.Code != http.StatusUnauthorized || p.Rule != "token.invalid" {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

func TestWhatTheDeskRefusesKeepsItsRule(t *testing.T) {
	t.Parallel()
	for kind, status := range map[requester.RefusalKind]int{
		requester.BadOrder: 422, requester.Forbidden: 403, requester.WrongTime: 409,
	} {
		w := newWorld(t)
		w.desk.err = &requester.Refusal{Rule: "order.something", Detail: "it is so", Do: "do this", Kind: kind}
		a := w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
		if p := problemIn(t, a); a.Code != status || p.Rule != "order.something" || p.Detail != "it is so" || p.Do != "do this" {
			t.Errorf("%s: %d %s", kind, a.Code, a.Body)
		}
	}
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	if a := w.as(t, "student-portal", "POST", "/v1/requests/r1/continue", ""); a.Code != http.StatusConflict {
		t.Errorf("to go on too early: %d", a.Code)
	}
}

func TestOurOwnFailureIsInTheLogAndNotInTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.desk.err = errDisk
	a := w.as(t, "student-portal", "GET", "/v1/requests/r1", "")
	p := problemIn(t, a)
	if a.Code != http.StatusInternalServerError || p.Rule != "node.failed" || strings.Contains(a.Body.String(), "disk") {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	id := strings.TrimPrefix(p.Instance, "urn:uuid:")
	if line := w.line("call failed"); !strings.Contains(line, id) || !strings.Contains(line, errDisk.Error()) {
		t.Errorf("the log has %s", line)
	}
}

// line is the first line of the log with the message.
func (w *world) line(message string) string {
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, `"msg":"`+message+`"`) {
			return line
		}
	}
	return ""
}

func TestTheLogHasRoutesAndNoPathsTokensOrPersons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token(t, "bank-portal")
	w.call(t, "POST", "/v1/requests", bankOrder(t, nil), "Authorization", "Bearer "+token, "Content-Type", "application/json")
	w.call(t, "POST", "/v1/requests", bankOrder(t, func(o object) { o["country"] = "Bērziņa" }), "Authorization", "Bearer "+token, "Content-Type", "application/json")
	w.call(t, "GET", "/v1/requests/r1", "", "Authorization", "Bearer "+token)
	w.call(t, "GET", "/v1/requests/r1", "", "Authorization", "Bearer "+token+"x")
	log := w.log.String()
	for _, never := range []string{token, "r1", "Bērziņa", "student-portal.example", strings.Split(token, ".")[1]} {
		if strings.Contains(log, never) {
			t.Errorf("the log holds %q:\n%s", never, log)
		}
	}
	for _, want := range []string{`"route":"GET /v1/requests/{id}"`, `"status":200`, `"portal":"bank-portal"`, `"rule":"order.country"`, `"cause":`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s:\n%s", want, log)
		}
	}
}
