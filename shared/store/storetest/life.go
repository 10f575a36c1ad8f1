package storetest

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Life is a process over a store, as far as the store can tell: at a given call
// it dies, before the call or after it took effect, and makes no other call
// until it is started again.
type Life struct {
	mu    sync.Mutex
	calls int
	at    int // 0: lives on
	after bool
	dead  bool
}

// ErrDead is what every call of a dead process fails with.
var ErrDead = errors.New("the process was killed")

// Start begins a life that ends at the nth call from now, or never for 0.
func (l *Life) Start(at int, after bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.at, l.after, l.dead = 0, at, after, false
}

// Calls is how many calls this life has made, and whether it ended.
func (l *Life) Calls() (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls, l.dead
}

// call decides whether a call is made, and whether its answer is heard.
func (l *Life) call() (made, heard bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return false, false
	}
	l.calls++
	if l.at == 0 || l.calls < l.at {
		return true, true
	}
	l.dead = true
	return l.after, false
}

func (l *Life) do(f func() error) error {
	made, heard := l.call()
	if !made {
		return ErrDead
	}
	if err := f(); err != nil || heard {
		return err
	}
	return ErrDead
}

// State is a store's state in this life.
func (l *Life) State(of store.State) store.State { return &mortalState{of, l} }

// Queue is a store's queues in this life.
func (l *Life) Queue(of store.Queue) store.Queue { return &mortalQueue{of, l} }

// Objects are a store's objects in this life.
func (l *Life) Objects(of store.Objects) store.Objects { return &mortalObjects{of, l} }

type mortalState struct {
	store.State
	life *Life
}

func (m *mortalState) Load(ctx context.Context, kind, key string) (r store.Record, err error) {
	err = m.life.do(func() (err error) { r, err = m.State.Load(ctx, kind, key); return err })
	return r, err
}

func (m *mortalState) Commit(ctx context.Context, c []store.Change, o []store.Command) (v store.Version, err error) {
	err = m.life.do(func() (err error) { v, err = m.State.Commit(ctx, c, o); return err })
	return v, err
}

func (m *mortalState) Clear(ctx context.Context, ids ...string) error {
	return m.life.do(func() error { return m.State.Clear(ctx, ids...) })
}

type mortalQueue struct {
	store.Queue
	life *Life
}

func (m *mortalQueue) Send(ctx context.Context, queue string, body []byte, delay time.Duration) error {
	return m.life.do(func() error { return m.Queue.Send(ctx, queue, body, delay) })
}

type mortalObjects struct {
	store.Objects
	life *Life
}

func (m *mortalObjects) Put(ctx context.Context, bucket, key string, body io.Reader, o store.PutOptions) (object store.Object, err error) {
	err = m.life.do(func() (err error) { object, err = m.Objects.Put(ctx, bucket, key, body, o); return err })
	return object, err
}

func (m *mortalObjects) Open(ctx context.Context, bucket, key string, r store.Range) (body io.ReadCloser, object store.Object, err error) {
	err = m.life.do(func() (err error) { body, object, err = m.Objects.Open(ctx, bucket, key, r); return err })
	if err != nil && body != nil {
		return nil, object, errors.Join(err, body.Close())
	}
	return body, object, err
}

func (m *mortalObjects) Delete(ctx context.Context, bucket, key string) error {
	return m.life.do(func() error { return m.Objects.Delete(ctx, bucket, key) })
}

func (m *mortalObjects) List(ctx context.Context, bucket, prefix, after string, limit int) (list []store.Object, err error) {
	err = m.life.do(func() (err error) { list, err = m.Objects.List(ctx, bucket, prefix, after, limit); return err })
	return list, err
}
