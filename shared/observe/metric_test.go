package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// clock moves by a step at each look.
func clock(step time.Duration) func() time.Time {
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time { now = now.Add(step); return now }
}

// measured is a call with something of everything.
func measured(t *testing.T, n *Node) string {
	t.Helper()
	var out bytes.Buffer
	n.Metrics = &out
	_ = n.Call(t.Context(), "provide", func(ctx context.Context) error {
		for range 2 {
			RegistryCalls.Add(ctx, 1, "population", "right")
			RegistryDuration.Add(ctx, 12.5, "population")
		}
		ExchangesEnded.Add(ctx, 1, "provider", "answered", "none")
		ExchangesEnded.Add(ctx, 1, "provider", "answered", "' or 1=1")
		Counted.Add(ctx, 1)
		CertificateDaysLeft.Add(ctx, 20, "own signing 1a2b3c4d")
		Failed(ctx)
		return errors.New("no")
	})
	return out.String()
}

func TestACallIsWrittenInTheEmbeddedMetricFormat(t *testing.T) {
	t.Parallel()
	for file, few := range map[string]bool{"all.jsonl": false, "few.jsonl": true} {
		got := measured(t, &Node{Tenant: "lv", Few: few, Now: clock(time.Second)})
		file = "testdata/" + file
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// counted sums up one number of the lines of a function.
func counted(t *testing.T, lines, name string) float64 {
	t.Helper()
	var sum float64
	for d := json.NewDecoder(strings.NewReader(lines)); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		n, _ := line[name].(float64)
		sum += n
	}
	return sum
}

func TestWhatFailsInAnyWayIsAnErrorOfTheCall(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(context.Context) error{
		"an error": func(context.Context) error { return errors.New("no") },
		"a panic":  func(context.Context) error { panic("broken") },
		"a 503": func(ctx context.Context) error {
			h := Inbound(false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
			return nil
		},
	} {
		var out bytes.Buffer
		n := &Node{Metrics: &out, Now: clock(time.Second)}
		func() {
			defer func() { _ = recover() }()
			_ = n.Call(t.Context(), "portal", do)
		}()
		for _, metric := range []string{"Errors", "Failures"} {
			if got := counted(t, out.String(), metric); got != 1 {
				t.Errorf("%s: %s is %v\n%s", name, metric, got, out.String())
			}
		}
		if got := counted(t, out.String(), "ColdStarts"); got != 1 {
			t.Errorf("%s: %v cold starts", name, got)
		}
	}
}

func TestAnItemThatComesAgainIsNoFailureOfTheCall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n := &Node{Metrics: &out, Now: clock(0)}
	_ = n.Call(t.Context(), "exchange", func(ctx context.Context) error { FailedItem(ctx); return nil })
	if errors, failures := counted(t, out.String(), "Errors"), counted(t, out.String(), "Failures"); errors != 1 || failures != 0 {
		t.Errorf("%v errors, %v failures", errors, failures)
	}
}

func TestOnlyTheFirstCallOfAFunctionIsCold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	n := &Node{Metrics: &out, Now: clock(0)}
	for _, function := range []string{"clock", "clock", "portal", "clock"} {
		_ = n.Call(t.Context(), function, func(context.Context) error { return nil })
	}
	if got := counted(t, out.String(), "ColdStarts"); got != 2 {
		t.Errorf("%v cold starts, of two functions", got)
	}
}

func TestTheValuesOfADimensionAreAClosedSetOrConfigured(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, m := range Metrics {
		if names[m.Name] {
			t.Errorf("%s is there twice", m.Name)
		}
		names[m.Name] = true
		for _, d := range m.Dimensions {
			if d.Values == nil && d.Name != "function" && d.Name != "registry" && d.Name != "certificate" {
				t.Errorf("%s: the values of %s are neither a closed set nor of the configuration", m.Name, d.Name)
			}
		}
	}
}
