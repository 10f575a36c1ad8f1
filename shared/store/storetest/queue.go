package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// hold is the visibility time that these tests ask for.
const hold = 3 * time.Second

// Queue is the contract of [store.Queue] and [store.DeadLetters].
func Queue(t *testing.T, open Open) {
	each(t, open, map[string]func(*testing.T, World){
		"an item is received with what is known of it":        receivedWhole,
		"a received item is hidden and comes again":           comesAgain,
		"a deleted item does not come again":                  deletedStays,
		"a delayed item comes later":                          delayed,
		"a message can be held longer":                        heldLonger,
		"a message can be given back":                         givenBack,
		"a deleted message cannot be extended":                notExtended,
		"at most as many as asked are received":               atMost,
		"what fails too often goes to the dead letters":       deadLetters,
		"dead letters are given back as new":                  redriven,
		"of many items none is lost among many receivers":     noItemLost,
		"a queue that is not configured is refused":           unknownQueue,
		"items and times beyond the limits are refused":       queueLimits,
		"text of every kind is received unchanged":            everyText,
		"an item of the largest size is received unchanged":   largestItem,
		"a cancelled send sends nothing":                      cancelledSend,
		"the backlog of an untouched queue is zero and empty": emptyBacklog,
	})
}

func (w *World) send(t testing.TB, body string, delay time.Duration) {
	t.Helper()
	if err := w.Queue.Send(ctx, WorkQueue, item(body), delay); err != nil {
		t.Fatal(err)
	}
}

func (w *World) receive(t testing.TB, limit int) []store.Message {
	t.Helper()
	got, err := w.Queue.Receive(ctx, WorkQueue, limit, hold)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// some receives what is there, or comes late.
func (w *World) some(t testing.TB, limit int) []store.Message {
	t.Helper()
	list := w.receive(t, limit)
	for waited := time.Duration(0); len(list) == 0 && waited < w.Lag; waited += time.Second {
		w.Advance(t, time.Second)
		list = w.receive(t, limit)
	}
	if len(list) == 0 {
		t.Fatal("received nothing")
	}
	return list
}

// only receives the one message that is there.
func (w *World) only(t testing.TB) store.Message {
	t.Helper()
	got := w.some(t, 10)
	if len(got) != 1 && !w.AtLeastOnce {
		t.Fatalf("received %d messages, want 1", len(got))
	}
	return got[0]
}

// received takes and deletes everything and compares it.
func (w *World) received(t testing.TB, want ...string) {
	t.Helper()
	if w.AtLeastOnce {
		want = slices.Compact(slices.Sorted(slices.Values(want)))
	}
	var got []string
	w.settled(t, func() error {
		got = append(got, w.drain(t)...)
		slices.Sort(got)
		if w.AtLeastOnce {
			got = slices.Compact(got)
		}
		return differs("received", want, got, nil)
	})
}

// drain receives and deletes what is there.
func (w *World) drain(t testing.TB) (got []string) {
	t.Helper()
	for list := w.receive(t, 10); len(list) > 0; list = w.receive(t, 10) {
		for _, m := range list {
			got = append(got, string(m.Body))
			if err := w.Queue.Delete(ctx, WorkQueue, m.Handle); err != nil {
				t.Fatal(err)
			}
		}
	}
	return got
}

func receivedWhole(t *testing.T, w World) {
	before := w.Now().Truncate(time.Second)
	if err := w.Queue.Send(ctx, WorkQueue, store.Item{Body: []byte("one"), Command: "exchange/é 1"}, 0); err != nil {
		t.Fatal(err)
	}
	m := w.only(t)
	if string(m.Body) != "one" || m.Command != "exchange/é 1" || m.Receives != 1 || m.Handle == "" || m.Sent.Before(before) || m.Sent.After(w.Now()) {
		t.Errorf("received %+v", m)
	}
}

func comesAgain(t *testing.T, w World) {
	w.send(t, "one", 0)
	first := w.only(t)
	if again := w.receive(t, 10); len(again) > 0 {
		t.Errorf("received while it is held: %v", again)
	}
	w.Advance(t, hold+time.Second)
	second := w.only(t)
	if second.Receives < 2 || second.Receives > 2 && !w.AtLeastOnce || !second.Sent.Equal(first.Sent) {
		t.Errorf("received %+v after %+v", second, first)
	}
}

func deletedStays(t *testing.T, w World) {
	w.send(t, "one", 0)
	m := w.only(t)
	for range 2 {
		if err := w.Queue.Delete(ctx, WorkQueue, m.Handle); err != nil {
			t.Fatal(err)
		}
	}
	w.Advance(t, hold+time.Second)
	w.received(t)
}

func delayed(t *testing.T, w World) {
	w.send(t, "later", 3*time.Second)
	w.send(t, "now", 0)
	w.received(t, "now")
	w.Advance(t, 4*time.Second)
	w.received(t, "later")
}

func heldLonger(t *testing.T, w World) {
	w.send(t, "one", 0)
	m := w.only(t)
	if err := w.Queue.Extend(ctx, WorkQueue, m.Handle, 3*hold); err != nil {
		t.Fatal(err)
	}
	w.Advance(t, hold+time.Second)
	if again := w.receive(t, 10); len(again) > 0 {
		t.Errorf("received while it is held: %v", again)
	}
	w.Advance(t, 2*hold)
	w.received(t, "one")
}

func givenBack(t *testing.T, w World) {
	w.send(t, "one", 0)
	if err := w.Queue.Extend(ctx, WorkQueue, w.only(t).Handle, 0); err != nil {
		t.Fatal(err)
	}
	if m := w.only(t); m.Receives < 2 {
		t.Errorf("received %d times", m.Receives)
	}
}

func notExtended(t *testing.T, w World) {
	w.send(t, "one", 0)
	m := w.only(t)
	if err := w.Queue.Delete(ctx, WorkQueue, m.Handle); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Queue.Extend(ctx, WorkQueue, m.Handle, hold), store.ErrGone)
}

