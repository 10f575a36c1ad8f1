package sending_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/embedded"
)

// broken fails one call of the store, before or after it took effect.
type broken struct {
	*embedded.Store
	at    int64
	after bool
	calls atomic.Int64
}

var errBroken = errors.New("the store broke")

func (f *broken) call(do func() error) error {
	now := f.calls.Add(1) == f.at
	if now && !f.after {
		return errBroken
	}
	if err := do(); err != nil || !now {
		return err
	}
	return errBroken
}

func (f *broken) Load(ctx context.Context, kind, key string) (r store.Record, err error) {
	err = f.call(func() (err error) { r, err = f.State.Load(ctx, kind, key); return err })
	return r, err
}

func (f *broken) Commit(ctx context.Context, c []store.Change, o []store.Command) (v store.Version, err error) {
	err = f.call(func() (err error) { v, err = f.State.Commit(ctx, c, o); return err })
	return v, err
}

func (f *broken) Clear(ctx context.Context, ids ...string) error {
	return f.call(func() error { return f.State.Clear(ctx, ids...) })
}

func (f *broken) Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (obj store.Object, err error) {
	err = f.call(func() (err error) { obj, err = f.Objects.Put(ctx, bucket, key, body, o); return err })
	return obj, err
}

func (f *broken) Open(ctx context.Context, bucket, key string, r store.Range) (body io.ReadCloser, obj store.Object, err error) {
	err = f.call(func() (err error) { body, obj, err = f.Objects.Open(ctx, bucket, key, r); return err })
	if err != nil {
		return nil, obj, err
	}
	return body, obj, nil
}

func (f *broken) Delete(ctx context.Context, bucket, key string) error {
	return f.call(func() error { return f.Objects.Delete(ctx, bucket, key) })
}

func (f *broken) List(ctx context.Context, bucket, prefix, after string, limit int) ([]store.Object, error) {
	return f.Objects.List(ctx, bucket, prefix, after, limit)
}

func (f *broken) Send(ctx context.Context, queue string, body []byte, delay time.Duration) error {
	return f.call(func() error { return f.Queues.Send(ctx, queue, body, delay) })
}
