package storetest

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/shared/store"
)

// hammers is how many commit beside each other.
const hammers = 4

// Hammer commits, dispatches and stores objects until the process is killed or a
// call fails, going on where a former one was stopped. It writes a line for each
// thing that was acknowledged.
func Hammer(w World, acks io.Writer) error {
	var wg sync.WaitGroup
	errs := make([]error, hammers)
	out := &lines{w: acks}
	for i := range hammers {
		wg.Go(func() { errs[i] = hammer(w, fmt.Sprint("h", i), out) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

type lines struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lines) ack(kind, name string, n int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintln(l.w, kind, name, n)
	return err
}

func hammer(w World, name string, out *lines) error {
	left, err := w.State.Load(ctx, "left", name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n, _ := strconv.Atoi(string(left.Body)) // nothing yet: 0
	for v := left.Version; ; {
		n++
		if _, err := w.Objects.Put(ctx, LockedBucket, entry(name, n), strings.NewReader(content(name, n)), store.PutOptions{}); err != nil {
			return err
		}
		if err := out.ack("object", name, n); err != nil {
			return err
		}
		c := command(fmt.Sprintf("%s-%d", name, n))
		if v, err = w.State.Commit(ctx, []store.Change{w.put("left", name, strconv.Itoa(n), v), w.put("right", name, strconv.Itoa(n), v)}, []store.Command{c}); err != nil {
			return err
		}
		if err := out.ack("commit", name, n); err != nil {
			return err
		}
		if n%3 == 0 { // the others are left to the resend
			if err := store.Dispatch(ctx, w.State, w.Queue, w.Now(), []store.Command{c}); err != nil {
				return err
			}
		}
	}
}

func entry(name string, n int) string { return fmt.Sprintf("%s/%d/entry.json", name, n) }

func content(name string, n int) string { return strings.Repeat(fmt.Sprintf("%s-%d ", name, n), 200) }

// Survivors judges what is left after kills: give it all lines of acknowledgement
// so far, each time. It resends and receives everything.
type Survivors struct {
	arrived map[string]int // ids of commands, and how often each came
	commits map[string]int // by name, at the check before
}

// Check fails the test for each thing that is lost, half there, or there twice.
func (s *Survivors) Check(t testing.TB, w World, acks []string) {
	t.Helper()
	if s.arrived == nil {
		s.arrived, s.commits = map[string]int{}, map[string]int{}
	}
	acked := lastAcks(t, acks)
	waiting := s.outbox(t, w)
	s.resend(t, w)
	for i := range hammers {
		name := fmt.Sprint("h", i)
		n := s.records(t, w, name, acked["commit "+name])
		for k := 1; k <= n; k++ {
			if id := fmt.Sprintf("%s-%d", name, k); s.arrived[id] == 0 {
				t.Errorf("command %s is lost", id)
			}
		}
		for id := range waiting {
			if k, ok := strings.CutPrefix(id, name+"-"); ok && atoi(t, k) > n {
				t.Errorf("command %s has no state", id)
			}
		}
		s.objects(t, w, name, acked["object "+name])
	}
}

// records compares the two halves of each commit, and returns how far they came.
func (s *Survivors) records(t testing.TB, w World, name string, acked int) int {
	t.Helper()
	left, err := w.State.Load(ctx, "left", name)
	if errors.Is(err, store.ErrNotFound) && acked == 0 {
		w.absent(t, "right", name)
		return 0
	}
	right, err2 := w.State.Load(ctx, "right", name)
	if err := errors.Join(err, err2); err != nil {
		t.Errorf("%d commits of %s were acknowledged: %v", acked, name, err)
		return 0
	}
	n := atoi(t, string(left.Body))
	if string(left.Body) != string(right.Body) || left.Version != right.Version {
		t.Errorf("half a commit of %s: %s and %s", name, left.Body, right.Body)
	}
	// Each kill may leave one commit more than was acknowledged.
	if known := max(acked, s.commits[name]); n < known || n > known+1 {
		t.Errorf("%d commits of %s are there, %d were acknowledged and %d there before", n, name, acked, s.commits[name])
	}
	s.commits[name] = n
	return n
}

// outbox is what waits, each once.
func (s *Survivors) outbox(t testing.TB, w World) map[string]bool {
	t.Helper()
	list, err := w.State.Uncleared(ctx, w.Now().Add(ever), 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]bool{}
	for _, c := range list {
		if waiting[c.ID] {
			t.Errorf("command %s is there twice", c.ID)
		}
		waiting[c.ID] = true
	}
	return waiting
}

func (s *Survivors) resend(t testing.TB, w World) {
	t.Helper()
	if _, err := store.Resend(ctx, w.State, w.Queue, w.Now(), w.Now().Add(ever), 1_000_000); err != nil {
		t.Fatal(err)
	}
	for list := w.receive(t, 10); len(list) > 0; list = w.receive(t, 10) {
		for _, m := range list {
			id := strings.TrimSuffix(strings.TrimPrefix(string(m.Body), `{"id":"`), `"}`)
			s.arrived[id]++
			if s.arrived[id] > 2 { // dispatched, and sent again as nobody had handled it
				t.Errorf("command %s came %d times", id, s.arrived[id])
			}
			store.Settle(ctx, w.State, w.Now(), m.Command, nil, false)
			if err := w.Queue.Delete(ctx, WorkQueue, m.Handle); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// objects reads every object: acknowledged ones are there, and none is half.
func (s *Survivors) objects(t testing.TB, w World, name string, acked int) {
	t.Helper()
	for n := 1; n <= acked+1; n++ {
		got := w.content(LockedBucket, entry(name, n), store.Range{})
		if got != content(name, n) && (n <= acked || !strings.HasPrefix(got, "error: ")) {
			t.Errorf("object %s is %.80q", entry(name, n), got)
		}
	}
}

// lastAcks is the highest number of each kind and name.
func lastAcks(t testing.TB, acks []string) map[string]int {
	t.Helper()
	last := map[string]int{}
	for _, line := range acks {
		i := strings.LastIndexByte(line, ' ')
		if i < 0 {
			t.Fatalf("acknowledgement %q", line)
		}
		last[line[:i]] = max(last[line[:i]], atoi(t, line[i+1:]))
	}
	return last
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
