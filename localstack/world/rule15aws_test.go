package world_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"encoding/json"

	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/klauspost/compress/zstd"

	"github.com/vienreiz/vienreiz/functions/assembly"
	clock "github.com/vienreiz/vienreiz/functions/clock/handler"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/exchange"
	"github.com/vienreiz/vienreiz/shared/partners"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/tenant"
)

// What a release has left on AWS, with items in every queue, commands that were not
// sent and messages whose receipt was not heard, is processed to its end by the code
// of today. Nothing ends in the dead letters.
func TestRule15WhatLiesInTheQueuesSurvivesNewCodeOnAWS(t *testing.T) {
	if os.Getenv("AWS_ENDPOINT_URL") == "" {
		t.Skip("SKIPPED: AWS_ENDPOINT_URL is not set; no item of an old release was found in SQS; make contract-aws does it")
	}
	quiet(t)
	if file := filepath.Join("testdata", "left-on-aws-by-"+thisRelease+".json.gz"); *update && first(t, file) {
		recordLeft(t, file)
	}
	everyLeft(t, func(t *testing.T, l *onAWSLeft) {
		everyQueue(t, l)
		for _, c := range []struct {
			name     string
			few      bool
			unpacked bool
		}{
			{name: "by a stack as it was"},
			{name: "by one that polls few queues now", few: true},
			{name: "with rows that are not compressed, as 0.1 wrote them", unpacked: true},
		} {
			t.Run(c.name, func(t *testing.T) {
				w := newWalk(t, l.Now.Add(time.Minute), c.few, l.pin)
				for country, s := range w.soils {
					if c.unpacked {
						unpack(t, l.Nodes[country].Table)
					}
					s.restore(t, l.Nodes[country])
				}
				w.goOn(t, l)
			})
		}
	})
}

// The same without AWS: what the rows and items say, in embedded stores.
func TestRule15WhatLayInTheQueuesOnAWSSurvivesNewCode(t *testing.T) {
	quiet(t)
	everyLeft(t, func(t *testing.T, l *onAWSLeft) {
		w := &walk{time: &handTime{now: l.Now.Add(time.Minute)}}
		w.World, w.sides = stillFor(t, tenant.Timers{Requester: day, Provider: day}, w.time, l.pin)
		for c, s := range w.sides {
			l.Nodes[c].plant(t, s)
		}
		w.goOn(t, l)
	})
}

func everyLeft(t *testing.T, do func(*testing.T, *onAWSLeft)) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("testdata", "left-on-aws-by-*.json.gz"))
	if len(files) == 0 {
		t.Fatal("no fixture; make the one of this release with -update")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { do(t, readLeft(t, file)) })
	}
}

func readLeft(t *testing.T, file string) *onAWSLeft {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	l := new(onAWSLeft)
	if err := json.NewDecoder(z).Decode(l); err != nil {
		t.Fatal(err)
	}
	return l
}

// everyQueue sees that a fixture has items of every queue, and commands for every one.
func everyQueue(t *testing.T, l *onAWSLeft) {
	t.Helper()
	lie := map[string]int{}
	for _, n := range l.Nodes {
		for _, item := range n.Items {
			lie[item.Queue]++
		}
		for _, row := range n.Table {
			if q := row["commandQueue"].S; q != nil {
				lie["outbox for "+*q]++
			}
		}
	}
	for _, q := range queues {
		if lie[q] == 0 || lie["outbox for "+q] == 0 {
			t.Errorf("the fixture has %d items in queue %s and %d commands for it", lie[q], q, lie["outbox for "+q])
		}
	}
}

// pin lets a node know the certificate, too, with which its partner signed what was
// left: the fixture has no keys, and a world makes its own.
func (l *onAWSLeft) pin(country string, p *assembly.Ports) {
	other := countries[1-slices.Index(countries, country)]
	was := p.Tenant
	p.Tenant = &tenant.Live{File: was.File, Now: was.Now, Source: pinned{was.Source, l.Nodes[other].Certificate}}
}

type pinned struct {
	tenant.Source
	also []byte
}

// Read adds the certificate to the partner document.
func (p pinned) Read(ctx context.Context, name string) ([]byte, error) {
	octets, err := p.Source.Read(ctx, name)
	if err != nil || name != "partners.json" {
		return octets, err
	}
	d, err := partners.Parse(octets)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(p.also)
	if err != nil {
		return nil, err
	}
	d.Partners[0].Signing = append(d.Partners[0].Signing, partners.NewCertificate(cert))
	return d.Encode()
}

