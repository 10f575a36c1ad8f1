package demo_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/localstack/commonservices"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/portal/client"
	"github.com/vienreiz/vienreiz/localstack/residents"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// childVariable names the folder of the world that the test binary is to be, in place of testing.
const childVariable = "VIENREIZ_TEST_WORLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// faster is how much faster the child's clock goes: what is tried again after
// minutes is tried again within the test.
const faster = 30

// child is a world in a process of its own, until it is killed.
func child(dir string) int {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	long := tenant.TimerSet{Link: 900, Launch: 900, Preview: 900, Overall: 900, Keep: 1440}
	o := world.Options{
		Data: dir, Port: port(dir), Names: []string{"LT", "LV"}, Timers: tenant.Timers{Requester: long, Provider: long},
		Now: childNow,
	}
	if _, err := world.Open(context.Background(), o); err != nil {
		fmt.Println("FAILED", err)
		return 1
	}
	fmt.Println("READY")
	select {}
}

// port is the same for a folder at each start, below those that systems give out by themselves.
func port(dir string) int {
	sum := 0
	for _, c := range dir {
		sum = (sum*31 + int(c)) % 12000
	}
	return 20000 + sum
}

// start runs the child until it is ready.
func start(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "READY" {
		t.Fatalf("the world says %q, %v", line, err)
	}
	return cmd
}

func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // SIGKILL
	_ = cmd.Wait()
}

// portalOf is a portal that authenticates people itself, in the asking country.
func portalOf(t *testing.T, r *world.Running) *client.Client {
	t.Helper()
	octets, err := os.ReadFile(r.PortalKey(r.From))
	if err != nil {
		t.Fatal(err)
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Options{API: r.Tenants[r.From].API, Portal: world.DirectID, KeyID: "portal-1", Key: key.(ed25519.PrivateKey), Now: childNow})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// childNow is the child's clock: the same in every process, faster than time.
func childNow() time.Time {
	epoch := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return epoch.Add(time.Since(epoch) * faster)
}

// Rules 1 to 4, with real kills: both nodes, their stores and everything that
// runs on them die at any moment, again and again; every order comes to its end
// once, and nothing personal is left but what a bucket's lifecycle removes.
func TestKilledAgainAndAgainNothingIsLostOrDoubled(t *testing.T) {
	kills, orders := 3, 6
	if os.Getenv("VIENREIZ_SLOW") != "" {
		kills, orders = 25, 40
	}
	dir := t.TempDir()
	cmd := start(t, dir)
	defer func() { kill(cmd) }()
	r, err := world.Find(dir)
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	c := portalOf(t, r)
	var group sync.WaitGroup
	ids := make([]string, orders)
	stop, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for i := range orders {
		group.Go(func() { ids[i] = persist(stop, t, c, order(r), i) })
	}
	for range kills {
		time.Sleep(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		kill(cmd)
		cmd = start(t, dir)
	}
	group.Wait()
	for i, id := range ids {
		if id == "" {
			t.Errorf("order %d never came to its end", i)
		}
	}
	counted, err := demo.CountJournals(r, time.Time{})
	for range 300 { // what the dead had received comes again when it is hidden no longer
		if err != nil || counted.Lost == 0 && len(left(dir)) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
		counted, err = demo.CountJournals(r, time.Time{})
	}
	if err != nil || counted.Lost+counted.Doubled > 0 || counted.Ended["confirmed"] != orders {
		t.Errorf("%+v, %v", counted, err)
	}
	for _, name := range left(dir) {
		t.Errorf("still there is %s", name)
	}
}

// order is evidence that goes without a preview, by a portal that knows its person.
func order(r *world.Running) client.Order {
	published, _ := commonservices.DefaultWorld()
	people, _ := residents.Default()
	p := people.Persons["anna"].Person("LT", "Substantial")
	return client.Order{
		Procedure: "00", Requirement: published.RequirementURL("test"), Country: "LV", Language: "EN", NoPreview: true, ReturnUrl: r.Portal + "/return",
		Subject: &api.Subject{NaturalPerson: &api.NaturalPerson{
			LevelOfAssurance: "Substantial", PersonIdentifier: p.Identifier.Value, FamilyName: p.FamilyName.Value, FirstName: p.GivenName.Value, DateOfBirth: p.DateOfBirth,
		}},
		ExplicitRequest: &api.ExplicitRequest{At: childNow().UTC().Truncate(time.Second), Language: "EN", Text: "I ask for it."},
	}
}

// persist is a portal that does not give up: it tries everything again until
// the order is confirmed.
func persist(ctx context.Context, t *testing.T, c *client.Client, o client.Order, i int) string {

	var last error
	for ctx.Err() == nil {
		v, err := c.Create(ctx, fmt.Sprint("order-", i), o)
		if err == nil && v.State == "delivered" {
			v, err = take(ctx, c, v)
		}
		if err == nil && v.State == "confirmed" {
			return v.Id
		}
		if last = err; err == nil {
			last = fmt.Errorf("it is %s (%s)", v.State, v.Code)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("order %d: %v", i, last)
	return ""
}

func take(ctx context.Context, c *client.Client, v *client.View) (*client.View, error) {
	for _, d := range v.Documents {
		e, err := c.Fetch(ctx, v.Id, d.Number)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, e)
		if err := errors.Join(err, e.Close()); err != nil {
			return nil, err
		}
	}
	return c.Confirm(ctx, v.Id)
}

// left is what stayed of evidence but parts of attempts that a kill broke off.
func left(dir string) []string {
	var list []string
	for _, country := range []string{"lt", "lv"} {
		for _, bucket := range []string{"evidence", "outbox"} {
			root := filepath.Join(dir, country, "store", "objects", bucket)
			_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
				name, _ := filepath.Rel(root, path)
				if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), ".") && !strings.HasPrefix(name, "in+") && !strings.HasPrefix(name, "out+") {
					list = append(list, filepath.Join(country, bucket, name))
				}
				return nil
			})
		}
	}
	return list
}
