package runtime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/vienreiz/vienreiz/shared/as4"
)

// Failed is the error that a function answered.
type Failed struct{ Octets []byte }

// Error is what the function said.
func (f *Failed) Error() string { return fmt.Sprintf("the function failed: %s", f.Octets) }

// ErrTimeout is an event that took too long: its process was killed.
var ErrTimeout = errors.New("the function took too long and was killed")

// Process is one bootstrap: one execution environment. It works on one event at
// a time, and is not for use by many at once; see [Pool].
type Process struct {
	function Function
	command  *exec.Cmd
	server   *http.Server
	api      *api
	ended    chan struct{} // closed when the process is gone
	status   error         // how it ended; read after ended
}

// Start starts a bootstrap and waits until it asks for an event.
func Start(ctx context.Context, f Function) (*Process, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Process{function: f, ended: make(chan struct{})}
	p.api = newAPI(f.Name, p.ended)
	p.server = &http.Server{Handler: p.api.handler(), ReadHeaderTimeout: InitTime}
	go p.server.Serve(l) //nolint:errcheck // always ErrServerClosed
	if err := p.launch(l.Addr().String()); err != nil {
		_ = p.server.Close() // nobody calls it any more
		return nil, fmt.Errorf("start %s: %w", f.Name, err)
	}
	if err := p.ready(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("start %s: %w", f.Name, err)
	}
	return p, nil
}

func (p *Process) launch(api string) error {
	code, err := filepath.Abs(p.function.Code)
	if err != nil {
		return err
	}
	p.command = exec.Command(filepath.Join(code, program))
	p.command.Dir, p.command.Env = code, p.function.environment(api)
	p.command.Stdout, p.command.Stderr = p.function.Output, p.function.Output
	apart(p.command)
	if err := p.command.Start(); err != nil {
		return err
	}
	go func() {
		p.status = p.command.Wait()
		close(p.ended)
	}()
	return nil
}

// ready waits for the end of the initialisation.
func (p *Process) ready(ctx context.Context) error {
	limit := p.function.Init
	if limit == 0 {
		limit = InitTime
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.api.asked:
		return nil
	case o := <-p.api.broken:
		return &Failed{o.octets}
	case <-p.ended:
		return fmt.Errorf("it ended before it asked for an event: %w", p.exit())
	case <-timer.C:
		return fmt.Errorf("it asked for no event within %s", limit)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Alive reports whether it can take an event.
func (p *Process) Alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Invoke gives it an event, and gives back its answer. [Failed] is what it
// answered as an error. It is killed when it takes longer than its time-out, or
// when ctx ends.
func (p *Process) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > MaxEvent {
		return nil, fmt.Errorf("the event has %d octets, at most %d are passed", len(event), MaxEvent)
	}
	i := &invocation{id: as4.NewUUID(rand.Reader), event: event, deadline: time.Now().Add(p.function.Timeout), answer: make(chan outcome, 1)}
	timer := time.NewTimer(p.function.Timeout)
	defer timer.Stop()
	next := p.api.next
	for {
		select {
		case next <- i:
			next = nil // it has the event
		case o := <-i.answer:
			return o.result()
		case <-p.ended:
			return nil, fmt.Errorf("%s ended while it worked: %w", p.function.Name, p.exit())
		case <-timer.C:
			p.Close()
			return nil, fmt.Errorf("%s: %w after %s", p.function.Name, ErrTimeout, p.function.Timeout)
		case <-ctx.Done():
			p.Close()
			return nil, ctx.Err()
		}
	}
}

func (o outcome) result() ([]byte, error) {
	if o.err != nil {
		return nil, o.err
	}
	if o.failed {
		return nil, &Failed{o.octets}
	}
	return o.octets, nil
}

// exit is how it ended.
func (p *Process) exit() error {
	if p.status == nil {
		return errors.New("exit status 0")
	}
	return p.status
}

// Close kills the process, as Lambda does, and returns when it is gone.
func (p *Process) Close() {
	_ = p.command.Process.Kill() // it may be gone
	<-p.ended
	_ = p.server.Close() // nobody calls it any more
}
