package node_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// still is the node of a world that stands still, to be run by the test.
func still(t *testing.T) *node.Node {
	t.Helper()
	w, err := world.Open(t.Context(), world.Options{Data: t.TempDir(), Names: []string{"LT", "LV"}, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	lt := w.Tenants["LT"]
	n := &node.Node{Assembly: lt.Assembly, Queues: lt.Store.Queues, Listen: map[string]net.Listener{}}
	for _, gateway := range []string{"as4", "api"} {
		if n.Listen[gateway], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// run runs a node; stop ends it and fails when it did not end well.
func run(t *testing.T, n *node.Node) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func get(t *testing.T, l net.Listener) (int, error) {
	t.Helper()
	return getAt(t, l, "/as4")
}

func getAt(t *testing.T, l net.Listener, path string) (int, error) {
	t.Helper()
	answer, err := http.Get("http://" + l.Addr().String() + path)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// ended starts an exchange that is over: its item waits in the queue inbound.
func ended(t *testing.T, n *node.Node) string {
	t.Helper()
	a := n.Assembly
	r := &conduct.Record{Key: conduct.Key(exchange.Requester, a.NewID())}
	r.Exchange, _ = exchange.NewRequest("1", "conversation", time.Now(), exchange.DefaultTimers(exchange.Requester))
	if err := a.Keeper.Start(t.Context(), r, nil, conduct.Step{}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Keeper.Apply(t.Context(), r.Key, conduct.Step{Event: exchange.Event{Kind: exchange.PersonCancels, ID: "cancel"}}); err != nil {
		t.Fatal(err)
	}
	return r.Key
}

// outcome waits until the function exchange has carried the item out.
func outcome(t *testing.T, j *journal.Journal, key string) bool {
	t.Helper()
	for range 500 {
		list, err := j.Read(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func TestANodeRunsTheFunctionsThatItIsToldAndNoOther(t *testing.T) {
	t.Parallel()
	n := still(t)
	n.Only = []string{"as4-receive"}
	key := ended(t, n)
	stop := run(t, n)
	if status, err := get(t, n.Listen["as4"]); err != nil || status != http.StatusMethodNotAllowed {
		t.Errorf("as4: %d, %v", status, err)
	}
	if status, err := get(t, n.Listen["api"]); err == nil {
		t.Errorf("nothing serves the API, and it answers %d", status)
	}
	stop()
	if status, err := get(t, n.Listen["as4"]); err == nil {
		t.Errorf("it has stopped and answers %d", status)
	}
	if list, err := n.Assembly.Journal.Read(t.Context(), key); err != nil || len(list) != 0 {
		t.Errorf("the queue was consumed: %v, %v", list, err)
	}
	n.Only, n.Listen = []string{"exchange"}, nil
	defer run(t, n)()
	if !outcome(t, n.Assembly.Journal, key) {
		t.Error("the queue was not consumed")
	}
}

func TestANodeThatStopsLetsWhatRunsFinish(t *testing.T) {
	t.Parallel()
	n := still(t)
	n.Only = []string{"as4-receive"}
	started, release, answered := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	n.Wrap = map[string]func(http.Handler) http.Handler{"as4": func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(started)
			<-release
			h.ServeHTTP(w, r)
		})
	}}
	stop := run(t, n)
	go func() {
		_, err := get(t, n.Listen["as4"])
		answered <- err
	}()
	<-started
	go close(release)
	stop()
	if err := <-answered; err != nil {
		t.Errorf("the call that ran: %v", err)
	}
}

func TestALoadBalancerSeesThatANodeServes(t *testing.T) {
	t.Parallel()
	n := still(t)
	n.Only = []string{"as4-receive"}
	stop := run(t, n)
	defer stop()
	answers(t, n.Listen["as4"], map[string]int{"/alive": http.StatusNoContent, "/as4": http.StatusMethodNotAllowed})
	answer, err := http.Post("http://"+n.Listen["as4"].Addr().String()+"/alive", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body.Close(); answer.StatusCode == http.StatusNoContent {
		t.Error("nobody posts to /alive")
	}
}

// A node that goes on over files that were deleted loses what it takes.
func TestALoadBalancerSeesThatAPartOfTheStoreIsGone(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(dir string) error{
		"nothing":     func(string) error { return nil },
		"all objects": func(dir string) error { return os.RemoveAll(filepath.Join(dir, "objects")) },
		"all objects, and made anew": func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "objects")), os.MkdirAll(filepath.Join(dir, "objects", "journal"), 0o700))
		},
		"one bucket":       func(dir string) error { return os.RemoveAll(filepath.Join(dir, "objects", "journal")) },
		"the database":     func(dir string) error { return os.Remove(filepath.Join(dir, "state.db")) },
		"the whole folder": os.RemoveAll,
		"its name":         func(dir string) error { return os.Rename(dir, dir+"-moved") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "store")
			s, err := embedded.Open(t.Context(), dir, embedded.Config{Now: time.Now, Buckets: []embedded.Bucket{{Name: "journal", Lock: time.Hour}, {Name: "evidence"}}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			n := still(t)
			n.Only, n.Intact = []string{"as4-receive"}, s.Intact
			stop := run(t, n)
			defer stop()
			answers(t, n.Listen["as4"], map[string]int{"/alive": http.StatusNoContent})
			if err := take(dir); err != nil {
				t.Fatal(err)
			}
			want := http.StatusServiceUnavailable
			if name == "nothing" {
				want = http.StatusNoContent
			}
			answers(t, n.Listen["as4"], map[string]int{"/alive": want})
		})
	}
}

func TestARequestThatDoesNotEndIsCutOffAndThatIsSaid(t *testing.T) {
	t.Parallel()
	n := still(t)
	n.Only, n.Grace = []string{"as4-receive"}, time.Millisecond
	started, release := make(chan struct{}), make(chan struct{})
	n.Wrap = map[string]func(http.Handler) http.Handler{"as4": func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(started); <-release })
	}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	go get(t, n.Listen["as4"])
	<-started
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "gateway as4") || !strings.Contains(err.Error(), "sends again") {
		t.Errorf("%v", err)
	}
	close(release)
}

