// Command node runs functions over AWS in a process of its own, and is the one program
// of the container of the streaming lane. vienreiz node --aws does the same; this one
// holds no simulated world and no tool, so that nothing else can be started there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/vienreiz/vienreiz/functions/node"
	"github.com/vienreiz/vienreiz/functions/node/stack"
	"github.com/vienreiz/vienreiz/shared/observe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run returns the exit code: 0 ended when it was told to, 1 something could not be
// started or broke, 2 wrong usage.
func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	slog.SetDefault(slog.New(observe.Log(slog.NewJSONHandler(stderr, nil))))
	var o node.Options
	fs := flag.NewFlagSet("node", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Usage = func() {
		fmt.Fprint(stderr, "Usage: node [flags]\n\nRuns functions of Vienreiz over the stack on AWS that VIENREIZ_TABLE, VIENREIZ_QUEUES, VIENREIZ_BUCKETS, VIENREIZ_TENANT and\nVIENREIZ_NAME name, until it gets SIGTERM; then it lets what runs finish. The log goes to standard error, metrics to standard output.\n\n")
		fs.PrintDefaults()
	}
	o.Flags(fs, "as4=:8441")
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2 // the set has said why
	case fs.NArg() > 0:
		err = fmt.Errorf("%q is too much; everything is a flag", fs.Arg(0))
	default:
		err = o.Check()
	}
	if err != nil {
		fmt.Fprintf(stderr, "node: %v\n", err)
		return 2
	}
	if err := (stack.Stack{Environment: env, Metrics: stdout, Ready: stdout}).Run(ctx, &o); err != nil {
		fmt.Fprintf(stderr, "node: %v\n", err)
		return 1
	}
	return 0
}
