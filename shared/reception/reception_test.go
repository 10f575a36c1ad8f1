package reception_test

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
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

func openStore(t *testing.T, dir string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(context.Background(), dir, embedded.Config{
		Now:     time.Now,
		Queues:  []embedded.Queue{{Name: reception.Queue, MaxReceives: 3}},
		Buckets: []embedded.Bucket{{Name: reception.Bucket}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func inboxOver(s *embedded.Store) *reception.Inbox {
	return &reception.Inbox{State: s.State, Objects: s.Objects, Queue: s.Queues, Now: time.Now, NewID: func() string { return as4.NewUUID(rand.Reader) }}
}

func partsOf(t *testing.T, s *embedded.Store, b *reception.Inbox, key as4.MessageKey) [][]byte {
	t.Helper()
	m, err := b.Load(context.Background(), reception.Key(key))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var parts [][]byte
	for _, p := range m.Parts {
		r, _, err := s.Objects.Open(context.Background(), reception.Bucket, p.Key, store.Range{})
		if err != nil {
			t.Fatal(err)
		}
		octets, err := io.ReadAll(r)
		if err != nil || int64(len(octets)) != p.Size {
			t.Fatalf("%d octets of %d, %v", len(octets), p.Size, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, octets)
	}
	return parts
}

func objectsIn(t *testing.T, s *embedded.Store) int {
	t.Helper()
	list, err := s.Objects.List(context.Background(), reception.Bucket, "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestTheInboxOverAStoreKeepsTheContract(t *testing.T) {
	t.Parallel()
	stores := map[as4.Inbox]*embedded.Store{}
	as4test.InboxContract(t, func(t *testing.T) as4.Inbox {
		s := openStore(t, t.TempDir())
		b := inboxOver(s)
		stores[b] = s
		return b
	}, func(t *testing.T, b as4.Inbox, key as4.MessageKey) [][]byte {
		return partsOf(t, stores[b], b.(*reception.Inbox), key)
	})
}

// wire sends one signed message as often as asked.
func wire(t *testing.T, out as4.Outgoing) func(as4.Inbox) *as4.Answer {
	t.Helper()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	var box as4.MemoryOutbox
	signed, err := a.Sender().Sign(context.Background(), b.Agreement(), out, &box)
	if err != nil {
		t.Fatal(err)
	}
	return func(inbox as4.Inbox) *as4.Answer {
		pkg, err := as4.Pack(rand.Reader, signed, b.Agreement())
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if err := pkg.Write(&body, &box); err != nil {
			t.Fatal(err)
		}
		return b.Receiver(inbox, a).Receive(context.Background(), pkg.ContentType, &body)
	}
}

func TestAMessageGoesOnAsOneCommandHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	b := inboxOver(s)
	send := wire(t, as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("one")), as4test.Octets("application/pdf", as4.CompressNever, []byte("two"))))
	var first []byte
	for i := range 3 {
		answer := send(b)
		if answer.Message == nil {
			t.Fatal(answer.Cause())
		}
		if i == 0 {
			first = answer.Body
		}
		if !bytes.Equal(answer.Body, first) {
			t.Errorf("repetition %d was answered otherwise", i)
		}
	}
	messages, err := s.Queues.Receive(context.Background(), reception.Queue, 10, time.Minute)
	if err != nil || len(messages) != 1 {
		t.Fatalf("%d items in the queue, %v", len(messages), err)
	}
	m, err := b.Load(context.Background(), strings.TrimPrefix(string(messages[0].Body), reception.Kind+"/"))
	if err != nil || m.Header.Action != ebms.ExecuteQueryRequest || len(m.Parts) != 2 {
		t.Errorf("the item leads to %+v, %v", m, err)
	}
	if n := objectsIn(t, s); n != 2 {
		t.Errorf("%d parts are stored, want 2", n)
	}
}

func TestTheTestServiceIsAnsweredAndNotDelivered(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	b := inboxOver(s)
	out := as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("ping")))
	out.Service, out.Action = ebms.Service{Value: ebms.TestService}, ebms.TestAction
	send := wire(t, out)
	first, again := send(b), send(b)
	if first.Message == nil || !again.Duplicate || !bytes.Equal(first.Body, again.Body) {
		t.Errorf("answered %v, again duplicate %v", first.Cause(), again.Duplicate)
	}
	if messages, _ := s.Queues.Receive(context.Background(), reception.Queue, 10, time.Minute); len(messages) != 0 || objectsIn(t, s) != 0 {
		t.Errorf("%d items and %d parts of a test message", len(messages), objectsIn(t, s))
	}
}

// Rules 1 and 2: whichever call to the store fails, before or after it took
// effect, a receipt means that the message is durable, and the sender's next
// try brings it through exactly once.
func TestRule01ReceiptMeansDurableWhicheverCallFails(t *testing.T) {
	t.Parallel()
	send := wire(t, as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte("one")), as4test.Octets("application/pdf", as4.CompressNever, []byte("two"))))
	for _, after := range []bool{false, true} {
		for at := int64(1); at <= 8; at++ {
			t.Run(fmt.Sprintf("call %d, after it took effect: %v", at, after), func(t *testing.T) {
				s := openStore(t, t.TempDir())
				f := &storetest.Broken{State: s.State, Objects: s.Objects, Queue: s.Queues, At: at, After: after}
				b := &reception.Inbox{State: f, Objects: f, Queue: f, Now: time.Now, NewID: func() string { return as4.NewUUID(rand.Reader) }}
				var receipts [][]byte
				for range 3 {
					answer := send(b)
					if answer.Message == nil {
						continue
					}
					receipts = append(receipts, answer.Body)
					if parts := partsOf(t, s, inboxOver(s), answer.Message.Key); len(parts) != 2 || string(parts[0]) != "one" || string(parts[1]) != "two" {
						t.Fatalf("a receipt for a message that is stored as %q", parts)
					}
				}
				if len(receipts) < 2 {
					t.Fatalf("%d of 3 tries were receipted", len(receipts))
				}
				for _, r := range receipts[1:] {
					if !bytes.Equal(r, receipts[0]) {
						t.Error("two receipts for one message")
					}
				}
				if _, err := store.Resend(context.Background(), s.State, s.Queues, time.Now(), time.Now().Add(store.Patience), 10); err != nil {
					t.Fatal(err)
				}
				ids := map[string]bool{}
				messages, _ := s.Queues.Receive(context.Background(), reception.Queue, 10, time.Minute)
				for _, m := range messages {
					ids[string(m.Body)] = true
				}
				if len(ids) != 1 {
					t.Errorf("%d messages go on, want 1", len(ids))
				}
			})
		}
	}
}
