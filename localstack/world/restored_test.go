package world_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	as4receive "github.com/vienreiz/vienreiz/functions/as4-receive/handler"
	"github.com/vienreiz/vienreiz/functions/node/local"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/reception"
	"github.com/vienreiz/vienreiz/shared/store"
)

// opened is a country of a world that has ended, over what it left.
func opened(t *testing.T, country string) *local.Opened {
	t.Helper()
	o, err := local.Node{Tenant: filepath.Join(country, "config", "tenant.yaml"), Data: filepath.Join(country, "store"), Now: time.Now}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// received are the records of the messages that the journal names.
func received(t *testing.T, o *local.Opened) map[string]*reception.Message {
	t.Helper()
	inbox, all := &reception.Inbox{State: o.Store.State}, map[string]*reception.Message{}
	err := (&journal.Journal{Objects: o.Store.Objects}).First(t.Context(), reception.Kind+"-", time.Time{}, func(e journal.Entry) error {
		m, err := inbox.Load(t.Context(), strings.TrimPrefix(e.Subject, reception.Kind+"-"))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		all[e.MessageID] = m
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// forget restores a country's state to before there was any.
func forget(t *testing.T, country string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(country, "store", "state.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
}

// closeAS4 writes into the tenant document that no message is taken.
func closeAS4(t *testing.T, country string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(country, "config", "tenant.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("\nclosed: restoring the state\n")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// A restored store has forgotten what was received since. It takes no message until
// it knows their ids again, from the journal; then a repetition gets its first
// receipt and is not delivered, and other content under an old id is refused.
func TestRule15ARestoredStoreStaysClosedUntilItKnowsItsMessages(t *testing.T) {
	data, _ := whole(t)
	country := filepath.Join(data, "lv")
	before := opened(t, country)
	were := received(t, before)
	if err := before.Close(); err != nil || len(were) < 2 {
		t.Fatalf("%d messages, %v", len(were), err)
	}
	forget(t, country)
	closeAS4(t, country)

	o := opened(t, country)
	answer := httptest.NewRecorder()
	as4receive.New(o.Assembly).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/as4", strings.NewReader("a message")))
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" || !strings.Contains(answer.Body.String(), "send the same message again") {
		t.Errorf("while it is closed: %d %v %s", answer.Code, answer.Header(), answer.Body)
	}
	seed := reception.Seed{Journal: &journal.Journal{Objects: o.Store.Objects}, State: o.Store.State, Now: time.Now}
	for _, want := range []reception.Seeded{{Given: len(were)}, {Known: len(were)}} { // it may be repeated
		if got, err := seed.Run(t.Context()); err != nil || cmp.Diff(want, got) != "" {
			t.Fatalf("%v %s", err, cmp.Diff(want, got))
		}
	}
	inbox := &reception.Inbox{State: o.Store.State, Objects: o.Store.Objects, Queue: o.Store.Queues, Now: time.Now, NewID: as4.NewIDs(strings.NewReader(strings.Repeat("x", 4096)), "test")}
	for id, was := range were {
		is := received(t, o)[id]
		if is == nil || is.Digests != was.Digests || string(is.Receipt) != string(was.Receipt) || string(is.SignedInfo) != string(was.SignedInfo) || len(is.Parts) > 0 {
			t.Errorf("message %s is known as %+v, was %+v", id, is, was)
		}
		if receipt, err := repeated(t, inbox, was, was.Digests); err != nil || string(receipt) != string(was.Receipt) {
			t.Errorf("a repetition of %s: %v, %s", id, err, receipt)
		}
		if _, err := repeated(t, inbox, was, [32]byte{1}); !errors.Is(err, as4.ErrConflict) {
			t.Errorf("other content under %s: %v", id, err)
		}
	}
	if b, err := o.Store.Queues.Backlog(t.Context(), reception.Queue); err != nil || b.Waiting+b.Hidden > 0 {
		t.Errorf("something is delivered again: %+v, %v", b, err)
	}
}

func repeated(t *testing.T, inbox *reception.Inbox, was *reception.Message, digests [32]byte) ([]byte, error) {
	t.Helper()
	key := as4.MessageKey{Party: was.Header.From.ID, MessageID: was.Header.MessageID}
	attempt, err := inbox.Begin(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return attempt.Commit(t.Context(), &as4.Message{UserMessage: &ebms.UserMessage{}, Key: key, DigestSet: digests}, []byte("a second receipt"))
}
