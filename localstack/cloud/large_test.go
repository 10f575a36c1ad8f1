package cloud_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/registry"
)

// Scans of which documents are made that are as large as OOTS allows, and as large
// as a message through the gateway can be and no function can give.
const (
	asLargeAsAllowed = registry.MaxDocumentBytes - 256<<10
	throughTheGate   = conduct.LinkAbove
)

// large lets large evidence go both ways: from the cloud all that OOTS allows, and
// into it what its gateway takes. Beyond the gateway there is the streaming lane.
func (s stage) large(t *testing.T) {
	t.Helper()
	s.w.Scan(ours, asLargeAsAllowed)
	s.w.Scan(theirs, throughTheGate)
	defer s.w.Scan(ours, 0)
	defer s.w.Scan(theirs, 0)
	if r := s.walk(t, "the cloud has large evidence", theirs, ours, demo.Options{Count: 1, Look: true}); r != nil {
		s.whole(t, "seen in the preview", r.Walk.Seen, asLargeAsAllowed, true)
		s.whole(t, "fetched from the embedded node", r.Walk.Got, asLargeAsAllowed, false)
		same(t, r.Walk.Seen, r.Walk.Got)
	}
	if r := s.walk(t, "the cloud has large evidence that goes without a preview", theirs, ours, demo.Options{Count: 1, NoPreview: true}); r != nil {
		s.whole(t, "fetched from the embedded node", r.Walk.Got, asLargeAsAllowed, false)
	}
	if r := s.walk(t, "the cloud asks for large evidence", ours, theirs, demo.Options{Count: 1, Look: true}); r != nil {
		s.whole(t, "seen at the embedded node", r.Walk.Seen, throughTheGate, false)
		s.whole(t, "fetched from the cloud", r.Walk.Got, throughTheGate, true)
		same(t, r.Walk.Seen, r.Walk.Got)
	}
}

// whole sees that a document of at least that size came, from the emulator's S3 or
// from the node itself.
func (s stage) whole(t *testing.T, what string, list []demo.Seen, size int64, elsewhere bool) {
	t.Helper()
	endpoint, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, d := range list {
		if d.Size < size {
			if d.Host == endpoint.Host {
				t.Errorf("%s: a small document of %d octets came from the store", what, d.Size)
			}
			continue
		}
		found = true
		if d.MediaType != "application/pdf" || (d.Host == endpoint.Host) != elsewhere {
			t.Errorf("%s: %+v; the store is at %s", what, d, endpoint.Host)
		}
		t.Logf("%s: %d octets, from %s", what, d.Size, d.Host)
	}
	if !found {
		t.Errorf("%s: no document of %d octets among %+v", what, size, list)
	}
}

// same sees that the portal got exactly what the person saw.
func same(t *testing.T, seen, got []demo.Seen) {
	t.Helper()
	known := map[string]bool{}
	for _, d := range seen {
		known[d.SHA256] = true
	}
	for _, d := range got {
		if !known[d.SHA256] {
			t.Errorf("the portal got %+v, and the person saw %+v", d, seen)
		}
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peaks sees that large evidence left every function half of the memory that
// Lambda gives it: a registry's answer may be twice as large.
func (s stage) peaks(t *testing.T, r *cloud.Runner) {
	t.Helper()
	if t.Failed() {
		return
	}
	list := map[string]int64{}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range processes {
		program, err := os.Readlink(filepath.Join(p, "exe"))
		if err != nil || filepath.Dir(filepath.Dir(program)) != r.Work {
			continue // somebody else's, or gone
		}
		status, err := os.ReadFile(filepath.Join(p, "status"))
		if m := highWater.FindSubmatch(status); err == nil && m != nil {
			kib, _ := strconv.ParseInt(string(m[1]), 10, 64)
			name := filepath.Base(filepath.Dir(program))
			list[name] = max(list[name], kib>>10)
		}
	}
	for name, f := range functions.All().Functions {
		peak, ran := list[name]
		if !ran && f.Trigger.Gateway != "" && name != "health" || peak > int64(f.Memory)/2 {
			t.Errorf("function %s took %d MB, and has %d", name, peak, f.Memory)
		}
		t.Logf("at most %3d MB of %4d: %s", peak, f.Memory, name)
	}
}
