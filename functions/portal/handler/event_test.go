package handler

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/shared/access"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/gate"
)

var update = flag.Bool("update", false, "write the tokens into ../../../events")

var compact = regexp.MustCompile(`eyJ[\w-]*\.[\w-]+\.[\w-]+`)

// event reads an event of the folder events; the token in it is the one given,
// made of fixed keys at a fixed time.
func event(t *testing.T, name, token string) events.APIGatewayProxyRequest {
	t.Helper()
	file := "../../../events/" + name + ".json"
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		octets = compact.ReplaceAll(octets, []byte(token))
		if err := os.WriteFile(file, octets, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(octets), token) {
		t.Errorf("%s has another token; run go test ./functions/portal/handler -run Event -update", file)
	}
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(octets, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// eventToken is an access token whose id is no secret and does not change.
func eventToken(t *testing.T, w *world) string {
	t.Helper()
	a, err := access.NewAuthority(access.Settings{Issuer: issuer, Signer: key(9), Portals: w.book, State: once{}, Rand: bytes.NewReader(make([]byte, 16))})
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.Token(t.Context(), noon, access.Credentials{
		GrantType: access.ClientCredentials, AssertionType: access.JWTBearer, Assertion: assertion(t, "student-portal", 1, "event"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return token.Value
}

func TestEventsOfTheGatewayAreAnswered(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		status int
		body   string
	}{
		"portal-token":  {200, `"token_type":"Bearer"`},
		"portal-create": {201, `"state":"awaiting-person"`},
	} {
		w := newWorld(t)
		token := assertion(t, "student-portal", 1, "event")
		if name == "portal-create" {
			token = eventToken(t, w)
		}
		e := event(t, name, token)
		w.answers(t, name, e, want.status, want.body)
		w = newWorld(t)
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(e.Body)), true
		w.answers(t, name+" in base64", e, want.status, want.body)
	}
}

// What has no link yet must be what a function may answer.
func TestTheLargestDocumentWithoutALinkPassesTheGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(t, "student-portal", "POST", "/v1/requests", studentOrder)
	w.desk.deliver("r1", bytes.Repeat([]byte{0xff}, conduct.LinkAbove))
	a, err := gate.Handle(w.api)(t.Context(), events.APIGatewayProxyRequest{
		HTTPMethod: "GET", Path: "/v1/requests/r1/evidence/1", Headers: map[string]string{"Authorization": "Bearer " + w.token(t, "student-portal")},
	})
	if err != nil {
		t.Fatal(err)
	}
	octets, err := json.Marshal(a)
	if err != nil || a.StatusCode != http.StatusOK || len(octets) > gate.MaxResponseBytes {
		t.Errorf("status %d, an answer of %d octets for one of %d; %d are taken, %v", a.StatusCode, len(octets), conduct.LinkAbove, gate.MaxResponseBytes, err)
	}
}

func (w *world) answers(t *testing.T, name string, e events.APIGatewayProxyRequest, status int, body string) {
	t.Helper()
	a, err := gate.Handle(w.api)(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	octets, err := gate.Octets(a)
	if err != nil || a.StatusCode != status || !strings.Contains(string(octets), body) || a.MultiValueHeaders["X-Request-Id"] == nil {
		t.Errorf("%s: %d %s %v", name, a.StatusCode, octets, a.MultiValueHeaders)
	}
}
