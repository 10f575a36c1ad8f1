package aws_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

// letter is one signed message of two parts, that can be sent again and again.
type letter struct {
	send  func(as4.Inbox) *as4.Answer
	parts []string
}

func newLetter(t *testing.T) letter {
	t.Helper()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	var box as4.MemoryOutbox
	out := as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("one")), as4test.Octets("application/pdf", as4.CompressNever, []byte("two")))
	signed, err := a.Sender().Sign(ctx, b.Agreement(), out, &box)
	if err != nil {
		t.Fatal(err)
	}
	return letter{parts: []string{"one", "two"}, send: func(inbox as4.Inbox) *as4.Answer {
		pkg, err := as4.Pack(rand.Reader, signed, b.Agreement())
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if err := pkg.Write(&body, &box); err != nil {
			t.Fatal(err)
		}
		return b.Receiver(inbox, a).Receive(ctx, pkg.ContentType, &body)
	}}
}

func inboxOver(s *aws.Store) *reception.Inbox {
	return &reception.Inbox{State: s.State, Objects: s.Objects, Queue: s.Queues, Now: time.Now, NewID: func() string { return as4.NewUUID(rand.Reader) }}
}

// Rules 1 and 2 of the architecture, at every point where a process can die.
func TestWhereverAReceiverIsKilledNothingIsLostOrDoubled(t *testing.T) {
	emulated(t)
	t.Parallel()
	l := newLetter(t)
	for _, after := range []bool{false, true} {
		ended := false
		for at := int64(1); !ended && !t.Failed(); at++ {
			t.Run(fmt.Sprintf("at call %d, after it took effect: %v", at, after), func(t *testing.T) {
				ended = l.survives(t, &faults{killAt: at, afterDone: after}) < at
			})
		}
	}
}

func TestWhicheverAnswerIsLostNothingIsLostOrDoubled(t *testing.T) {
	emulated(t)
	t.Parallel()
	l := newLetter(t)
	ended := false
	for at := int64(1); !ended && !t.Failed(); at++ {
		t.Run(fmt.Sprint("of request ", at), func(t *testing.T) {
			f := &faults{loseAt: at}
			l.survives(t, f)
			ended = f.sent.Load() < at
		})
	}
}

// survives receives with faults, then without, and returns how many calls the
// first process made.
func (l letter) survives(t *testing.T, f *faults) int64 {
	t.Helper()
	c := tenant(t, []string{reception.Queue}, []string{reception.Bucket}, nil)
	dying, next := open(t, c, f.option), open(t, c)
	answers := []*as4.Answer{l.send(inboxOver(dying)), l.send(inboxOver(next)), l.send(inboxOver(next))}
	var first []byte
	for i, answer := range answers {
		if answer.Message == nil {
			if i > 0 {
				t.Fatalf("try %d with a store that works: %v", i, answer.Cause())
			}
			continue
		}
		if first == nil {
			first = answer.Body
		}
		if !bytes.Equal(answer.Body, first) {
			t.Error("two receipts for one message")
		}
		l.stands(t, next, answer.Message.Key)
	}
	goesOnOnce(t, next)
	return f.calls.Load()
}

// stands: what is receipted is there, part by part.
func (l letter) stands(t *testing.T, s *aws.Store, key as4.MessageKey) {
	t.Helper()
	m, err := inboxOver(s).Load(ctx, reception.Key(key))
	if err != nil || len(m.Parts) != len(l.parts) {
		t.Fatalf("a receipt for a message that is stored as %+v, %v", m, err)
	}
	for i, p := range m.Parts {
		r, _, err := s.Objects.Open(ctx, reception.Bucket, p.Key, store.Range{})
		if err != nil {
			t.Fatal(err)
		}
		octets, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(octets) != l.parts[i] {
			t.Errorf("part %d is %q, %v", i, octets, err)
		}
	}
}

