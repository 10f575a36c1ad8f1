package cloud_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/store"
)

// ours is the country whose node is deployed; theirs runs in this process.
const (
	ours   = "LV"
	theirs = "LT"
)

// zips are those that `make zip` has built for this machine.
var zips = filepath.Join("..", "..", "build", "zips", runtime.GOARCH)

// TestMain leaves out what goes well in the node of this process.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	os.Exit(m.Run())
}

// TestTheZipsOnAnEmulatorExchangeWithAnEmbeddedNode: this process is API Gateway,
// the mappings and Lambda; all else is the emulator. For where Terraform is not.
func TestTheZipsOnAnEmulatorExchangeWithAnEmbeddedNode(t *testing.T) {
	needEmulator(t)
	if os.Getenv(stackOfTerraform) != "" {
		t.Skip("the emulator runs the zips on what Terraform has made, which says more")
	}
	r := zipped(t, "e2e")
	s := stage{r.Deployed, open(t, r.Host)}
	s.exchange(t)
	s.large(t, throughTheGate)
	s.deadLetters(t)
	s.health(t)
}

// zipped runs the zips over a stack of their own.
func zipped(t *testing.T, name string) *cloud.Runner {
	t.Helper()
	d, err := cloud.Make(t.Context(), name+strings.ToLower(rand.Text()[:8]))
	if err != nil {
		t.Fatal(err)
	}
	return &cloud.Runner{Deployed: d, Zips: zips, Work: t.TempDir(), Output: logs(t), Every: time.Second, Hide: 5 * time.Second}
}

func needEmulator(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the zips hold programs for Linux")
	}
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: needs an emulator of AWS; `make e2e-localstack` and `make e2e-ministack` start one and run this")
	}
	if _, err := os.Stat(zips); err != nil {
		t.Fatal("there are no zips; `make zip` builds them")
	}
}

// logs is where the functions write; shown when the test fails.
func logs(t *testing.T) io.Writer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "functions.log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.Close()
		if t.Failed() {
			show(t, path)
		}
	})
	return f
}

// show logs the end of a file.
func show(t *testing.T, path string) {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Log(err)
	}
	t.Logf("the functions wrote:\n%s", octets[max(0, len(octets)-8<<10):])
}

// open opens a world in which our node is hosted.
func open(t *testing.T, host world.Host) *world.World {
	t.Helper()
	data := filepath.Join(t.TempDir(), "world")
	w, err := world.Open(t.Context(), world.Options{Data: data, Names: []string{theirs, ours}, Hosts: map[string]world.Host{ours: host}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// stage is a world with a deployed node.
type stage struct {
	d *cloud.Deployed
	w *world.World
}

// exchange walks whole exchanges in both directions.
func (s stage) exchange(t *testing.T) {
	t.Helper()
	s.walk(t, "the cloud has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "the cloud asks", ours, theirs, demo.Options{Count: 1})
	s.walk(t, "nothing is sent", theirs, ours, demo.Options{Count: 1, Decline: true})
	s.walk(t, "several at once", theirs, ours, demo.Options{Count: 6, Parallel: 2, NoPreview: true})
}

func (s stage) walk(t *testing.T, what, from, to string, o demo.Options) *demo.Result {
	t.Helper()
	if t.Failed() {
		return nil
	}
	result, err := s.run(t.Context(), from, to, o)
	if err != nil {
		t.Fatal(err)
	}
	want := "confirmed"
	if o.Decline {
		want = "declined"
	}
	if result.Lost+result.Doubled+len(result.Errors) > 0 || result.Ended[want] != o.Count {
		t.Errorf("%s: %+v", what, result)
	}
	t.Logf("%s: %s asks %s, %d %s in %.1f s; by both journals %d lost, %d doubled", what, from, to, o.Count, want, result.Seconds, result.Lost, result.Doubled)
	return result
}

// run walks from one country to another, and counts from both journals.
func (s stage) run(ctx context.Context, from, to string, o demo.Options) (*demo.Result, error) {
	d, err := s.walker(from, to, o)
	if err != nil {
		return nil, err
	}
	return d.Run(ctx)
}

func (s stage) walker(from, to string, o demo.Options) (*demo.Demo, error) {
	running := *s.w.Running()
	running.From, running.To = from, to
	o.Roots = os.Getenv("AWS_CA_BUNDLE") // links lead to the emulator
	o.Journals = map[string]demo.Journal{ours: s.d.Journal}
	return demo.New(&running, o)
}

// deadLetters lets an item die twice, and the node go on.
func (s stage) deadLetters(t *testing.T) {
	t.Helper()
	s.poison(t)
	s.redrive(t)
	s.walk(t, "after the dead letter", theirs, ours, demo.Options{Count: 1, NoPreview: true})
}

// poisoned is a queue whose function refuses what it does not know.
const poisoned = "requests"

// poison sends an item that nobody can work on, and waits for the dead letter.
func (s stage) poison(t *testing.T) {
	t.Helper()
	if err := s.d.Store.Queues.Send(t.Context(), poisoned, store.Item{Body: []byte("nonsense/nobody")}, 0); err != nil {
		t.Fatal(err)
	}
	s.dead(t, 1)
	t.Log("an item that nobody can work on lies among the dead letters")
}

// redrive gives it back; it is no better, and dies again.
func (s stage) redrive(t *testing.T) {
	t.Helper()
	n, err := s.d.Store.Queues.Redrive(t.Context(), poisoned, 10)
	if err != nil || n != 1 {
		t.Fatalf("%d were given back, %v", n, err)
	}
	s.dead(t, 0)
	s.dead(t, 1)
	t.Log("it was given back, tried again, and lies there once more")
}

// dead waits until so many lie among the dead letters and no other waits, as far as
// that can be seen: what is folded waits in another queue.
func (s stage) dead(t *testing.T, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for {
		b, err := s.d.Store.Queues.Backlog(ctx, poisoned)
		if err != nil {
			t.Fatalf("%d dead letters are waited for: %v", want, err)
		}
		if b.Dead == want && (b.Waiting+b.Hidden == 1-want || s.d.Store.Queues.Folded(poisoned)) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}
