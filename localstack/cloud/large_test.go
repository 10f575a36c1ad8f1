package cloud_test

import (
	"bytes"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/registries"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Scans of which documents are made that are as large as OOTS allows, and as large
// as a message through the gateway can be and no function can give.
const (
	asLargeAsAllowed = registries.MaxScan
	throughTheGate   = conduct.LinkAbove
)

// TestEvidenceAsLargeAsOOTSAllowsGoesBothWays, and leaves every function half of the
// memory that Lambda gives it: a registry's answer may be twice as large. What comes
// in comes by the streaming lane.
func TestEvidenceAsLargeAsOOTSAllowsGoesBothWays(t *testing.T) {
	l, said := lane(t), new(listener)
	l.Output = io.MultiWriter(l.Output, said)
	r := &cloud.Runner{Deployed: l.Deployed, Zips: zips, Work: t.TempDir(), Output: l.Output, Every: time.Second, Hide: 5 * time.Second, Lane: l}
	s := stage{l.Deployed, open(t, r.Host)}
	s.large(t, asLargeAsAllowed)
	s.peaks(t, r)
	said.secret(t, "X-Amz-", "Signature=") // rule 11
}

// listener keeps what was logged; many write at once.
type listener struct {
	mu    sync.Mutex
	heard bytes.Buffer
}

// Write keeps it.
func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard.Write(p)
}

// secret sees that nothing of a link was logged.
func (l *listener) secret(t *testing.T, parts ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heard.Len() == 0 {
		t.Error("nothing was logged")
	}
	for _, part := range parts {
		if bytes.Contains(l.heard.Bytes(), []byte(part)) {
			t.Errorf("the log has %q, as links have it", part)
		}
	}
}

// large lets large evidence go both ways: from the cloud all that OOTS allows, and
// into it what its gateway or its lane takes.
func (s stage) large(t *testing.T, inbound int) {
	t.Helper()
	s.w.Scan(ours, asLargeAsAllowed)
	s.w.Scan(theirs, inbound)
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
		s.whole(t, "seen at the embedded node", r.Walk.Seen, inbound, false)
		s.whole(t, "fetched from the cloud", r.Walk.Got, inbound, true)
		same(t, r.Walk.Seen, r.Walk.Got)
	}
	s.forgotten(t)
}

// forgotten waits until the cloud keeps nothing of what was confirmed: so the links
// that were given lead nowhere.
func (s stage) forgotten(t *testing.T) {
	t.Helper()
	var left []store.Object
	for range 300 {
		list, err := s.d.Store.Objects.List(t.Context(), conduct.Bucket, "", "", store.MaxList)
		if err != nil {
			t.Fatal(err)
		}
		if left = list; len(left) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%d objects of what was confirmed are still there, such as %s of %d octets", len(left), left[0].Key, left[0].Size)
}

// whole sees that a document of at least that size came, from the emulator's S3 or
// from the node itself.
func (s stage) whole(t *testing.T, what string, list []demo.Seen, size int, elsewhere bool) {
	t.Helper()
	endpoint, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, d := range list {
		if d.Size < int64(size) {
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

// peaks are the most that the processes of each function ever had.
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
		id, err := strconv.Atoi(filepath.Base(p))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(program))
		list[name] = max(list[name], as4test.Peak(id)>>20)
	}
	for name, f := range functions.All().Functions {
		peak, ran := list[name]
		if !ran && name != "health" && name != "as4-receive" || peak > int64(f.Memory)/2 {
			t.Errorf("function %s took %d MB, and has %d", name, peak, f.Memory)
		}
		t.Logf("at most %3d MB of %4d: %s", peak, f.Memory, name)
	}
}
