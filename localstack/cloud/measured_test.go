package cloud_test

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/infra/cost"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
)

var update = flag.Bool("update", false, "write the measurement of vienreiz cost anew")

// measured is the file of package cost.
var measured = filepath.Join("..", "..", "infra", "cost", "measured.json")

// sample is how many exchanges of each role are measured.
const sample = 6

// TestTheCostOfAnExchangeIsStillWhatWasMeasured counts every request of the
// functions to AWS. With -update it is written down, times included; else a number
// that differs by more than a third fails.
func TestTheCostOfAnExchangeIsStillWhatWasMeasured(t *testing.T) {
	needEmulator(t)
	d, err := cloud.Make(t.Context(), "cost"+strings.ToLower(rand.Text()[:8]))
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{toll: newToll(d.Name + "-journal")}
	gate := httptest.NewServer(m.proxy(t, os.Getenv("AWS_ENDPOINT_URL")))
	t.Cleanup(gate.Close)
	t.Setenv("AWS_ENDPOINT_URL", gate.URL)
	r := &cloud.Runner{Deployed: d, Zips: zips, Work: t.TempDir(), Output: m, Every: time.Second, Took: m.took}
	s := stage{d, open(t, r.Host)}
	s.walk(t, "whoever starts cold", theirs, ours, demo.Options{Count: 2})
	s.walk(t, "whoever starts cold", ours, theirs, demo.Options{Count: 2})
	got := &cost.Measured{
		Date: time.Now().UTC().Truncate(24 * time.Hour),
		How:  fmt.Sprintf("Measured with the built zips over an emulated AWS on %s, functions warm, RSA-2048 keys in KMS, one browser's journey an exchange.", runtime.GOARCH),
	}
	m.idle(t, &got.Minute)
	ticks := m.exchanges(t, s, got)
	t.Logf("%d ticks of the clock are not counted to the exchanges", ticks)
	if *update {
		write(t, got)
		return
	}
	compare(t, cost.Seen(), got)
}

// meter is a toll that also sees calls and logs.
type meter struct{ *toll }

// Write counts what functions log.
func (m *meter) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.use.Log += float64(len(p))
	return len(p), nil
}

func (m *meter) took(function string, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run := m.use.Functions[function]
	m.use.Functions[function] = cost.Run{Calls: run.Calls + 1, Milliseconds: run.Milliseconds + float64(took.Microseconds())/1000}
	switch trigger := functions.All().Functions[function].Trigger; {
	case trigger.Gateway != "":
		m.add("gateway calls", 1)
	case trigger.Queue != "":
		m.add("sqs requests", 2) // the mapping receives and deletes
	}
}

const clockFunction = "clock"

// idle measures ticks of the clock while nothing happens.
func (m *meter) idle(t *testing.T, into *cost.Use) {
	t.Helper()
	time.Sleep(3 * time.Second) // what the last exchange left is done
	m.reset()
	time.Sleep(8 * time.Second)
	use := m.reset()
	ticks := use.Functions[clockFunction].Calls
	if ticks == 0 {
		t.Fatal("the clock did not tick")
	}
	*into = divided(use, ticks)
}

// exchanges measures as many of each role, without the clock's part.
func (m *meter) exchanges(t *testing.T, s stage, into *cost.Measured) int {
	t.Helper()
	m.reset()
	s.walk(t, "measured as provider", theirs, ours, demo.Options{Count: sample})
	s.walk(t, "measured as requester", ours, theirs, demo.Options{Count: sample})
	time.Sleep(2 * time.Second)
	use := m.reset()
	ticks := use.Functions[clockFunction].Calls
	delete(use.Functions, clockFunction)
	for what, each := range into.Minute.Units {
		use.Units[what] = math.Max(0, use.Units[what]-each*ticks)
	}
	into.Exchange = divided(use, 2*sample)
	into.Exchange.Evidence = 1
	return int(ticks)
}

// divided is the mean of n.
func divided(u cost.Use, n float64) cost.Use {
	round := func(x float64) float64 { return math.Round(x/n*10) / 10 }
	mean := cost.Use{Functions: map[string]cost.Run{}, Units: map[string]float64{}, Journal: round(u.Journal), Table: round(u.Table), Log: round(u.Log)}
	for name, run := range u.Functions {
		mean.Functions[name] = cost.Run{Calls: round(run.Calls), Milliseconds: round(run.Milliseconds)}
	}
	for what, units := range u.Units {
		mean.Units[what] = round(units)
	}
	return mean
}

func write(t *testing.T, m *cost.Measured) {
	t.Helper()
	octets, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = os.WriteFile(measured, append(octets, '\n'), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// polled are requests of which a slow machine makes more: portals and pages ask
// until something has happened.
var polled = map[string]bool{"dynamodb reads": true, "s3 reads": true, "gateway calls": true}

// compare looks at requests; times are those of a machine.
func compare(t *testing.T, want, got *cost.Measured) {
	t.Helper()
	for part, uses := range map[string][2]cost.Use{"an exchange": {want.Exchange, got.Exchange}, "an idle minute": {want.Minute, got.Minute}} {
		for what, n := range uses[1].Units {
			if was := uses[0].Units[what]; !polled[what] && math.Abs(n-was) > was/3+1 {
				t.Errorf("%s takes %v %s now, and %v when it was measured: measure anew with -update", part, n, what, was)
			}
		}
	}
}