// plant puts into a node's store what was left.
func (l *cloudLeft) plant(t *testing.T, s *side) {
	t.Helper()
	unpack(t, l.Table)
	for _, row := range l.Table {
		changes, commands := meaning(t, row)
		if _, err := s.state.Commit(t.Context(), changes, commands); err != nil {
			t.Fatal(err)
		}
	}
	for bucket, objects := range l.Objects {
		for key, octets := range objects {
			if _, err := s.objects.Put(t.Context(), bucket, key, bytes.NewReader(octets), store.PutOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, item := range l.Items {
		if err := s.queues.Send(t.Context(), item.Queue, store.Item{Body: []byte(item.Body)}, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// unpack makes of compressed bodies what they say.
func unpack(t *testing.T, rows []map[string]attribute) {
	t.Helper()
	unpacker, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacker.Close()
	for _, row := range rows {
		if row["bodyForm"].S == nil {
			continue
		}
		body, err := unpacker.DecodeAll(row["recordBody"].B, nil)
		if err != nil {
			t.Fatal(err)
		}
		row["recordBody"] = attribute{B: body}
		delete(row, "bodyForm")
	}
}

// meaning is the record or the command that a row of the table is, as that release
// wrote it.
func meaning(t *testing.T, row map[string]attribute) ([]store.Change, []store.Command) {
	t.Helper()
	instant := func(name string) time.Time {
		if row[name].N == nil {
			return time.Time{}
		}
		ms, err := strconv.ParseInt(*row[name].N, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return time.UnixMilli(ms).UTC()
	}
	what, name, _ := strings.Cut(*row["pk"].S, "/")
	if what == "command" {
		return nil, []store.Command{{ID: name, Queue: *row["commandQueue"].S, Body: row["commandBody"].B}}
	}
	kind, key, _ := strings.Cut(name, "/")
	return []store.Change{{Record: store.Record{Kind: kind, Key: key, Body: row["recordBody"].B, Due: instant("indexTime"), Expires: instant("expiresAt")}}}, nil
}

// goOn lets the items be handled, the person and the portal do what they do, and
// then the clocks tick.
func (w *walk) goOn(t *testing.T, l *onAWSLeft) {
	t.Helper()
	w.settle(t, l)
	for _, x := range l.Left {
		if state := w.state(t, x.Order); x.Items && !w.few && state != exchange.Confirmed {
			t.Errorf("%q: handling what lies there brought the exchange to %s", x.Lies, state)
		}
	}
	for range 10 {
		w.time.pass(time.Minute)
		for _, c := range countries {
			if err := clock.New(w.sides[c].Assembly)(t.Context(), events.CloudWatchEvent{}); err != nil {
				t.Fatal(err)
			}
		}
		w.settle(t, l)
	}
	for _, x := range l.Left {
		if state := w.state(t, x.Order); state != exchange.Confirmed {
			t.Errorf("%q: the exchange came to %s", x.Lies, state)
		}
	}
	w.nothingLeft(t)
}

func (w *walk) state(t *testing.T, order string) exchange.State {
	t.Helper()
	v, err := w.sides["LT"].Assembly.Requester.View(t.Context(), world.DirectID, order)
	if err != nil {
		t.Fatal(err)
	}
	return v.State
}

// settle goes on as far as it goes without a clock.
func (w *walk) settle(t *testing.T, l *onAWSLeft) {
	t.Helper()
	for n, more := 0, true; more; n++ {
		if n == longest*len(l.Left) {
			t.Fatal("there is always something left to do")
		}
		for w.move() {
		}
		more = false
		for _, x := range l.Left {
			more = w.act(t, x.Order) || more
		}
		more = more || w.waits(t)
	}
}

// nothingLeft sees that no item, no dead letter and no command is left.
func (w *walk) nothingLeft(t *testing.T) {
	t.Helper()
	for _, c := range countries {
		for _, q := range queues {
			if b, err := w.sides[c].queues.Backlog(t.Context(), q); err != nil || b.Waiting+b.Hidden+b.Dead > 0 {
				t.Errorf("%s: queue %s holds %+v, %v", c, q, b, err)
			}
		}
		if list, err := w.sides[c].state.Uncleared(t.Context(), w.time.Now().Add(2*store.Buried), 10); err != nil || len(list) > 0 {
			t.Errorf("%s: commands are left: %v, %v", c, list, err)
		}
	}
}
