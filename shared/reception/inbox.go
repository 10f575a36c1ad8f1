package reception

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/observe"
	"github.com/vienreiz/vienreiz/shared/store"
)

// Key is the record's key of a message: a digest, so that neither party ids nor
// MessageIds need be escaped.
func Key(key as4.MessageKey) string {
	d := sha256.Sum256([]byte(key.Party.Type + "\x00" + key.Party.Value + "\x00" + key.MessageID))
	return hex.EncodeToString(d[:])
}

// Begin opens an attempt. Nothing is stored yet.
func (b *Inbox) Begin(ctx context.Context, key as4.MessageKey) (as4.Attempt, error) {
	return &attempt{inbox: b, ctx: ctx, key: Key(key), folder: "in/" + b.NewID()}, nil
}

// attempt quarantines parts under keys of its own: nothing names them before
// the commit.
type attempt struct {
	inbox  *Inbox
	ctx    context.Context
	key    string
	folder string
	parts  []Part
}

func (a *attempt) Part(n int, _ ebms.PartInfo) (io.WriteCloser, error) {
	for len(a.parts) <= n {
		a.parts = append(a.parts, Part{})
	}
	key := fmt.Sprintf("%s-%02d", a.folder, n+1)
	a.parts[n].Key = key
	return a.inbox.put(a.ctx, key, &a.parts[n].Size), nil
}

// Commit is the one conditional transaction.
func (a *attempt) Commit(ctx context.Context, m *as4.Message, receipt []byte) ([]byte, error) {
	now := a.inbox.Now()
	record := Message{Header: m.UserMessage, Digests: m.DigestSet, Receipt: receipt, SignedInfo: m.SignedInfo, Parts: a.parts, Received: now, Trace: observe.TraceOf(ctx)}
	observe.FollowMessage(ctx, record.Trace, a.key, "")
	var commands []store.Command
	if m.Test() {
		a.remove(ctx) // the test service is answered, never delivered
		record.Parts = nil
	} else {
		commands = []store.Command{{ID: "received/" + a.key, Queue: Queue, Body: []byte(Kind + "/" + a.key)}}
	}
	body, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("write the record: %w", err)
	}
	change := store.Change{Record: store.Record{Kind: Kind, Key: a.key, Body: body, Expires: now.Add(Retention)}}
	_, err = a.inbox.State.Commit(ctx, []store.Change{change}, commands)
	if errors.Is(err, store.ErrConflict) {
		return a.first(ctx, m.DigestSet)
	}
	if err != nil {
		return nil, err
	}
	if err := store.Dispatch(ctx, a.inbox.State, a.inbox.Queue, now, commands); err != nil {
		a.inbox.failed(ctx, err)
	}
	return receipt, nil
}

// first answers a message that was there before, or was quicker.
func (a *attempt) first(ctx context.Context, digests [32]byte) ([]byte, error) {
	was, err := a.inbox.Load(ctx, a.key)
	if err != nil {
		return nil, err
	}
	if was.Digests != digests {
		return nil, as4.ErrConflict
	}
	if a.committed(was) {
		return was.Receipt, nil // the answer of our own commit was lost
	}
	a.remove(ctx)
	return was.Receipt, nil
}

// committed reports whether a record names this attempt's parts.
func (a *attempt) committed(was *Message) bool {
	return len(was.Parts) > 0 && len(a.parts) > 0 && was.Parts[0].Key == a.parts[0].Key
}

// Load reads the record of a message by its [Key].
func (b *Inbox) Load(ctx context.Context, key string) (*Message, error) {
	r, err := b.State.Load(ctx, Kind, key)
	if err != nil {
		return nil, fmt.Errorf("load message: %w", err)
	}
	m := new(Message)
	if err := json.Unmarshal(r.Body, m); err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return m, nil
}

// Discard removes the attempt's parts, unless a commit whose answer was lost
// has made them the message's.
func (a *attempt) Discard() error {
	ctx := context.WithoutCancel(a.ctx)
	was, err := a.inbox.Load(ctx, a.key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err // not known: the lifecycle removes what nobody names
	}
	if err == nil && a.committed(was) {
		return nil
	}
	return a.delete(ctx)
}

// remove is for parts of no more use; what fails is left to the lifecycle.
func (a *attempt) remove(ctx context.Context) {
	if err := a.delete(ctx); err != nil {
		a.inbox.failed(ctx, fmt.Errorf("remove parts of a repetition: %w", err))
	}
}

func (a *attempt) delete(ctx context.Context) error {
	var errs []error
	for _, p := range a.parts {
		if p.Key != "" {
			errs = append(errs, a.inbox.Objects.Delete(ctx, Bucket, p.Key))
		}
	}
	return errors.Join(errs...)
}

func (b *Inbox) failed(ctx context.Context, err error) {
	if b.Failed != nil {
		b.Failed(ctx, err)
	}
}
