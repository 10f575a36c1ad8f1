package runtime

import (
	"context"
	"errors"
	"sync"
)

// Pool runs a function as often at once as it is asked, up to a bound, and keeps
// processes for the next event. It is safe for use by many at once.
type Pool struct {
	Function Function
	slots    chan struct{}

	mu     sync.Mutex
	idle   []*Process
	closed bool
}

// errClosed is an event after the end.
var errClosed = errors.New("the pool is closed")

// NewPool makes a pool of at most that many processes. None is started yet.
func NewPool(f Function, most int) *Pool {
	return &Pool{Function: f, slots: make(chan struct{}, most)}
}

// Invoke gives an event to a process that has nothing to do, or to a new one.
func (p *Pool) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.slots }()
	process, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	defer p.giveBack(process)
	return process.Invoke(ctx, event)
}

func (p *Pool) take(ctx context.Context) (*Process, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	for len(p.idle) > 0 {
		last := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if last.Alive() {
			p.mu.Unlock()
			return last, nil
		}
		last.Close()
	}
	p.mu.Unlock()
	return Start(ctx, p.Function)
}

func (p *Pool) giveBack(process *Process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !process.Alive() {
		process.Close()
		return
	}
	p.idle = append(p.idle, process)
}

// Close ends every process that has nothing to do; those that work end when they
// are done.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, process := range p.idle {
		process.Close()
	}
	p.idle = nil
}
