package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// running is a command that runs in this process.
type running struct {
	stdout *bufio.Scanner
	said   []string
	stderr lockedBuffer
	code   chan int
	stop   context.CancelFunc
}

// lockedBuffer may be written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start starts a command as main does; the test ends it. It takes the
// process's log for itself: no such test is parallel.
func start(t *testing.T, run func(context.Context, []string, io.Reader, io.Writer, io.Writer) int, args ...string) *running {
	t.Helper()
	before := slog.Default()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	r := &running{stdout: bufio.NewScanner(out), code: make(chan int, 1), stop: stop}
	go func() {
		r.code <- run(ctx, args, strings.NewReader(""), in, &r.stderr)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		_, _ = io.Copy(io.Discard, out)
		slog.SetDefault(before)
	})
	return r
}

// ready reads until the line READY; it returns what stands behind it.
func (r *running) ready(t *testing.T) string {
	t.Helper()
	for r.stdout.Scan() {
		r.said = append(r.said, r.stdout.Text())
		if address, ok := strings.CutPrefix(r.stdout.Text(), "READY "); ok {
			return address
		}
	}
	t.Fatalf("never ready, exit %d: %s", <-r.code, r.stderr.String())
	return ""
}

// end ends it as Ctrl-C does; it returns the exit code.
func (r *running) end() int {
	r.stop()
	return <-r.code
}

// finish waits for a command that ends by itself.
func (r *running) finish() (int, string) {
	for r.stdout.Scan() {
		r.said = append(r.said, r.stdout.Text())
	}
	return <-r.code, r.stderr.String()
}

func TestRunOpensTwoCountriesAndGoesOnWhereItStopped(t *testing.T) {
	data := filepath.Join(t.TempDir(), "world")
	var key []byte
	for i := range 2 {
		r := start(t, runRun, "--port", "0", "--data", data)
		portal := r.ready(t)
		resp, err := http.Get(portal)
		if err != nil {
			t.Fatal(err)
		}
		octets, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !bytes.Contains(octets, []byte("Sample procedure portal of LT")) {
			t.Errorf("start %d: %d %s", i, resp.StatusCode, octets)
		}
		now, err := os.ReadFile(filepath.Join(data, "lt", "config", "as4-key.pem"))
		if err != nil || i > 0 && !bytes.Equal(now, key) {
			t.Errorf("start %d has another key, %v", i, err)
		}
		key = now
		if code := r.end(); code != exitRight {
			t.Fatalf("start %d: exit %d: %s", i, code, r.stderr.String())
		}
		if !strings.Contains(r.stderr.String(), "the data is kept in "+data) {
			t.Errorf("the end says %s", r.stderr.String())
		}
		if _, err := http.Get(portal); err == nil {
			t.Errorf("start %d: somebody still listens at %s", i, portal)
		}
	}
}

func TestRunDeletesNoFolderThatIsNoWorld(t *testing.T) {
	data := t.TempDir()
	diary := filepath.Join(data, "diary.txt")
	if err := os.WriteFile(diary, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stderr := start(t, runRun, "--port", "0", "--data", data, "--fresh").finish()
	if code != exitRefused || !strings.Contains(stderr, "is no folder of a simulated world") || !strings.Contains(stderr, "--data") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if octets, err := os.ReadFile(diary); err != nil || string(octets) != "dear diary" {
		t.Errorf("the diary is gone: %v", err)
	}
}

func TestRunSaysWhichFlagHelps(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	for name, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"a port that is taken":  {[]string{"--port", taken}, exitRefused, []string{"take port " + taken, "address already in use", "--port 0"}},
		"one country twice":     {[]string{"--from", "lv", "--to", "LV"}, exitRefused, []string{"two different countries", "LV and LV"}},
		"an unknown country":    {[]string{"--to", "ZZ"}, exitRefused, []string{`"ZZ"`, "it has CZ, DE, EE"}},
		"too large a scan":      {[]string{"--scan", "30MB"}, exitRefused, []string{"30000000 octets", "registries.MaxScan"}},
		"a flag that is none":   {[]string{"--prot", "0"}, exitUsage, []string{"-prot", "vienreiz run --help"}},
		"a word that is a flag": {[]string{"LV"}, exitUsage, []string{`"LV" is too much`, "vienreiz run --help"}},
	} {
		code, stderr := start(t, runRun, append(c.args, "--data", filepath.Join(t.TempDir(), "world"))...).finish()
		if code != c.code {
			t.Errorf("%s: exit %d, want %d", name, code, c.code)
		}
		for _, words := range c.says {
			if !strings.Contains(stderr, words) {
				t.Errorf("%s does not say %q: %s", name, words, stderr)
			}
		}
	}
}

// A world whose registries attach large scans: every document arrives whole.
func TestTheDemoCarriesLargeEvidence(t *testing.T) {
	r := start(t, runDemo, "--port", "0", "--scan", "25MB", "--look", "--json")
	code, stderr := r.finish()
	said := strings.Join(r.said, "\n")
	if code != exitRight || strings.Count(said, `"size": 250`) != 2 || strings.Count(said, `"sha256"`) < 4 {
		t.Errorf("exit %d: %s\n%s", code, stderr, said)
	}
}
