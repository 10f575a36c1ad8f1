package sending

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Handle takes a message one step on: signs it, pushes it, or finishes what was
// left of its end. An error means that the command shall come again; whoever
// lost a race has nothing to do.
func (w *Worker) Handle(ctx context.Context, key string) error {
	m, version, err := load(ctx, w.State, key)
	if err != nil {
		return err
	}
	if w.late(m) {
		if err := w.abandon(ctx, key, m, version); err != nil {
			return lost(err)
		}
	}
	if m.State == Ordered {
		if version, err = w.sign(ctx, key, m, version); err != nil {
			return lost(err)
		}
	}
	if m.State == Pushing {
		if err := w.push(ctx, key, m, version); err != nil {
			return w.postpone(ctx, key, m, version, err)
		}
	}
	if m.State.Final() {
		return w.finish(ctx, key, m)
	}
	return nil
}

// lost makes of a lost race a finished job: the winner goes on.
func lost(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// Load gives a message by its key; [store.ErrNotFound] if there is none.
func Load(ctx context.Context, s loader, key string) (*Message, error) {
	m, _, err := load(ctx, s, key)
	return m, err
}

func load(ctx context.Context, s loader, key string) (*Message, store.Version, error) {
	r, err := s.Load(ctx, Kind, key)
	if err != nil {
		return nil, 0, fmt.Errorf("load outgoing message: %w", err)
	}
	m := new(Message)
	if err := json.Unmarshal(r.Body, m); err != nil {
		return nil, 0, fmt.Errorf("read outgoing message: %w", err)
	}
	observe.FollowMessage(ctx, m.Note.Trace, key, m.Note.Exchange)
	return m, r.Version, nil
}

// sign signs once: the commit decides whose signature it is.
func (w *Worker) sign(ctx context.Context, key string, m *Message, version store.Version) (store.Version, error) {
	partner, err := w.partner(ctx, m)
	if err != nil {
		return 0, err
	}
	box := &objectOutbox{worker: w, ctx: ctx, folder: w.NewID()}
	signed, err := w.Sender.Sign(ctx, partner, m.outgoing(ctx, w), box)
	if err != nil {
		return 0, errors.Join(fmt.Errorf("sign outgoing message: %w", err), w.drop(ctx, box.keys))
	}
	next := *m
	next.State, next.Signed, next.Kept = Pushing, signed, box.keys
	version, err = w.commit(ctx, key, &next, version, w.Now().Add(Interval), nil)
	if err != nil {
		return 0, w.unused(ctx, key, box.keys, err)
	}
	*m = next
	return version, nil
}

// unused deletes what was signed in vain. A commit may have taken effect although it
// failed: only the record tells. Where nobody else has signed, no race was lost, and
// the item shall come again.
func (w *Worker) unused(ctx context.Context, key string, keys []string, cause error) error {
	m, err := Load(ctx, w.State, key)
	switch {
	case err != nil || m.State == Ordered:
		return errors.Join(errors.New(cause.Error()), err)
	case slices.Equal(m.Kept, keys):
		return cause
	}
	return errors.Join(cause, w.drop(ctx, keys))
}

func (w *Worker) partner(ctx context.Context, m *Message) (*as4.Partner, error) {
	p, err := w.Partners.Partner(ctx, m.Partner)
	if err == nil && p == nil {
		err = fmt.Errorf("party %q is no partner any more", m.Partner.Value)
	}
	return p, err
}

// push makes one attempt. The intent is in the journal before the first octet
// leaves.
func (w *Worker) push(ctx context.Context, key string, m *Message, version store.Version) error {
	if n := len(m.Attempts); n > 0 && w.Now().Before(m.Attempts[n-1].At.Add(Interval)) {
		return nil // came early: the next command is on its way
	}
	partner, err := w.partner(ctx, m)
	if err != nil {
		return err
	}
	if err := w.announce(ctx, key, m); err != nil {
		return err
	}
	judgement, err := w.Sender.Push(ctx, partner, m.Signed, &objectOutbox{worker: w, ctx: ctx, keys: m.Kept})
	if err != nil {
		return fmt.Errorf("push outgoing message: %w", err)
	}
	next := *m
	next.Attempts = append(next.Attempts[:len(next.Attempts):len(next.Attempts)], Attempt{At: w.Now(), Outcome: judgement.Outcome, Reason: judgement.Reason})
	next.State, next.Signal = after(judgement, len(next.Attempts)), judgement.Receipt
	due, command := next.next(key, w.Now())
	if _, err = w.commit(ctx, key, &next, version, due, command); err != nil {
		return err
	}
	*m = next
	observe.Pushes.Add(ctx, 1, string(judgement.Outcome))
	if m.State.Final() {
		observe.MessagesSent.Add(ctx, 1, string(m.State))
	}
	return nil
}

// announce journals what is about to leave, before the first octet does.
func (w *Worker) announce(ctx context.Context, key string, m *Message) error {
	if len(m.Attempts) > 0 {
		return nil
	}
	document, err := w.document(ctx, m)
	if err != nil {
		return err
	}
	return w.Journal.Write(ctx, m.intent(key, document))
}

// document is the RegRep document of a message: its first content. Evidence is
// never journalled.
func (w *Worker) document(ctx context.Context, m *Message) ([]byte, error) {
	if len(m.Contents) == 0 || m.Contents[0].MimeType != documentType {
		return nil, nil
	}
	r, _, err := w.Objects.Open(ctx, Contents, m.Contents[0].Key, store.Range{})
	if err != nil {
		return nil, fmt.Errorf("read the document of the outgoing message: %w", err)
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, journal.MaxDocumentBytes))
}

