//go:build interop

package phase4_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Times that nothing here takes unless it hangs.
const (
	patience = 3 * time.Minute
	farewell = 15 * time.Second
)

// process is a program that prints lines until it is stopped.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan string
	stderr lockedBuffer
	stop   func() // asks it to end and waits; kills what does not
}

// start runs a program and stops it when the test is over, if not before.
func start(t *testing.T, name, program string, args ...string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(program, args...), lines: make(chan string, 1000)}
	p.cmd.Stderr = &p.stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	p.stop = sync.OnceFunc(p.end)
	go p.read(stdout)
	t.Cleanup(p.stop)
	return p
}

func (p *process) read(stdout io.Reader) {
	defer close(p.lines)
	s := bufio.NewScanner(stdout)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		p.lines <- s.Text()
	}
}

// end closes its input, which the peer takes as the end, and interrupts it,
// which the others do.
func (p *process) end() {
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	killer := time.AfterFunc(farewell, func() { _ = p.cmd.Process.Kill() })
	defer killer.Stop()
	for range p.lines { // whatever nobody asked for
	}
	_ = p.cmd.Wait()
}

// line waits for the next line.
func (p *process) line(t *testing.T) string {
	t.Helper()
	select {
	case l, open := <-p.lines:
		if !open {
			t.Fatalf("%s ended: %s", p.name, p.stderr.String())
		}
		return l
	case <-time.After(patience):
		t.Fatalf("%s has said nothing for %s: %s", p.name, patience, p.stderr.String())
	}
	return ""
}

// ready waits for READY and returns its URL.
func (p *process) ready(t *testing.T) string {
	t.Helper()
	for {
		if url, ok := strings.CutPrefix(p.line(t), "READY "); ok {
			return url
		}
	}
}

// output runs a program to its end.
func output(t *testing.T, program string, args ...string) (stdout []byte, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	err := cmd.Run()
	if code = cmd.ProcessState.ExitCode(); err != nil && code != 1 {
		t.Fatalf("%s: %v\n%s", cmd, err, trouble.String())
	}
	return out.Bytes(), code
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
