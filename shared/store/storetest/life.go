package storetest

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Life is what a process may die of, as far as its store can tell. It is asked
// at each call whether the call is made, and whether its answer is heard: who is
// dead makes none, and who dies of a call may do so before it or after it took
// effect. what names the call.
type Life func(ctx context.Context, what string) (made, heard bool)

// ErrDead is what every call of a dead process fails with.
var ErrDead = errors.New("the process was killed")

// Do makes a call as far as the process lives.
func (l Life) Do(ctx context.Context, what string, call func() error) error {
	made, heard := l(ctx, what)
	if !made {
		return ErrDead
	}
	if err := call(); err != nil || heard {
		return err
	}
	return ErrDead
}

// State is a store's state in this life.
func (l Life) State(of store.State) store.State { return &mortalState{of, l} }

// Queue is a store's queues in this life.
func (l Life) Queue(of store.Queue) store.Queue { return &mortalQueue{of, l} }

// Objects are a store's objects in this life.
func (l Life) Objects(of store.Objects) store.Objects { return &mortalObjects{of, l} }

type mortalState struct {
	store.State
	life Life
}

func (m *mortalState) Load(ctx context.Context, kind, key string) (r store.Record, err error) {
	err = m.life.Do(ctx, "state load", func() (err error) { r, err = m.State.Load(ctx, kind, key); return err })
	return r, err
}

func (m *mortalState) Commit(ctx context.Context, c []store.Change, o []store.Command) (v store.Version, err error) {
	err = m.life.Do(ctx, "state commit", func() (err error) { v, err = m.State.Commit(ctx, c, o); return err })
	return v, err
}

func (m *mortalState) Uncleared(ctx context.Context, before time.Time, limit int) (list []store.Command, err error) {
	err = m.life.Do(ctx, "state uncleared", func() (err error) { list, err = m.State.Uncleared(ctx, before, limit); return err })
	return list, err
}

func (m *mortalState) DueBefore(ctx context.Context, kind string, before time.Time, limit int) (list []store.Due, err error) {
	err = m.life.Do(ctx, "state due", func() (err error) { list, err = m.State.DueBefore(ctx, kind, before, limit); return err })
	return list, err
}

func (m *mortalState) Clear(ctx context.Context, ids ...string) error {
	return m.life.Do(ctx, "state clear", func() error { return m.State.Clear(ctx, ids...) })
}

func (m *mortalState) PutOff(ctx context.Context, id string, until time.Time) error {
	return m.life.Do(ctx, "state put off", func() error { return m.State.PutOff(ctx, id, until) })
}

type mortalQueue struct {
	store.Queue
	life Life
}

func (m *mortalQueue) Send(ctx context.Context, queue string, item store.Item, delay time.Duration) error {
	return m.life.Do(ctx, "queue send", func() error { return m.Queue.Send(ctx, queue, item, delay) })
}

type mortalObjects struct {
	store.Objects
	life Life
}

func (m *mortalObjects) Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (object store.Object, err error) {
	err = m.life.Do(ctx, "objects put", func() (err error) { object, err = m.Objects.Put(ctx, bucket, key, body, o); return err })
	return object, err
}

func (m *mortalObjects) Open(ctx context.Context, bucket, key string, r store.Range) (body io.ReadCloser, object store.Object, err error) {
	err = m.life.Do(ctx, "objects open", func() (err error) { body, object, err = m.Objects.Open(ctx, bucket, key, r); return err })
	if err != nil && body != nil {
		return nil, object, errors.Join(err, body.Close())
	}
	return body, object, err
}

func (m *mortalObjects) Delete(ctx context.Context, bucket, key string) error {
	return m.life.Do(ctx, "objects delete", func() error { return m.Objects.Delete(ctx, bucket, key) })
}

func (m *mortalObjects) List(ctx context.Context, bucket, prefix, after string, limit int) (list []store.Object, err error) {
	err = m.life.Do(ctx, "objects list", func() (err error) { list, err = m.Objects.List(ctx, bucket, prefix, after, limit); return err })
	return list, err
}