func atMost(t *testing.T, w World) {
	for i := range 5 {
		w.send(t, fmt.Sprint(i), 0)
	}
	seen := map[string]bool{}
	for len(seen) < 5 {
		list := w.some(t, 2)
		if len(list) > 2 {
			t.Fatalf("received %d", len(list))
		}
		for _, m := range list {
			seen[string(m.Body)] = true
		}
	}
}

func noItemLost(t *testing.T, w World) {
	const n = 60
	for i := range n {
		w.send(t, fmt.Sprint(i), 0)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				list, err := w.Queue.Receive(ctx, WorkQueue, 4, hold)
				if err != nil || len(list) == 0 {
					return
				}
				mu.Lock()
				for _, m := range list {
					seen[string(m.Body)] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != n {
		t.Errorf("%d of %d were received", len(seen), n)
	}
}

func unknownQueue(t *testing.T, w World) {
	const name = "nobody-has-configured-this"
	if err := w.Queue.Send(ctx, name, item("x"), 0); err == nil {
		t.Error("sent")
	}
	if _, err := w.Queue.Receive(ctx, name, 1, hold); err == nil {
		t.Error("received")
	}
	if _, err := w.DeadLetters.Backlog(ctx, name); err == nil {
		t.Error("counted")
	}
	if _, err := w.DeadLetters.Redrive(ctx, name, 1); err == nil {
		t.Error("redriven")
	}
}

func queueLimits(t *testing.T, w World) {
	w.send(t, "one", 0)
	m := w.only(t)
	receive := func(limit int, visibility time.Duration) error {
		_, err := w.Queue.Receive(ctx, WorkQueue, limit, visibility)
		return err
	}
	for name, err := range map[string]error{
		"an empty item":        w.Queue.Send(ctx, WorkQueue, store.Item{}, 0),
		"an id of a control":   w.Queue.Send(ctx, WorkQueue, store.Item{Body: []byte("x"), Command: "a\nb"}, 0),
		"an item too large":    w.Queue.Send(ctx, WorkQueue, item(strings.Repeat("x", store.MaxItem+1)), 0),
		"an item of octets":    w.Queue.Send(ctx, WorkQueue, item("a\x00"), 0),
		"an item not of UTF-8": w.Queue.Send(ctx, WorkQueue, item("a\xff"), 0),
		"a negative delay":     w.Queue.Send(ctx, WorkQueue, item("x"), -time.Second),
		"a delay too long":     w.Queue.Send(ctx, WorkQueue, item("x"), store.MaxDelay+time.Second),
		"none to receive":      receive(0, hold),
		"too many to receive":  receive(store.MaxReceive+1, hold),
		"held for no time":     receive(1, 0),
		"held too long":        receive(1, store.MaxVisibility+time.Second),
		"extended too long":    w.Queue.Extend(ctx, WorkQueue, m.Handle, store.MaxVisibility+time.Second),
		"extended to the past": w.Queue.Extend(ctx, WorkQueue, m.Handle, -time.Second),
	} {
		if err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

func largestItem(t *testing.T, w World) {
	body := make([]byte, store.MaxItem)
	for i := range body {
		body[i] = "0123456789"[i%10]
	}
	w.send(t, string(body), 0)
	w.received(t, string(body))
}

func everyText(t *testing.T, w World) {
	const body = "{\"id\":\"Rēzekne/é 🇱🇻 <&>\"}\r\n\t\x7f\u0085 "
	w.send(t, body, 0)
	w.received(t, body)
}

func cancelledSend(t *testing.T, w World) {
	dead, cancel := context.WithCancel(ctx)
	cancel()
	refused(t, w.Queue.Send(dead, WorkQueue, item("x"), 0), context.Canceled)
	w.received(t)
}
