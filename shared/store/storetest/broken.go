package storetest

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Broken is a store of which one call fails, counted from 1, before or after it
// took effect: what uses a store is run with each call in turn.
type Broken struct {
	State   store.State
	Objects store.Objects
	Queue   interface {
		Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error
	}
	At    int64
	After bool

	calls atomic.Int64
}

// ErrBroken is what the call fails with.
var ErrBroken = errors.New("the store broke")

func (b *Broken) call(do func() error) error {
	now := b.calls.Add(1) == b.At
	if now && !b.After {
		return ErrBroken
	}
	if err := do(); err != nil || !now {
		return err
	}
	return ErrBroken
}

// Load is that of [store.State].
func (b *Broken) Load(ctx context.Context, kind, key string) (r store.Record, err error) {
	err = b.call(func() (err error) { r, err = b.State.Load(ctx, kind, key); return err })
	return r, err
}

// Commit is that of [store.State].
func (b *Broken) Commit(ctx context.Context, c []store.Change, o []store.Command) (v store.Version, err error) {
	err = b.call(func() (err error) { v, err = b.State.Commit(ctx, c, o); return err })
	return v, err
}

// Clear is that of [store.State].
func (b *Broken) Clear(ctx context.Context, ids ...string) error {
	return b.call(func() error { return b.State.Clear(ctx, ids...) })
}

// PutOff is that of [store.State].
func (b *Broken) PutOff(ctx context.Context, id string, until time.Time) error {
	return b.call(func() error { return b.State.PutOff(ctx, id, until) })
}

// Put is that of [store.Objects].
func (b *Broken) Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (object store.Object, err error) {
	err = b.call(func() (err error) { object, err = b.Objects.Put(ctx, bucket, key, body, o); return err })
	return object, err
}

// Open is that of [store.Objects].
func (b *Broken) Open(ctx context.Context, bucket, key string, r store.Range) (body io.ReadCloser, object store.Object, err error) {
	err = b.call(func() (err error) { body, object, err = b.Objects.Open(ctx, bucket, key, r); return err })
	if err != nil && body != nil {
		return nil, object, errors.Join(err, body.Close())
	}
	return body, object, err
}

// Delete is that of [store.Objects].
func (b *Broken) Delete(ctx context.Context, bucket, key string) error {
	return b.call(func() error { return b.Objects.Delete(ctx, bucket, key) })
}

// List is that of [store.Objects].
func (b *Broken) List(ctx context.Context, bucket, prefix, after string, limit int) (list []store.Object, err error) {
	err = b.call(func() (err error) { list, err = b.Objects.List(ctx, bucket, prefix, after, limit); return err })
	return list, err
}

// Send is that of [store.Queue].
func (b *Broken) Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error {
	return b.call(func() error { return b.Queue.Send(ctx, queue, item, delay) })
}
