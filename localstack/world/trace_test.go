package world_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/availability"
	"github.com/vienreiz/vienreiz/shared/observe"
)

// entry is one line of a log.
type entry struct{ Msg, Function, Tenant, Trace, Cause, Exchange string }

// watched walks once through all seven steps, and gives the log and the metrics.
func watched(t *testing.T) (log []entry, metrics, text string) {
	t.Helper()
	var out, measured safeBuffer
	was := slog.Default()
	slog.SetDefault(slog.New(observe.Log(slog.NewJSONHandler(&out, nil))))
	t.Cleanup(func() { slog.SetDefault(was) })
	w, err := world.Open(context.Background(), world.Options{Data: t.TempDir(), Names: []string{"LT", "LV"}, Metrics: &measured})
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.New(w.Running(), demo.Options{Count: 1, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // what follows the outcome
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for lines := json.NewDecoder(strings.NewReader(out.String())); lines.More(); {
		var e entry
		if err := lines.Decode(&e); err != nil {
			t.Fatal(err)
		}
		log = append(log, e)
	}
	return log, measured.String(), out.String()
}

// On each side one trace goes through every function that has worked on the
// exchange; the lines of what came in before that was known name it as the cause.
func TestOneTraceGoesThroughEveryFunction(t *testing.T) {
	log, metrics, text := watched(t)
	functions, traces := map[string]map[string]bool{}, map[string]map[string]bool{}
	for _, e := range log {
		side, _, _ := strings.Cut(e.Exchange, "-")
		if side == "" {
			continue
		}
		if functions[side] == nil {
			functions[side], traces[side] = map[string]bool{}, map[string]bool{}
		}
		functions[side][e.Function], traces[side][e.Trace] = true, true
		if e.Function == "" || e.Tenant == "" || len(e.Trace) != 32 {
			t.Errorf("a line does not say where it belongs: %+v", e)
		}
	}
	for side, want := range map[string][]string{
		"requester": {"as4-send", "exchange", "people", "portal", "resolve"}, "provider": {"as4-send", "exchange", "people", "provide"},
	} {
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(functions[side]))); diff != "" {
			t.Errorf("functions of the %s's lines (-want +got):\n%s", side, diff)
		}
		if len(traces[side]) != 1 {
			t.Errorf("the %s's lines have %d traces", side, len(traces[side]))
		}
	}
	t.Run("a message that came in is the cause of what follows", func(t *testing.T) { caused(t, log) })
	t.Run("its end is counted on both sides", func(t *testing.T) { counted(t, text) })
	t.Run("and everything was measured", func(t *testing.T) { everythingMeasured(t, metrics) })
}

func caused(t *testing.T, log []entry) {
	received := map[string]bool{}
	for _, e := range log {
		if e.Function == "as4-receive" {
			received[e.Trace] = true
		}
	}
	for _, e := range log {
		delete(received, e.Cause)
		if e.Function == "exchange" {
			delete(received, e.Trace)
		}
	}
	if len(received) > 0 {
		t.Errorf("%d received messages lead nowhere", len(received))
	}
}

func counted(t *testing.T, log string) {
	list, err := availability.Read(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	r := availability.Compute(list, nil, time.Time{}, time.Now().Add(time.Hour))
	if r.All.Served != 2 || r.Roles[0].Served != 1 || !*r.Met {
		t.Errorf("%+v of %+v", r, list)
	}
}

// everythingMeasured also holds every value to what may be a dimension: nothing
// of an exchange, a message or a person.
func everythingMeasured(t *testing.T, metrics string) {
	seen := map[string]bool{}
	known := map[string]observe.Metric{}
	for _, m := range observe.Metrics {
		known[m.Name] = m
	}
	for lines := json.NewDecoder(bytes.NewReader([]byte(metrics))); lines.More(); {
		var line map[string]any
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		for name, value := range line {
			if _, isMetric := known[name]; isMetric {
				seen[name] = true
				continue
			}
			if text, _ := value.(string); name != "_aws" && (strings.Contains(text, "requester-") || strings.Contains(text, "@") || len(text) > 64) {
				t.Errorf("dimension %s is %q", name, text)
			}
		}
	}
	for _, name := range []string{
		"Calls", "Errors", "Duration", "ColdStarts", "ExchangesStarted", "ExchangesEnded", "ExchangesCounted", "ExchangesSucceeded", "MessagesReceived", "MessagesSent", "Pushes",
		"RegistryCalls", "RegistryDuration",
	} {
		if !seen[name] {
			t.Errorf("%s was not measured", name)
		}
	}
}
