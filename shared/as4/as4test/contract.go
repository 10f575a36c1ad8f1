package as4test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

// InboxContract is what every [as4.Inbox] must keep (architecture rules 1 and
// 2). open gives an empty one; parts gives the delivered octets of a message in
// order, or nil when it was not delivered.
func InboxContract(t *testing.T, open func(*testing.T) as4.Inbox, parts func(*testing.T, as4.Inbox, as4.MessageKey) [][]byte) {
	t.Helper()
	c := &inboxContract{open: open, parts: parts}
	t.Run("a committed message is there whole, and answered with its receipt", c.commits)
	t.Run("a repetition is answered with the first receipt and changes nothing", c.repeats)
	t.Run("other content under the same id is refused and changes nothing", c.conflicts)
	t.Run("a discarded attempt leaves nothing, and is no first delivery", c.discards)
	t.Run("the same id of another party is another message", c.separates)
	t.Run("of many at once one is first", c.races)
}

type inboxContract struct {
	open  func(*testing.T) as4.Inbox
	parts func(*testing.T, as4.Inbox, as4.MessageKey) [][]byte
}

var contractKey = as4.MessageKey{Party: ebms.PartyID{Type: ebms.OOTSPartyType, Value: "AP_XA_01"}, MessageID: "contract@example"}

// message is a delivery of some parts under a key; digest tells contents apart.
func contractMessage(key as4.MessageKey, digest byte, content ...string) *as4.Message {
	m := &as4.Message{UserMessage: &ebms.UserMessage{}, Key: key, DigestSet: [32]byte{digest}}
	m.MessageID, m.From.ID = key.MessageID, key.Party
	for _, part := range content {
		m.Parts = append(m.Parts, as4.Part{Info: ebms.PartInfo{Href: "cid:x"}, Size: int64(len(part))})
	}
	return m
}

// attempt quarantines the parts of a delivery.
func (c *inboxContract) attempt(t *testing.T, inbox as4.Inbox, key as4.MessageKey, content ...string) as4.Attempt {
	t.Helper()
	a, err := inbox.Begin(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	for n, part := range content {
		w, err := a.Part(n, ebms.PartInfo{Href: "cid:x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (c *inboxContract) deliver(t *testing.T, inbox as4.Inbox, key as4.MessageKey, digest byte, receipt string, content ...string) (string, error) {
	t.Helper()
	a := c.attempt(t, inbox, key, content...)
	answer, err := a.Commit(context.Background(), contractMessage(key, digest, content...), []byte(receipt))
	if err != nil {
		if derr := a.Discard(); derr != nil {
			t.Errorf("discard after a failed commit: %v", derr)
		}
	}
	return string(answer), err
}

func (c *inboxContract) holds(t *testing.T, inbox as4.Inbox, key as4.MessageKey, want ...string) {
	t.Helper()
	var got []string
	for _, p := range c.parts(t, inbox, key) {
		got = append(got, string(p))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the inbox has %q, want %q", got, want)
	}
}

func (c *inboxContract) commits(t *testing.T) {
	inbox := c.open(t)
	answer, err := c.deliver(t, inbox, contractKey, 1, "receipt 1", "one", "", "three")
	if err != nil || answer != "receipt 1" {
		t.Fatalf("answered %q, %v", answer, err)
	}
	c.holds(t, inbox, contractKey, "one", "", "three")
}

func (c *inboxContract) repeats(t *testing.T) {
	inbox := c.open(t)
	if _, err := c.deliver(t, inbox, contractKey, 1, "receipt 1", "one"); err != nil {
		t.Fatal(err)
	}
	if answer, err := c.deliver(t, inbox, contractKey, 1, "receipt 2", "one"); err != nil || answer != "receipt 1" {
		t.Errorf("answered %q, %v; want the first receipt", answer, err)
	}
	c.holds(t, inbox, contractKey, "one")
}

func (c *inboxContract) conflicts(t *testing.T) {
	inbox := c.open(t)
	if _, err := c.deliver(t, inbox, contractKey, 1, "receipt 1", "one"); err != nil {
		t.Fatal(err)
	}
	if answer, err := c.deliver(t, inbox, contractKey, 2, "receipt 2", "other"); !errors.Is(err, as4.ErrConflict) || answer != "" {
		t.Errorf("answered %q, %v; want ErrConflict", answer, err)
	}
	c.holds(t, inbox, contractKey, "one")
}

func (c *inboxContract) discards(t *testing.T) {
	inbox := c.open(t)
	if err := c.attempt(t, inbox, contractKey, "half").Discard(); err != nil {
		t.Fatal(err)
	}
	c.holds(t, inbox, contractKey)
	if answer, err := c.deliver(t, inbox, contractKey, 2, "receipt 2", "whole"); err != nil || answer != "receipt 2" {
		t.Errorf("after a failed first delivery: %q, %v", answer, err)
	}
	c.holds(t, inbox, contractKey, "whole")
}

func (c *inboxContract) separates(t *testing.T) {
	inbox := c.open(t)
	for i, key := range []as4.MessageKey{
		contractKey,
		{Party: ebms.PartyID{Type: contractKey.Party.Type, Value: "AP_XB_01"}, MessageID: contractKey.MessageID},
		{Party: ebms.PartyID{Type: "urn:other", Value: contractKey.Party.Value}, MessageID: contractKey.MessageID},
	} {
		receipt := string(rune('a' + i))
		if answer, err := c.deliver(t, inbox, key, byte(i), receipt, receipt); err != nil || answer != receipt {
			t.Errorf("party %d: answered %q, %v", i, answer, err)
		}
	}
	c.holds(t, inbox, contractKey, "a")
}

func (c *inboxContract) races(t *testing.T) {
	inbox := c.open(t)
	attempts := make([]as4.Attempt, 8)
	for i := range attempts {
		attempts[i] = c.attempt(t, inbox, contractKey, "one")
	}
	answers := make([][]byte, len(attempts))
	var wg sync.WaitGroup
	for i, a := range attempts {
		wg.Go(func() {
			answer, err := a.Commit(context.Background(), contractMessage(contractKey, 1, "one"), []byte{byte('a' + i)})
			if err != nil {
				t.Errorf("attempt %d: %v", i, err)
			}
			answers[i] = answer
		})
	}
	wg.Wait()
	for i, answer := range answers {
		if !bytes.Equal(answer, answers[0]) || len(answer) != 1 {
			t.Errorf("attempt %d was answered %q, attempt 0 %q", i, answer, answers[0])
		}
	}
	c.holds(t, inbox, contractKey, "one")
}