// goesOnOnce: the outbox is sent by the clock; the queue leads to one message,
// however many items name it.
func goesOnOnce(t *testing.T, s *aws.Store) {
	t.Helper()
	ids := map[string]bool{}
	deadline, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for len(ids) == 0 && deadline.Err() == nil {
		if _, err := store.Resend(deadline, s.State, s.Queues, time.Now(), time.Now().Add(store.Patience), 10); err != nil {
			t.Fatal(err)
		}
		list, err := s.Queues.Receive(deadline, reception.Queue, 10, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			ids[strings.TrimPrefix(string(m.Body), reception.Kind+"/")] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("%d messages go on, want 1", len(ids))
	}
}

// twoParts is large enough for a multipart upload.
func twoParts() string { return strings.Repeat("0123456789abcdef", 9<<16) }

func contentOf(t *testing.T, s *aws.Store, key string) (string, error) {
	t.Helper()
	r, _, err := s.Objects.Open(ctx, storetest.PlainBucket, key, store.Range{})
	if err != nil {
		return "", err
	}
	octets, err := io.ReadAll(r)
	return string(octets), errors.Join(err, r.Close())
}

func TestALargeObjectAppearsWholeOrNotAtAllWhereverItsPutIsKilled(t *testing.T) {
	emulated(t)
	t.Parallel()
	c, body := tenant(t, nil, []string{storetest.PlainBucket}, nil), twoParts()
	next := open(t, c)
	for _, after := range []bool{false, true} {
		for at, ended := int64(1), false; !ended && !t.Failed(); at++ {
			f, key := &faults{killAt: at, afterDone: after}, fmt.Sprint("x/", at, "/", after)
			_, err := open(t, c, f.option).Objects.Put(ctx, storetest.PlainBucket, key, strings.NewReader(body), store.PutOptions{Once: true})
			ended = f.calls.Load() < at
			if got, there := contentOf(t, next, key); there == nil && got != body || err == nil && there != nil {
				t.Errorf("killed at call %d: %d octets, %v; the put answered %v", at, len(got), there, err)
			}
			if _, err := next.Objects.Put(ctx, storetest.PlainBucket, key, strings.NewReader(body), store.PutOptions{Once: true}); err != nil {
				t.Errorf("again after call %d: %v", at, err)
			}
		}
	}
}

// A client that repeats a lost call must not mistake its own work for another's.
func TestWhoseAnswerIsLostSucceedsAllTheSame(t *testing.T) {
	emulated(t)
	t.Parallel()
	c := tenant(t, []string{storetest.WorkQueue}, []string{storetest.PlainBucket}, []string{storetest.LockedBucket})
	put := func(s *aws.Store, bucket, key, body string) error {
		_, err := s.Objects.Put(ctx, bucket, key, strings.NewReader(body), store.PutOptions{Once: true})
		return err
	}
	for name, do := range map[string]func(s *aws.Store, key string) error{
		"commit": func(s *aws.Store, key string) error {
			command := store.Command{ID: key, Queue: storetest.WorkQueue, Body: []byte(key)}
			v, err := s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: key}}}, []store.Command{command})
			if err == nil {
				v, err = s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: key}, Expect: v}}, []store.Command{command})
			}
			if err == nil {
				_, err = s.State.Commit(ctx, []store.Change{{Record: store.Record{Kind: "exchange", Key: key}, Expect: v, Delete: true}}, nil)
			}
			return errors.Join(err, s.State.Clear(ctx, key))
		},
		"small put":  func(s *aws.Store, key string) error { return put(s, storetest.PlainBucket, key, "small") },
		"locked put": func(s *aws.Store, key string) error { return put(s, storetest.LockedBucket, key, "locked") },
		"large put":  func(s *aws.Store, key string) error { return put(s, storetest.PlainBucket, key, twoParts()) },
	} {
		for at, ended := int64(1), false; !ended && !t.Failed(); at++ {
			f := &faults{loseAt: at}
			if err := do(open(t, c, f.option), fmt.Sprint(strings.ReplaceAll(name, " ", "-"), "/", at)); err != nil {
				t.Errorf("%s, request %d lost: %v", name, at, err)
			}
			ended = f.sent.Load() < at
		}
	}
}
