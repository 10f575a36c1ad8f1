package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vienreiz/vienreiz/shared/store"
)

// QueueModel compares random histories of [store.Queue] with a list. It is for
// implementations that do not lag and deliver nothing twice.
func QueueModel(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t)
		defer w.Close()
		m := &queueModel{w: w, items: map[string]*modelItem{}}
		rt.Repeat(map[string]func(*rapid.T){
			"send": m.send, "receive": m.receive, "extend": m.extend, "delete": m.delete,
			"advance": m.advance, "redrive": m.redrive, "": m.check,
		})
	})
}

type queueModel struct {
	w     World
	sent  int
	items map[string]*modelItem // by body
	held  []heldItem
}

type modelItem struct {
	receives int
	visible  time.Time
	dead     bool
}

type heldItem struct {
	body, handle string
	receives     int
}

func (m *queueModel) send(t *rapid.T) {
	delay := someTime.Draw(t, "delay")
	body := fmt.Sprint("item ", m.sent)
	m.sent++
	if err := m.w.Queue.Send(ctx, WorkQueue, item(body), delay); err != nil {
		t.Fatal(err)
	}
	m.items[body] = &modelItem{visible: m.w.Now().Add(delay)}
}

func (m *queueModel) ready(i *modelItem) bool { return !i.dead && !i.visible.After(m.w.Now()) }

func (m *queueModel) receive(t *rapid.T) {
	limit := rapid.IntRange(1, 4).Draw(t, "limit")
	most := m.dead() + m.exhausted()
	full := m.take(t, limit) == limit
	if b, err := m.w.DeadLetters.Backlog(ctx, WorkQueue); err != nil || b.Dead < m.dead() || b.Dead > most {
		t.Fatalf("%d are dead (%v), in the model %d to %d", b.Dead, err, m.dead(), most)
	}
	for full { // the order is open, so whom it has come past is known only when nothing is left
		full = m.take(t, store.MaxReceive) == store.MaxReceive
	}
	for body, item := range m.items {
		if m.ready(item) && item.receives < MaxReceives {
			t.Fatalf("%q was not received", body)
		}
		item.dead = item.dead || m.ready(item)
	}
}

// take receives and compares what came.
func (m *queueModel) take(t *rapid.T, limit int) int {
	got, err := m.w.Queue.Receive(ctx, WorkQueue, limit, hold)
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range got {
		body := string(message.Body)
		item := m.items[body]
		if item == nil || !m.ready(item) || message.Receives != item.receives+1 || message.Receives > MaxReceives {
			t.Fatalf("received %q for the %dth time, in the model %+v", body, message.Receives, item)
		}
		item.receives, item.visible = message.Receives, m.w.Now().Add(hold)
		m.held = append(m.held, heldItem{body, message.Handle, message.Receives})
	}
	return len(got)
}

func (m *queueModel) dead() (n int) {
	for _, item := range m.items {
		if item.dead {
			n++
		}
	}
	return n
}

func (m *queueModel) exhausted() (n int) {
	for _, item := range m.items {
		if m.ready(item) && item.receives >= MaxReceives {
			n++
		}
	}
	return n
}

// draw takes one of the receptions so far, and tells whether it still holds.
func (m *queueModel) draw(t *rapid.T) (heldItem, *modelItem) {
	if len(m.held) == 0 {
		t.Skip("nothing was received")
	}
	h := rapid.SampledFrom(m.held).Draw(t, "message")
	item := m.items[h.body]
	if item != nil && (item.dead || item.receives != h.receives) {
		t.Skip("what a stale handle does is open")
	}
	return h, item
}

func (m *queueModel) extend(t *rapid.T) {
	h, item := m.draw(t)
	visibility := someTime.Draw(t, "visibility")
	err := m.w.Queue.Extend(ctx, WorkQueue, h.handle, visibility)
	switch {
	case item == nil && errors.Is(err, store.ErrGone):
	case item != nil && err == nil:
		item.visible = m.w.Now().Add(visibility)
	default:
		t.Fatalf("extending %q, in the model %+v: %v", h.body, item, err)
	}
}

func (m *queueModel) delete(t *rapid.T) {
	h, _ := m.draw(t)
	if err := m.w.Queue.Delete(ctx, WorkQueue, h.handle); err != nil {
		t.Fatal(err)
	}
	delete(m.items, h.body)
}

func (m *queueModel) advance(t *rapid.T) { m.w.Advance(nil, someTime.Draw(t, "time")) }

func (m *queueModel) redrive(t *rapid.T) {
	n, err := m.w.DeadLetters.Redrive(ctx, WorkQueue, 100)
	if err != nil || n != m.dead() {
		t.Fatalf("redrove %d (%v), in the model %d are dead", n, err, m.dead())
	}
	for _, item := range m.items {
		if item.dead {
			*item = modelItem{visible: m.w.Now()}
		}
	}
	m.held = nil // a reception number may come again
}

func (m *queueModel) check(t *rapid.T) {
	b, err := m.w.DeadLetters.Backlog(ctx, WorkQueue)
	waiting, hidden := 0, 0
	for _, item := range m.items {
		switch {
		case item.dead:
		case m.ready(item):
			waiting++
		default:
			hidden++
		}
	}
	if err != nil || b.Waiting != waiting || b.Hidden != hidden || b.Dead != m.dead() {
		t.Fatalf("backlog is %+v (%v), in the model %d waiting, %d hidden, %d dead", b, err, waiting, hidden, m.dead())
	}
}
