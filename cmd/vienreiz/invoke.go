package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/localstack/runtime"
)

var invokeCommand = command{"invoke", "run a built function with an event, as AWS Lambda would", runInvoke}

func runInvoke(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flagSet("vienreiz invoke", "FUNCTION EVENT.json [flags]",
		"Starts the function's zip, which make zip builds, as a process behind a Lambda Runtime API on this machine, gives it the event\n(- reads it from standard input), and prints what it answers. What it logs, and the times, go to standard error.\n\nThe function gets nothing of this environment but what --env names.\n\nExit 0: it answered; 1: it failed, took too long or could not be started; 2: wrong usage.", stderr)
	var env list
	zip := fs.String("zip", "", "`file` of the zip; empty: build/zips/"+goruntime.GOARCH+"/FUNCTION.zip")
	fs.Var(&env, "env", "`NAME=VALUE` of its environment, or NAME alone to hand on ours; may be repeated")
	timeout := fs.Duration("timeout", 0, "`duration` that it may take; 0: as functions.yaml says")
	positional, code, done := parse(fs, args, stdout, stderr)
	if done {
		return code
	}
	if len(positional) != 2 {
		return misuse(fs, stderr, errors.New("name one FUNCTION and one EVENT.json"))
	}
	name := positional[0]
	if err := (&node.Node{Only: []string{name}}).Check(); err != nil {
		return misuse(fs, stderr, err)
	}
	f, err := invoked(name, *timeout, env)
	if err != nil {
		return misuse(fs, stderr, err)
	}
	f.Output = stderr
	if *zip == "" {
		*zip = filepath.Join("build", "zips", goruntime.GOARCH, name+".zip")
	}
	event, err := readEvent(positional[1], stdin)
	if err != nil {
		return refused(fs, stderr, err)
	}
	if err := invoke(ctx, f, *zip, event, stdout, stderr); err != nil {
		return refused(fs, stderr, err)
	}
	return exitRight
}

// invoked is the function as functions.yaml has it, with the environment that was asked for.
func invoked(name string, timeout time.Duration, env []string) (*runtime.Function, error) {
	of := functions.All().Functions[name]
	f := &runtime.Function{Name: name, Memory: of.Memory, Timeout: timeout, Env: map[string]string{}}
	if f.Timeout <= 0 {
		f.Timeout = time.Duration(of.Seconds) * time.Second
	}
	for _, e := range env {
		variable, value, given := strings.Cut(e, "=")
		if !given {
			if value, given = os.LookupEnv(variable); !given {
				return nil, fmt.Errorf("--env %s: there is no such variable here; write %s=VALUE", e, variable)
			}
		}
		f.Env[variable] = value
	}
	return f, nil
}

func readEvent(file string, stdin io.Reader) ([]byte, error) {
	var octets []byte
	var err error
	if file == "-" {
		octets, err = io.ReadAll(io.LimitReader(stdin, runtime.MaxEvent+1))
	} else {
		octets, err = os.ReadFile(file)
	}
	if err == nil && !json.Valid(octets) {
		err = fmt.Errorf("%s is no JSON", file)
	}
	return octets, err
}

// invoke unpacks, starts, asks once and ends.
func invoke(ctx context.Context, f *runtime.Function, zip string, event []byte, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "vienreiz-invoke-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder of the system's
	f.Code = dir
	err = runtime.Unpack(zip, dir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; make zip builds it, or name another with --zip", err)
	}
	if err != nil {
		return err
	}
	began := time.Now()
	p, err := runtime.Start(ctx, *f)
	if err != nil {
		return err
	}
	defer p.Close()
	started := time.Since(began)
	answer, err := p.Invoke(ctx, event)
	fmt.Fprintf(stderr, "%s: ready after %d ms, answer after %d ms\n", f.Name, started.Milliseconds(), time.Since(began).Milliseconds())
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if json.Indent(&indented, answer, "", "  ") == nil {
		answer = indented.Bytes()
	}
	fmt.Fprintf(stdout, "%s\n", answer)
	return nil
}
