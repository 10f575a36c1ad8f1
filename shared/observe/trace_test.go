package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const one = "4bf92f3577b34da6a3ce929d0e0e4736"

func TestATraceIsTakenFromAHeaderThatIsWellFormedOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []string
		want   string
	}{
		"as W3C writes it":         {[]string{"00-" + one + "-00f067aa0ba902b7-01"}, one},
		"a later version has more": {[]string{"01-" + one + "-00f067aa0ba902b7-01-more"}, one},
		"none":                     {nil, ""},
		"two":                      {[]string{"00-" + one + "-00f067aa0ba902b7-01", "00-" + one + "-00f067aa0ba902b7-01"}, ""},
		"upper case":               {[]string{"00-" + strings.ToUpper(one) + "-00f067aa0ba902b7-01"}, ""},
		"all zero":                 {[]string{"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01"}, ""},
		"a parent of zeros":        {[]string{"00-" + one + "-0000000000000000-01"}, ""},
		"no flags":                 {[]string{"00-" + one + "-00f067aa0ba902b7"}, ""},
		"more than version 00 has": {[]string{"00-" + one + "-00f067aa0ba902b7-01-more"}, ""},
		"version ff":               {[]string{"ff-" + one + "-00f067aa0ba902b7-01"}, ""},
		"a line break in it":       {[]string{"00-" + one[:30] + "\n\"-00f067aa0ba902b7-01"}, ""},
	} {
		if got := Traceparent(http.Header{"Traceparent": c.values}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// lines lets do log to JSON and reads what came.
func lines(t *testing.T, do func(*slog.Logger)) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	do(slog.New(Log(slog.NewJSONHandler(&out, nil))))
	var all []map[string]any
	for d := json.NewDecoder(&out); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func TestALineSaysWhatItsContextKnows(t *testing.T) {
	t.Parallel()
	n := &Node{Tenant: "lv", Now: clock(0)}
	got := lines(t, func(log *slog.Logger) {
		log.InfoContext(context.Background(), "outside")
		_ = n.Call(t.Context(), "exchange", func(ctx context.Context) error {
			log.InfoContext(ctx, "in a call")
			ctx = Work(ctx, one)
			log.InfoContext(ctx, "new work")
			Follow(ctx, "", "requester-1")
			FollowMessage(ctx, "", "m", "requester-1")
			log.With(slog.String("more", "x")).InfoContext(ctx, "of an old record")
			return nil
		})
	})
	for i, want := range []map[string]any{
		{"msg": "outside", "trace": nil, "function": nil},
		{"msg": "in a call", "trace": nil, "function": "exchange", "tenant": "lv"},
		{"msg": "new work", "trace": one, "cause": nil, "exchange": nil},
		{"msg": "of an old record", "trace": derived("requester-1"), "cause": one, "exchange": "requester-1", "messageKey": "m", "more": "x"},
	} {
		for name, value := range want {
			if got[i][name] != value {
				t.Errorf("%s: %s is %v, want %v", want["msg"], name, got[i][name], value)
			}
		}
	}
}

func TestOnlyAPortalsTraceIsBelieved(t *testing.T) {
	t.Parallel()
	for name, trusted := range map[string]bool{"a portal": true, "a partner": false} {
		var trace string
		h := Inbound(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { trace = TraceOf(r.Context()) }))
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("traceparent", "00-"+one+"-00f067aa0ba902b7-01")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if (trace == one) != trusted || len(trace) != 32 {
			t.Errorf("%s: the trace is %s", name, trace)
		}
	}
}
