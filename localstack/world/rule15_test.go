package world_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/conduct"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/preview"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

var update = flag.Bool("update", false, "write the fixtures of this release, where it has none yet")

// thisRelease names the fixtures that are written now. Those of a release are never
// changed: what they hold may lie in somebody's stores.
const thisRelease = "0.2"

// first reports whether a fixture is not there yet.
func first(t *testing.T, file string) bool {
	t.Helper()
	_, err := os.Stat(file)
	if err == nil {
		t.Logf("%s stays as it is; take it away by hand if no release has left it yet", file)
	}
	return errors.Is(err, fs.ErrNotExist)
}

// left is what a release has in its stores in the middle of an exchange: the
// person has the preview link, and nothing is on its way. Keys are not in it.
type leftBehind struct {
	Now   time.Time
	Order string // id
	Nodes map[string]*nodeLeft
}

type nodeLeft struct {
	Rows    []store.Record
	Objects map[string][]byte // of the bucket evidence
}

// noting remembers what was committed last to each record.
type noting struct {
	store.State
	mu   sync.Mutex
	rows map[[2]string]store.Record
}

func (n *noting) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	v, err := n.State.Commit(ctx, changes, commands)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range changes {
		if err != nil {
			break
		}
		if n.rows[[2]string{c.Kind, c.Key}] = c.Record; c.Delete {
			delete(n.rows, [2]string{c.Kind, c.Key})
		}
	}
	return v, err
}

// still opens a world whose nodes the test moves, with the lines between them.
func still(t testing.TB, now *handTime, change func(string, *assembly.Ports)) (*world.World, map[string]*side) {
	t.Helper()
	return stillFor(t, tenant.Timers{}, now, change)
}

// stillFor is still with other timers than the published ones.
func stillFor(t testing.TB, timers tenant.Timers, now *handTime, change func(string, *assembly.Ports)) (*world.World, map[string]*side) {
	t.Helper()
	lines := map[string]*line{"LT": {}, "LV": {}}
	w := open(t, world.Options{Still: true, Now: now.Now, Timers: timers, Wire: func(c string) world.Wire { return lines[c] }})
	return w, stand(w, lines, change)
}

// stand makes the nodes of a still world sides, with the lines between them.
func stand(w *world.World, lines map[string]*line, change func(string, *assembly.Ports)) map[string]*side {
	sides := map[string]*side{}
	for c, tenant := range w.Tenants {
		p := tenant.Assembly.Ports
		change(c, &p)
		again, opened := *tenant, *tenant.Opened
		opened.Assembly = assembly.New(p)
		again.Opened = &opened
		sides[c] = newSide(&again, lines[c])
	}
	lines["LT"].other = func() http.Handler { return receive.New(sides["LV"].Assembly) }
	lines["LV"].other = func() http.Handler { return receive.New(sides["LT"].Assembly) }
	return sides
}

// Rows and objects of every release so far are what the code of today goes on
// with, to the end of the exchange.
func TestRule15OldWorkSurvivesNewCode(t *testing.T) {
	quiet(t)
	if file := filepath.Join("testdata", "left-by-"+thisRelease+".json"); *update && first(t, file) {
		writeLeft(t, file)
	}
	for _, file := range leftFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) { goOn(t, file, nil) })
	}
}

// leftFiles are the fixtures, one of each release.
func leftFiles(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("testdata", "left-by-*.json"))
	if len(files) == 0 {
		t.Fatal("no fixture; make the one of this release with -update")
	}
	return files
}

func writeLeft(t *testing.T, file string) {
	t.Helper()
	now := &handTime{now: time.Now().UTC().Truncate(time.Second)}
	notes := map[string]*noting{}
	w, sides := still(t, now, func(c string, p *assembly.Ports) {
		notes[c] = &noting{State: p.State, rows: map[[2]string]store.Record{}}
		p.State = notes[c]
	})
	portal, err := sides["LT"].Assembly.Tenant.Portal(context.Background(), world.DirectID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sides["LT"].Assembly.Requester.Create(context.Background(), *portal, "", order(t, w, "tertiary-qualification"))
	if err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	l := leftBehind{Now: now.Now(), Order: v.ID, Nodes: map[string]*nodeLeft{}}
	for c, s := range sides {
		n := &nodeLeft{Objects: map[string][]byte{}}
		for _, r := range notes[c].rows {
			r.Version = 0
			n.Rows = append(n.Rows, r)
		}
		slices.SortFunc(n.Rows, func(a, b store.Record) int { return strings.Compare(a.Kind+a.Key, b.Kind+b.Key) })
		list, _ := s.objects.List(context.Background(), conduct.Bucket, "", "", store.MaxList)
		for _, o := range list {
			r, _, err := s.objects.Open(context.Background(), conduct.Bucket, o.Key, store.Range{})
			if err != nil {
				t.Fatal(err)
			}
			n.Objects[o.Key], _ = io.ReadAll(r)
			r.Close()
		}
		l.Nodes[c] = n
	}
	octets, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, file, string(octets)+"\n")
}

// goOn puts what was left into new stores, those that are opened or embedded ones,
// and takes the exchange to its end.
func goOn(t *testing.T, file string, open func(country string, now func() time.Time) *aws.Store) {
	octets, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var l leftBehind
	if err := json.Unmarshal(octets, &l); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	opened := map[string]*aws.Store{}
	w, sides := still(t, &handTime{now: l.Now.Add(time.Minute)}, func(c string, p *assembly.Ports) {
		if open != nil {
			opened[c] = open(c, p.Now)
			p.State, p.Queue, p.Objects = opened[c].State, prompt{opened[c].Queues}, opened[c].Objects
		}
	})
	for c, s := range opened {
		sides[c].state, sides[c].queues, sides[c].objects = s.State, s.Queues, s.Objects
	}
	for c, n := range l.Nodes {
		for _, r := range n.Rows {
			if _, err := sides[c].state.Commit(ctx, []store.Change{{Record: r}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		for key, octets := range n.Objects {
			if _, err := sides[c].objects.Put(ctx, conduct.Bucket, key, bytes.NewReader(octets), store.PutOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	desk, space := sides["LT"].Assembly.Requester, sides["LV"].Assembly.Preview
	if _, err := desk.Continue(ctx, world.DirectID, l.Order); err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	x, err := sides["LT"].Assembly.Keeper.Load(ctx, conduct.Key(exchange.Requester, l.Order))
	if err != nil {
		t.Fatal(err)
	}
	r, err := space.Find(ctx, x.PreviewLink)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := space.Admit(ctx, r, preview.Present{Person: w.Residents.Persons["anna"].Person("LV", "Substantial")}); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if r, err = space.Evidence(ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := space.Decide(ctx, r, []int{1}); err != nil {
		t.Fatal(err)
	}
	settle(sides["LT"], sides["LV"])
	if v, err := desk.View(ctx, world.DirectID, l.Order); err != nil || v.State != exchange.Delivered {
		t.Errorf("the exchange that was left behind is %+v, %v", v, err)
	}
}
