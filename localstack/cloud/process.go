package cloud

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"syscall"

	"github.com/vienreiz/vienreiz/localstack/world"
)

// Process runs functions over a stack in one process, as the streaming lane's
// container does.
type Process struct {
	Deployed *Deployed
	Program  string    // built from cmd/node
	Only     []string  // functions; empty: all
	Args     []string  // more of them
	Output   io.Writer // what it writes when it is ready, and its log
	// Environment, where set, is its own in place of what [Deployed] says.
	Environment map[string]string
	// Confine, where set, takes from the process what its container has not.
	Confine func(*exec.Cmd)

	addresses map[string]string // by gateway
	process   *exec.Cmd
	read      chan struct{}
}

// Start starts the program and returns when it is ready.
func (p *Process) Start(ctx context.Context) error {
	env := p.Environment
	if env == nil {
		var err error
		if env, err = p.Deployed.Environment(); err != nil {
			return err
		}
	}
	args := []string{"--listen", "as4=127.0.0.1:0", "--listen", "api=127.0.0.1:0", "--listen", "people=127.0.0.1:0"}
	for _, name := range p.Only {
		args = append(args, "--only", name)
	}
	p.process = exec.CommandContext(context.WithoutCancel(ctx), p.Program, append(args, p.Args...)...)
	p.process.Stderr = p.Output
	for name, value := range env {
		p.process.Env = append(p.process.Env, name+"="+value)
	}
	if p.Confine != nil {
		p.Confine(p.process)
	}
	stdout, err := p.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.Program, err)
	}
	lines := bufio.NewScanner(stdout)
	ready := p.listens(lines)
	p.read = make(chan struct{})
	go func() {
		defer close(p.read)
		for lines.Scan() {
			fmt.Fprintln(p.Output, lines.Text())
		}
	}()
	if !ready {
		return errors.Join(errors.New("the process is not ready; what it wrote says why"), p.Stop())
	}
	return nil
}

// listens reads where the gateways are, until READY.
func (p *Process) listens(lines *bufio.Scanner) bool {
	p.addresses = map[string]string{}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "READY") {
			return true
		}
		if gateway, address, ok := strings.Cut(lines.Text(), " at "); ok {
			p.addresses[gateway] = address
		}
	}
	return false
}

// URL is a gateway's, without a path.
func (p *Process) URL(gateway string) string { return "http://" + p.addresses[gateway] }

// ID is that of the process.
func (p *Process) ID() int { return p.process.Process.Pid }

// Stop ends it as Fargate does, and waits until what runs has finished.
func (p *Process) Stop() error {
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.read // Wait closes the pipe
	if err := p.process.Wait(); err != nil {
		return fmt.Errorf("the process ended badly: %w", err)
	}
	return nil
}

// Host is a [world.Host]: it configures the stack and runs everything in the process.
func (p *Process) Host(ctx context.Context, s *world.Site) (func(context.Context) error, error) {
	if err := p.Deployed.Configure(ctx, s); err != nil {
		return nil, err
	}
	if err := p.Start(ctx); err != nil {
		return nil, err
	}
	handlers := map[string]http.Handler{}
	for gateway := range s.Listen {
		handlers[gateway] = p.front(gateway)
	}
	return func(ctx context.Context) error { return errors.Join(serve(ctx, s, handlers), p.Stop()) }, nil
}

// front is the load balancer.
func (p *Process) front(gateway string) http.Handler {
	to, err := url.Parse(p.URL(gateway))
	if err != nil {
		panic(err) // it has told it
	}
	return &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
}
