package handler

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/access"
)

func (w *world) ask(t testing.TB, body string) (int, api.TokenError) {
	t.Helper()
	a := w.call(t, "POST", tokenPath, body, "Content-Type", "application/x-www-form-urlencoded")
	var e api.TokenError
	if err := json.Unmarshal(a.Body.Bytes(), &e); err != nil || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s %v", a.Code, a.Body, a.Header())
	}
	return a.Code, e
}

func TestATokenIsABearerOfTenMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.call(t, "POST", tokenPath, form(assertion(t, "student-portal", 1, "a"))+"&client_id=student-portal&scope=evidence&resource=", "Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	var token api.Token
	if err := json.Unmarshal(a.Body.Bytes(), &token); err != nil {
		t.Fatal(err)
	}
	if a.Code != http.StatusOK || token.TokenType != "Bearer" || token.ExpiresIn != 600 || token.Scope != "evidence" || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", a.Code, a.Body)
	}
}

func TestAWrongTokenRequestIsRefusedAsRFC6749Says(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := form(assertion(t, "student-portal", 1, "once"))
	if status, _ := w.ask(t, good); status != http.StatusOK {
		t.Fatal(status)
	}
	for name, c := range map[string]struct {
		body, code string
		status     int
	}{
		"nothing":                 {"", "invalid_request", 400},
		"an empty assertion":      {form(""), "invalid_request", 400},
		"another grant":           {strings.Replace(good, "client_credentials", "password", 1), "unsupported_grant_type", 400},
		"another scope":           {good + "&scope=ops", "invalid_scope", 400},
		"a parameter twice":       {good + "&grant_type=client_credentials", "invalid_request", 400},
		"an unknown one twice":    {good + "&x=1&x=2", "invalid_request", 400},
		"a form that is none":     {"grant_type=%zz", "invalid_request", 400},
		"a replayed assertion":    {good, "invalid_client", 401},
		"another portal's key":    {form(assertion(t, "student-portal", 2, "b")), "invalid_client", 401},
		"an unknown portal":       {form(assertion(t, "no-portal", 1, "c")), "invalid_client", 401},
		"another's client_id":     {form(assertion(t, "student-portal", 1, "d")) + "&client_id=bank-portal", "invalid_client", 401},
		"a huge assertion":        {form(strings.Repeat("a", access.MaxToken+1)), "invalid_client", 401},
		"a body beyond the limit": {form(strings.Repeat("a", MaxBody)), "invalid_request", 413},
	} {
		if status, e := w.ask(t, c.body); status != c.status || e.Error != c.code || e.ErrorDescription == "" {
			t.Errorf("%s: %d %+v, want %d %s", name, status, e, c.status, c.code)
		} else if c.code == "invalid_client" && e.ErrorDescription != "client authentication failed" {
			t.Errorf("%s: an outsider learns %q", name, e.ErrorDescription)
		}
	}
	if line := w.line("token refused"); !strings.Contains(line, `"cause":"jti was used before"`) && !strings.Contains(w.log.String(), `"cause":"jti was used before"`) {
		t.Errorf("the log has not the cause: %s", w.log)
	}
}

func TestATokenIsNotAskedForInAURLOrInAnotherForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := form(assertion(t, "student-portal", 1, "a"))
	for name, c := range map[string]struct {
		method, path, mediaType string
		status                  int
	}{
		"in the URL": {"POST", tokenPath + "?" + good, "application/x-www-form-urlencoded", 400},
		"as JSON":    {"POST", tokenPath, "application/json", 415},
		"by GET":     {"GET", tokenPath, "application/x-www-form-urlencoded", 405},
	} {
		a := w.call(t, c.method, c.path, good, "Content-Type", c.mediaType)
		if a.Code != c.status || !strings.Contains(a.Body.String(), `"error":"invalid_request"`) {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}
