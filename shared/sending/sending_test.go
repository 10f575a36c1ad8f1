package sending_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/sending"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
	"github.com/vienreiz/vienreiz/shared/store/storetest"
)

const evidence = "a certificate, and nobody else's"

// world is our side, with a clock of its own, and one partner on loopback.
type world struct {
	store  *embedded.Store
	worker *sending.Worker
	inbox  *as4test.Inbox // of the partner

	mu     sync.Mutex
	now    time.Time
	bodies [][]byte // signed headers as the partner saw them, one for each push
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) pushes() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.bodies)
}

// serve puts a handler before the partner's own, which knows us unless told otherwise.
func newWorld(t *testing.T, known bool, before func(http.Handler) http.Handler) *world {
	t.Helper()
	a, b := as4test.NewParty(as4test.ECDSA, "AP_XA_01"), as4test.NewParty(as4test.ECDSA, "AP_XB_01")
	w := &world{inbox: &as4test.Inbox{}, now: time.Now()}
	receiver := b.Receiver(w.inbox)
	if known {
		receiver = b.Receiver(w.inbox, a)
	}
	var handler http.Handler = &as4.Handler{Receiver: receiver}
	if before != nil {
		handler = before(handler)
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		w.mu.Lock()
		w.bodies = append(w.bodies, body.Bytes())
		w.mu.Unlock()
		r.Body = http.NoBody
		r2 := r.Clone(r.Context())
		r2.Body = readCloser{bytes.NewReader(body.Bytes())}
		handler.ServeHTTP(rw, r2)
	}))
	t.Cleanup(server.Close)
	partner := b.Agreement()
	partner.Endpoint = server.URL
	w.store = openStore(t, w.clock)
	sender := a.Sender()
	sender.Client, sender.Now = server.Client(), w.clock
	w.worker = &sending.Worker{
		State: w.store.State, Objects: w.store.Objects, Queue: w.store.Queues, Journal: &journal.Journal{Objects: w.store.Objects},
		Partners: as4test.Partners{partner}, Sender: sender, Now: w.clock, NewID: func() string { return as4.NewUUID(rand.Reader) },
	}
	w.order(t, b.ID)
	return w
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func openStore(t *testing.T, now func() time.Time) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(context.Background(), t.TempDir(), embedded.Config{
		Now:     now,
		Queues:  []embedded.Queue{{Name: sending.Queue, MaxReceives: 9}, {Name: sending.Told, MaxReceives: 9}},
		Buckets: []embedded.Bucket{{Name: sending.Contents}, {Name: sending.Signed}, {Name: journal.Bucket}},
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

const key = "m1"

// order decides to send one message, as an exchange does.
func (w *world) order(t *testing.T, to ebms.PartyID) {
	t.Helper()
	ctx := context.Background()
	if _, err := w.store.Objects.Put(ctx, sending.Contents, "e/1", strings.NewReader(evidence), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	header := as4test.Request().UserMessage
	header.MessageID, header.Timestamp = "m1@ap.example", w.clock()
	change, command, err := sending.Order(key, sending.Message{
		Partner: to, Header: header,
		Contents: []sending.Content{{Key: "e/1", CID: "c1@ap.example", MimeType: "application/pdf", Compression: as4.CompressAlways}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.State.Commit(ctx, []store.Change{change}, []store.Command{command}); err != nil {
		t.Fatal(err)
	}
	if err := store.Dispatch(ctx, w.store.State, w.store.Queues, w.clock(), []store.Command{command}); err != nil {
		t.Fatal(err)
	}
}

// work carries out what is in the queue now; whatever was lost on the way to
// the queue, the clock sends again. It returns the errors on the way.
func (w *world) work(t *testing.T) (failed []error) {
	t.Helper()
	ctx := context.Background()
	if _, err := store.Resend(ctx, w.store.State, w.store.Queues, w.clock(), w.clock().Add(time.Second), 10); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		items, err := w.store.Queues.Receive(ctx, sending.Queue, 10, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if len(items) == 0 {
			return failed
		}
		for _, item := range items {
			if err := w.worker.Handle(ctx, string(item.Body)); err != nil {
				failed = append(failed, err)
				w.pass(2 * time.Second)
				continue
			}
			if err := w.store.Queues.Delete(ctx, sending.Queue, item.Handle); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Fatal("the queue does not become empty")
	return nil
}

func (w *world) state(t *testing.T) *sending.Message {
	t.Helper()
	m, err := sending.Load(context.Background(), w.store.State, key)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) signedLeft(t *testing.T) int {
	t.Helper()
	list, err := w.store.Objects.List(context.Background(), sending.Signed, "", "", store.MaxList)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func (w *world) journalled(t *testing.T) (kinds []journal.Kind) {
	t.Helper()
	entries, err := (&journal.Journal{Objects: w.store.Objects}).Read(context.Background(), sending.Kind+"-"+key)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// told are the outcomes that went to the exchange, each once.
func (w *world) told(t *testing.T) []string {
	t.Helper()
	items, err := w.store.Queues.Receive(context.Background(), sending.Told, 10, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var told []string
	for _, i := range items {
		if !seen[string(i.Body)] {
			seen[string(i.Body)] = true
			told = append(told, string(i.Body))
		}
	}
	return told
}

func TestAMessageIsAcknowledgedAndNothingOfItStaysSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	if failed := w.work(t); failed != nil {
		t.Fatal(failed)
	}
	m := w.state(t)
	if m.State != sending.Acknowledged || len(m.Attempts) != 1 || !bytes.Contains(m.Signal, []byte("NonRepudiationInformation")) {
		t.Errorf("the message is %s after %d tries, with the receipt %q", m.State, len(m.Attempts), m.Signal)
	}
	got := w.inbox.Get(as4.MessageKey{Party: ebms.PartyID{Type: ebms.OOTSPartyType, Value: "AP_XA_01"}, MessageID: "m1@ap.example"})
	if got == nil || len(got.Parts) != 1 || string(got.Parts[0]) != evidence {
		t.Errorf("the partner has %+v", got)
	}
	if n := w.signedLeft(t); n != 0 {
		t.Errorf("%d signed parts are left", n)
	}
	if diff := cmp.Diff([]journal.Kind{journal.RequestSent, journal.ReceiptReceived}, w.journalled(t)); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"outgoing/m1"}, w.told(t)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if err := w.worker.Handle(context.Background(), key); err != nil || w.pushes() != 1 {
		t.Errorf("an old command again: %v, %d pushes", err, w.pushes())
	}
}

// down answers the first pushes with 503.
func down(times int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if times--; times >= 0 {
				http.Error(w, "closed for the night", http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestRule03SignOnceEveryTryBringsTheSameSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, down(3))
	for range 3 {
		w.work(t)
		n := w.pushes()
		w.pass(time.Minute) // too early: nothing happens
		if w.work(t); w.pushes() != n {
			t.Fatal("pushed again after one minute")
		}
		w.pass(sending.Interval)
	}
	w.work(t)
	if m := w.state(t); m.State != sending.Acknowledged || len(m.Attempts) != 4 {
		t.Fatalf("the message is %s after %d tries", m.State, len(m.Attempts))
	}
	signatures := map[string]int{}
	for _, body := range w.bodies {
		_, rest, _ := bytes.Cut(body, []byte("SignatureValue>"))
		value, _, _ := bytes.Cut(rest, []byte("<"))
		signatures[string(value)]++
	}
	if len(signatures) != 1 || w.inbox.Len() != 1 {
		t.Errorf("%d signatures, %d messages at the partner", len(signatures), w.inbox.Len())
	}
}

func TestWhatNoTryBringsThroughEndsAsEBMS0301(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, down(100))
	for range 2 * sending.Tries {
		w.work(t)
		w.pass(sending.Interval)
	}
	m := w.state(t)
	if m.State != sending.Undelivered || w.pushes() != sending.Tries || w.signedLeft(t) != 0 {
		t.Errorf("the message is %s after %d pushes, %d signed parts are left", m.State, w.pushes(), w.signedLeft(t))
	}
	e := m.Missing()
	if e == nil || e.Code.Code != "EBMS:0301" || !strings.Contains(e.Error(), "503") {
		t.Errorf("the producer is told %v", e)
	}
	if diff := cmp.Diff([]journal.Kind{journal.RequestSent, journal.AnswerNotSent}, w.journalled(t)); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"outgoing/m1"}, w.told(t)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAnEndpointThatIsGoneIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	})
	w.work(t)
	if m := w.state(t); m.State != sending.Pushing || m.Missing() != nil || w.signedLeft(t) != 1 {
		t.Errorf("the message is %s, %d signed parts", m.State, w.signedLeft(t))
	}
}

func TestTwoWorkersAtOnceSendOneSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := w.worker.Handle(context.Background(), key); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	w.work(t)
	if m := w.state(t); m.State != sending.Acknowledged || w.inbox.Len() != 1 || w.signedLeft(t) != 0 {
		t.Errorf("the message is %s, the partner has %d, %d signed parts are left", m.State, w.inbox.Len(), w.signedLeft(t))
	}
}

// closed is a journal that takes nothing.
type closed struct{}

func (closed) Write(context.Context, journal.Entry) error { return errors.New("the archive is away") }

func TestRule04JournalBeforeEffectNothingLeavesThatTheJournalDidNotTake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	open := w.worker.Journal
	w.worker.Journal = closed{}
	if err := w.worker.Handle(context.Background(), key); err == nil || w.pushes() != 0 {
		t.Fatalf("error %v, %d pushes", err, w.pushes())
	}
	w.worker.Journal = open
	w.work(t)
	if m := w.state(t); m.State != sending.Acknowledged {
		t.Errorf("the message is %s", m.State)
	}
}

// Architecture rules 1, 3 and 4: whichever call fails, before or after it took
// effect, the message arrives once, its outcome is told, and no signed part
// outlives it but what a crash left to expire.
func TestWhicheverCallFailsTheMessageArrivesOnce(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for at := int64(1); at <= 16; at++ {
			t.Run(fmt.Sprintf("call %d, after it took effect: %v", at, after), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, true, nil)
				f := &storetest.Broken{State: w.store.State, Objects: w.store.Objects, Queue: w.store.Queues, At: at, After: after}
				w.worker.State, w.worker.Objects, w.worker.Queue, w.worker.Journal = f, f, f, &journal.Journal{Objects: f}
				for range 3 {
					w.work(t)
					w.pass(sending.Interval)
				}
				m := w.state(t)
				if m.State != sending.Acknowledged || w.inbox.Len() != 1 {
					t.Errorf("the message is %s, the partner has %d", m.State, w.inbox.Len())
				}
				if diff := cmp.Diff([]journal.Kind{journal.RequestSent, journal.ReceiptReceived}, w.journalled(t)); diff != "" {
					t.Errorf("journal (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"outgoing/m1"}, w.told(t)); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
				for _, k := range m.Kept {
					if _, err := w.store.Objects.Stat(context.Background(), sending.Signed, k); !errors.Is(err, store.ErrNotFound) {
						t.Errorf("signed part %s is left: %v", k, err)
					}
				}
			})
		}
	}
}

// repeating commits twice, as a client does that missed the first answer.
type repeating struct{ *embedded.State }

func (r repeating) Commit(ctx context.Context, c []store.Change, o []store.Command) (store.Version, error) {
	if v, err := r.State.Commit(ctx, c, o); err != nil {
		return v, err
	}
	return r.State.Commit(ctx, c, o)
}

func TestASignatureThatWasCommittedStaysAlthoughTheCommitLooksLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	w.worker.State = repeating{w.store.State}
	if err := w.worker.Handle(context.Background(), key); err != nil {
		t.Fatal(err)
	}
	w.worker.State = w.store.State
	w.work(t)
	if m := w.state(t); m.State != sending.Acknowledged || w.inbox.Len() != 1 {
		t.Errorf("the message is %s, the partner has %d", m.State, w.inbox.Len())
	}
}

func TestASignedRefusalIsFinal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, nil)
	w.work(t)
	m := w.state(t)
	if m.State != sending.Refused || w.pushes() != 1 || len(m.Signal) == 0 || w.signedLeft(t) != 0 {
		t.Errorf("the message is %s (%s) after %d pushes", m.State, m.Attempts[0].Reason, w.pushes())
	}
}