// after is the state that an answer leads to.
func after(j *as4.Judgement, tries int) State {
	switch j.Outcome {
	case as4.Acknowledged:
		return Acknowledged
	case as4.Refused:
		return Refused
	case as4.ProbablyDelivered:
		return ProbablyDelivered
	}
	if tries >= Tries {
		return Undelivered
	}
	return Pushing
}

// next is when and by which command the message moves again.
func (m *Message) next(key string, now time.Time) (time.Time, []store.Command) {
	if m.State.Final() {
		return time.Time{}, []store.Command{{ID: "told/" + key, Queue: Told, Body: []byte(Kind + "/" + key)}}
	}
	due := now.Add(Interval)
	id := fmt.Sprintf("%s/%s/%d", Kind, key, len(m.Attempts))
	return due, []store.Command{{ID: id, Queue: Queue, Body: []byte(key), NotBefore: due}}
}

// finish journals the outcome and deletes what was signed (architecture rule
// 10: signed parts go at the verified receipt or the final failure).
func (w *Worker) finish(ctx context.Context, key string, m *Message) error {
	if err := w.Journal.Write(ctx, m.outcome(key)); err != nil {
		return err
	}
	return w.drop(ctx, m.Kept)
}

func (w *Worker) drop(ctx context.Context, keys []string) error {
	var errs []error
	for _, key := range keys {
		errs = append(errs, w.Objects.Delete(ctx, Signed, key))
	}
	return errors.Join(errs...)
}

func (w *Worker) commit(ctx context.Context, key string, m *Message, version store.Version, due time.Time, commands []store.Command) (store.Version, error) {
	change, err := m.change(key, version, due)
	if err != nil {
		return 0, err
	}
	if m.State.Final() {
		change.Expires = w.Now().Add(Keep)
	}
	version, err = w.State.Commit(ctx, []store.Change{change}, commands)
	if err != nil {
		return 0, fmt.Errorf("commit outgoing message: %w", err)
	}
	store.Offer(ctx, w.State, w.Queue, w.Now(), commands)
	return version, nil
}

func (m *Message) change(key string, version store.Version, due time.Time) (store.Change, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return store.Change{}, fmt.Errorf("write outgoing message: %w", err)
	}
	return store.Change{Record: store.Record{Kind: Kind, Key: key, Body: body, Due: due}, Expect: version}, nil
}

// Missing is EBMS:0301 for the producer of a message that stayed without a
// receipt, and nil for any other.
func (m *Message) Missing() *ebms.Error {
	if m.State != Undelivered {
		return nil
	}
	return ebms.MissingReceipt.Refuse("as4.receipt.missing", fmt.Sprintf("no receipt after %d tries: %s", len(m.Attempts), m.Attempts[len(m.Attempts)-1].Reason), "ask the partner whether its access point is reachable, and send again later")
}
