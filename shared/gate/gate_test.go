package gate

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func serve(t *testing.T, e events.APIGatewayProxyRequest, h http.HandlerFunc) events.APIGatewayProxyResponse {
	t.Helper()
	resp, err := Handle(h)(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// octetsOf are those of an answer, as a gateway gives it on.
func octetsOf(t rapid.TB, r events.APIGatewayProxyResponse) []byte {
	t.Helper()
	octets, err := Octets(r)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func TestTextIsGivenAsText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		media, body string
		text        bool
	}{
		{"application/soap+xml; charset=UTF-8", "<a>ā</a>", true},
		{"application/problem+json", "{}", true},
		{"text/html; charset=utf-8", "<p>", true},
		{"application/pdf", "%PDF", false},
		{"text/plain; charset=iso-8859-1", "\xe1", false},
		{"text/plain", strings.Repeat("\x01", MaxText+1), false},
	} {
		resp := serve(t, events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/"}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.media)
			fmt.Fprint(w, c.body)
		})
		if resp.IsBase64Encoded == c.text || string(octetsOf(t, resp)) != c.body {
			t.Errorf("%s: base64 %v, %d octets", c.media, resp.IsBase64Encoded, len(resp.Body))
		}
	}
}

func TestARequestArrivesWhole(t *testing.T) {
	t.Parallel()
	e := events.APIGatewayProxyRequest{
		HTTPMethod: "POST", Path: "/v1/exchanges/ā b",
		MultiValueHeaders:               map[string][]string{"Content-Type": {"text/plain"}, "Cookie": {"a=1", "b=2"}, "Host": {"api.example"}},
		MultiValueQueryStringParameters: map[string][]string{"q": {"x y", "&="}},
		Body:                            base64.StdEncoding.EncodeToString([]byte("\x00\xff octets")), IsBase64Encoded: true,
	}
	e.RequestContext.Identity.SourceIP = "192.0.2.1"
	resp := serve(t, e, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a, _ := r.Cookie("a")
		b, _ := r.Cookie("b")
		w.Header().Add("Set-Cookie", "one=1")
		w.Header().Add("Set-Cookie", "two=2")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s %s %v %q %s%s %s %s %d", r.Method, r.URL.Path, r.URL.Query()["q"], body, a.Value, b.Value, r.Host, r.RemoteAddr, r.ContentLength)
	})
	got := octetsOf(t, resp)
	if want := `POST /v1/exchanges/ā b [x y &=] "\x00\xff octets" 12 api.example 192.0.2.1 9`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if diff := cmp.Diff([]string{"one=1", "two=2"}, resp.MultiValueHeaders["Set-Cookie"]); diff != "" || resp.StatusCode != http.StatusAccepted {
		t.Errorf("status %d, cookies (-want +got):\n%s", resp.StatusCode, diff)
	}
}

func TestSingleValuedEventsAreReadToo(t *testing.T) {
	t.Parallel()
	e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/", Headers: map[string]string{"x-a": "1"}, QueryStringParameters: map[string]string{"q": "1"}}
	resp := serve(t, e, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("X-A"), r.FormValue("q")) })
	if got := octetsOf(t, resp); string(got) != "11" {
		t.Errorf("got %q", got)
	}
}

func TestOctetsPassUntouchedBothWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "octets")
		media := rapid.SampledFrom([]string{"", "text/html; charset=utf-8", "application/soap+xml", "application/pdf"}).Draw(t, "media")
		e := events.APIGatewayProxyRequest{HTTPMethod: "POST", Path: "/as4", Body: base64.StdEncoding.EncodeToString(octets), IsBase64Encoded: true}
		resp, err := Handle(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength != int64(len(octets)) {
				t.Fatalf("length %d, want %d", r.ContentLength, len(octets))
			}
			if media != "" {
				w.Header().Set("Content-Type", media)
			}
			_, _ = io.Copy(w, r.Body)
		}))(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		var over events.APIGatewayProxyResponse
		if wire, err := json.Marshal(resp); err != nil || json.Unmarshal(wire, &over) != nil {
			t.Fatalf("the answer is no JSON: %v", err)
		}
		if got := octetsOf(t, over); !bytes.Equal(got, octets) {
			t.Fatalf("got %x", got)
		}
	})
}

func TestBadEventsAreRefusedAndLargeAnswersReported(t *testing.T) {
	t.Parallel()
	if resp := serve(t, events.APIGatewayProxyRequest{HTTPMethod: "B AD", Path: "/"}, nil); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a bad method: %d", resp.StatusCode)
	}
	e := events.APIGatewayProxyRequest{HTTPMethod: "POST", Path: "/", Body: "***", IsBase64Encoded: true}
	resp := serve(t, e, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a body that is no base64: %d", resp.StatusCode)
	}
	large := strings.Repeat("x", MaxResponseBytes)
	if _, err := Handle(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, large) }))(context.Background(), events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/"}); err == nil {
		t.Error("an answer beyond the limit was given")
	}
}