func TestAnOrderNeedsWhatEveryTryHasInCommon(t *testing.T) {
	t.Parallel()
	header := as4test.Request().UserMessage
	header.MessageID = "m1@ap.example"
	if _, _, err := sending.Order(key, sending.Message{Header: header}); err == nil {
		t.Error("a message without Timestamp was ordered")
	}
	header.MessageID, header.Timestamp = "", time.Now()
	if _, _, err := sending.Order(key, sending.Message{Header: header}); err == nil {
		t.Error("a message without MessageId was ordered")
	}
}

// denied is a key that the role may not use.
type denied struct{ crypto.Signer }

func (denied) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("give this role kms:Sign")
}

func TestAMessageWaitsForAKeyThatIsDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, nil)
	allowed := w.worker.Sender.Identity
	w.worker.Sender.Identity.Signing = []as4.SigningKey{{Chain: allowed.Signing[0].Chain, Key: denied{allowed.Signing[0].Key}}}
	if err := w.worker.Handle(context.Background(), key); err == nil || !strings.Contains(err.Error(), "give this role kms:Sign") || w.pushes() != 0 {
		t.Fatalf("error %v, %d pushes", err, w.pushes())
	}
	if m := w.state(t); m.State != sending.Ordered {
		t.Errorf("the message is %s", m.State)
	}
	w.worker.Sender.Identity = allowed
	w.work(t)
	if m := w.state(t); m.State != sending.Acknowledged {
		t.Errorf("the message is %s", m.State)
	}
}
