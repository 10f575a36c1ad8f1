package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/vienreiz/vienreiz/functions/archive"
	"github.com/vienreiz/vienreiz/localstack/runtime"
)

// TestMain is the bootstrap too: the tests pack this program.
func TestMain(m *testing.M) {
	switch os.Getenv("BEHAVE") {
	case "":
		os.Exit(m.Run())
	case "never-ask":
		time.Sleep(time.Hour)
	case "die":
		os.Exit(3)
	default:
		lambda.Start(behave)
	}
}

type event struct {
	Do   string `json:"do"`
	Text string `json:"text"`
}

func behave(ctx context.Context, e event) (map[string]any, error) {
	println("working on " + e.Do)
	switch e.Do {
	case "fail":
		return nil, errors.New("it cannot be done")
	case "exit":
		os.Exit(4)
	case "hang":
		time.Sleep(time.Hour)
	case "too much":
		e.Text = strings.Repeat("x", runtime.MaxResponse)
	}
	deadline, bounded := ctx.Deadline()
	return map[string]any{"text": e.Text, "bounded": bounded && time.Until(deadline) < time.Minute, "pid": os.Getpid(), "env": os.Environ()}, nil
}

var unpacked = sync.OnceValues(func() (string, error) {
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		return "", err
	}
	packed, err := archive.Pack(self)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "vienreiz-runtime-test-")
	if err != nil {
		return "", err
	}
	zip := filepath.Join(dir, "f.zip")
	if err := os.WriteFile(zip, packed, 0o600); err != nil {
		return "", err
	}
	return filepath.Join(dir, "code"), runtime.Unpack(zip, filepath.Join(dir, "code"))
})

func function(t *testing.T, behaviour string) runtime.Function {
	t.Helper()
	code, err := unpacked()
	if err != nil {
		t.Fatal(err)
	}
	return runtime.Function{Name: "f", Code: code, Env: map[string]string{"BEHAVE": behaviour, "AWS_REGION": "eu-central-1"}, Memory: 128, Timeout: 30 * time.Second}
}

type said struct {
	Text    string
	Bounded bool
	PID     int
	Env     []string
}

func invoke(t *testing.T, do interface {
	Invoke(context.Context, []byte) ([]byte, error)
}, e string) said {
	t.Helper()
	octets, err := do.Invoke(t.Context(), []byte(e))
	if err != nil {
		t.Fatal(err)
	}
	var s said
	if err := json.Unmarshal(octets, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAProcessAnswersOneEventAfterTheOther(t *testing.T) {
	t.Setenv("SECRET_OF_THIS_MACHINE", "yes")
	var output bytes.Buffer
	f := function(t, "answer")
	f.Output = &output
	p, err := runtime.Start(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	first, second := invoke(t, p, `{"do":"answer","text":"a"}`), invoke(t, p, `{"do":"answer","text":"b"}`)
	p.Close()
	if first.Text != "a" || second.Text != "b" || !first.Bounded || first.PID != second.PID {
		t.Errorf("%+v, then %+v", first, second)
	}
	if env := strings.Join(first.Env, " "); strings.Contains(env, "SECRET_OF_THIS_MACHINE") || !strings.Contains(env, "AWS_LAMBDA_FUNCTION_NAME=f") {
		t.Errorf("its environment is %s", env)
	}
	if !strings.Contains(output.String(), "working on answer") {
		t.Errorf("it wrote %q", output.String())
	}
}

func TestAnErrorIsToldAndTheProcessGoesOn(t *testing.T) {
	t.Parallel()
	p, err := runtime.Start(t.Context(), function(t, "answer"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var failed *runtime.Failed
	if _, err := p.Invoke(t.Context(), []byte(`{"do":"fail"}`)); !errors.As(err, &failed) || !strings.Contains(string(failed.Octets), "it cannot be done") {
		t.Errorf("%v", err)
	}
	if s := invoke(t, p, `{"do":"answer","text":"after"}`); s.Text != "after" {
		t.Errorf("%+v", s)
	}
}

func TestAProcessThatTakesTooLongIsKilled(t *testing.T) {
	t.Parallel()
	f := function(t, "answer")
	f.Timeout = 100 * time.Millisecond
	p, err := runtime.Start(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Invoke(t.Context(), []byte(`{"do":"hang"}`)); !errors.Is(err, runtime.ErrTimeout) || p.Alive() {
		t.Errorf("alive: %v, %v", p.Alive(), err)
	}
}

func TestWhoCancelsKills(t *testing.T) {
	t.Parallel()
	p, err := runtime.Start(t.Context(), function(t, "answer"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := p.Invoke(ctx, []byte(`{"do":"hang"}`)); !errors.Is(err, context.DeadlineExceeded) || p.Alive() {
		t.Errorf("alive: %v, %v", p.Alive(), err)
	}
}

func TestWhatDoesNotStartSaysWhy(t *testing.T) {
	t.Parallel()
	f := function(t, "never-ask")
	f.Init = 100 * time.Millisecond
	if _, err := runtime.Start(t.Context(), f); err == nil || !strings.Contains(err.Error(), "asked for no event within 100ms") {
		t.Errorf("%v", err)
	}
	if _, err := runtime.Start(t.Context(), function(t, "die")); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("%v", err)
	}
	f.Code = t.TempDir()
	if _, err := runtime.Start(t.Context(), f); err == nil {
		t.Error("there is no bootstrap")
	}
}

func TestAnAnswerOrEventBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	p, err := runtime.Start(t.Context(), function(t, "answer"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Invoke(t.Context(), make([]byte, runtime.MaxEvent+1)); err == nil {
		t.Error("the event is too large")
	}
	if _, err := p.Invoke(t.Context(), []byte(`{"do":"too much"}`)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("%v", err)
	}
}

func TestAPoolStartsAnewWhatHasEnded(t *testing.T) {
	t.Parallel()
	pool := runtime.NewPool(function(t, "answer"), 2)
	defer pool.Close()
	first := invoke(t, pool, `{"do":"answer"}`)
	if again := invoke(t, pool, `{"do":"answer"}`); again.PID != first.PID {
		t.Error("a process that had nothing to do was not taken")
	}
	if _, err := pool.Invoke(t.Context(), []byte(`{"do":"exit"}`)); err == nil || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("%v", err)
	}
	if after := invoke(t, pool, `{"do":"answer"}`); after.PID == first.PID {
		t.Error("a process that has ended answered")
	}
}

func TestAPoolWorksOnManyAtOnce(t *testing.T) {
	t.Parallel()
	pool := runtime.NewPool(function(t, "answer"), 3)
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			if _, err := pool.Invoke(t.Context(), []byte(`{"do":"answer"}`)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	pool.Close()
	if _, err := pool.Invoke(t.Context(), []byte(`{}`)); err == nil {
		t.Error("the pool is closed")
	}
}
