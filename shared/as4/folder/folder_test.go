package folder_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/as4/as4test"
	"github.com/vienreiz/vienreiz/shared/as4/folder"
	"github.com/vienreiz/vienreiz/shared/ebms"
)

var (
	a = as4test.NewParty(as4test.ECDSA, "AP_XA_01")
	b = as4test.NewParty(as4test.ECDSA, "AP_XB_01")
)

// wire is one signed message that can be sent many times.
type wire struct {
	signed *as4.SignedMessage
	box    as4.MemoryOutbox
}

func newWire(t *testing.T, id, content string) *wire {
	t.Helper()
	return wireOf(t, id, requestOf(content))
}

func requestOf(content string) as4.Outgoing {
	return as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, []byte(content)), as4test.Octets("application/pdf", as4.CompressNever, []byte("%PDF")))
}

func wireOf(t *testing.T, id string, out as4.Outgoing) *wire {
	t.Helper()
	w := &wire{}
	out.MessageID = id
	var err error
	if w.signed, err = a.Sender().Sign(context.Background(), b.Agreement(), out, &w.box); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *wire) send(t *testing.T, inbox as4.Inbox) *as4.Answer {
	t.Helper()
	pkg, err := as4.Pack(rand.Reader, w.signed, b.Agreement())
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if err := pkg.Write(&body, &w.box); err != nil {
		t.Fatal(err)
	}
	return b.Receiver(inbox, a).Receive(context.Background(), pkg.ContentType, &body)
}

func open(t *testing.T, dir string) *folder.Inbox {
	t.Helper()
	inbox, err := folder.NewInbox(dir)
	if err != nil {
		t.Fatal(err)
	}
	return inbox
}

// leftovers are the files that lie in the quarantine.
func leftovers(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, ".quarantine", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAMessageAppearsWholeAndIsAnsweredTheSameAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWire(t, "one@x", "content")
	inbox := open(t, dir)
	first := w.send(t, inbox)
	if first.Message == nil {
		t.Fatal(first.Cause())
	}
	for name, want := range map[string]string{"part-01": "content", "part-02": "%PDF", "receipt.xml": string(first.Body)} {
		got, err := os.ReadFile(filepath.Join(inbox.Folder(first.Message.Key), name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	again := w.send(t, open(t, dir))
	if !again.Duplicate || !bytes.Equal(again.Body, first.Body) {
		t.Errorf("after a restart: duplicate %v, same receipt %v", again.Duplicate, bytes.Equal(again.Body, first.Body))
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left in quarantine: %v", left)
	}
}

func TestOfATestMessageOnlyTheRecordAndTheReceiptAreKept(t *testing.T) {
	t.Parallel()
	out := requestOf("ping")
	out.Service, out.Action = ebms.Service{Value: ebms.TestService}, ebms.TestAction
	w, inbox := wireOf(t, "test@x", out), open(t, t.TempDir())
	first, again := w.send(t, inbox), w.send(t, inbox)
	if first.Message == nil || !again.Duplicate || !bytes.Equal(first.Body, again.Body) {
		t.Fatalf("answered %v, again duplicate %v", first.Cause(), again.Duplicate)
	}
	var names []string
	entries, err := os.ReadDir(inbox.Folder(first.Message.Key))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"message.json", "receipt.xml"}, names); diff != "" || err != nil {
		t.Errorf("kept (-want +got), %v:\n%s", err, diff)
	}
}

func TestOfManyAtOnceOneIsDeliveredAndAllGetItsReceipt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inbox, w := open(t, dir), newWire(t, "race@x", "content")
	answers := make([]*as4.Answer, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = w.send(t, inbox) })
	}
	wg.Wait()
	fresh := 0
	for _, answer := range answers {
		if answer.Message == nil {
			t.Fatal(answer.Cause())
		}
		if !answer.Duplicate {
			fresh++
		}
		if !bytes.Equal(answer.Body, answers[0].Body) {
			t.Error("two receipts for one message")
		}
	}
	if fresh != 1 {
		t.Errorf("%d were delivered, want 1", fresh)
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left in quarantine: %v", left)
	}
}