func TestANodeTellsWhereItIsReached(t *testing.T) {
	t.Parallel()
	n := still(t)
	for only, want := range map[string]string{
		"as4-receive": "as4 at ADDRESS\nREADY ADDRESS\n",
		"exchange":    "READY\n",
	} {
		n.Only = []string{only}
		var said strings.Builder
		n.Announce(&said)
		if got := strings.ReplaceAll(said.String(), n.Listen["as4"].Addr().String(), "ADDRESS"); got != want {
			t.Errorf("%s: %q", only, got)
		}
	}
}

func TestANodeThatWouldRunNothingSaysSo(t *testing.T) {
	t.Parallel()
	err := (&node.Node{Only: []string{"as4-recv"}}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `"as4-recv"`) || !strings.Contains(err.Error(), "as4-receive, as4-send, clock") {
		t.Errorf("%v", err)
	}
}

func TestAConfigurationThatCannotBeUsedOpensNoNode(t *testing.T) {
	t.Parallel()
	_, err := local.Node{Tenant: t.TempDir() + "/lv.yaml", Data: t.TempDir(), Now: time.Now}.Open(t.Context())
	if err == nil || !strings.Contains(err.Error(), "lv.yaml") {
		t.Errorf("%v", err)
	}
}

func TestTwoFunctionsShareTheGatewayOfTheAPI(t *testing.T) {
	t.Parallel()
	n := still(t)
	stop := run(t, n)
	defer stop()
	answers(t, n.Listen["api"], map[string]int{"/health": http.StatusOK, "/v1/requests": http.StatusUnauthorized, "/oauth2/token": http.StatusMethodNotAllowed, "/anything": http.StatusUnauthorized})
}

// answers asks for paths and holds the answers to a status each.
func answers(t *testing.T, l net.Listener, wanted map[string]int) {
	t.Helper()
	for path, want := range wanted {
		if status, err := getAt(t, l, path); err != nil || status != want {
			t.Errorf("%s: %d, %v; want %d", path, status, err, want)
		}
	}
}

// A node that runs the access point alone still answers probes.
func TestHealthIsServedWithoutTheAPI(t *testing.T) {
	t.Parallel()
	n := still(t)
	n.Only = []string{"as4-receive", "health"}
	stop := run(t, n)
	defer stop()
	answers(t, n.Listen["api"], map[string]int{"/health": http.StatusOK, "/v1/requests": http.StatusNotFound})
}
