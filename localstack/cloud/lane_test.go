package cloud_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/localstack/cloud"
	"github.com/vienreiz/vienreiz/localstack/demo"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	box "github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// maxGrowth is what a message of any size may cost above an idle process
// (architecture §8); with it goes what each further one at once may cost, which
// --at-once tells operators.
const (
	partSize   = 100e6
	maxGrowth  = 64 << 20
	maxFurther = 24 << 20
)

// program builds what the lane's container runs.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "vienreiz-lane-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "node")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "./cmd/node")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build cmd/node: %w: %s", err, said)
	}
	return path, nil
})

// lane is one over a stack of its own, whose program has not started.
func lane(t *testing.T) *cloud.Process {
	t.Helper()
	needEmulator(t)
	built, err := program()
	if err != nil {
		t.Fatal(err)
	}
	d, err := cloud.Make(t.Context(), "lane"+strings.ToLower(rand.Text()[:8]))
	if err != nil {
		t.Fatal(err)
	}
	return &cloud.Process{Deployed: d, Program: built, Only: []string{"as4-receive"}, Output: logs(t)}
}

// TestTheLaneExchangesWithAnEmbeddedNode: what receives is the lane's process, all
// else are the zips.
func TestTheLaneExchangesWithAnEmbeddedNode(t *testing.T) {
	l := lane(t)
	r := &cloud.Runner{Deployed: l.Deployed, Zips: zips, Work: t.TempDir(), Output: l.Output, Every: time.Second, Hide: 5 * time.Second, Lane: l}
	s := stage{l.Deployed, open(t, r.Host)}
	s.walk(t, "the lane's node has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "the lane's node asks", ours, theirs, demo.Options{Count: 1})
}

// TestAllFunctionsRunInOneProcessOverAWS: what consumes queues, serves people and
// portals and strikes each minute runs there as well, with no zip.
func TestAllFunctionsRunInOneProcessOverAWS(t *testing.T) {
	p := lane(t)
	p.Only = nil
	s := stage{p.Deployed, open(t, p.Host)}
	s.walk(t, "one process has the evidence", theirs, ours, demo.Options{Count: 1})
	s.walk(t, "one process asks", ours, theirs, demo.Options{Count: 1})
}

// partner sends to the lane with the keys of the other country.
type partner struct {
	lane   *cloud.Process
	config *tenant.Configuration
	us     *as4.Partner
}

// stops lets a process end with the test, if it has not ended before.
func stops(t *testing.T, p *cloud.Process) {
	t.Helper()
	t.Cleanup(func() {
		if err := p.Stop(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
}

// meet configures the stack, starts the lane and returns its partner.
func meet(t *testing.T, l *cloud.Process) *partner {
	t.Helper()
	start := func(ctx context.Context, s *world.Site) (func(context.Context) error, error) {
		if err := l.Deployed.Configure(ctx, s); err != nil {
			return nil, err
		}
		return func(ctx context.Context) error { <-ctx.Done(); return nil }, l.Start(ctx)
	}
	data := filepath.Join(t.TempDir(), "world")
	w, err := world.Open(t.Context(), world.Options{Data: data, Names: []string{theirs, ours}, Hosts: map[string]world.Host{ours: start}, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	stops(t, l) // a world that stands still does not
	live := w.Tenants[theirs].Assembly.Tenant
	p := &partner{lane: l}
	if p.config, err = live.Configuration(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := p.config.Identity.Party
	if p.us, err = live.Partner(t.Context(), ebms.PartyID{Type: strings.TrimSuffix(id.Type, theirs) + ours, Value: strings.Replace(id.Value, theirs, ours, 1)}); err != nil || p.us == nil {
		t.Fatalf("%+v has no partner: %v", id, err)
	}
	p.us.Endpoint = l.URL("as4") + "/as4"
	return p
}

// push sends one message with a part, and holds the answer to a receipt.
func (p *partner) push(t *testing.T, client *http.Client, part as4.Content) {
	t.Helper()
	leg := p.us.Legs[0]
	out := as4.Outgoing{UserMessage: ebms.UserMessage{Service: leg.Service, Action: leg.Action, ConversationID: as4.NewUUID(rand.Reader)}, Contents: []as4.Content{part}}
	out.From.Role, out.To.Role = leg.Role, leg.Role
	out.Properties = []ebms.Property{{Name: "originalSender", Value: "a"}, {Name: "finalRecipient", Value: "b"}}
	s := &as4.Sender{Identity: p.config.Identity, Client: client, Now: time.Now, Rand: rand.Reader, NewID: as4.NewIDs(rand.Reader, "test")}
	kept := box.NewOutbox(t.TempDir())
	signed, err := s.Sign(t.Context(), p.us, out, kept)
	if err != nil {
		t.Error(err)
		return
	}
	j, err := s.Push(t.Context(), p.us, signed, kept)
	if err != nil || j.Outcome != as4.Acknowledged {
		t.Errorf("no receipt: %+v, %v", j, err)
	}
}

// kept are the digests of the parts that lie in the bucket, and their sizes.
func (p *partner) kept(t *testing.T) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	list, err := p.lane.Deployed.Store.Objects.List(t.Context(), reception.Bucket, "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		r, _, err := p.lane.Deployed.Store.Objects.Open(t.Context(), reception.Bucket, o.Key, store.Range{})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		_, err = io.Copy(sum, r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[hex.EncodeToString(sum.Sum(nil))] = o.Size
	}
	return all
}

// large is a part of 100 MB that lies in a file, and its digest.
func large(t *testing.T, kind string) (as4.Content, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "payload")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	mediaType, compress, _ := strings.Cut(kind, ";")
	err = as4test.Payload(io.MultiWriter(f, sum), mediaType, partSize)
	if cerr := f.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	c := as4.Content{MimeType: mediaType, Compression: as4.CompressNever, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	if compress == "compressed" {
		c.Compression = as4.CompressAlways
	}
	return c, hex.EncodeToString(sum.Sum(nil))
}

func TestTheLanesMemoryDoesNotGrowWithTheMessage(t *testing.T) {
	for _, kind := range []string{"application/pdf;plain", "application/pdf;compressed", "application/xml;plain", "text/plain;compressed"} {
		t.Run(kind, func(t *testing.T) {
			p := meet(t, lane(t))
			part, digest := large(t, kind)
			idle := as4test.Peak(p.lane.ID())
			p.push(t, http.DefaultClient, part)
			growth := as4test.Peak(p.lane.ID()) - idle
			if growth > maxGrowth {
				t.Errorf("receiving grew by %d MiB, at most %d are allowed", growth>>20, maxGrowth>>20)
			}
			if size := p.kept(t)[digest]; size < partSize {
				t.Errorf("the part is not in the bucket: %v", p.kept(t))
			}
			t.Logf("idle %d KiB, receiving %+d KiB", idle>>10, growth>>10)
		})
	}
}

func TestTheLaneTakesAsMuchMemoryForMessagesAtOnceAsItSays(t *testing.T) {
	const atOnce, messages = 3, 6
	l := lane(t)
	l.Args = []string{"--at-once", fmt.Sprint(atOnce)}
	p := meet(t, l)
	part, _ := large(t, "application/pdf;plain")
	idle := as4test.Peak(l.ID())
	var group sync.WaitGroup
	for range messages {
		group.Go(func() { p.push(t, http.DefaultClient, part) })
	}
	group.Wait()
	growth := as4test.Peak(l.ID()) - idle
	if most := int64(maxGrowth + (atOnce-1)*maxFurther); growth > most {
		t.Errorf("%d messages at once grew by %d MiB, at most %d are allowed", atOnce, growth>>20, most>>20)
	}
	t.Logf("%d messages, %d at once: %+d KiB", messages, atOnce, growth>>10)
}

// TestAMessageThatIsComingInWhenTheLaneIsToldToStopGetsItsReceipt, and who calls
// afterwards finds nobody.
func TestAMessageThatIsComingInWhenTheLaneIsToldToStopGetsItsReceipt(t *testing.T) {
	p := meet(t, lane(t))
	stopped := make(chan error, 1)
	halfway := &interrupted{after: 4 << 20, do: func() {
		go func() { stopped <- p.lane.Stop() }()
		for range 1000 { // until it takes no new calls
			r, err := http.Get(p.lane.URL("as4") + "/alive")
			if err != nil {
				return
			}
			r.Body.Close()
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("it was told to stop, and goes on taking calls")
	}}
	part, digest := large(t, "application/pdf;plain")
	p.push(t, &http.Client{Transport: halfway}, part)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if !t.Failed() && p.kept(t)[digest] == 0 {
		t.Error("it gave a receipt for what is not in the bucket")
	}
}

// interrupted does something when a part of a request has been sent.
type interrupted struct {
	after int64
	do    func()
	body  io.ReadCloser
}

func (i *interrupted) RoundTrip(r *http.Request) (*http.Response, error) {
	i.body = r.Body
	r = r.Clone(r.Context())
	r.Body = i
	return http.DefaultTransport.RoundTrip(r)
}

// Read reads on when it has done what it has to.
func (i *interrupted) Read(b []byte) (int, error) {
	n, err := i.body.Read(b)
	before := i.after > 0
	if i.after -= int64(n); before && i.after <= 0 {
		i.do()
	}
	return n, err
}

// Close ends the body.
func (i *interrupted) Close() error { return i.body.Close() }