func TestOtherContentUnderTheSameIdIsRefusedAndLeavesTheFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inbox := open(t, dir)
	first := newWire(t, "same@x", "content").send(t, inbox)
	second := newWire(t, "same@x", "other").send(t, inbox)
	if second.Refusal == nil || second.Refusal.Code != ebms.ValueInconsistent {
		t.Fatalf("answered %v", second.Refusal)
	}
	got, err := os.ReadFile(filepath.Join(inbox.Folder(first.Message.Key), "part-01"))
	if err != nil || string(got) != "content" {
		t.Errorf("the first message is now %q (%v)", got, err)
	}
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left in quarantine: %v", left)
	}
}

func TestAnInterruptedReceptionIsClearedAtTheNextStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	attempt, err := open(t, dir).Begin(context.Background(), as4.MessageKey{MessageID: "x@y"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := attempt.Part(0, ebms.PartInfo{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "half a"); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left in quarantine: %v", left)
	}
}

func TestOpenedLeavesPartsOnlyWhenTheMessageIsAccepted(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]bool{"accepted": false, "refused": true} {
		dir := filepath.Join(t.TempDir(), "parts")
		w := newWire(t, "opened@x", "content")
		opened := &folder.Opened{Dir: dir}
		if broken {
			w.box = as4.MemoryOutbox{}
			out := []string{"content", "%PDX"} // the second digest will not match
			for n, part := range out {
				c, _ := w.box.Create(n)
				octets := []byte(part)
				if n == 0 {
					octets = gzipped(t, octets)
				}
				_, _ = c.Write(octets)
			}
			w.signed.Parts[0].Size = int64(len(gzipped(t, []byte("content"))))
		}
		answer := w.send(t, opened)
		files, _ := os.ReadDir(dir)
		if (answer.Message == nil) != broken || (len(files) == 0) != broken {
			t.Errorf("%s: message %v (%v), %d files", name, answer.Message != nil, answer.Cause(), len(files))
		}
		if !broken && (opened.Parts[0].Size != 7 || opened.Parts[0].SHA256 != "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73") {
			t.Errorf("parts are %+v", opened.Parts)
		}
	}
}

func gzipped(t *testing.T, octets []byte) []byte {
	t.Helper()
	var box as4.MemoryOutbox
	out := as4test.Request(as4test.Octets("text/plain", as4.CompressAlways, octets))
	if _, err := a.Sender().Sign(context.Background(), b.Agreement(), out, &box); err != nil {
		t.Fatal(err)
	}
	r, err := box.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	z, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAnOutboxGivesBackWhatWasSigned(t *testing.T) {
	t.Parallel()
	box := folder.NewOutbox(t.TempDir())
	if _, err := box.Load(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty outbox: %v", err)
	}
	signed, err := a.Sender().Sign(context.Background(), b.Agreement(), as4test.Request(as4test.Octets("application/xml", as4.CompressNever, []byte("<a/>"))), box)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := box.Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(signed.References, loaded.References); diff != "" || !bytes.Equal(signed.SignedInfo, loaded.SignedInfo) || loaded.To != b.ID {
		t.Errorf("loaded another message: %s", diff)
	}
	r, err := box.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _ := io.ReadAll(r); string(got) != "<a/>" {
		t.Errorf("part is %q", got)
	}
}

func TestTheInboxInAFolderKeepsTheContract(t *testing.T) {
	t.Parallel()
	as4test.InboxContract(t, func(t *testing.T) as4.Inbox { return open(t, t.TempDir()) }, func(t *testing.T, b as4.Inbox, key as4.MessageKey) [][]byte {
		files, err := filepath.Glob(filepath.Join(b.(*folder.Inbox).Folder(key), "part-*"))
		if err != nil {
			t.Fatal(err)
		}
		var parts [][]byte
		for _, f := range files {
			octets, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, octets)
		}
		return parts
	})
}
